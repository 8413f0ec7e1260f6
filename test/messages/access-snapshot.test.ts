/** What `toMatchAccessSnapshot` says where it takes no snapshot; what it says of one is in test/runners/access-snapshot.test.ts. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { identityPolicy } from "../../src/policy/constructors.ts";

mkdirSync("test/.tmp", { recursive: true });
const folder = mkdtempSync("test/.tmp/script-");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::site/*" };
const policy = (more: object = {}) => identityPolicy({ Version: "2012-10-17", Statement: [{ ...read, ...more }] });

function message(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return "it passed";
}
const asked = (value: unknown, ...args: unknown[]) =>
  message(() => (expect(value).toMatchAccessSnapshot as (...args: unknown[]) => unknown)(...args));

test("wrong use, also under `.not`", () => {
  expect(message(() => expect(policy()).not.toMatchAccessSnapshot())).toBe(
    "error[wrong-use]\n  `.not.toMatchAccessSnapshot()` says nothing: a snapshot is kept of what is allowed",
  );
  expect(asked(policy(), 7)).toBe(
    "error[wrong-use]\n  `toMatchAccessSnapshot` takes a name for the snapshot, or nothing, not a number",
  );
  expect(asked(policy(), "a", "b")).toBe(
    "error[wrong-use]\n  `toMatchAccessSnapshot` takes one name for the snapshot, or nothing",
  );
  expect(asked(7)).toBe(
    `error[wrong-use]
  expect was given a number, which is no policy
  help: give it a policy, as in \`expect(keyPolicy.fromFile("policies/key.json"))\`, or a list of policies and grants`,
  );
});

test("access that cannot be told fails", () => {
  const several = { NumericLessThan: { "aws:PrincipalTag/n": "5" }, StringLike: { "aws:PrincipalTag/n": "1*" } };
  expect(asked(policy({ Condition: several }))).toBe(
    "error[undecided]\n  the access cannot be told: `aws:PrincipalTag/n` is compared by operators of several types",
  );
});

test("in a script there is no snapshot to match", () => {
  const file = join(folder, "check.ts");
  writeFileSync(
    file,
    `import { expect } from "expect";
import { matchers } from "../../../matchers/matchers.ts";
import { identityPolicy } from "../../../src/index.ts";
expect.extend(matchers);
try {
  (expect(identityPolicy(${JSON.stringify({ Version: "2012-10-17", Statement: read })})) as any).toMatchAccessSnapshot();
} catch (error) {
  console.log((error as Error).message);
}
`,
  );
  const { stdout, status } = spawnSync(process.execPath, ["--import", "tsx", file], { encoding: "utf8" });
  expect({ stdout, status }).toEqual({
    stdout: `error[wrong-use]
  \`toMatchAccessSnapshot\` needs a runner that keeps snapshots: vitest or Jest
  help: set it up: \`setupFiles: ["iam-expect/vitest"]\`, or Jest's \`preset: "iam-expect"\`
`,
    status: 0,
  });
});
