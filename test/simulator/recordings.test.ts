import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DiagnosticError } from "../../src/diagnostic/diagnostic.ts";
import { identityPolicy, request, resourcePolicy, role } from "../../src/index.ts";
import type { Comparison } from "../../src/simulator/comparison.ts";
import { iamSimulator, type SimulatorOptions } from "../../src/simulator/simulator.ts";
import { casesOf, corpusFiles } from "../conformance/corpus.ts";
import { recordedAnswer } from "./aws-of-the-tests.ts";
import { clientAt } from "./clients.ts";
import { type IamServer, iamServer, type ServerOptions } from "./iam-server.ts";

let folder: string;
let server: IamServer | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "iam-expect-recordings-"));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server?.close();
  server = undefined;
});

async function recorder(answer: ServerOptions["answer"], options: Partial<SimulatorOptions> = {}) {
  server = await iamServer({ answer });
  return iamSimulator({ client: clientAt(server.endpoint), mode: "record", recordings: folder, ...options });
}
const replay = () =>
  iamSimulator({
    mode: "replay",
    recordings: folder,
    client: () => {
      throw new Error("a replay makes no client");
    },
  });
const messageOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: unknown) => (error instanceof DiagnosticError ? error.message : String(error)),
  );

const Version = "2012-10-17";
const account = "123456789012";
const app = `arn:aws:iam::${account}:role/app`;
const reader = (action: string | readonly string[] = "s3:GetObject", name = "policies/reader.json") =>
  identityPolicy(
    { Version, Statement: { Sid: "Read", Effect: "Allow", Action: action, Resource: "arn:aws:s3:::reports/*" } },
    { name },
  );
const asked = (keyName = "2026", action = "s3:GetObject") => request(app, action, `arn:aws:s3:::reports/${keyName}`);
const allowed: ServerOptions["answer"] = (_call, action) => ({
  decision: action === "s3:GetObject" ? "allowed" : "implicitDeny",
});

const cases = corpusFiles.filter((file) => file.includes("real-decisions")).flatMap(casesOf);
const withoutDate = ({ aws, ...rest }: Comparison) => ({ ...rest, aws: aws && { ...aws, date: "" } });

describe.each([false, true])("the 176 real decisions, recorded (scrub: %s)", (scrub) => {
  test("replay gives the same verdicts, with no client", async () => {
    const recording = await recorder(recordedAnswer, { scrub });
    const live = await Promise.all(cases.map((item) => recording.compareQuestion(() => item.question())));
    await recording.close();
    expect(live.map(({ verdict }) => verdict)).toEqual(cases.map(() => "agree"));
    // One file for one set of policies.
    expect(readdirSync(folder)).toHaveLength(27);

    const replaying = replay();
    const again = await Promise.all(cases.map((item) => replaying.compareQuestion(() => item.question())));
    expect(again.map(withoutDate)).toEqual(live.map(withoutDate));
    expect(await replaying.close()).toEqual({ calls: 0, unused: [] });
  });
});

