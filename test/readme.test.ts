import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";

const readme = readFileSync("README.md", "utf8");

/** Fenced blocks with the file they are said to be. */
const blocks = [...readme.matchAll(/(?:`([\w./-]+)`:\n\n)?```(\w*)\n([\s\S]*?)```/g)].map(
  ([, file, language, text]) => ({
    file,
    language,
    text: text!,
  }),
);
const block = (file: string) => blocks.find((one) => one.file === file)!.text;
/** The page's policy as it was meant to be. */
const right = block("policies/ebs-key.json").replace("ec2.*", "ec2.us-west-2.amazonaws.com");

// Inside the checkout, where the package resolves by its own name.
mkdirSync("test/.tmp", { recursive: true });
const folder = mkdtempSync("test/.tmp/readme-");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function vitest(): string {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["../../../node_modules/vitest/vitest.mjs", "run", "--no-color"],
    {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
    },
  );
  return stdout + stderr;
}

test("the first screen's test prints the failure that is shown, and passes on the right policy", () => {
  mkdirSync(join(folder, "policies"));
  for (const file of ["policies/ebs-key.json", "policies/ebs-key.test.ts", "vitest.config.ts"])
    writeFileSync(join(folder, file), block(file));
  const shown = blocks.find(({ language, text }) => language === "" && text.startsWith("Error:"))!.text;
  const failed = vitest();
  expect(failed).toContain(shown.trimEnd());
  expect(failed).toMatch(/policies\/ebs-key\.test\.ts:12:18/);
  expect(failed).toMatch(/Tests\s+1 failed \| 1 passed \(2\)/);

  writeFileSync(join(folder, "policies/ebs-key.json"), right);
  expect(vitest()).toMatch(/Tests\s+2 passed \(2\)/);
});

test("the configuration of AWS's simulator is read, and a key policy is not asked of it", () => {
  for (const file of ["policies/ebs-key.test.ts", "iam-expect.config.mjs"])
    writeFileSync(join(folder, file), block(file));
  const [reporters = ""] = /reporters: \[.*?\]/.exec(readme)!;
  writeFileSync(
    join(folder, "vitest.config.ts"),
    block("vitest.config.ts").replace("test: { ", `test: { ${reporters}, `),
  );
  process.env.IAM_EXPECT_SIMULATOR = "replay";
  try {
    expect(vitest()).toContain(`iam-expect: 1 request beside AWS's policy simulator (replay, 0 calls)

  agree          0
  disagree       0
  not modelled   1
         1  AWS's simulator does not take key policies
  needs context  0
`);
  } finally {
    delete process.env.IAM_EXPECT_SIMULATOR;
    writeFileSync(join(folder, "vitest.config.ts"), block("vitest.config.ts"));
  }
});

test("the sentences of the page hold", () => {
  const sentences = blocks.filter(
    ({ language, file, text }) => language === "ts" && !file && !text.includes("import "),
  );
  expect(sentences).toHaveLength(4);
  const [matchers = "", forms = "", operation = "", proofs = ""] = sentences.map(({ text }) => text);
  const [allow, deny, explicitly, together] = matchers.split("\n");
  writeFileSync(
    join(folder, "policies/page.test.ts"),
    `import { ebs, environment, evaluate, explain, identityPolicy, keyPolicy as key, request, role } from "iam-expect";
import { expect, test } from "vitest";
const Version = "2012-10-17";
const keyArn = "arn:aws:kms:us-west-2:111122223333:key/1234abcd";
const caller = role("arn:aws:iam::111122223333:role/orders");
const on = { Action: "kms:Decrypt", Resource: "*" };
const attached = { key: keyArn };
const policyOfKey = key;
const keyPolicy = key({ Version, Statement: { Sid: "EnableIam", Effect: "Allow", Principal: { AWS: "111122223333" }, ...on } }, attached);
const rolePolicy = identityPolicy({ Version, Statement: { Sid: "DecryptOrders", Effect: "Allow", ...on } });
const direct = key({ Version, Statement: { Effect: "Allow", Principal: { AWS: caller.arn }, ...on } }, attached);
const denied = key({ Version, Statement: { Effect: "Deny", Principal: "*", ...on } }, attached);
test("allowed", async () => {
  const policy = direct;
  await ${allow}
  await ${together}
});
test("denied", async () => {
  const policy = denied;
  await ${deny}
  await ${explicitly}
});
test("an operation", () => {
  const [app, key] = ["arn:aws:iam::111122223333:role/UserRole", keyArn];
  const [volume, instance] = ["volume/vol-0abc", "instance/i-0abc"].map((id) => "arn:aws:ec2:us-west-2:111122223333:" + id);
  const ec2Policy = identityPolicy({ Version, Statement: { Effect: "Allow", Action: "ec2:*", Resource: "*" } });
  const ebsKeyPolicy = policyOfKey({ Version, Statement: { Effect: "Allow", Principal: { AWS: app }, Action: ["kms:CreateGrant"], Resource: "*" } });
  ${operation.replaceAll("\n", "\n  ")}
});
test("proofs", async () => {
  const [app, admin] = ["app", "admin"].map((name) => "arn:aws:iam::111122223333:role/" + name);
  const to = (AWS, Action) => ({ Effect: "Allow", Principal: { AWS }, Action, Resource: "*" });
  const policy = policyOfKey({ Version, Statement: [to(app, "kms:Decrypt"), to(admin, "kms:PutKeyPolicy")] }, attached);
  const previous = policyOfKey({ Version, Statement: [to(admin, "kms:Put*"), to([app], ["kms:Decrypt"])] }, attached);
  ${proofs.replaceAll("expect(policy)", "await expect(policy)").replaceAll("\n", "\n  ")}
});
test("one argument", () => {
  const policy = direct;
  ${forms}
  expect(evaluate(policy, asked).outcome).toBe("allowed");
  expect(explain(policy, asked).statements).toHaveLength(1);
});
`,
  );
  expect(vitest()).toMatch(/Tests\s+7 passed \(7\)/);
});

