import { expect, test } from "vitest";
import { actionFacts, rcpSupports, serviceFacts } from "../../src/catalog/catalog.ts";
import { VIA_SERVICES } from "../../src/catalog/via-services.ts";

test.each([
  // access level, resource types (`!` required)
  ["kms:Decrypt", "Write", ["key!"]],
  ["KMS:decrypt", "Write", ["key!"]],
  ["kms:CreateAlias", "Write", ["alias!", "key!"]],
  ["kms:CreateKey", "Write", []],
  ["kms:ListKeys", "List", []],
  ["kms:CreateGrant", "Permissions management", ["key!"]],
  ["kms:TagResource", "Tagging", ["key!"]],
  ["s3:GetObject", "Read", ["accesspointobject", "object"]],
  ["s3:ListAllMyBuckets", "List", []],
  ["ec2:DescribeInstances", "List", []],
  ["ec2:TerminateInstances", "Write", ["instance!"]],
  ["sts:AssumeRole", "Write", ["role!"]],
  ["sts:GetCallerIdentity", "Read", []],
  ["iam:PassRole", "Write", ["role!"]],
  ["sqs:SendMessage", "Write", ["queue!"]],
  ["sns:Publish", "Write", ["topic!"]],
  ["lambda:InvokeFunction", "Write", ["function!"]],
])("%s is %s on %j", (action, access, resources) => {
  const facts = actionFacts(action)!;
  expect(facts.access).toBe(access);
  expect(facts.resources.map(({ type, required }) => type + (required ? "!" : ""))).toEqual(resources);
});

test.each([
  "kms:Decrpt",
  "kms:",
  "kms",
  "",
  ":Decrypt",
  "nope:Decrypt",
  "kms:Decrypt:x",
  "kms:Get*",
  "#:x",
  "catalog:ChangeType",
])("%j is no action", (action) => {
  expect(actionFacts(action)).toBeUndefined();
});

test.each([
  ["kms", "key", "arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}"],
  ["kms", "alias", "arn:${Partition}:kms:${Region}:${Account}:alias/${Alias}"],
  ["s3", "bucket", "arn:${Partition}:s3:::${BucketName}"],
  ["s3", "object", "arn:${Partition}:s3:::${BucketName}/${ObjectName}"],
  ["iam", "role", "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}"],
  ["sts", "role", "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}"],
  ["sqs", "queue", "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}"],
  [
    "lambda",
    "code signing config",
    "arn:${Partition}:lambda:${Region}:${Account}:code-signing-config:${CodeSigningConfigId}",
  ],
])("%s %s is %s", (prefix, type, arn) => {
  expect(serviceFacts(prefix)!.resourceTypes.get(type)!.arn).toBe(arn);
});

test("a resource type may have two forms of ARN", () => {
  const { arns } = serviceFacts("lex")!.resourceTypes.get("bot")!;
  expect(arns).toEqual([
    "arn:${Partition}:lex:${Region}:${Account}:bot/${BotId}",
    "arn:${Partition}:lex:${Region}:${Account}:bot:${BotName}",
  ]);
});

const page = (name: string) => `https://docs.aws.amazon.com/service-authorization/latest/reference/list_${name}.html`;

test.each([
  ["kms", "AWS KMS", "awskeymanagementservice"],
  ["KMS", "AWS KMS", "awskeymanagementservice"],
  ["s3", "Amazon S3", "amazons3"],
  ["iam", "AWS Identity and Access Management (IAM)", "awsidentityandaccessmanagementiam"],
  ["sts", "AWS Security Token Service", "awssecuritytokenservice"],
  ["cloudformation", "AWS CloudFormation", "awscloudformation"],
  ["xray", "AWS X-Ray", "awsx-ray"],
])("%s is called %s and has a page", (prefix, title, name) => {
  expect(serviceFacts(prefix)).toMatchObject({ prefix: prefix.toLowerCase(), title, url: page(name) });
});

test.each([
  ["kms", true],
  ["S3", true],
  ["sts", true],
  ["sqs", true],
  ["ec2", false],
  ["iam", false],
  ["nope", false],
])("resource control policies apply to %s: %s", (prefix, supported) => {
  expect(rcpSupports(prefix)).toBe(supported);
});

test("an unknown service has no facts, whatever it is called", () => {
  for (const prefix of ["", "nope", "#", "__proto__", "constructor", "catalog", "saml"])
    expect(serviceFacts(prefix)).toBeUndefined();
});

test("kms:ViaService has 95 names", () => {
  expect(VIA_SERVICES.size).toBe(95);
  expect([...VIA_SERVICES].every((name) => /^[a-z0-9-]+$/.test(name))).toBe(true);
});
