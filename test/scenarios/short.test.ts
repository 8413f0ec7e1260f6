/** What a failing operation is told to add: what would do, and no more than that. */
import { describe, expect, test } from "vitest";
import { runScenario } from "../../src/evaluate/run-scenario.ts";
import { type Short, shortPolicies } from "../../src/evaluate/short.ts";
import {
  type EnvironmentInput,
  environment,
  federated,
  identityPolicy,
  keyPolicy,
  permissionsBoundary,
  request,
  resourcePolicy,
  type Scenario,
  s3,
  service,
  sessionPolicy,
  sns,
  trustPolicy,
} from "../../src/index.ts";
import { Scenario as Operation } from "../../src/scenarios/scenario.ts";
import { messageOf } from "../messages/message-of.ts";

const one = (statement: object) => ({ Version: "2012-10-17", Statement: [statement] }) as never;
const allow = (Action: string, more: object = {}) => one({ Effect: "Allow", Action, Resource: "*", ...more });
const account = "111122223333";
const app = `arn:aws:iam::${account}:role/app`;
const partner = "arn:aws:iam::444455556666:role/partner";
const key = `arn:aws:kms:us-west-2:${account}:key/1234abcd`;
const bucket = "arn:aws:s3:::bucket";
const admin = identityPolicy(allow("*"), { name: "admin" });
const keyOf = (statement: object) => keyPolicy(allow("kms:*", statement), { key, name: "key" });
const ofAccount = { [key]: { policy: keyOf({ Principal: { AWS: account } }) } };
const reads = s3.getObject({ by: app, key, object: `${bucket}/object` });

const short = (input: EnvironmentInput, scenario: Scenario): Short[] =>
  shortPolicies(runScenario(environment(input), scenario).at(-1)!.judgement);

describe("short", () => {
  const whats = (input: EnvironmentInput) => short(input, reads).map(({ what }) => what);

  test("where a boundary lacks it, naming the role in the key policy does not help", () => {
    const boundary = permissionsBoundary(allow("s3:*"));
    expect(whats({ principals: { [app]: { policies: [admin], boundary } }, resources: ofAccount })).toEqual([
      "the permissions boundary",
    ]);
  });

  test("nor where a session policy lacks it", () => {
    const session = [sessionPolicy(allow("s3:*"))];
    expect(whats({ principals: { [app]: { policies: [admin], session } }, resources: ofAccount })).toEqual([
      "the session policy",
    ]);
  });
});

test("of two that are short, either would do, and the message says so", async () => {
  const mine = { [app]: { policies: [identityPolicy(allow("s3:*"))] } };
  const world = environment({ principals: mine, resources: ofAccount });
  const failure = await messageOf(() => expect(world).toAllow(reads));
  expect(failure).toContain(`
  either of these would do:
  short: an identity policy of ${app}
`);
  expect(failure.match(/^ {2}short: /gm)).toHaveLength(2);
});

describe("what to add", () => {
  const through = { Condition: { StringEquals: { "kms:ViaService": "s3.us-west-2.amazonaws.com" } } };

  test("a use through a service is allowed through that service", () => {
    const input = {
      principals: { [app]: { policies: [admin] } },
      resources: { [key]: { policy: keyOf({ Principal: { AWS: partner } }) } },
    };
    const statement = { Effect: "Allow", Action: "kms:Decrypt" };
    expect(short(input, reads)).toEqual([
      { what: `key, the policy of ${key}`, add: { ...statement, Principal: { AWS: app }, Resource: "*", ...through } },
    ]);
    const mine = { [app]: { policies: [identityPolicy(allow("s3:*"))] } };
    expect(short({ principals: mine, resources: ofAccount }, reads)[0]).toEqual({
      what: `an identity policy of ${app}`,
      add: { ...statement, Resource: key, ...through },
    });
  });

  test("a service is named with the account it works for", () => {
    const topic = `arn:aws:sns:us-west-2:${account}:topic`;
    const by = service("s3.amazonaws.com");
    const publish = sns.publish({ by, key, topic, sourceArn: bucket, sourceAccount: account });
    const policy = resourcePolicy(allow("sns:*", { Principal: { Service: "sqs.amazonaws.com" } }));
    expect(short({ resources: { [topic]: { policy } } }, publish)[0]!.add).toEqual({
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: "sns:Publish",
      Resource: topic,
      Condition: { StringEquals: { "aws:SourceAccount": account } },
    });
  });

  test("a provider is named as one", () => {
    const provider = `arn:aws:iam::${account}:oidc-provider/token.example.com`;
    const asked = request(federated(provider), "sts:AssumeRoleWithWebIdentity", app);
    const assume = new Operation({ name: "assume", page: "", steps: [{ title: "assumes", request: asked }] });
    const policy = trustPolicy(one({ Effect: "Allow", Principal: { AWS: partner }, Action: "sts:AssumeRole" }));
    expect(short({ resources: { [app]: { policy } } }, assume)[0]!.add).toEqual({
      Effect: "Allow",
      Principal: { Federated: provider },
      Action: "sts:AssumeRoleWithWebIdentity",
    });
  });

  test("nothing, for an assertion that wants a Deny", async () => {
    const world = environment({ principals: { [app]: { policies: [] } } });
    expect(await messageOf(() => expect(world).toExplicitlyDeny(reads))).not.toContain("help: add");
  });
});

test("service control policies that do not bind the caller are not shown as applying", async () => {
  const linked = `arn:aws:iam::${account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`;
  const world = environment({
    organization: { id: "o-abc123defg", accounts: [account] },
    principals: { [linked]: { policies: [] } },
  });
  expect(await messageOf(() => expect(world).toAllow(request(linked, "s3:ListAllMyBuckets")))).not.toContain(
    "applies, but does not suffice",
  );
});
