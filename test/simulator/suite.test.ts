/** The whole suite beside AWS: real runners, the package as its users have it, the real client, a server on loopback. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { run } from "../runners/child.ts";
import { type IamServer, iamServer } from "./iam-server.ts";
import type { WireCall } from "./query-protocol.ts";

const require = createRequire(import.meta.url);
mkdirSync("test/.tmp", { recursive: true });
const folder = join(process.cwd(), mkdtempSync("test/.tmp/suite-"));
let server: IamServer;
let lies = false;
beforeAll(async () => {
  // Policies of the suites below are one statement each: what they allow can be read off.
  server = await iamServer({
    answer: (call: WireCall, action, arn) => {
      const { Statement } = JSON.parse(call.PolicyInputList[0]!) as {
        Statement: { Action: string[]; Resource: string };
      };
      const allowed = Statement.Action.includes(action) && arn.startsWith(Statement.Resource.replace("*", ""));
      return { decision: allowed !== lies ? "allowed" : "implicitDeny" };
    },
  });
});
beforeEach(() => {
  lies = false;
  server.calls.splice(0);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const CONFIG = `
export default {
  client: async () => new (await import("@aws-sdk/client-iam")).IAMClient({
    endpoint: process.env.AWS_OF_THE_TESTS, region: "us-east-1", credentials: { accessKeyId: "t", secretAccessKey: "t" },
  }),
  recordings: "recordings",
};`;

const ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:GetObjectTagging", "s3:PutObjectTagging"];

/** So many assertions on a set of policies: ten objects, five actions. */
const body = (set: number, count: number) => `
const policy = identityPolicy({ Version: "2012-10-17", Statement: { Sid: "S${set}", Effect: "Allow",
  Action: ["s3:GetObject", "s3:PutObject"], Resource: "arn:aws:s3:::bucket-${set}/*" } }, { name: "set ${set}" });
const app = "arn:aws:iam::111122223333:role/app";
const actions = ${JSON.stringify(ACTIONS)};
for (let at = 0; at < ${count}; at++) {
  const action = actions[at % 5];
  test("assertion " + at, () => {
    const one = expect(policy);
    one[at % 5 < 2 ? "toAllow" : "toDeny"](app, action, "arn:aws:s3:::bucket-${set}/key-" + Math.floor(at / 5));
  });
}`;

interface Project {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly runner: "vitest" | "jest";
}

const bin = (from: string, path: string) => join(dirname(createRequire(from).resolve(`${path}/package.json`)), ".");
const vitestOf = (from: string) => join(bin(from, "vitest"), "vitest.mjs");
const here = import.meta.url;
const PROJECTS: readonly Project[] = [
  { name: "vitest 4.1", program: process.execPath, args: [vitestOf(here), "run"], runner: "vitest" },
  { name: "Jest", program: process.execPath, args: [join(bin(here, "jest"), "bin/jest.js")], runner: "jest" },
  // The others take minutes: RUNNERS=all.
  ...(process.env.RUNNERS === "all"
    ? [
        {
          name: "vitest 3.2",
          program: process.execPath,
          args: [vitestOf(require.resolve("vitest-3/package.json")), "run"],
          runner: "vitest" as const,
        },
      ]
    : []),
];

function write(project: string, files: Readonly<Record<string, string>>): string {
  const root = join(folder, project);
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  return root;
}

const suite = (runner: Project["runner"], sets: number, count: number): Record<string, string> => ({
  "iam-expect.config.mjs": CONFIG,
  ...(runner === "vitest"
    ? {
        "vitest.config.mjs": `export default { test: { setupFiles: ["iam-expect/vitest"], reporters: ["default", "iam-expect/vitest-reporter"], maxWorkers: 2 } };`,
      }
    : {
        "jest.config.json": `{ "preset": "iam-expect", "reporters": ["default", "iam-expect/jest-reporter"], "maxWorkers": 2 }`,
      }),
  ...Object.fromEntries(
    Array.from({ length: sets }, (_, set) => [
      runner === "vitest" ? `set-${set}.test.mjs` : `set-${set}.test.js`,
      `${
        runner === "vitest"
          ? `import { expect, test } from "vitest"; import { identityPolicy } from "iam-expect";`
          : `const { identityPolicy } = require("iam-expect");`
      }${body(set, count)}`,
    ]),
  ),
});

const summaryOf = (output: string) => output.slice(output.indexOf("iam-expect: ")).trimEnd();
const start = (project: Project, root: string, mode: string | undefined, env: Record<string, string> = {}) =>
  run(project.program, project.args, root, {
    AWS_OF_THE_TESTS: server.endpoint,
    NODE_NO_WARNINGS: "1",
    ...(mode === undefined ? {} : { IAM_EXPECT_SIMULATOR: mode }),
    ...env,
  });