test("the page's searches hold", () => {
  const searches = blocks.filter(
    ({ language, text }) => language === "ts" && /^import \{ (requestsFor|invariants) \}/.test(text),
  );
  expect(searches).toHaveLength(2);
  const lines = searches.flatMap(({ text }) => text.split("\n"));
  const imports = lines.filter((line) => line.startsWith("import "));
  const body = lines.filter((line) => !line.startsWith("import "));
  writeFileSync(
    join(folder, "policies/page.test.ts"),
    `${imports.join("\n")}
import { keyPolicy } from "iam-expect";
import { expect, test } from "vitest";
const policy = keyPolicy({ Version: "2012-10-17", Statement: { Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "kms:*", Resource: "*" } });
test("searches", () => {
  ${body.join("\n  ")}
});
`,
  );
  expect(vitest()).toMatch(/Tests\s+3 passed \(3\)/);
});

test("the Jest project and the script fail on the wrong policy and pass on the right one", () => {
  mkdirSync(join(folder, "policies"), { recursive: true });
  for (const file of ["jest.config.json", "policies/ebs-key.test.cjs", "check.ts"])
    writeFileSync(join(folder, file), block(file));
  const run = (...command: string[]) =>
    spawnSync(process.execPath, command, {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
    });
  const jest = () => run("../../../node_modules/jest/bin/jest.js", "--testMatch", "**/*.test.cjs");
  const script = () => run("--import", "tsx", "check.ts");
  const wrong = block("policies/ebs-key.json");
  for (const [text, status] of [
    [wrong, 1],
    [right, 0],
  ] as const) {
    writeFileSync(join(folder, "policies/ebs-key.json"), text);
    for (const { status: got, stdout, stderr } of [jest(), script()]) {
      expect({ got, output: got === status ? "" : stdout + stderr }).toEqual({ got: status, output: "" });
      if (status === 1) expect(stdout + stderr).toContain('"GrantsThroughEC2" allows it');
    }
  }
});

test("the commands about policies do what the page says", () => {
  mkdirSync(join(folder, "policies"), { recursive: true });
  writeFileSync(join(folder, "policies/ebs-key.json"), block("policies/ebs-key.json"));
  const shell = (command: string) =>
    spawnSync(
      "sh",
      ["-c", command.replaceAll("npx iam-expect", `"${process.execPath}" "${resolve("dist/main.js")}"`)],
      {
        cwd: folder,
        encoding: "utf8",
        env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"))),
      },
    );
  const identity = "-c user.name=t -c user.email=t@example.com";
  expect(shell(`git init -q && git add policies && git ${identity} commit -qm x && git branch -M main`)).toMatchObject({
    status: 0,
    stderr: "",
  });
  const commands = blocks
    .filter(({ text }) => text.startsWith("npx iam-expect prove"))
    .flatMap(({ text }) => text.trim().split("\n"));
  expect(commands.map((command) => command.split(" ")[2])).toEqual(["prove", "diff", "access", "points"]);
  for (const command of commands) {
    const { status, stderr } = shell(command);
    expect({ command, status, stderr }).toEqual({ command, status: 0, stderr: "" });
  }
  rmSync(join(folder, ".git"), { recursive: true });
});

test("the commands of the page are those of the package", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
  expect(readme).toContain("\nnpm ci && npm run examples\n");
  expect(readme).toContain("\nnpm cit\n");
  expect(scripts.examples).toBeDefined();
  expect(scripts.test).toBeDefined();
  expect(readFileSync(".ci/run", "utf8")).toMatch(/\nnpm cit\n$/);
});
