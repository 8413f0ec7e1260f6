/** `toMatchAccessSnapshot` in each runner: written, met again, met by the same access in other letters, missed by other access. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { afterAll, expect, test } from "vitest";
import { type Finished, run } from "./child.ts";
import { nodeForVitest5 } from "./columns.ts";
import { root } from "./fixtures.ts";

mkdirSync(join(root, "test/.tmp"), { recursive: true });
const folder = mkdtempSync(join(root, "test/.tmp/access-snapshot-"));
const built = mkdtempSync(join(tmpdir(), "iam-expect-built-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(built, { recursive: true, force: true });
});

const user = (service: string, ...actions: string[]) => ({
  Sid: "GrantsThroughEC2",
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::111122223333:role/UserRole" },
  Action: actions,
  Resource: "*",
  Condition: { StringLike: { "kms:ViaService": service } },
});
const admin = {
  Effect: "Allow",
  Principal: { AWS: ["arn:aws:iam::111122223333:role/Admin", "arn:aws:iam::111122223333:role/Second"] },
  Action: "kms:PutKeyPolicy",
  Resource: "*",
};
const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement }, null, 2);
const NARROW = policy(user("ec2.us-west-2.amazonaws.com", "kms:CreateGrant", "kms:ListGrants"), admin);
/** The same in another order, with another Sid. */
const SAME = policy(
  { ...admin, Sid: "Admins", Principal: { AWS: [...admin.Principal.AWS].reverse() } },
  { ...user("ec2.us-west-2.amazonaws.com", "kms:listgrants", "kms:CreateGrant"), Sid: "Renamed" },
);
const WIDE = policy(user("ec2.*", "kms:CreateGrant", "kms:ListGrants"), admin);

const TEXT = `arn:aws:iam::111122223333:role/Admin and arn:aws:iam::111122223333:role/Second
    kms:PutKeyPolicy

arn:aws:iam::111122223333:role/UserRole
  when kms:ViaService = "ec2.us-west-2.amazonaws.com"
    kms:CreateGrant
    kms:ListGrants`;

const TESTS = `
const policy = keyPolicy.fromFile(file);
const moment = () => new Promise((resolve) => setTimeout(resolve, 5));
test("the key", () => {
  expect.assertions(1);
  expect(policy).toMatchAccessSnapshot();
});
test("awaited", async () => {
  await expect(policy).toMatchAccessSnapshot("deployed");
  await expect([policy]).toMatchAccessSnapshot("deployed");
});
test("wrong use", () => {
  expect(() => expect(policy).not.toMatchAccessSnapshot()).toThrow("a snapshot is kept of what is allowed");
  expect(() => expect(policy).toMatchAccessSnapshot(7)).toThrow("takes a name for the snapshot, or nothing, not a number");
  expect(() => expect(7).toMatchAccessSnapshot()).toThrow("which is no policy");
});
if (globalThis.vi)
  for (const name of ["a", "b", "c"])
    test.concurrent("beside others, " + name, async () => {
      await moment();
      expect(policy).toMatchAccessSnapshot();
      await moment();
      expect(policy).toMatchAccessSnapshot();
    });
`;

interface Runner {
  readonly name: string;
  readonly file: string;
  readonly command: (own: string) => Promise<readonly string[] | undefined>;
  readonly tests: (own: string) => string;
  readonly config: (own: string) => readonly [name: string, text: string];
}