describe.each(PROJECTS)("$name", (project) => {
  const { runner } = project;
  test("record and replay", { timeout: 180_000 }, async () => {
    const at = write(project.name.replace(/\W/g, "-"), suite(runner, 3, 10));
    const recorded = await start(project, at, "record");
    expect(
      summaryOf(recorded.output),
    ).toContain(`iam-expect: 30 requests beside AWS's policy simulator (record, 3 calls)

  agree          30
  disagree       0
  not modelled   0
  needs context  0`);
    expect(recorded.code).toBe(0);
    expect(server.calls).toHaveLength(3);
    expect(readdirSync(join(at, "recordings")).map((name) => name.slice(0, 6))).toEqual(["set-0-", "set-1-", "set-2-"]);

    server.calls.splice(0);
    const replayed = await start(project, at, "replay");
    expect(summaryOf(replayed.output)).toContain(
      "iam-expect: 30 requests beside AWS's policy simulator (replay, 0 calls)",
    );
    expect(replayed.code).toBe(0);
    expect(server.calls).toEqual([]);
  });

  test("a disagreement fails the run, with both decisions and the case", { timeout: 180_000 }, async () => {
    lies = true;
    const { code, output } = await start(project, write(`${runner}-lies`, suite(runner, 1, 1)), "live");
    expect(code).toBe(1);
    const summary = summaryOf(output);
    expect(summary).toContain(`  agree          0
  disagree       1
  not modelled   0
  needs context  0

  disagree: `);
    expect(summary).toMatch(/set-0\.test\.m?js:\d+:\d+/);
    const day = new Date().toISOString().slice(0, 10);
    expect(summary).toContain(`    request     role/app  s3:GetObject  s3:bucket-0/key-0
    AWS         implicit deny   (${day})
    iam-expect  allow, by "S0" of set 0: the caller's identity policies allow it
    case        {"request":{"principal":"arn:aws:iam::111122223333:role/app","action":"s3:GetObject","resource":"arn:aws:s3:::bucket-0/key-0","resourceAccount":"111122223333"},"policies":{"identity":[{"name":"set 0","document":{"Version":"2012-10-17","Statement":{"Sid":"S0","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::bucket-0/*"}}}]}}`);
  });

  test("a recording that is missing fails the run and says how to record it", { timeout: 180_000 }, async () => {
    const { code, output } = await start(project, write(`${runner}-missing`, suite(runner, 1, 2)), "replay");
    expect(code).toBe(1);
    expect(output).toContain("error[missing-recording]");
    expect(output).toContain(
      `  help: record it: \`IAM_EXPECT_SIMULATOR=record ${runner === "vitest" ? "npx vitest run" : "npx jest"}\``,
    );
    expect(output).toContain("and 1 more request");
  });

  test("a check of one request that is not awaited fails the run as well", { timeout: 180_000 }, async () => {
    lies = true;
    const files = suite(runner, 0, 0);
    const file = runner === "vitest" ? "a.test.mjs" : "a.test.js";
    const imports =
      runner === "vitest"
        ? `import { expect, test } from "vitest"; import { identityPolicy, request } from "iam-expect"; import { iamSimulator } from "iam-expect/simulator"; import { IAMClient } from "@aws-sdk/client-iam";`
        : `const { identityPolicy, request } = require("iam-expect"); const { iamSimulator } = require("iam-expect/simulator"); const { IAMClient } = require("@aws-sdk/client-iam");`;
    const at = write(`${runner}-forgotten`, {
      ...files,
      [file]: `${imports}
const client = new IAMClient({ endpoint: process.env.AWS_OF_THE_TESTS, region: "us-east-1", credentials: { accessKeyId: "t", secretAccessKey: "t" } });
const policy = identityPolicy({ Version: "2012-10-17", Statement: { Effect: "Allow", Action: ["s3:GetObject"], Resource: "arn:aws:s3:::b/*" } });
test("forgotten", () => {
  expect(policy).toAgreeWithSimulator(iamSimulator({ client, mode: "live" }), request("arn:aws:iam::111122223333:role/app", "s3:GetObject", "arn:aws:s3:::b/k"));
});
test("another", () => {});`,
    });
    const { code, output } = await start(project, at, undefined);
    expect(output).toContain("AWS         implicit deny");
    expect(code).toBe(1);
    expect(server.calls).toHaveLength(1);
  });

  test("without the reporter, every file fails", { timeout: 180_000 }, async () => {
    const files = suite(runner, 1, 1);
    const config = runner === "vitest" ? "vitest.config.mjs" : "jest.config.json";
    const at = write(`${runner}-no-reporter`, {
      ...files,
      [config]: files[config]!.replace(/, "iam-expect\/\w+-reporter"/, ""),
    });
    const { code, output } = await start(project, at, "replay");
    expect(code).toBe(1);
    expect(output).toContain("error[no-reporter]");
    expect(output).toContain("IAM_EXPECT_SIMULATOR is `replay`, and no reporter asks AWS's simulator");
  });

  test("without the set-up file, the run fails", { timeout: 180_000 }, async () => {
    const files = suite(runner, 0, 0);
    const config = runner === "vitest" ? "vitest.config.mjs" : "jest.config.json";
    const file = runner === "vitest" ? "a.test.mjs" : "a.test.js";
    const at = write(`${runner}-no-set-up`, {
      ...files,
      [config]: files[config]!.replace(`"preset": "iam-expect", `, "").replace(
        `setupFiles: ["iam-expect/vitest"], `,
        "",
      ),
      [file]: `${runner === "vitest" ? `import { expect, test } from "vitest";` : ""}\ntest("nothing asked", () => { expect(1).toBe(1); });`,
    });
    const { code, output } = await start(project, at, "replay");
    expect(code).toBe(1);
    expect(output).toContain(
      runner === "vitest"
        ? "error[no-requests]"
        : "a.test.js did not account for its requests, so the suite was not compared",
    );
  });
});

