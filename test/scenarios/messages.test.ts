/** Whole messages of assertions about operations, each matcher both ways. */
import { describe, expect, test } from "vitest";
import { ebs, environment, identityPolicy, keyPolicy, request, resourcePolicy, service, sqs } from "../../src/index.ts";
import { messageOf } from "../messages/message-of.ts";

const app = "arn:aws:iam::111122223333:role/UserRole";
const key = "arn:aws:kms:us-west-2:111122223333:key/1234abcd";
const volume = "arn:aws:ec2:us-west-2:111122223333:volume/vol-0abc";
const instance = "arn:aws:ec2:us-west-2:111122223333:instance/i-0123";
const queue = "arn:aws:sqs:us-west-2:111122223333:orders";
const topic = "arn:aws:sns:us-west-2:111122223333:shipped";

const json = (statements: readonly string[]) =>
  `{\n  "Version": "2012-10-17",\n  "Statement": [\n${statements.map((text) => `    ${text}`).join(",\n")}\n  ]\n}`;

const useKey = `{ "Sid": "UseKey", "Effect": "Allow",
      "Principal": { "AWS": "${app}" },
      "Action": ["kms:GenerateDataKeyWithoutPlaintext", "kms:Decrypt"],
      "Resource": "*" }`;
const forEc2 = `{ "Sid": "ForEc2", "Effect": "Allow",
      "Principal": { "AWS": "${app}" },
      "Action": "kms:CreateGrant",
      "Resource": "*",
      "Condition": { "StringEquals": { "kms:ViaService": "ec2.us-west-2.amazonaws.com" } } }`;
const noDecryption = `{ "Sid": "OnlyTheRole", "Effect": "Deny",
      "Principal": "*",
      "Action": "kms:Decrypt",
      "Resource": "*",
      "Condition": { "ArnNotEquals": { "aws:PrincipalArn": "${app}" } } }`;

const volumes = (...statements: readonly string[]) =>
  environment({
    principals: {
      [app]: {
        policies: [
          identityPolicy(json([`{ "Sid": "Volumes", "Effect": "Allow", "Action": "ec2:*Volume", "Resource": "*" }`]), {
            name: "policies/user-role.json",
          }),
        ],
      },
    },
    resources: { [key]: { policy: keyPolicy(json(statements), { key, name: "policies/key.json" }) } },
  });
const attach = ebs.attachVolume({ by: app, key, volume, instance });

const fromTopic = `{ "Sid": "FromTopic", "Effect": "Allow",
      "Principal": { "Service": "sns.amazonaws.com" },
      "Action": "sqs:SendMessage",
      "Resource": "${queue}",
      "Condition": { "ArnEquals": { "aws:SourceArn": "${topic}" } } }`;
const useForSns = `{ "Sid": "ForSns", "Effect": "Allow",
      "Principal": { "Service": "sns.amazonaws.com" },
      "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
      "Resource": "*",
      "Condition": { "StringEquals": { "aws:SourceAccount": "111122223333" } } }`;
const queues = (ofKey: string) =>
  environment({
    resources: {
      [queue]: { policy: resourcePolicy(json([fromTopic]), { name: "policies/queue.json", resource: queue }) },
      [key]: { policy: keyPolicy(json([ofKey]), { key, name: "policies/key.json" }) },
    },
  });
const send = sqs.sendMessage({
  by: service("sns.amazonaws.com"),
  key,
  queue,
  sourceArn: topic,
  sourceAccount: "111122223333",
});

