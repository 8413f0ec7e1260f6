import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { run } from "../runners/child.ts";
import { type IamServer, iamServer } from "../simulator/iam-server.ts";
import type { Cell } from "../simulator/query-protocol.ts";
import { bundledCommand } from "./command.ts";

const folder = mkdtempSync(join(tmpdir(), "iam-expect-cross-check-"));
const command = bundledCommand();
let server: IamServer;
let answer: Cell;
beforeAll(async () => {
  server = await iamServer({ answer: () => answer });
});
beforeEach(() => {
  answer = { decision: "allowed" };
  rmSync(join(folder, "recordings"), { recursive: true, force: true });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const sdk = import.meta.resolve("@aws-sdk/client-iam");
const CONFIG = `export default {
  client: async () => new (await import(${JSON.stringify(sdk)})).IAMClient({
    endpoint: process.env.AWS_OF_THE_TESTS, region: "us-east-1", credentials: { accessKeyId: "t", secretAccessKey: "t" },
  }),
  recordings: "recordings",
};`;
const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const config = write("aws.mjs", CONFIG);

const user = "arn:aws:iam::111122223333:user/bob";
const item = (id: string, action = "s3:GetObject", more: object = {}) => ({
  id,
  request: { principal: user, action, resource: "arn:aws:s3:::b/k" },
  policies: {
    identity: [
      {
        name: "reader",
        document: {
          Version: "2012-10-17",
          Statement: { Sid: "Read", Effect: "Allow", Action: "s3:GetObject", Resource: "*" },
        },
      },
    ],
  },
  ...more,
});

async function crossCheck(...args: string[]) {
  const { code, stdout, stderr } = await run(process.execPath, [command, "cross-check", ...args], process.cwd(), {
    AWS_OF_THE_TESTS: server.endpoint,
    NODE_NO_WARNINGS: "1",
  });
  return {
    code,
    lines: stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
    stderr,
  };
}

test("live: a line a case, in order; the summary apart; 0 where none disagrees", async () => {
  const cases = write(
    "cases.json",
    JSON.stringify([item("a"), item("b", "sqs:SendMessage", { policies: { grants: [] } })]),
  );
  const { code, lines, stderr } = await crossCheck("--live", "--config", config, cases);
  const day = new Date().toISOString().slice(0, 10);
  expect(lines).toEqual([
    {
      id: "a",
      verdict: "agree",
      reason: "both say allow",
      remarks: [],
      local: {
        outcome: "allowed",
        reason: "the caller's identity policies allow it",
        statements: [{ policy: "reader", index: 0, sid: "Read" }],
        unverified: [],
      },
      aws: { outcome: "allowed", statements: [], missingContextValues: [], date: day },
    },
    {
      id: "b",
      verdict: "disagree",
      reason: "AWS says allow, iam-expect says implicit deny",
      remarks: [],
      local: { outcome: "implicitDeny", reason: "no statement allows this request", statements: [], unverified: [] },
      aws: { outcome: "allowed", statements: [], missingContextValues: [], date: day },
    },
  ]);
  expect(stderr).toBe(`iam-expect: 2 requests beside AWS's policy simulator (live, 2 calls)

  agree          1
  disagree       1
  not modelled   0
  needs context  0

  disagree: b   ${cases}
    request     user/bob  sqs:SendMessage  s3:b/k
    AWS         allow   (${day})
    iam-expect  implicit deny: no statement allows this request
    case        {"request":{"principal":"${user}","action":"sqs:SendMessage","resource":"arn:aws:s3:::b/k","resourceAccount":"111122223333"},"policies":{}}
`);
  expect(code).toBe(1);
});

test("record, then replay; a case that changed is missing, with the command", async () => {
  const cases = write(
    "cases.jsonl",
    [item("a"), item("b", "s3:PutObject")].map((one) => JSON.stringify(one)).join("\n"),
  );
  expect((await crossCheck("--record", "--config", config, cases)).code).toBe(1);
  expect(readdirSync(join(folder, "recordings"))).toHaveLength(1);
  const replayed = await crossCheck("--config", config, cases);
  expect(replayed.lines.map(({ verdict }) => verdict)).toEqual(["agree", "disagree"]);
  expect(replayed.stderr).toContain("(replay, 0 calls)");

  const changed = write("changed.json", JSON.stringify(item("a", "s3:DeleteObject")));
  const missing = await crossCheck("--replay", "--config", config, changed);
  expect(missing.lines[0].error).toEqual({
    code: "missing-recording",
    message: `error[missing-recording]
  AWS's answer to \`s3:DeleteObject\` on \`arn:aws:s3:::b/k\` is not recorded
  help: record it: \`npx iam-expect cross-check --record ${changed}\`
  note: recordings are read from ${join(folder, "recordings")}`,
  });
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain(`  recorded, and asked for by nothing:
    reader-`);
});

test("strict: an explicit and an implicit deny are two answers", async () => {
  answer = { decision: "explicitDeny" };
  const cases = write("cases.json", JSON.stringify(item("a", "s3:PutObject")));
  expect((await crossCheck("--live", "--config", config, cases)).code).toBe(0);
  expect((await crossCheck("--live", "--strict", "--config", config, cases)).code).toBe(1);
});

test("a refusal that a case expects is told and no failure; any other is 2", async () => {
  const wrong = {
    policies: { identity: [{ Version: "2012-10-17", Statement: { Effect: "allow", Action: "*", Resource: "*" } }] },
  };
  const cases = write(
    "cases.json",
    JSON.stringify([item("expected", "s3:GetObject", { ...wrong, expect: { error: "wrong-value" } }), item("a")]),
  );
  const met = await crossCheck("--live", "--config", config, cases);
  expect([met.lines[0].error.code, met.lines[1].verdict, met.code]).toEqual(["wrong-value", "agree", 0]);
  expect(
    (
      await crossCheck(
        "--live",
        "--config",
        config,
        write("cases.json", JSON.stringify(item("x", "s3:GetObject", wrong))),
      )
    ).code,
  ).toBe(2);
});

test.each([
  ["no configuration", ["--live", "cases.json"], "error[missing-config]\n  there is no `iam-expect.config.mjs` in "],
  [
    "a configuration that is not there",
    ["--config", "none.mjs", "cases.json"],
    "error[missing-config]\n  there is no file `none.mjs`",
  ],
  ["no file", ["--live"], "no file of cases is named"],
  ["two modes", ["--live", "--replay", "cases.json"], "--live and --replay are two modes"],
  ["an unknown option", ["--lives", "cases.json"], "Unknown option '--lives'"],
])("wrong use: %s", async (_, args, message) => {
  const { code, stderr, lines } = await crossCheck(...args);
  expect(stderr).toContain(message);
  expect({ code, lines }).toEqual({ code: 2, lines: [] });
});

test("a file that is not there is told", async () => {
  const { code, stderr } = await crossCheck("--live", "--config", config, join(folder, "none.json"));
  expect(stderr).toContain("none.json");
  expect(code).toBe(2);
});