test("a mode that is none fails every file", { timeout: 180_000 }, async () => {
  const { code, output } = await start(PROJECTS[0]!, write("mode", suite("vitest", 1, 1)), "rePlay");
  expect(code).toBe(1);
  expect(output).toContain("IAM_EXPECT_SIMULATOR is `rePlay`, which is no mode");
});

test("a script says that nobody asks", () => {
  const root = write("script", {
    "check.mjs": `import { expect } from "expect"; import { identityPolicy } from "iam-expect"; import { matchers } from "iam-expect/matchers";
expect.extend(matchers);
expect(identityPolicy({ Version: "2012-10-17", Statement: { Effect: "Allow", Action: "*", Resource: "*" } })).toAllow("arn:aws:iam::111122223333:role/app", "sqs:ListQueues");`,
  });
  const env = { ...process.env, IAM_EXPECT_SIMULATOR: "live" };
  const { status, stderr } = spawnSync(process.execPath, ["check.mjs"], { cwd: root, encoding: "utf8", env });
  expect(status).toBe(1);
  expect(stderr).toContain("error[no-reporter]");
});

test("hooks, retries, concurrent tests and operations hand over their requests too, each once", {
  timeout: 180_000,
}, async () => {
  const files = suite("vitest", 0, 0);
  const at = write("situations", {
    ...files,
    "situations.test.mjs": `
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { environment, identityPolicy, request, sqs } from "iam-expect";
const policy = identityPolicy({ Version: "2012-10-17", Statement: { Effect: "Allow", Action: ["s3:GetObject"], Resource: "arn:aws:s3:::b/*" } });
const app = "arn:aws:iam::111122223333:role/app";
const ask = (key) => expect(policy).toAllow(app, "s3:GetObject", "arn:aws:s3:::b/" + key);
beforeAll(() => { ask("before-all"); });
afterAll(() => { ask("after-all"); });
beforeEach(() => { ask("before-each"); });
test("plain", () => { ask("plain"); });
test("awaited", async () => { await ask("awaited"); });
test("one argument", () => { expect(policy).toAllow(request(app, "s3:GetObject", "arn:aws:s3:::b/one")); });
let tries = 0;
test("retried", { retry: 2 }, () => { ask("retried"); if (++tries < 3) throw new Error("again"); });
describe.concurrent("at once", () => { for (const name of ["x", "y"]) test(name, async () => { await null; ask(name); }); });
test("of a key, which AWS does not take", () => {
  expect({ Version: "2012-10-17", Statement: { Effect: "Allow", Principal: { AWS: app }, Action: "kms:Decrypt", Resource: "*" } }).toAllow(app, "kms:Decrypt");
});
`,
  });
  const { code, output } = await start(PROJECTS[0]!, at, "live");
  // Seven tests with a request of beforeEach each, two hooks of the file.
  expect(summaryOf(output)).toContain(`iam-expect: 16 requests beside AWS's policy simulator (live, 1 call)

  agree          15
  disagree       0
  not modelled   1
         1  AWS's simulator does not take key policies
  needs context  0`);
  expect(code).toBe(0);
});