test("a scrubbed recording holds no id of the original", async () => {
  const originals = [
    "123456789012",
    "444455556666",
    "AROADBQP57FF2AEXAMPLE",
    "AIDAJQABLZS4A3QDU576Q",
    "AKIAIOSFODNN7EXAMPLE",
    "ASIAIOSFODNN7EXAMPLE",
  ];
  const policy = identityPolicy(
    {
      Version,
      Statement: [
        {
          Sid: "Own",
          Effect: "Allow",
          Action: ["s3:GetObject", "s3:PutObject"],
          Resource: ["arn:aws:s3:::logs-123456789012/${aws:userid}/*", "arn:aws:s3:::logs-444455556666/*"],
          Condition: {
            StringEquals: { "aws:PrincipalAccount": ["123456789012"], "aws:PrincipalTag/key": "AKIAIOSFODNN7EXAMPLE" },
            StringLike: { "aws:userid": ["AROADBQP57FF2AEXAMPLE:*", "AIDAJQABLZS4A3QDU576Q"] },
            NumericLessThan: { "s3:max-keys": "999999999999" },
          },
        },
        {
          Effect: "Deny",
          Action: "*",
          Resource: "*",
          Condition: { StringEquals: { "aws:PrincipalTag/key": "ASIAIOSFODNN7EXAMPLE" } },
        },
      ],
    },
    { name: "policies/123456789012.json" },
  );
  const caller = role(app, { tags: { key: "AKIAIOSFODNN7EXAMPLE" } });
  const base = (keyName: string) =>
    request(caller, "s3:GetObject", `arn:aws:s3:::${keyName}`).withContext({
      "aws:userid": "AROADBQP57FF2AEXAMPLE:today",
      "s3:max-keys": "100000000000",
    });
  const requests = [
    base("logs-123456789012/AROADBQP57FF2AEXAMPLE:today/a"),
    base("logs-444455556666/a"),
    base("logs-777788889999/a"),
  ];
  const simulator = await recorder(
    (_call, _action, arn) => ({ decision: arn.includes("7777") ? "implicitDeny" : "allowed" }),
    {
      scrub: true,
    },
  );
  const live = await Promise.all(requests.map((one) => simulator.compare(policy, one)));
  await simulator.close();
  expect(live.map(({ verdict }) => verdict)).toEqual(["agree", "agree", "agree"]);

  const [file = "", ...rest] = readdirSync(folder);
  expect(rest).toEqual([]);
  const text = readFileSync(join(folder, file), "utf8");
  for (const id of [...originals, "777788889999"]) expect(file + text).not.toContain(id);
  expect(text).not.toMatch(/(?<![A-Z0-9])A(ROA|IDA|KIA|SIA)[A-Z0-9]{8,}/);
  // A number that is compared as a number is none.
  expect(text).toContain("999999999999");
  expect(text).toContain("100000000000");
  const again = replay();
  expect((await Promise.all(requests.map((one) => again.compare(policy, one)))).map(withoutDate)).toEqual(
    live.map(withoutDate),
  );
});