describe("toAllow", () => {
  test("ebs.attachVolume without the grant", async () => {
    expect(await messageOf(() => expect(volumes(useKey)).toAllow(attach))).toMatchInlineSnapshot(`
      "expect(environment).toAllow(ebs.attachVolume)

        wanted   allow, at every step
        got      deny at step 3 of 4: EC2 makes a grant for the instance, for the caller

        1 ok  the caller attaches the volume: role/UserRole  ec2:AttachVolume  ec2:volume/vol-0abc
        2 ok  the caller attaches to the instance: role/UserRole  ec2:AttachVolume  ec2:instance/i-0123
        3 NO  EC2 makes a grant for the instance, for the caller: role/UserRole  kms:CreateGrant  key/1234abcd
        4 --  EC2's role for the instance decrypts the data key through the grant: assumed-role/aws:ec2-infrastructure/i-0123  kms:Decrypt  key/1234abcd

        got      implicit deny: no Allow is about kms:CreateGrant
        request  role/UserRole  kms:CreateGrant  key/1234abcd
                 kms:ViaService = ec2.us-west-2.amazonaws.com
                 kms:EncryptionContext:aws:ebs:id = vol-0abc
                 kms:GrantIsForAWSResource = true
                 kms:GrantOperations = Decrypt
                 kms:GrantConstraintType = EncryptionContextSubset
                 kms:GranteePrincipal = arn:aws:iam::111122223333:role/aws:ec2-infrastructure/i-0123

        2 more statements did not match; IAM_EXPECT_EXPLAIN=all shows them

        short: policies/key.json, the policy of arn:aws:kms:us-west-2:111122223333:key/1234abcd
        help: add {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/UserRole"},"Action":"kms:CreateGrant","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"ec2.us-west-2.amazonaws.com"}}}
        see: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html"
    `);
  });

  test("ebs.attachVolume, the grant's use denied", async () => {
    expect(await messageOf(() => expect(volumes(useKey, forEc2, noDecryption)).toAllow(attach))).toMatchInlineSnapshot(`
      "expect(environment).toAllow(ebs.attachVolume)

        wanted   allow, at every step
        got      deny at step 4 of 4: EC2's role for the instance decrypts the data key through the grant

        1 ok  the caller attaches the volume: role/UserRole  ec2:AttachVolume  ec2:volume/vol-0abc
        2 ok  the caller attaches to the instance: role/UserRole  ec2:AttachVolume  ec2:instance/i-0123
        3 ok  EC2 makes a grant for the instance, for the caller: role/UserRole  kms:CreateGrant  key/1234abcd
        4 NO  EC2's role for the instance decrypts the data key through the grant: assumed-role/aws:ec2-infrastructure/i-0123  kms:Decrypt  key/1234abcd

        got      explicit deny, by 1 statement
        request  assumed-role/aws:ec2-infrastructure/i-0123  kms:Decrypt  key/1234abcd
                 kms:EncryptionContext:aws:ebs:id = vol-0abc

        "OnlyTheRole" denies it   policies/key.json:14:7
           14 ok |       "Principal": "*",
           15 ok |       "Action": "kms:Decrypt",
           16 ok |       "Resource": "*",
           17 ok |       "Condition": { "ArnNotEquals": { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/UserRole" } } }
                 |                                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ request has arn:aws:iam::111122223333:role/aws:ec2-infrastructure

        2 more statements did not match; IAM_EXPECT_EXPLAIN=all shows them
        see: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html"
    `);
  });

  test("sqs.sendMessage of a service for another account", async () => {
    expect(
      await messageOf(() => expect(queues(useForSns.replace("111122223333", "999999999999"))).toAllow(send)),
    ).toMatchInlineSnapshot(`
      "expect(environment).toAllow(sqs.sendMessage)

        wanted   allow, at every step
        got      deny at step 2 of 3: SQS makes the queue's data key

        1 ok  the caller sends the message: sns.amazonaws.com  sqs:SendMessage  sqs:orders
        2 NO  SQS makes the queue's data key: sns.amazonaws.com  kms:GenerateDataKey  key/1234abcd
        3 --  SQS checks the queue's data key: sns.amazonaws.com  kms:Decrypt  key/1234abcd

        got      implicit deny: no statement allows this request
        request  sns.amazonaws.com  kms:GenerateDataKey  key/1234abcd
                 kms:EncryptionContext:aws:sqs:arn = arn:aws:sqs:us-west-2:111122223333:orders
                 aws:SourceArn = arn:aws:sns:us-west-2:111122223333:shipped
                 aws:SourceAccount = 111122223333

        nearest: "ForSns" misses by one condition   policies/key.json:8:61
            5 ok |       "Principal": { "Service": "sns.amazonaws.com" },
            6 ok |       "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
            7 ok |       "Resource": "*",
            8 NO |       "Condition": { "StringEquals": { "aws:SourceAccount": "999999999999" } } }
                 |                                                             ^^^^^^^^^^^^^^ request has 111122223333

        short: policies/key.json, the policy of arn:aws:kms:us-west-2:111122223333:key/1234abcd
        help: add {"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"kms:GenerateDataKey","Resource":"*","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}}
        see: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html"
    `);
  });
});

describe("not.toAllow", () => {
  test("ebs.attachVolume", async () => {
    expect(await messageOf(() => expect(volumes(useKey, forEc2)).not.toAllow(attach))).toMatchInlineSnapshot(`
      "expect(environment).not.toAllow(ebs.attachVolume)

        wanted   deny, at some step
        got      allow, at all 4 steps

        1 ok  the caller attaches the volume: role/UserRole  ec2:AttachVolume  ec2:volume/vol-0abc
        2 ok  the caller attaches to the instance: role/UserRole  ec2:AttachVolume  ec2:instance/i-0123
        3 ok  EC2 makes a grant for the instance, for the caller: role/UserRole  kms:CreateGrant  key/1234abcd
        4 ok  EC2's role for the instance decrypts the data key through the grant: assumed-role/aws:ec2-infrastructure/i-0123  kms:Decrypt  key/1234abcd

        see: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html"
    `);
  });

  test("sqs.sendMessage", async () => {
    expect(await messageOf(() => expect(queues(useForSns)).not.toAllow(send))).toMatchInlineSnapshot(`
      "expect(environment).not.toAllow(sqs.sendMessage)

        wanted   deny, at some step
        got      allow, at all 3 steps

        1 ok  the caller sends the message: sns.amazonaws.com  sqs:SendMessage  sqs:orders
        2 ok  SQS makes the queue's data key: sns.amazonaws.com  kms:GenerateDataKey  key/1234abcd
        3 ok  SQS checks the queue's data key: sns.amazonaws.com  kms:Decrypt  key/1234abcd

        see: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html"
    `);
  });
});

