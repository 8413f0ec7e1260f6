/** What holds of every step of every operation. */
import { describe, expect, test } from "vitest";
import { actionCarriesKey, actionFacts } from "../../src/catalog/catalog.ts";
import { wrongResource } from "../../src/evaluate/findings.ts";
import {
  autoscaling,
  ebs,
  ec2,
  kms,
  lambda,
  rds,
  type Scenario,
  s3,
  secretsmanager,
  service,
  sns,
  sqs,
  sts,
} from "../../src/index.ts";
import { buildFacts } from "../../src/request/build-facts.ts";
import { isScenario } from "../../src/scenarios/scenario.ts";
import { messageOf } from "../messages/message-of.ts";

const account = "111122223333";
const by = `arn:aws:iam::${account}:role/app`;
const key = `arn:aws:kms:us-west-2:${account}:key/1234abcd`;
const to = `arn:aws:kms:us-west-2:${account}:key/5678efgh`;
const ofEc2 = (resource: string) => `arn:aws:ec2:us-west-2:${account}:${resource}`;
const volume = ofEc2("volume/vol-0abc");
const instance = ofEc2("instance/i-0123");
const from = ["arn:aws:ec2:us-west-2::image/ami-0abc", ofEc2("subnet/subnet-0abc"), ofEc2("security-group/sg-0abc")];
const object = "arn:aws:s3:::bucket/object";
const queue = `arn:aws:sqs:us-west-2:${account}:queue`;
const topic = `arn:aws:sns:us-west-2:${account}:topic`;
const writer = { by: service("s3.amazonaws.com"), key, sourceArn: "arn:aws:s3:::bucket", sourceAccount: account };

const ALL: readonly Scenario[] = [
  ebs.createEncryptedVolume({ by, key, volume }),
  ebs.attachVolume({ by, key, volume, instance }),
  ebs.reattachVolume({ by, key, volume, instance, grant: "stands" }),
  ebs.reattachVolume({ by, key, volume, instance, grant: "revoked" }),
  ebs.copySnapshot({ by, from: key, to, snapshot: "arn:aws:ec2:us-west-2::snapshot/snap-0abc" }),
  ec2.runInstances({ by, key, instance, from }),
  autoscaling.launchInstance({ account, key, instance, from }),
  s3.putObject({ by, key, object }),
  s3.getObject({ by, key, object, bucketKey: true }),
  sqs.sendMessage({ by, key, queue }),
  sqs.sendMessage({ ...writer, queue }),
  sqs.receiveMessage({ by, key, queue }),
  sns.publish({ by, key, topic }),
  sns.publish({ ...writer, topic }),
  secretsmanager.getSecretValue({ by, key, secret: `arn:aws:secretsmanager:us-west-2:${account}:secret:db-AbCdEf` }),
  rds.createEncryptedInstance({ by, key, database: `arn:aws:rds:us-west-2:${account}:db:orders` }),
  lambda.invoke({ by, key, function: `arn:aws:lambda:us-west-2:${account}:function:orders`, role: `${by}2` }),
  kms.reEncrypt({ by, from: key, to }),
  kms.createAlias({ by, key, alias: "alias/app" }),
  kms.replicateKey({ by, key: key.replace("key/", "key/mrk-"), region: "eu-west-1" }),
  sts.assumeRole({ by, role: `${by}2` }),
];

const steps = ALL.flatMap(({ name, steps: all }) => all.map((step) => ({ of: name, step })));

describe("every step", () => {
  test.each(steps)("of $of: $step.title, $step.request.action", ({ step: { request } }) => {
    const action = actionFacts(request.action.toLowerCase());
    expect(action).toBeDefined();
    expect(wrongResource("error", buildFacts(request, account))?.sentence).toBeUndefined();
    const ofService = Object.keys(request.context).filter((name) => !name.startsWith("aws:"));
    expect(ofService.filter((name) => !actionCarriesKey(action!, name))).toEqual([]);
  });
});

test.each(ALL)("$name is plain data", (scenario) => {
  expect(isScenario(scenario)).toBe(true);
  expect(JSON.parse(JSON.stringify(scenario))).toEqual({
    name: scenario.name,
    page: expect.stringMatching(/^https:\/\/docs\.aws\.amazon\.com\//),
    steps: expect.any(Array),
  });
  expect(Object.isFrozen(scenario)).toBe(true);
});

test("an operation takes the ARNs it is about", async () => {
  expect(await messageOf(() => ebs.attachVolume({ by, key, volume, instance: volume }))).toBe(
    `error[invalid-resource]\n  \`${volume}\` is not the ARN of an instance`,
  );
  expect(await messageOf(() => ebs.createEncryptedVolume({ by, key: volume, volume }))).toBe(
    `error[invalid-resource]\n  \`${volume}\` is not the ARN of a key`,
  );
  expect(await messageOf(() => s3.getObject({ by, key, object: "arn:aws:s3:::bucket" }))).toBe(
    "error[invalid-resource]\n  `arn:aws:s3:::bucket` is not the ARN of an object",
  );
  expect(await messageOf(() => sts.assumeRole({ by, role: `arn:aws:iam::${account}:user/alice` }))).toBe(
    `error[invalid-resource]\n  \`arn:aws:iam::${account}:user/alice\` is not the ARN of a role`,
  );
  expect(await messageOf(() => kms.createAlias({ by, key, alias: "app" }))).toBe(
    "error[invalid-resource]\n  `app` is not the name of an alias\n  help: as in `alias/app`",
  );
});

test("the role that EC2 keeps for an instance is of the instance's account, whosever the key is: F21", () => {
  const shared = key.replace(account, "444455556666");
  for (const scenario of [
    ebs.attachVolume({ by, key: shared, volume, instance }),
    ebs.reattachVolume({ by, key: shared, volume, instance, grant: "stands" }),
    ec2.runInstances({ by, key: shared, instance, from }),
  ]) {
    const grants = scenario.steps.flatMap(({ makes }) => makes?.granteePrincipal ?? []);
    expect(grants).toEqual([`arn:aws:iam::${account}:role/aws:ec2-infrastructure/i-0123`]);
    expect(scenario.steps.at(-1)!.request.principal.arn).toBe(
      `arn:aws:sts::${account}:assumed-role/aws:ec2-infrastructure/i-0123`,
    );
  }
});