test("an id whose replacement would change a decision is not replaced in silence", async () => {
  const prefixed = identityPolicy({
    Version,
    Statement: { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::logs-1234*" },
  });
  const simulator = await recorder(() => ({ decision: "allowed" }), { scrub: true });
  expect(
    await messageOf(simulator.compare(prefixed, request(app, "s3:GetObject", `arn:aws:s3:::logs-${account}`))),
  ).toBe(`error[scrub-changes-decision]
  the ids of \`s3:GetObject\` on \`arn:aws:s3:::logs-123456789012\` cannot be replaced: the decision would be another
  help: record it without \`scrub\`, or write the policy's patterns around ids, not through them`);
  expect(readdirSync(folder)).toEqual([]);
});

test("a scrubbed answer does not stand for a request whose id matters", async () => {
  const prefixed = identityPolicy({
    Version,
    Statement: { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::logs-1234*" },
  });
  const at = (id: string) => request(app, "s3:GetObject", `arn:aws:s3:::logs-${id}`);
  const simulator = await recorder(() => ({ decision: "implicitDeny" }), { scrub: true });
  expect(await simulator.compare(prefixed, at("777788889999"))).toMatchObject({ verdict: "agree" });
  expect(await replay().compare(prefixed, at("777788880000"))).toMatchObject({ verdict: "agree" });
  expect(await messageOf(replay().compare(prefixed, at("123400001111")))).toContain(
    "AWS's answer to `s3:GetObject` on `arn:aws:s3:::logs-123400001111` is recorded with other ids alone, and the decision depends on them",
  );
});

test("a resource policy that names a deleted role by its id can be scrubbed", async () => {
  const user = `arn:aws:iam::${account}:user/bob`;
  const bucket = resourcePolicy(
    {
      Version,
      Statement: {
        Effect: "Allow",
        Principal: { AWS: ["AROADBQP57FF2AEXAMPLE", user] },
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::reports/*",
      },
    },
    { account },
  );
  const simulator = await recorder(() => ({ decision: "allowed" }), { scrub: true });
  const one = request(user, "s3:GetObject", "arn:aws:s3:::reports/2026");
  expect(await simulator.compare(bucket, one)).toMatchObject({ verdict: "agree" });
  const text = readFileSync(join(folder, readdirSync(folder)[0]!), "utf8");
  expect(text).not.toMatch(/AROA|123456789012/);
  expect(text).toContain('"caller": "arn:aws:iam::000000000002:user/bob"');
  expect(await replay().compare(bucket, one)).toMatchObject({ verdict: "agree" });
});

test("the file is sorted and the same whatever the order of asking; it is there when a comparison is", async () => {
  const texts: string[] = [];
  for (const order of [
    ["2026", "2025"],
    ["2025", "2026"],
  ]) {
    const simulator = await recorder(allowed);
    for (const keyName of order) await simulator.compare(reader(), asked(keyName));
    const [file] = readdirSync(folder);
    expect(file).toMatch(/^reader-[0-9a-f]{8}\.json$/);
    texts.push(readFileSync(join(folder, file!), "utf8"));
    rmSync(join(folder, file!));
    await server!.close();
  }
  expect(texts[0]).toBe(texts[1]);
  const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
  const day = new Date().toISOString().slice(0, 10);
  const answer = (resource: string) => ({
    hash,
    action: "s3:GetObject",
    resource,
    decision: "allowed",
    allowedByOrganizations: true,
    model: "resource",
    date: day,
  });
  expect(JSON.parse(texts[0]!)).toEqual({
    recording: 1,
    api: "IAM 2010-05-08",
    scrubbed: false,
    hash,
    names: ["policies/reader.json"],
    policies: {
      identity: [
        {
          Version,
          Statement: { Sid: "Read", Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::reports/*" },
        },
      ],
    },
    answers: [answer("arn:aws:s3:::reports/2025"), answer("arn:aws:s3:::reports/2026")],
  });
});

describe("a recording that does not fit", () => {
  const command = "`IAM_EXPECT_SIMULATOR=record npx vitest run`";
  beforeEach(async () => {
    const simulator = await recorder(allowed);
    await simulator.compare(reader(), asked());
    await simulator.close();
  });

  test("of policies that have changed: stale, with the command that records again", async () => {
    const file = readdirSync(folder)[0]!;
    const simulator = replay();
    expect(await messageOf(simulator.compare(reader("s3:*"), asked()))).toBe(`error[stale-recording]
  \`${file}\` was recorded of policies that have changed since
  help: record it again: ${command}
  note: recordings are read from ${folder}`);
    expect((await simulator.close()).unused).toEqual([file]);
  });

  test("laid out anew, the policies are the same", async () => {
    const document = `{"Version": "${Version}",\n\n  "Statement":{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/*"}}`;
    expect(await replay().compare(identityPolicy(document), asked())).toMatchObject({ verdict: "agree" });
  });

  test("of another request: missing", async () => {
    expect(await messageOf(replay().compare(reader(), asked("2025")))).toBe(`error[missing-recording]
  AWS's answer to \`s3:GetObject\` on \`arn:aws:s3:::reports/2025\` is not recorded
  help: record it: ${command}
  note: recordings are read from ${folder}`);
  });

  test("of the request in another context: stale", async () => {
    const tagged = identityPolicy(
      {
        Version,
        Statement: {
          Effect: "Allow",
          Action: "s3:*",
          Resource: "*",
          Condition: { StringLike: { "aws:PrincipalTag/team": "*" } },
        },
      },
      { name: "tagged" },
    );
    const by = (team: string) => request(role(app, { tags: { team } }), "s3:GetObject", "arn:aws:s3:::reports/2026");
    const simulator = await recorder(allowed);
    await simulator.compare(tagged, by("a"));
    const file = readdirSync(folder).find((name) => name.startsWith("tagged"))!;
    expect(await messageOf(replay().compare(tagged, by("b")))).toBe(`error[stale-recording]
  \`${file}\` has an answer to \`s3:GetObject\` on \`arn:aws:s3:::reports/2026\`, but in another context
  help: record it: ${command}
  note: recordings are read from ${folder}`);
  });

  test.each([
    [
      "its policies",
      (text: string) => text.replace("s3:GetObject", "s3:*"),
      "the policies were changed after they were recorded",
    ],
    [
      "a request",
      (text: string) =>
        text.replace('"resource": "arn:aws:s3:::reports/2026"', '"resource": "arn:aws:s3:::reports/2027"'),
      /^ {2}`reader-.*`: the request of the answer [0-9a-f]{12} was changed/m,
    ],
    [
      "a decision",
      (text: string) => text.replace('"decision": "allowed"', '"decision": "alowed"'),
      "`alowed` is no decision",
    ],
    ["its JSON", (text: string) => text.slice(0, -10), "this is no JSON, so no recording"],
    ["all of it", () => "{}", "this is no recording"],
    ["its format", (text: string) => text.replace('"recording": 1', '"recording": 2'), "it is of format 2, not 1"],
  ])("edited by hand, %s: refused", async (_, edit, sentence) => {
    const file = join(folder, readdirSync(folder)[0]!);
    writeFileSync(file, edit(readFileSync(file, "utf8")));
    const message = await messageOf(replay().compare(reader(), asked()));
    expect(message.split("\n")[0]).toBe("error[edited-recording]");
    if (typeof sentence === "string")
      expect(message.split("\n")[1]).toBe(`  \`${readdirSync(folder)[0]}\`: ${sentence}`);
    else expect(message).toMatch(sentence);
  });

  test("that nothing asks for is listed", async () => {
    const simulator = await recorder(allowed);
    await simulator.compare(reader(), asked("2025"));
    const file = readdirSync(folder)[0]!;
    const replaying = replay();
    await replaying.compare(reader(), asked("2025"));
    expect((await replaying.close()).unused).toEqual([`${file}: s3:GetObject on arn:aws:s3:::reports/2026`]);
  });

  test("recorded again, an answer is replaced and the others stay", async () => {
    const simulator = await recorder(() => ({ decision: "explicitDeny" }));
    await simulator.compare(reader(), asked("2025"));
    const replaying = replay();
    const verdicts = await Promise.all(["2025", "2026"].map((keyName) => replaying.compare(reader(), asked(keyName))));
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(["disagree", "agree"]);
  });
});

test("what cannot be written is told, to each that waits for it", async () => {
  const file = join(folder, "a-file");
  writeFileSync(file, "");
  const simulator = await recorder(allowed, { recordings: join(file, "below") });
  const errors = await Promise.all(["1", "2"].map((keyName) => messageOf(simulator.compare(reader(), asked(keyName)))));
  expect(errors.every((message) => message.includes("ENOTDIR"))).toBe(true);
});

test("several processes may record into one file at once", async () => {
  server = await iamServer({ answer: allowed });
  const script = (from: number) => `
    import { iamSimulator } from "${process.cwd()}/src/simulator/simulator.ts";
    import { identityPolicy, request } from "${process.cwd()}/src/index.ts";
    import { clientAt } from "${process.cwd()}/test/simulator/clients.ts";
    const policy = identityPolicy(${JSON.stringify({ Version, Statement: { Effect: "Allow", Action: "s3:GetObject", Resource: "*" } })}, { name: "shared" });
    const simulator = iamSimulator({ client: clientAt("${server!.endpoint}"), mode: "record", recordings: ${JSON.stringify(folder)} });
    for (let at = ${from}; at < ${from} + 30; at++)
      await simulator.compare(policy, request("${app}", "s3:GetObject", "arn:aws:s3:::reports/" + at));
    await simulator.close();`;
  const exits = await Promise.all(
    [100, 200, 300].map(
      (from) =>
        new Promise<number | null>((resolve) => {
          const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script(from)], {
            stdio: ["ignore", "ignore", "inherit"],
            env: { ...process.env, NODE_NO_WARNINGS: "1" },
          });
          child.on("close", resolve);
        }),
    ),
  );
  expect(exits).toEqual([0, 0, 0]);
  const files = readdirSync(folder);
  expect(files).toHaveLength(1);
  expect(JSON.parse(readFileSync(join(folder, files[0]!), "utf8")).answers).toHaveLength(90);
});