describe("toDeny", () => {
  test("ebs.attachVolume", async () => {
    expect(await messageOf(() => expect(volumes(useKey, forEc2)).toDeny(attach))).toMatchInlineSnapshot(`
      "expect(environment).toDeny(ebs.attachVolume)

        wanted   deny, at some step
        got      allow, at all 4 steps

        1 ok  the caller attaches the volume: role/UserRole  ec2:AttachVolume  ec2:volume/vol-0abc
        2 ok  the caller attaches to the instance: role/UserRole  ec2:AttachVolume  ec2:instance/i-0123
        3 ok  EC2 makes a grant for the instance, for the caller: role/UserRole  kms:CreateGrant  key/1234abcd
        4 ok  EC2's role for the instance decrypts the data key through the grant: assumed-role/aws:ec2-infrastructure/i-0123  kms:Decrypt  key/1234abcd

        see: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html"
    `);
  });

  test("sqs.sendMessage", async () => {
    expect(await messageOf(() => expect(queues(useForSns)).toDeny(send))).toMatchInlineSnapshot(`
      "expect(environment).toDeny(sqs.sendMessage)

        wanted   deny, at some step
        got      allow, at all 3 steps

        1 ok  the caller sends the message: sns.amazonaws.com  sqs:SendMessage  sqs:orders
        2 ok  SQS makes the queue's data key: sns.amazonaws.com  kms:GenerateDataKey  key/1234abcd
        3 ok  SQS checks the queue's data key: sns.amazonaws.com  kms:Decrypt  key/1234abcd

        see: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html"
    `);
  });
});

describe("not.toDeny", () => {
  test("ebs.attachVolume without the grant", async () => {
    expect(await messageOf(() => expect(volumes(useKey)).not.toDeny(attach))).toMatchInlineSnapshot(`
      "expect(environment).not.toDeny(ebs.attachVolume)

        wanted   allow, at every step
        got      deny at step 3 of 4: EC2 makes a grant for the instance, for the caller

        1 ok  the caller attaches the volume: role/UserRole  ec2:AttachVolume  ec2:volume/vol-0abc
        2 ok  the caller attaches to the instance: role/UserRole  ec2:AttachVolume  ec2:instance/i-0123
        3 NO  EC2 makes a grant for the instance, for the caller: role/UserRole  kms:CreateGrant  key/1234abcd
        4 --  EC2's role for the instance decrypts the data key through the grant: assumed-role/aws:ec2-infrastructure/i-0123  kms:Decrypt  key/1234abcd

        got      implicit deny: no Allow is about kms:CreateGrant
        request  role/UserRole  kms:CreateGrant  key/1234abcd
                 kms:ViaService = ec2.us-west-2.amazonaws.com
                 kms:EncryptionContext:aws:ebs:id = vol-0abc
                 kms:GrantIsForAWSResource = true
                 kms:GrantOperations = Decrypt
                 kms:GrantConstraintType = EncryptionContextSubset
                 kms:GranteePrincipal = arn:aws:iam::111122223333:role/aws:ec2-infrastructure/i-0123

        2 more statements did not match; IAM_EXPECT_EXPLAIN=all shows them

        short: policies/key.json, the policy of arn:aws:kms:us-west-2:111122223333:key/1234abcd
        help: add {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/UserRole"},"Action":"kms:CreateGrant","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"ec2.us-west-2.amazonaws.com"}}}
        see: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html"
    `);
  });

  test("sqs.sendMessage of a service that the key does not name", async () => {
    expect(
      await messageOf(() =>
        expect(queues(useForSns.replace("sns.amazonaws.com", "s3.amazonaws.com"))).not.toDeny(send),
      ),
    ).toMatchInlineSnapshot(`
      "expect(environment).not.toDeny(sqs.sendMessage)

        wanted   allow, at every step
        got      deny at step 2 of 3: SQS makes the queue's data key

        1 ok  the caller sends the message: sns.amazonaws.com  sqs:SendMessage  sqs:orders
        2 NO  SQS makes the queue's data key: sns.amazonaws.com  kms:GenerateDataKey  key/1234abcd
        3 --  SQS checks the queue's data key: sns.amazonaws.com  kms:Decrypt  key/1234abcd

        got      implicit deny: no statement allows this request
        request  sns.amazonaws.com  kms:GenerateDataKey  key/1234abcd
                 kms:EncryptionContext:aws:sqs:arn = arn:aws:sqs:us-west-2:111122223333:orders
                 aws:SourceArn = arn:aws:sns:us-west-2:111122223333:shipped
                 aws:SourceAccount = 111122223333

        nearest: "ForSns" misses by its Principal   policies/key.json:5:33
            5 NO |       "Principal": { "Service": "s3.amazonaws.com" },
                 |                                 ^^^^^^^^^^^^^^^^^^ request comes from sns.amazonaws.com
            6 ok |       "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
            7 ok |       "Resource": "*",
            8 ok |       "Condition": { "StringEquals": { "aws:SourceAccount": "111122223333" } } }
        help: name the caller in \`Principal\`, or ask for a caller that is named there

        short: policies/key.json, the policy of arn:aws:kms:us-west-2:111122223333:key/1234abcd
        help: add {"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"kms:GenerateDataKey","Resource":"*","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}}
        see: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html"
    `);
  });
});