/** As the package is built: ES modules that share their parts, CommonJS in whole bundles. */
async function bundle(format: "esm" | "cjs"): Promise<void> {
  const runner = format === "esm" ? "vitest" : "jest";
  await build({
    entryPoints: [join(root, `matchers/${runner}.ts`), join(root, "src/index.ts")],
    outdir: built,
    entryNames: "[name]",
    outExtension: { ".js": format === "esm" ? ".mjs" : ".cjs" },
    format,
    splitting: format === "esm",
    bundle: true,
    platform: "node",
    target: "node20.19",
    packages: "external",
    absWorkingDir: root,
    ...(format === "cjs"
      ? {
          define: { "import.meta.url": "moduleUrl" },
          banner: { js: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
        }
      : {}),
  });
  copyFileSync(join(root, "src/catalog/catalog.txt"), join(built, "catalog.txt"));
}

const vitest = (name: string, dependent: string): Runner => ({
  name,
  file: "key.test.mjs",
  async command() {
    const manifest = createRequire(new URL(dependent, import.meta.url)).resolve("vitest/package.json");
    const node = name === "vitest 5.1" ? await nodeForVitest5() : process.execPath;
    if (!node) return undefined;
    await bundle("esm");
    return [node, join(dirname(manifest), "vitest.mjs"), "run"];
  },
  tests: (own) =>
    `import { keyPolicy } from ${JSON.stringify(join(built, "index.mjs"))};\nconst file = ${JSON.stringify(join(own, "key.json"))};${TESTS}`,
  config: () => [
    "vitest.config.mjs",
    `export default { test: { globals: true, include: ["*.test.mjs"], setupFiles: [${JSON.stringify(join(built, "vitest.mjs"))}] } };`,
  ],
});

const jest: Runner = {
  name: "jest 30.5",
  file: "key.test.cjs",
  async command() {
    await bundle("cjs");
    const bin = join(dirname(createRequire(import.meta.url).resolve("jest/package.json")), "bin/jest.js");
    return [process.execPath, bin, "--config", "jest.config.json"];
  },
  tests: (own) =>
    `const { keyPolicy } = require(${JSON.stringify(join(built, "index.cjs"))});\nconst file = ${JSON.stringify(join(own, "key.json"))};${TESTS}`,
  config: () => [
    "jest.config.json",
    JSON.stringify({
      testMatch: ["**/*.test.cjs"],
      setupFilesAfterEnv: [join(built, "jest.cjs")],
      waitForUnhandledRejections: true,
      transform: {},
    }),
  ],
};

// The others take a minute more: `npm run test:runners`.
const OTHERS =
  process.env.RUNNERS === "all"
    ? [vitest("vitest 3.2", "./vitest-3/package.json"), vitest("vitest 5.1", "./vitest-5/package.json")]
    : [];
const RUNNERS = [vitest("vitest 4.1", "../../package.json"), jest, ...OTHERS];

test.for(RUNNERS)("in $name", { timeout: 240_000 }, async (runner, { skip }) => {
  const own = join(folder, runner.name.replace(" ", "-"));
  mkdirSync(own);
  const command = await runner.command(own);
  if (!command) return skip(`${runner.name} needs Node 22, and none was to be had`);
  writeFileSync(join(own, ...runner.config(own).slice(0, 1)), runner.config(own)[1]);
  writeFileSync(join(own, runner.file), runner.tests(own));
  const [program = "", ...args] = command;
  const testing = (text: string, ci = "1"): Promise<Finished> => {
    writeFileSync(join(own, "key.json"), text);
    return run(program, args, own, { CI: ci });
  };
  const passes = ({ code, output }: Finished) =>
    expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });

  // In CI no snapshot is written: a new one fails.
  expect((await testing(NARROW)).code).toBe(1);
  passes(await testing(NARROW, ""));
  const snapshots = join(own, "__snapshots__", `${runner.file}.snap`);
  expect(existsSync(snapshots)).toBe(true);
  const kept = readFileSync(snapshots, "utf8");
  const names = [...kept.matchAll(/^exports\[`(.*)`\] = `\n"([\s\S]*?)"\n`;$/gm)].map(([, name, text]) => ({
    name,
    text,
  }));
  const beside = ["a", "b", "c"].flatMap((name) => [`beside others, ${name} 1`, `beside others, ${name} 2`]);
  const awaited =
    runner === jest ? ["awaited: deployed 1", "awaited: deployed 2"] : ["awaited > deployed 1", "awaited > deployed 2"];
  expect(names.map(({ name }) => name)).toEqual([...awaited, ...(runner === jest ? [] : beside), "the key 1"]);
  expect(names.map(({ text }) => text!.replaceAll('\\\\"', '"'))).toEqual(names.map(() => TEXT));

  passes(await testing(NARROW));
  passes(await testing(SAME));
  const { code, output } = await testing(WIDE);
  expect(code).toBe(1);
  const change = output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /^[-+] +(when|kms|arn)/.test(line));
  expect(new Set(change)).toEqual(
    new Set(['-   when kms:ViaService = "ec2.us-west-2.amazonaws.com"', '+   when kms:ViaService like "ec2.*"']),
  );
  // Each mismatch, but in vitest only the first of a test.
  expect(change).toHaveLength(2 * (runner === jest ? 3 : 5));
  expect(output).toMatch(/key\.test\.[cm]js:7:18/);
});
