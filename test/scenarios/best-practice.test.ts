/** The two statements of AWS's page on best practices for KMS, as they are given and with their lost value in place. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ebs, environment, evaluate, identityPolicy, keyPolicy, request } from "../../src/index.ts";
import { messageOf } from "../messages/message-of.ts";

const FILE = "test/data/kms-best-practices/ebs-key-statements.json";
const given = readFileSync(FILE, "utf8");
const app = "arn:aws:iam::111122223333:role/UserRole";
const key = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const volume = "arn:aws:ec2:us-west-2:111122223333:volume/vol-0abc";
const instance = "arn:aws:ec2:us-west-2:111122223333:instance/i-0123";

const ofEc2 = identityPolicy(
  {
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action: ["ec2:CreateVolume", "ec2:AttachVolume", "ec2:DetachVolume"], Resource: "*" },
  },
  { name: "ec2.json" },
);
const documentWith = (viaService: string) =>
  `{ "Version": "2012-10-17", "Statement": ${given.replace('"kms:ViaService": ""', `"kms:ViaService": "${viaService}"`)} }`;
const withKey = (viaService: string) =>
  environment({
    principals: { [app]: { policies: [ofEc2] } },
    resources: { [key]: { policy: keyPolicy(documentWith(viaService), { name: FILE, key }) } },
  });

const story = [
  ebs.createEncryptedVolume({ by: app, key, volume }),
  ebs.attachVolume({ by: app, key, volume, instance }),
  ebs.reattachVolume({ by: app, key, volume, instance, grant: "stands" }),
  ebs.reattachVolume({ by: app, key, volume, instance, grant: "revoked" }),
];

describe("with EC2 of the key's Region", () => {
  const world = withKey("ec2.us-west-2.amazonaws.com");

  test.each(story)("$name passes", (scenario) => {
    expect(world).toAllow(scenario);
  });

  test("the role makes no grants but through EC2", () => {
    expect(evaluate(world, request(app, "kms:CreateGrant", key)).outcome).toBe("implicitDeny");
  });
});

describe("with EC2 of another Region", () => {
  const world = withKey("ec2.us-east-1.amazonaws.com");

  test("a volume is made, and is attached again while the grant of before stands", () => {
    expect(world).toAllow(story[0]!);
    expect(world).toAllow(story[2]!);
  });

  test("attaching it stops at the grant", async () => {
    expect(await messageOf(() => expect(world).toAllow(story[1]!))).toMatchInlineSnapshot(`
      "expect(environment).toAllow(ebs.attachVolume)

        wanted   allow, at every step
        got      deny at step 3 of 4: EC2 makes a grant for the instance, for the caller

        1 ok  the caller attaches the volume: role/UserRole  ec2:AttachVolume  ec2:volume/vol-0abc
        2 ok  the caller attaches to the instance: role/UserRole  ec2:AttachVolume  ec2:instance/i-0123
        3 NO  EC2 makes a grant for the instance, for the caller: role/UserRole  kms:CreateGrant  key/1234abcd-12ab-34cd-56ef-1234567890ab
        4 --  EC2's role for the instance decrypts the data key through the grant: assumed-role/aws:ec2-infrastructure/i-0123  kms:Decrypt  key/1234abcd-12ab-34cd-56ef-1234567890ab

        got      implicit deny: no statement allows this request
        request  role/UserRole  kms:CreateGrant  key/1234abcd-12ab-34cd-56ef-1234567890ab
                 kms:ViaService = ec2.us-west-2.amazonaws.com
                 kms:EncryptionContext:aws:ebs:id = vol-0abc
                 kms:GrantIsForAWSResource = true
                 kms:GrantOperations = Decrypt
                 kms:GrantConstraintType = EncryptionContextSubset
                 kms:GranteePrincipal = arn:aws:iam::111122223333:role/aws:ec2-infrastructure/i-0123

        nearest: "Allow for EC2 Use" misses by one condition   test/data/kms-best-practices/ebs-key-statements.json:15:56
           12 ok |     "Principal": { "AWS": "arn:aws:iam::111122223333:role/UserRole" },
           13 ok |     "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
           14 ok |     "Resource": "*",
           15 NO |     "Condition": { "StringEquals": { "kms:ViaService": "ec2.us-east-1.amazonaws.com" } }
                 |                                                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ request has ec2.us-west-2.amazonaws.com

        2 more statements did not match; IAM_EXPECT_EXPLAIN=all shows them

        finding[via-service-region] test/data/kms-best-practices/ebs-key-statements.json:15:56
          the key is in us-west-2, but \`ec2.us-east-1.amazonaws.com\` calls from us-east-1
           15 |     "Condition": { "StringEquals": { "kms:ViaService": "ec2.us-east-1.amazonaws.com" } }
              |                                                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          note: a service uses the keys of its own Region

        short: test/data/kms-best-practices/ebs-key-statements.json, the policy of arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
        help: add {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/UserRole"},"Action":"kms:CreateGrant","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"ec2.us-west-2.amazonaws.com"}}}
        see: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html"
    `);
    expect(world).toDeny(story[3]!);
  });
});

test("with the value lost, as given, the policy is refused at its line", () => {
  expect(() => withKey("")).toThrow(
    [
      `error[empty-value] ${FILE}:15:56`,
      "  `kms:ViaService` is an empty string",
      '   15 |     "Condition": { "StringEquals": { "kms:ViaService": "" } }',
      "      |                                                        ^^",
      "  help: write service and Region, as in `s3.eu-west-1.amazonaws.com`",
      "  note: no service has an empty name, so this Allow matches no request",
    ].join("\n"),
  );
});