describe("toExplicitlyDeny", () => {
  test("is by a Deny, at some step", async () => {
    expect(volumes(useKey, forEc2, noDecryption)).toExplicitlyDeny(attach);
    expect(volumes(useKey)).not.toExplicitlyDeny(attach);
    expect(await messageOf(() => expect(volumes(useKey)).toExplicitlyDeny(attach))).toMatchInlineSnapshot(`
      "expect(environment).toExplicitlyDeny(ebs.attachVolume)

        wanted   explicit deny, at some step
        got      deny at step 3 of 4: EC2 makes a grant for the instance, for the caller

        1 ok  the caller attaches the volume: role/UserRole  ec2:AttachVolume  ec2:volume/vol-0abc
        2 ok  the caller attaches to the instance: role/UserRole  ec2:AttachVolume  ec2:instance/i-0123
        3 NO  EC2 makes a grant for the instance, for the caller: role/UserRole  kms:CreateGrant  key/1234abcd
        4 --  EC2's role for the instance decrypts the data key through the grant: assumed-role/aws:ec2-infrastructure/i-0123  kms:Decrypt  key/1234abcd

        got      implicit deny: no Allow is about kms:CreateGrant
        request  role/UserRole  kms:CreateGrant  key/1234abcd
                 kms:ViaService = ec2.us-west-2.amazonaws.com
                 kms:EncryptionContext:aws:ebs:id = vol-0abc
                 kms:GrantIsForAWSResource = true
                 kms:GrantOperations = Decrypt
                 kms:GrantConstraintType = EncryptionContextSubset
                 kms:GranteePrincipal = arn:aws:iam::111122223333:role/aws:ec2-infrastructure/i-0123

        2 more statements did not match; IAM_EXPECT_EXPLAIN=all shows them
        see: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html"
    `);
  });
});

describe("wrong use", () => {
  test("an operation is asked of an environment", async () => {
    const policy = keyPolicy(json([useKey]), { key });
    expect(await messageOf(() => expect(policy).toAllow(attach))).toMatchInlineSnapshot(`
      "error[wrong-use]
        \`toAllow\` asks an operation of an environment
        help: as in \`expect(environment({ principals, resources }))\`"
    `);
    expect(await messageOf(() => expect(policy).not.toAllow(attach))).toContain("error[wrong-use]");
  });

  test("an operation is asked alone", async () => {
    const loose = expect(volumes(useKey)) as unknown as { toAllow(...args: unknown[]): unknown };
    expect(await messageOf(() => loose.toAllow(attach, "kms:Decrypt"))).toMatchInlineSnapshot(`
      "error[wrong-use]
        \`toAllow\` takes an operation alone"
    `);
  });

  test("what is not known stays open: neither way passes", async () => {
    const unknown = environment({ resources: { [key]: { policy: keyPolicy(json([useKey, forEc2]), { key }) } } });
    expect(await messageOf(() => expect(unknown).toAllow(attach))).toMatchInlineSnapshot(`
      "error[open-policy]
        the caller's identity policies decide this, and they are not known
        help: add them to the environment, \`principals: { "arn:aws:iam::111122223333:role/UserRole": { policies: [] } }\`
        note: in expect(environment).toAllow(ebs.attachVolume), request: role/UserRole  ec2:AttachVolume  ec2:volume/vol-0abc"
    `);
    expect(await messageOf(() => expect(unknown).toDeny(attach))).toContain("error[open-policy]");
    expect(await messageOf(() => expect(unknown).toDeny(request(app, "ec2:AttachVolume", volume)))).toContain(
      "error[open-policy]",
    );
  });
});
