import { afterAll, beforeAll, expect, test } from "vitest";
import { identityPolicy, keyPolicy, request } from "../../src/index.ts";
import { iamSimulator, type Simulator } from "../../src/simulator/simulator.ts";
import { clientAt } from "../simulator/clients.ts";
import { type IamServer, iamServer } from "../simulator/iam-server.ts";
import { messageOf } from "./message-of.ts";

const user = "arn:aws:iam::111122223333:user/bob";
const app = "arn:aws:iam::111122223333:role/app";
const key = "arn:aws:kms:us-west-2:111122223333:key/1234abcd";
const reader = identityPolicy(
  `{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::reports/*"},{"Effect":"Deny","Action":"s3:Put*","Resource":"*"}]}`,
  { name: "policies/reader.json" },
);
const get = request(user, "s3:GetObject", "arn:aws:s3:::reports/2026");
const put = request(user, "s3:PutObject", "arn:aws:s3:::reports/2026");
const day = new Date().toISOString().slice(0, 10);

let server: IamServer;
let simulator: Simulator;
beforeAll(async () => {
  server = await iamServer({
    // AWS that allows nothing by the first statement, and says which key it missed.
    answer: (_call, action) =>
      action === "s3:GetObject"
        ? {
            decision: "explicitDeny",
            missing: ["aws:SourceIp"],
            matched: [
              {
                SourcePolicyId: "PolicyInputList.1",
                StartPosition: { Line: 1, Column: 127 },
                EndPosition: { Line: 1, Column: 177 },
              },
            ],
          }
        : { decision: "explicitDeny" },
  });
  simulator = iamSimulator({ client: clientAt(server.endpoint), mode: "live" });
});
afterAll(() => server.close());

const json = (action: string) =>
  `{"request":{"principal":"${user}","action":"${action}","resource":"arn:aws:s3:::reports/2026","resourceAccount":"111122223333"},"policies":{"identity":[{"name":"policies/reader.json","document":{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::reports/*"},{"Effect":"Deny","Action":"s3:Put*","Resource":"*"}]}}]}}`;

test("agrees", async () => {
  await expect(reader).toAgreeWithSimulator(simulator, put);
  expect(await messageOf(() => expect(reader).not.toAgreeWithSimulator(simulator, put))).toBe(
    `expect(policies).not.toAgreeWithSimulator(simulator, request)

  wanted      disagreement
  request     user/bob  s3:PutObject  s3:reports/2026
  AWS         explicit deny   (${day})
  iam-expect  explicit deny, by statement 2 of policies/reader.json: a Deny applies
  case        ${json("s3:PutObject")}`,
  );
});

test("disagrees", async () => {
  await expect(reader).not.toAgreeWithSimulator(simulator, get);
  expect(await messageOf(() => expect(reader).toAgreeWithSimulator(simulator, get))).toBe(
    `expect(policies).toAgreeWithSimulator(simulator, request)

  wanted      agreement
  request     user/bob  s3:GetObject  s3:reports/2026
  AWS         explicit deny, by statement 2 of policies/reader.json   (${day})
              not told aws:SourceIp
  iam-expect  allow, by "Read" of policies/reader.json: the caller's identity policies allow it
  case        ${json("s3:GetObject")}`,
  );
});

test("what AWS cannot answer passes, and proves no disagreement", async () => {
  const policy = keyPolicy(
    {
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Principal: { AWS: app }, Action: "kms:Decrypt", Resource: "*" },
    },
    { key },
  );
  await expect(policy).toAgreeWithSimulator(simulator, request(app, "kms:Decrypt"));
  expect(await messageOf(() => expect(policy).not.toAgreeWithSimulator(simulator, request(app, "kms:Decrypt")))).toBe(
    `expect(policies).not.toAgreeWithSimulator(simulator, request)

  wanted      disagreement
  request     role/app  kms:Decrypt  key/1234abcd
  AWS         not modelled: AWS's simulator does not take key policies
  case        {"request":{"principal":"${app}","action":"kms:Decrypt","resource":"${key}","resourceAccount":"111122223333"},"policies":{"resource":{"name":"key policy","document":{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"${app}"},"Action":"kms:Decrypt","Resource":"*"}}}}}`,
  );
});

const use = `error[wrong-use]
  \`toAgreeWithSimulator\` takes a simulator and a request
  help: as in \`await expect(policy).toAgreeWithSimulator(iamSimulator({ client }), request(caller, "s3:GetObject", arn))\``;
type Loose = { toAgreeWithSimulator(...args: unknown[]): Promise<void> };
const loose = (value: unknown) => expect(value) as unknown as Loose;

test.each([
  ["no request", () => loose(reader).toAgreeWithSimulator(simulator), use],
  ["a client", () => loose(reader).toAgreeWithSimulator(clientAt("http://127.0.0.1:1"), get), use],
  ["a caller and an action", () => loose(reader).toAgreeWithSimulator(simulator, user, "s3:GetObject"), use],
  [
    "an unknown action",
    () => loose(reader).toAgreeWithSimulator(simulator, request(user, "s3:GetObjects", "arn:aws:s3:::reports/2026")),
    `error[unknown-action]
  \`s3:GetObjects\` is not an action of Amazon S3
  help: did you mean \`s3:GetObject\`?
  see: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html`,
  ],
])("wrong use: %s", async (_, assertion, message) => {
  expect(await messageOf(assertion)).toBe(message);
});

test.each([
  [
    { recording: "r" },
    "error[wrong-use]\n  `recording` is not an option of the simulator\n  help: did you mean `recordings`?",
  ],
  [{ mode: "replai" }, "error[wrong-use]\n  the mode is `replai`, which is no mode\n  help: did you mean `replay`?"],
  [
    { mode: "replay" },
    'error[wrong-use]\n  to replay takes a folder of recordings\n  help: `recordings: "test/recordings"`',
  ],
  [{ concurrency: 0 }, "error[wrong-use]\n  `concurrency` is a number from 1 on"],
  [undefined, "error[wrong-use]\n  `iamSimulator` takes options\n  help: as in `iamSimulator({ client, recordings })`"],
])("options of a simulator: %j", async (options, message) => {
  expect(await messageOf(() => iamSimulator(options as never))).toBe(message);
});

test("live without a client", async () => {
  expect(await messageOf(() => iamSimulator({ mode: "live" }).compare(reader, get))).toBe(`error[wrong-use]
  to ask AWS takes a client, and none was given
  help: \`client: () => new IAMClient({ region: "us-east-1" })\`, of \`@aws-sdk/client-iam\``);
});
