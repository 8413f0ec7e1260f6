/**
 * The package as its users install it: `npm pack`, then an empty project for each runner, in which the headline passes on the
 * right policy and fails on a wrong one. `tsx test/consumers/run.ts`; needs the npm registry.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Consumer {
  readonly name: string;
  readonly packages: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  /** The command of the test, from the project's folder. */
  readonly run: readonly string[];
  /** TypeScript sources to check, and the compilers to check them with. */
  readonly types?: readonly string[];
  readonly compilers?: readonly string[];
}

const policy = (region: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::111122223333:role/UserRole" },
      Action: "kms:CreateGrant",
      Resource: "*",
      Condition: { StringEquals: { "kms:ViaService": `ec2.${region}.amazonaws.com` } },
    },
  });

const sentence = `expect(keyPolicy.fromFile("key.json")).toAllow(role("arn:aws:iam::111122223333:role/UserRole"), "kms:CreateGrant").viaService("ec2.us-west-2.amazonaws.com");`;

const inVitest = {
  "vitest.config.mjs": `export default { test: { setupFiles: ["iam-expect/vitest"] } };`,
  "key.test.ts": `import { keyPolicy, role } from "iam-expect";\nimport { expect, test } from "vitest";\ntest("headline", () => {\n  ${sentence}\n});\n`,
};

const CONSUMERS: readonly Consumer[] = [
  {
    name: "vitest 3.2",
    packages: ["vitest@~3.2.7"],
    files: inVitest,
    run: ["npx", "vitest", "run"],
    types: ["key.test.ts"],
    // Its own declarations clash with those of chai under TypeScript 7.
    compilers: ["ts5"],
  },
  {
    name: "vitest 4.1",
    packages: ["vitest@~4.1.12"],
    files: inVitest,
    run: ["npx", "vitest", "run"],
    types: ["key.test.ts"],
  },
  {
    name: "vitest 5.1 on Node 24",
    packages: ["vitest@~5.1.1", "node@24"],
    files: inVitest,
    run: ["npx", "node", "node_modules/vitest/vitest.mjs", "run"],
    types: ["key.test.ts"],
  },
  {
    name: "Jest 30.5",
    packages: ["jest@^30.5.2"],
    files: {
      "jest.config.json": `{ "preset": "iam-expect" }`,
      "key.test.js": `const { keyPolicy, role } = require("iam-expect");\ntest("headline", () => {\n  ${sentence}\n});\n`,
    },
    run: ["npx", "jest"],
  },
  {
    name: "script",
    packages: ["expect@^30.5.2", "tsx"],
    files: {
      "key.ts": `import { expect } from "expect";\nimport { keyPolicy, role } from "iam-expect";\nimport { matchers } from "iam-expect/matchers";\nimport type {} from "iam-expect/jest";\nexpect.extend(matchers);\n${sentence}\n`,
    },
    run: ["npx", "tsx", "key.ts"],
    types: ["key.ts"],
  },
];

const folder = mkdtempSync(join(tmpdir(), "iam-expect-consumers-"));
let failed = 0;
const say = (ok: boolean, text: string) => {
  if (!ok) failed++;
  console.log(`${ok ? "ok   " : "FAILS"}  ${text}`);
};

function command([name = "", ...args]: readonly string[], cwd: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(name, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", CI: "1" },
  });
  return { status, output: stdout + stderr };
}

try {
  const packed = command(["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", folder], process.cwd());
  const tarball = join(folder, packed.output.trim().split("\n").at(-1)!);
  for (const { name, packages, files, run, types, compilers: supported } of CONSUMERS) {
    const project = join(folder, name.replaceAll(" ", "-"));
    mkdirSync(project);
    writeFileSync(
      join(project, "package.json"),
      JSON.stringify({ private: true, type: name.startsWith("Jest") ? "commonjs" : "module" }),
    );
    for (const [file, text] of Object.entries(files)) writeFileSync(join(project, file), text);
    const compilers = types
      ? [
          "ts5@npm:typescript@~5.9",
          "ts7@npm:typescript@^7.0.2",
          name.includes("5.1") ? "@types/node@24" : "@types/node@20",
        ]
      : [];
    const install = command(
      [
        "npm",
        "install",
        "--loglevel=error",
        "--prefer-offline",
        "--no-audit",
        "--no-fund",
        tarball,
        ...packages,
        ...compilers,
      ],
      project,
    );
    if (install.status !== 0) {
      console.log(`not run  ${name}: ${install.output.trim().split("\n").at(-1)}`);
      continue;
    }
    writeFileSync(join(project, "key.json"), policy("us-west-2"));
    const right = command(run, project);
    say(right.status === 0, `${name}: the headline passes on the right policy`);
    if (right.status !== 0) console.log(right.output);
    writeFileSync(join(project, "key.json"), policy("us-west-1"));
    const wrong = command(run, project);
    const told = /nearest: statement 1 misses by one condition {3}key\.json:1:/.test(wrong.output);
    say(wrong.status !== 0 && told, `${name}: it fails on a wrong one, and shows the policy's line`);
    if (!told) console.log(wrong.output);
    for (const compiler of types ? (supported ?? ["ts5", "ts7"]) : []) {
      const flags = [
        "--noEmit",
        "--strict",
        "--skipLibCheck",
        "false",
        "--module",
        "nodenext",
        "--target",
        "es2023",
        "--types",
        "node",
      ];
      const checked = command(["node", `node_modules/${compiler}/bin/tsc`, ...flags, ...types!], project);
      say(checked.status === 0, `${name}: types, TypeScript ${compiler.slice(2)}`);
      if (checked.status !== 0) console.log(checked.output.split("\n").slice(0, 12).join("\n"));
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed > 0 ? 1 : 0;
