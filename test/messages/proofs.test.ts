import { describe, expect, test } from "vitest";
import {
  environment,
  federated,
  identityPolicy,
  invariants,
  keyPolicy,
  type PolicyDocument,
  resourcePolicy,
  role,
  trustPolicy,
} from "../../src/index.ts";
import { messageOf } from "./message-of.ts";

const HOME = "111122223333";
const key = `arn:aws:kms:us-west-2:${HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const app = `arn:aws:iam::${HOME}:role/UserRole`;
const admin = `arn:aws:iam::${HOME}:role/Admin`;
const ec2 = "ec2.us-west-2.amazonaws.com";

const ebs = keyPolicy.fromFile("examples/ebs-key/policies/ebs-key.json", { key });
const wide = keyPolicy(
  `{ "Version": "2012-10-17", "Statement": [
  { "Sid": "Use", "Effect": "Allow",
    "Principal": { "AWS": "${app}" },
    "Action": ["kms:GenerateDataKeyWithoutPlaintext", "kms:Decrypt"], "Resource": "*" },
  { "Sid": "Grants", "Effect": "Allow",
    "Principal": { "AWS": "${app}" },
    "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"], "Resource": "*",
    "Condition": { "StringLike": { "kms:ViaService": "ec2.*" } } }
] }`,
  { key, name: "policies/wide.json" },
);
const delegating = keyPolicy(
  `{ "Version": "2012-10-17", "Statement": [
  { "Sid": "EnableIam", "Effect": "Allow", "Principal": { "AWS": "${HOME}" }, "Action": "kms:*", "Resource": "*" }
] }`,
  { key, name: "policies/delegating.json" },
);
const bucket = (condition: object | undefined, action = "s3:GetObject"): ReturnType<typeof resourcePolicy> =>
  resourcePolicy(
    {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: "*",
          Action: action,
          Resource: "arn:aws:s3:::site/*",
          ...(condition ? { Condition: condition } : {}),
        },
      ],
    } as PolicyDocument,
    { resource: "arn:aws:s3:::site", account: HOME, name: "policies/site.json" },
  );
const meant = [
  { Principal: { AWS: app }, Action: ["kms:GenerateDataKeyWithoutPlaintext", "kms:Decrypt"] },
  { by: app, actions: ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"], viaService: ec2 },
];

describe("toNeverAllow", () => {
  test("passes where there is a proof", async () => {
    await expect(ebs).toNeverAllow("kms:ScheduleKeyDeletion");
    await expect(ebs).toNeverAllow(["kms:CreateGrant", "kms:RevokeGrant"]).except({ by: app, viaService: ec2 });
    await expect(ebs).toNeverAllow("kms:CreateGrant").viaService("ec2.eu-west-1.amazonaws.com");
    await expect(ebs).toNeverAllow("kms:*").by(admin, "444455556666", "anonymous");
    await expect(delegating).toNeverAllow("kms:Decrypt").except({ by: HOME });
    await expect(delegating).toNeverAllow("kms:Decrypt").by(admin).givenNoIdentityPolicies();
    await expect(delegating).not.toNeverAllow("kms:Decrypt").by(admin);
    await expect(ebs).not.toNeverAllow("kms:CreateGrant");
  });

  test("a request that is allowed", async () => {
    expect(
      await messageOf(() => expect(wide).toNeverAllow("kms:CreateGrant").except({ by: app, viaService: ec2 })),
    ).toMatchInlineSnapshot(`
      "expect(policy).toNeverAllow("kms:CreateGrant").except({ by: "arn:aws:iam::111122223333:role/UserRole", viaService: "ec2.us-west-2.amazonaws.com" })

        wanted   never allow it: no such request
        got      allow
        request  role/UserRole  kms:CreateGrant  key/1234abcd-12ab-34cd-56ef-1234567890ab
                 kms:ViaService = ec2.us-east-1.amazonaws.com

        "Grants" allows it   policies/wide.json:6:5
            6 ok |     "Principal": { "AWS": "arn:aws:iam::111122223333:role/UserRole" },
            7 ok |     "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"], "Resource": "*",
            8 ok |     "Condition": { "StringLike": { "kms:ViaService": "ec2.*" } } }

        1 more statement did not match; IAM_EXPECT_EXPLAIN=all shows it

        all such access:
          role/UserRole; kms:CreateGrant; kms:ViaService like "ec2.*" except "ec2.us-west-2.amazonaws.com"

        the same as a test:
          expect(policy).toDeny("arn:aws:iam::111122223333:role/UserRole", "kms:CreateGrant").viaService("ec2.us-east-1.amazonaws.com");"
    `);
  });

  test("one that needs an identity policy", async () => {
    expect(await messageOf(() => expect(delegating).toNeverAllow("kms:Decrypt").by(admin))).toMatchInlineSnapshot(`
      "expect(policy).toNeverAllow("kms:Decrypt").by("arn:aws:iam::111122223333:role/Admin")

        wanted   never allow it: no such request
        got      allow
        request  role/Admin  kms:Decrypt  key/1234abcd-12ab-34cd-56ef-1234567890ab
                 identity policies: given to allow it

        "EnableIam" lets IAM policies of the account decide   policies/delegating.json:2:44
            2 ok | …: "EnableIam", "Effect": "Allow", "Principal": { "AWS": "111122223333" }, "Action": "kms:*", "Resource": "*" }

        needs: an identity policy of arn:aws:iam::111122223333:role/Admin that allows kms:Decrypt on arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab

        all such access:
          role/Admin; kms:Decrypt; if its identity policies allow it

        the same as a test:
          expect(policy).toDeny("arn:aws:iam::111122223333:role/Admin", "kms:Decrypt").givenIdentityAllows();"
    `);
  });

  test("narrowed by links", async () => {
    expect(
      await messageOf(() =>
        expect(wide).toNeverAllow(["kms:CreateGrant", "kms:Decrypt"]).by(app).viaService("ec2.eu-west-1.amazonaws.com"),
      ),
    ).toMatchInlineSnapshot(`
      "expect(policy).toNeverAllow(["kms:CreateGrant", "kms:Decrypt"]).by("arn:aws:iam::111122223333:role/UserRole").viaService("ec2.eu-west-1.amazonaws.com")

        wanted   never allow it: no such request
        got      allow
        request  role/UserRole  kms:Decrypt  key/1234abcd-12ab-34cd-56ef-1234567890ab
                 kms:ViaService = ec2.eu-west-1.amazonaws.com

        "Use" allows it   policies/wide.json:3:5
            3 ok |     "Principal": { "AWS": "arn:aws:iam::111122223333:role/UserRole" },
            4 ok |     "Action": ["kms:GenerateDataKeyWithoutPlaintext", "kms:Decrypt"], "Resource": "*" },

        1 more statement did not match; IAM_EXPECT_EXPLAIN=all shows it

        all such access:
          role/UserRole; kms:CreateGrant, kms:Decrypt

        the same as a test:
          expect(policy).toDeny("arn:aws:iam::111122223333:role/UserRole", "kms:Decrypt").viaService("ec2.eu-west-1.amazonaws.com");"
    `);
  });

  test(".not: a proof that there is none", async () => {
    expect(await messageOf(() => expect(ebs).not.toNeverAllow("kms:ScheduleKeyDeletion"))).toMatchInlineSnapshot(`
      "expect(policy).not.toNeverAllow("kms:ScheduleKeyDeletion")

        wanted   allow some such request
        got      proof that there is none

        no statement allows kms:ScheduleKeyDeletion"
    `);
  });

  test("of an environment", async () => {
    const world = environment({
      principals: {
        [app]: {
          policies: [
            identityPolicy({ Version: "2012-10-17", Statement: { Effect: "Allow", Action: "kms:*", Resource: "*" } }),
          ],
        },
      },
      resources: { [key]: { policy: delegating } },
    });
    expect(
      await messageOf(() => expect(world).toNeverAllow("kms:ScheduleKeyDeletion").on(key).by(HOME)),
    ).toMatchInlineSnapshot(`
      "expect(environment).toNeverAllow("kms:ScheduleKeyDeletion").on("arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab").by("111122223333")

        wanted   never allow it: no such request
        got      allow, by 2 statements together
        request  role/UserRole  kms:ScheduleKeyDeletion  key/1234abcd-12ab-34cd-56ef-1234567890ab

        statement 1 matches by wildcard   identity policy:5:5
            5 ok |     "Action": "kms:*",
            6 ok |     "Resource": "*"

        "EnableIam" lets IAM policies of the account decide   policies/delegating.json:2:44
            2 ok | …: "EnableIam", "Effect": "Allow", "Principal": { "AWS": "111122223333" }, "Action": "kms:*", "Resource": "*" }

        all such access:
          arn:aws:iam::111122223333:role/UserRole on arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab:
            the caller; kms:ScheduleKeyDeletion
          callers of 111122223333 on arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab:
            the root user of 111122223333; kms:ScheduleKeyDeletion
            anyone; kms:ScheduleKeyDeletion; if its identity policies allow it

        the same as a test:
          expect(environment).toDeny("arn:aws:iam::111122223333:role/UserRole", "kms:ScheduleKeyDeletion", "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab");"
    `);
  });
});

describe("toOnlyAllow", () => {
  test("passes", async () => {
    await expect(ebs).toOnlyAllow(meant);
    await expect(ebs).toOnlyAllow(meant, { exactly: true });
    await expect(ebs).toOnlyAllow([{ by: app, actions: "kms:*" }]);
    await expect(ebs).not.toOnlyAllow([{ by: app, actions: "kms:*" }], { exactly: true });
    await expect(wide).not.toOnlyAllow(meant);
  });

  test("access beyond", async () => {
    expect(await messageOf(() => expect(wide).toOnlyAllow(meant))).toMatchInlineSnapshot(`
      "expect(policy).toOnlyAllow([{ Principal: { AWS: "arn:aws:iam::111122223333:role/UserRole" }, Action: ["kms:GenerateDataKeyWithoutPlaintext", "kms:Decrypt"] }, { by: "arn:aws:iam::111122223333:role/UserRole", actions: ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"], viaService: "ec2.us-west-2.amazonaws.com" }])

        wanted   only the intended access
        got      allow
        request  role/UserRole  kms:ListGrants  key/1234abcd-12ab-34cd-56ef-1234567890ab
                 kms:ViaService = ec2.us-east-1.amazonaws.com

        "Grants" allows it   policies/wide.json:6:5
            6 ok |     "Principal": { "AWS": "arn:aws:iam::111122223333:role/UserRole" },
            7 ok |     "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"], "Resource": "*",
            8 ok |     "Condition": { "StringLike": { "kms:ViaService": "ec2.*" } } }

        1 more statement did not match; IAM_EXPECT_EXPLAIN=all shows it

        all access beyond the intended:
          role/UserRole; kms:CreateGrant, kms:ListGrants, kms:RevokeGrant; kms:ViaService like "ec2.*" except "ec2.us-west-2.amazonaws.com"

        the same as a test:
          expect(policy).toDeny("arn:aws:iam::111122223333:role/UserRole", "kms:ListGrants").viaService("ec2.us-east-1.amazonaws.com");"
    `);
  });

  test("exactly: access that is missing", async () => {
    expect(
      await messageOf(() =>
        expect(ebs).toOnlyAllow([...meant, { by: app, actions: "kms:DescribeKey" }], { exactly: true }),
      ),
    ).toMatchInlineSnapshot(`
      "expect(policy).toOnlyAllow([{ Principal: { AWS: "arn:aws:iam::111122223333:role/UserRole" }, Action: ["kms:GenerateDataKeyWithoutPlaintext", "kms:Decrypt"] }, { by: "arn:aws:iam::111122223333:role/UserRole", actions: ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"], viaService: "ec2.us-west-2.amazonaws.com" }, { by: "arn:aws:iam::111122223333:role/UserRole", actions: "kms:DescribeKey" }], { exactly: true })

        wanted   the intended access exactly, and this is part of it
        got      implicit deny: no Allow is about kms:DescribeKey
        request  role/UserRole  kms:DescribeKey  key/1234abcd-12ab-34cd-56ef-1234567890ab
                 identity policies: given to allow it

        2 more statements did not match; IAM_EXPECT_EXPLAIN=all shows them

        all intended access that is missing:
          role/UserRole; kms:DescribeKey

        the same as a test:
          expect(policy).toAllow("arn:aws:iam::111122223333:role/UserRole", "kms:DescribeKey").givenIdentityAllows();"
    `);
  });

  test(".not", async () => {
    expect(await messageOf(() => expect(ebs).not.toOnlyAllow(meant))).toMatchInlineSnapshot(`
      "expect(policy).not.toOnlyAllow([{ Principal: { AWS: "arn:aws:iam::111122223333:role/UserRole" }, Action: ["kms:GenerateDataKeyWithoutPlaintext", "kms:Decrypt"] }, { by: "arn:aws:iam::111122223333:role/UserRole", actions: ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"], viaService: "ec2.us-west-2.amazonaws.com" }])

        wanted   access beyond the intended
        got      proof that there is none
        rests on the key has no grants but those that were given (see who may \`kms:CreateGrant\`)"
    `);
  });
});

describe("toGrantNoMoreThan and toBeEquivalentTo", () => {
  const renamed = keyPolicy(
    {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "B",
          Effect: "Allow",
          Principal: { AWS: [app] },
          Action: ["kms:RevokeGrant", "kms:ListGrants", "kms:CreateGrant"],
          Resource: "*",
          Condition: { StringLike: { "kms:ViaService": ec2 } },
        },
        { Sid: "A", Effect: "Allow", Principal: { AWS: app }, Action: "kms:Decrypt", Resource: "*" },
        {
          Sid: "C",
          Effect: "Allow",
          Principal: { AWS: app },
          Action: "kms:GenerateDataKeyWithoutPlaintext",
          Resource: "*",
        },
      ],
    },
    { key },
  );

  test("pass", async () => {
    await expect(ebs).toGrantNoMoreThan(wide);
    await expect(wide).not.toGrantNoMoreThan(ebs);
    await expect(renamed).toBeEquivalentTo(ebs);
    await expect(ebs).not.toBeEquivalentTo(wide);
  });

  test("new access", async () => {
    expect(await messageOf(() => expect(wide).toGrantNoMoreThan(ebs))).toMatchInlineSnapshot(`
      "expect(policy).toGrantNoMoreThan(examples/ebs-key/policies/ebs-key.json)

        wanted   nothing that the other does not allow
        got      allow
        request  role/UserRole  kms:ListGrants  key/1234abcd-12ab-34cd-56ef-1234567890ab
                 kms:ViaService = ec2.us-east-1.amazonaws.com

        "Grants" allows it   policies/wide.json:6:5
            6 ok |     "Principal": { "AWS": "arn:aws:iam::111122223333:role/UserRole" },
            7 ok |     "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"], "Resource": "*",
            8 ok |     "Condition": { "StringLike": { "kms:ViaService": "ec2.*" } } }

        1 more statement did not match; IAM_EXPECT_EXPLAIN=all shows it

        all new access:
          role/UserRole; kms:CreateGrant, kms:ListGrants, kms:RevokeGrant; kms:ViaService like "ec2.*" except "ec2.us-west-2.amazonaws.com"

        the same as a test:
          expect(policy).toDeny("arn:aws:iam::111122223333:role/UserRole", "kms:ListGrants").viaService("ec2.us-east-1.amazonaws.com");"
    `);
  });

  test("nothing new", async () => {
    expect(await messageOf(() => expect(ebs).not.toGrantNoMoreThan(wide))).toMatchInlineSnapshot(`
      "expect(policy).not.toGrantNoMoreThan(policies/wide.json)

        wanted   access that the other does not allow
        got      proof that there is none
        rests on the key has no grants but those that were given (see who may \`kms:CreateGrant\`)"
    `);
  });

  test("more than the other, and less", async () => {
    expect(await messageOf(() => expect(wide).toBeEquivalentTo(ebs))).toMatchInlineSnapshot(`
      "expect(policy).toBeEquivalentTo(examples/ebs-key/policies/ebs-key.json)

        wanted   the same access as the other, which does not allow this
        got      allow
        request  role/UserRole  kms:ListGrants  key/1234abcd-12ab-34cd-56ef-1234567890ab
                 kms:ViaService = ec2.us-east-1.amazonaws.com

        "Grants" allows it   policies/wide.json:6:5
            6 ok |     "Principal": { "AWS": "arn:aws:iam::111122223333:role/UserRole" },
            7 ok |     "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"], "Resource": "*",
            8 ok |     "Condition": { "StringLike": { "kms:ViaService": "ec2.*" } } }

        1 more statement did not match; IAM_EXPECT_EXPLAIN=all shows it

        all access that the other does not have:
          role/UserRole; kms:CreateGrant, kms:ListGrants, kms:RevokeGrant; kms:ViaService like "ec2.*" except "ec2.us-west-2.amazonaws.com"

        the same as a test:
          expect(policy).toDeny("arn:aws:iam::111122223333:role/UserRole", "kms:ListGrants").viaService("ec2.us-east-1.amazonaws.com");"
    `);
    expect(await messageOf(() => expect(ebs).toBeEquivalentTo(wide))).toMatchInlineSnapshot(`
      "expect(policy).toBeEquivalentTo(policies/wide.json)

        wanted   the same access as the other, which allows this
        got      implicit deny: no statement allows this request
        request  role/UserRole  kms:ListGrants  key/1234abcd-12ab-34cd-56ef-1234567890ab
                 kms:ViaService = ec2.us-east-1.amazonaws.com

        nearest: "Allow for EC2 Use" misses by one condition   examples/ebs-key/policies/ebs-key.json:18:58
           15 ok |       "Principal": { "AWS": "arn:aws:iam::111122223333:role/UserRole" },
           16 ok |       "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
           17 ok |       "Resource": "*",
           18 NO |       "Condition": { "StringEquals": { "kms:ViaService": "ec2.us-west-2.amazonaws.com" } }
                 |                                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ request has ec2.us-east-1.amazonaws.com

        1 more statement did not match; IAM_EXPECT_EXPLAIN=all shows it

        all access that only the other has:
          role/UserRole; kms:CreateGrant, kms:ListGrants, kms:RevokeGrant; kms:ViaService like "ec2.*" except "ec2.us-west-2.amazonaws.com"

        the same as a test:
          expect(policy).toAllow("arn:aws:iam::111122223333:role/UserRole", "kms:ListGrants").viaService("ec2.us-east-1.amazonaws.com");"
    `);
    expect(await messageOf(() => expect(renamed).not.toBeEquivalentTo(ebs))).toMatchInlineSnapshot(`
      "expect(policy).not.toBeEquivalentTo(examples/ebs-key/policies/ebs-key.json)

        wanted   other access than the other
        got      proof that there is none
        rests on the key has no grants but those that were given (see who may \`kms:CreateGrant\`)"
    `);
  });
});

describe("toBePublic", () => {
  test.each([
    ["anybody", undefined, true],
    ["an address block of somebody", { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } }, false],
    ["half of the internet", { IpAddress: { "aws:SourceIp": "0.0.0.0/1" } }, true],
    ["an organization", { StringEquals: { "aws:PrincipalOrgID": "o-aaaa1111" } }, false],
    ["any organization", { StringLike: { "aws:PrincipalOrgID": "o-*" } }, true],
    [
      "a path of an organization",
      { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-aaaa1111/r-ab12/*" } },
      false,
    ],
    ["everybody but one", { StringNotEquals: { "aws:PrincipalAccount": "444455556666" } }, true],
    ["another account", { StringEquals: { "aws:PrincipalAccount": "444455556666" } }, false],
    ["a role of a name, anywhere", { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/app" } }, true],
    ["a VPC endpoint", { StringEquals: { "aws:SourceVpce": "vpce-0abc" } }, false],
    ["any VPC endpoint", { StringLike: { "aws:SourceVpce": "vpce-*" } }, true],
    ["sessions of one role", { StringLike: { "aws:userid": "AROAEXAMPLEEXAMPLE:*" } }, false],
    ["a tag that anybody may have", { StringEquals: { "aws:PrincipalTag/team": "red" } }, true],
    ["a Region", { StringEquals: { "aws:RequestedRegion": "eu-west-1" } }, true],
    ["services for one topic", { ArnLike: { "aws:SourceArn": "arn:aws:sns:us-east-1:444455556666:topic" } }, false],
    ["services for one account", { ArnLike: { "aws:SourceArn": "arn:aws:sns:*:444455556666:*" } }, false],
    ["services for one bucket", { ArnEquals: { "aws:SourceArn": "arn:aws:s3:::reports" } }, false],
    ["services for any bucket", { ArnLike: { "aws:SourceArn": "arn:aws:s3:::*" } }, true],
    ["services for any topic", { ArnLike: { "aws:SourceArn": "arn:aws:sns:*:*:*" } }, true],
    ["services of one account", { StringEquals: { "aws:SourceAccount": "444455556666" } }, false],
    ["services of any account", { StringLike: { "aws:SourceAccount": "*" } }, true],
    ["services of an organization", { StringEquals: { "aws:SourceOrgID": "o-aaaa1111" } }, false],
    ["any service", { Bool: { "aws:PrincipalIsAWSService": "true" } }, true],
    [
      "any service but one",
      {
        Bool: { "aws:PrincipalIsAWSService": "true" },
        StringNotEquals: { "aws:PrincipalServiceName": "s3.amazonaws.com" },
      },
      true,
    ],
    ["nobody's id", { StringEquals: { "aws:userid": "anonymous" } }, true],
    ["federated users of any account", { ArnLike: { "aws:PrincipalArn": "arn:aws:sts::*:federated-user/*" } }, true],
    ["federated users", { StringEquals: { "aws:PrincipalType": "FederatedUser" } }, true],
  ] as const)("%s", async (_, condition, isPublic) => {
    if (isPublic) await expect(bucket(condition)).toBePublic();
    else await expect(bucket(condition)).not.toBePublic();
  });

  const host = "token.actions.githubusercontent.com";
  const pool = "cognito-identity.amazonaws.com";
  const byToken = (provider: string, condition: object) =>
    trustPolicy(
      {
        Version: "2012-10-17",
        Statement: {
          Effect: "Allow",
          Principal: provider === "*" ? "*" : { Federated: provider },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: condition,
        },
      } as PolicyDocument,
      { role: admin },
    );
  const registered = (provider: string) => `arn:aws:iam::${HOME}:oidc-provider/${provider}`;
  const subject = (operator: string, value: string) => ({
    StringEquals: { [`${host}:aud`]: "sts.amazonaws.com" },
    [operator]: { [`${host}:sub`]: value },
  });
  test.each([
    ["a workflow's branch", registered(host), subject("StringEquals", "repo:my-org/app:ref:refs/heads/main"), false],
    ["an organization's workflows", registered(host), subject("StringLike", "repo:my-org/*"), false],
    ["workflows that begin like ours", registered(host), subject("StringLike", "repo:my-org*"), true],
    ["everybody's workflows", registered(host), subject("StringLike", "repo:*"), true],
    ["everybody's workflows on main", registered(host), subject("StringLike", "repo:*/*:ref:refs/heads/main"), true],
    ["all but one's workflows", registered(host), subject("StringNotLike", "repo:evil/*"), true],
    ["an audience only", registered(host), { StringEquals: { [`${host}:aud`]: "sts.amazonaws.com" } }, true],
    ["a claim if it is there", registered(host), subject("StringLikeIfExists", "repo:my-org/*"), false],
    ["the owner's id", registered(host), { StringEquals: { [`${host}:repository_owner_id`]: "1234" } }, false],
    ["an environment of anybody's", registered(host), subject("StringEquals", "environment:production"), true],
    ["an environment of ours", registered(host), subject("StringLike", "environment:production:repo:my-org/*"), false],
    ["an owner by id", registered(host), subject("StringLike", "repository_owner_id:1234:*"), false],
    ["everybody, by token", "*", {}, true],
    ["everybody, by our tokens", "*", subject("StringLike", "repo:my-org/*"), false],
    ["an identity pool", pool, { StringEquals: { [`${pool}:aud`]: "us-east-1:1234" } }, false],
    ["any identity pool", pool, { "ForAnyValue:StringLike": { [`${pool}:amr`]: "unauthenticated" } }, true],
    ["one's own provider", registered("login.example.com"), {}, false],
    ["an enterprise's own provider", registered(`${host}/my-enterprise`), {}, false],
  ] as const)("by token: %s", async (_, provider, condition, isPublic) => {
    const trust = byToken(provider, condition);
    const { onlyAccounts, onlyOrganization } = invariants;
    for (const invariant of [onlyAccounts(HOME), onlyOrganization("o-abc123defg")])
      if (isPublic) expect(trust).not.toHoldFor(invariant);
      else expect(trust).toHoldFor(invariant);
    if (isPublic) await expect(trust).toBePublic();
    else await expect(trust).not.toBePublic();
  });

  test("keys and roles", async () => {
    await expect(ebs).not.toBePublic();
    await expect(
      keyPolicy(
        { Version: "2012-10-17", Statement: { Effect: "Allow", Principal: "*", Action: "kms:Decrypt", Resource: "*" } },
        { key },
      ),
    ).toBePublic();
    await expect(
      trustPolicy(
        { Version: "2012-10-17", Statement: { Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" } },
        { role: admin },
      ),
    ).toBePublic();
  });

  test("whole messages", async () => {
    expect(
      await messageOf(() =>
        expect(bucket({ IpAddress: { "aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/1"] } })).not.toBePublic(),
      ),
    ).toMatchInlineSnapshot(`
      "expect(policy).not.toBePublic()

        wanted   not public: nothing for strangers
        got      allow
        request  anonymous  s3:GetObject  s3:site/x
                 aws:SourceIp = 0.0.0.0

        statement 1 allows it   policies/site.json:6:7
            6 ok |       "Principal": "*",
            7 ok |       "Action": "s3:GetObject",
            8 ok |       "Resource": "arn:aws:s3:::site/*",
           11 ok |           "aws:SourceIp": [

        all public access:
          anonymous callers; s3:GetObject; on arn:aws:s3:::site/*; aws:SourceIp in "203.0.113.0/24" or "0.0.0.0/1" except in "203.0.113.0/24"

        the same as a test:
          import { anonymous } from "iam-expect";
          expect(policy).toDeny(anonymous, "s3:GetObject", "arn:aws:s3:::site/x").fromIp("0.0.0.0");
          (the resource is of account 111122223333: make its policy with \`{ account: "111122223333" }\`)"
    `);
    expect(await messageOf(() => expect(ebs).toBePublic())).toMatchInlineSnapshot(`
      "expect(policy).toBePublic()

        wanted   public: some access for strangers
        got      proof that there is none
        rests on the key has no grants but those that were given (see who may \`kms:CreateGrant\`)"
    `);
  });
});

describe("toLockOut", () => {
  test("a service changes no key policy", async () => {
    await expect(
      keyPolicy(
        {
          Version: "2012-10-17",
          Statement: { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "kms:*", Resource: "*" },
        },
        { key },
      ),
    ).toLockOut();
  });

  test.each([
    ["a role that is gone", { AWS: "AROAEXAMPLEEXAMPLE111" }, undefined, true],
    [
      "a service's own role",
      { AWS: `arn:aws:iam::${HOME}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX` },
      undefined,
      true,
    ],
    ["nobody at all", { AWS: "*" }, { StringEquals: { "aws:PrincipalType": "Anonymous" } }, true],
    ["sessions of the past", { AWS: admin }, { DateLessThan: { "aws:TokenIssueTime": "2024-01-01T00:00:00Z" } }, true],
    ["through a service", { AWS: admin }, { StringEquals: { "kms:ViaService": "s3.us-west-2.amazonaws.com" } }, true],
    ["until a day that is past", { AWS: admin }, { DateLessThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } }, true],
    ["until some day", { AWS: admin }, { DateLessThan: { "aws:CurrentTime": "2060-01-01T00:00:00Z" } }, true],
    ["until some second", { AWS: admin }, { NumericLessThan: { "aws:EpochTime": "1893456000" } }, true],
    ["from some day on", { AWS: admin }, { DateGreaterThan: { "aws:CurrentTime": "2030-01-01T00:00:00Z" } }, false],
    ["from some second on", { AWS: admin }, { DateGreaterThan: { "aws:EpochTime": "1893456000" } }, false],
    ["with a second factor", { AWS: admin }, { Bool: { "aws:MultiFactorAuthPresent": "true" } }, false],
  ] as const)("%s", async (_, Principal, Condition, locks) => {
    const policy = keyPolicy(
      {
        Version: "2012-10-17",
        Statement: {
          Effect: "Allow",
          Principal,
          Action: "kms:*",
          Resource: "*",
          ...(Condition ? { Condition } : {}),
        },
      } as PolicyDocument,
      { key },
    );
    if (locks) await expect(policy).toLockOut();
    else await expect(policy).not.toLockOut();
    if (locks) expect(policy).not.toHoldFor(invariants.noLockout());
    else expect(policy).toHoldFor(invariants.noLockout());
  });

  test("passes", async () => {
    await expect(ebs).toLockOut();
    await expect(delegating).not.toLockOut();
  });

  test("whole messages", async () => {
    expect(await messageOf(() => expect(ebs).not.toLockOut())).toMatchInlineSnapshot(`
      "expect(policy).not.toLockOut()

        wanted   somebody who can change the policy of arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
        got      proof that there is none

        no statement allows kms:PutKeyPolicy"
    `);
    const late = keyPolicy(
      `{ "Version": "2012-10-17", "Statement": [
  { "Sid": "Admins", "Effect": "Allow", "Principal": { "AWS": "${admin}" }, "Action": "kms:*", "Resource": "*",
    "Condition": { "DateLessThan": { "aws:CurrentTime": "2024-01-01T00:00:00Z" } } },
  { "Effect": "Deny", "Principal": "*", "Action": "kms:Put*", "Resource": "*",
    "Condition": { "Bool": { "aws:SecureTransport": "false" } } }
] }`,
      { key, name: "policies/late.json" },
    );
    expect(await messageOf(() => expect(late).not.toLockOut())).toMatchInlineSnapshot(`
      "expect(policy).not.toLockOut()

        wanted   somebody who can change the policy of arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
        got      proof that there is none

        statements about kms:PutKeyPolicy:
          "Admins" (Allow, under conditions)   policies/late.json:2:32
          statement 2 (Deny, under conditions)   policies/late.json:4:15"
    `);
    expect(await messageOf(() => expect(delegating).toLockOut())).toMatchInlineSnapshot(`
      "expect(policy).toLockOut()

        wanted   nobody who can change the key's policy
        got      allow
        request  the root user  kms:PutKeyPolicy  key/1234abcd-12ab-34cd-56ef-1234567890ab

        "EnableIam" matches by wildcard   policies/delegating.json:2:44
            2 ok | …: "EnableIam", "Effect": "Allow", "Principal": { "AWS": "111122223333" }, "Action": "kms:*", "Resource": "*" }

        all who can:
          the root user of 111122223333; kms:PutKeyPolicy
          any principal of 111122223333; kms:PutKeyPolicy; if its identity policies allow it

        the same as a test:
          expect(policy).toDeny("arn:aws:iam::111122223333:root", "kms:PutKeyPolicy");"
    `);
  });
});

describe("wrong use fails, whatever `.not` says", () => {
  const untold = environment({
    resources: { "arn:aws:s3:::site": { owner: HOME }, [key]: { policy: ebs } },
  });
  const own = identityPolicy({ Version: "2012-10-17", Statement: { Effect: "Allow", Action: "kms:*", Resource: "*" } });
  const USES: readonly (readonly [string, () => unknown, () => unknown])[] = [
    [
      "an unknown action",
      () => expect(ebs).toNeverAllow("kms:Decrpt" as never),
      () => expect(ebs).not.toNeverAllow("kms:Decrpt" as never),
    ],
    [
      "a wildcard that no action matches",
      () => expect(ebs).toNeverAllow("kms:Decrpt*"),
      () => expect(ebs).not.toNeverAllow("kms:Decrpt*"),
    ],
    [
      "no action",
      () => expect(ebs).toNeverAllow(...([] as unknown as [never])),
      () => expect(ebs).not.toNeverAllow(...([] as unknown as [never])),
    ],
    [
      "another resource than the policy's",
      () => expect(ebs).toNeverAllow("kms:Decrypt").on(key.replace("1234", "4321")),
      () => expect(ebs).not.toNeverAllow("kms:CreateKey"),
    ],
    [
      "everybody excepted",
      () => expect(ebs).toNeverAllow("kms:Decrypt").except({ by: "*" }),
      () => expect(ebs).toNeverAllow("kms:Decrypt").by(app).except({ by: app }),
    ],
    [
      "a misspelt exception",
      () =>
        expect(ebs)
          .toNeverAllow("kms:Decrypt")
          .except({ bye: app } as never),
      () =>
        expect(ebs)
          .not.toNeverAllow("kms:Decrypt")
          .except({ bye: app } as never),
    ],
    [
      "a misspelt context key",
      () => expect(ebs).toNeverAllow("kms:Decrypt").withContext({ "kms:ViaServise": "x" }),
      () => expect(ebs).toNeverAllow("kms:Decrypt").withContext({ "kms:ViaServise": "x" }),
    ],
    [
      "a misspelt key of an exception",
      () =>
        expect(ebs)
          .toNeverAllow("kms:Decrypt")
          .except({ when: { "kms:ViaServise": "x" } }),
      () => expect(ebs).not.toOnlyAllow([{ Action: "kms:*", Condition: { StringEquals: { "kms:ViaServise": "x" } } }]),
    ],
    [
      "a resource of an environment without its policy, and callers of other accounts",
      () => expect(untold).toNeverAllow("s3:GetObject").by("anonymous"),
      () => expect(untold).not.toNeverAllow("*").by("444455556666"),
    ],
    [
      "the same, and strangers",
      () => expect(untold).not.toBePublic(),
      () => expect(untold).toHoldFor(invariants.onlyAccounts(HOME)),
    ],
    [
      "intended access that nothing could be",
      () => expect(ebs).toOnlyAllow([...meant, { Principal: { AWS: app }, Action: "s3:GetObject" }], { exactly: true }),
      () =>
        expect(ebs).toOnlyAllow(
          [...meant, { Principal: { AWS: app }, Action: "kms:Decrypt", Resource: key.replace("1234", "4321") }],
          { exactly: true },
        ),
    ],
    [
      "a caller of the management account",
      () =>
        expect(ebs)
          .toNeverAllow("kms:Decrypt")
          .by(role(app, { managementAccount: true })),
      () =>
        expect(ebs)
          .not.toNeverAllow("kms:Decrypt")
          .by(role(app, { managementAccount: true })),
    ],
    [
      "an account id that is too short",
      () => expect(ebs).toNeverAllow("kms:Decrypt").by("21098765432"),
      () => expect(ebs).not.toNeverAllow("kms:Decrypt").except({ by: "arn:aws:iam:111122223333:role/app" }),
    ],
    ["no intended access", () => expect(ebs).toOnlyAllow([]), () => expect(ebs).not.toOnlyAllow([])],
    [
      "an intended Deny",
      () => expect(ebs).toOnlyAllow([{ Effect: "Deny", Action: "*" } as never]),
      () => expect(ebs).not.toOnlyAllow([{ Effect: "Deny", Action: "*" } as never]),
    ],
    [
      "an unknown option",
      () => expect(ebs).toOnlyAllow(meant, { exact: true } as never),
      () => expect(ebs).not.toOnlyAllow(meant, { exact: true } as never),
    ],
    ["an identity policy is not public", () => expect(own).toBePublic(), () => expect(own).not.toBePublic()],
    ["an identity policy locks nobody out", () => expect(own).toLockOut(), () => expect(own).not.toLockOut()],
    [
      "a claim of nobody's token",
      () => expect(ebs).toNeverAllow("kms:Decrypt").withClaims({ sub: "x" }),
      () => expect(ebs).not.toNeverAllow("kms:Decrypt").withClaims({ sub: "x" }),
    ],
  ];
  test.each(USES)("%s", async (_, use, not) => {
    expect(await messageOf(use)).toMatchSnapshot();
    expect(await messageOf(not)).toMatch(/^error\[/);
  });

  test("a resource without a policy lets nobody of other accounts in", async () => {
    const bare = environment({
      resources: { "arn:aws:s3:::site": { owner: HOME, policy: null }, [key]: { policy: ebs } },
    });
    await expect(bare).toNeverAllow("*").by("anonymous", "444455556666");
    await expect(bare).not.toBePublic();
    expect(bare).toHoldFor(invariants.onlyAccounts(HOME));
    // And what cannot be done on the resource at all need not be known of it.
    await expect(untold).toNeverAllow("kms:Decrypt").by("444455556666");
  });

  test("what turns on a key that AWS does not have is neither proved nor refuted", async () => {
    const tagged = (operator: string, Effect = "Allow") =>
      keyPolicy(
        {
          Version: "2012-10-17",
          Statement: [
            ...(Effect === "Deny"
              ? [{ Effect: "Allow" as const, Principal: { AWS: admin }, Action: "kms:PutKeyPolicy", Resource: "*" }]
              : []),
            {
              Effect,
              Principal: Effect === "Deny" ? "*" : { AWS: admin },
              Action: "kms:PutKeyPolicy",
              Resource: "*",
              Condition: { [operator]: { "aws:PrincipalTags/team": "red" } },
            },
          ],
        } as PolicyDocument,
        { key },
      );
    expect(
      await messageOf(() => expect(tagged("StringEquals")).toNeverAllow("kms:PutKeyPolicy")),
    ).toMatchInlineSnapshot(`
      "error[undecided]
        expect(policy).toNeverAllow("kms:PutKeyPolicy") is neither proved nor refuted: it turns on \`aws:PrincipalTags/team\`, which is not a condition key of AWS as far as we know (did you mean \`aws:PrincipalTag/team\`?)
        help: ask for less at once (one action, one caller, one resource), or try requests at random with \`.orHunt({ runs: 10_000 })\`
        note: not proved: nothing was found out about the policies"
    `);
    // Always absent, so never allowed, or always denied: nobody is left.
    for (const locked of [tagged("StringEquals"), tagged("StringNotEquals", "Deny")]) {
      expect(await messageOf(() => expect(locked).not.toLockOut())).toMatch("which is not a condition key of AWS");
      expect(await messageOf(() => expect(locked).toLockOut())).toMatch("which is not a condition key of AWS");
      expect(locked).not.toHoldFor(invariants.noLockout());
    }
    await expect(tagged("StringNotEquals")).not.toLockOut();
    await expect(tagged("StringEquals", "Deny")).not.toLockOut();
    // Who names the key in the question knows of it.
    await expect(tagged("StringEquals"))
      .toNeverAllow("kms:PutKeyPolicy")
      .except({ when: { StringEquals: { "aws:PrincipalTags/team": "red" } } });
    await expect(tagged("StringEquals")).not.toNeverAllow("kms:*").withContext({ "aws:PrincipalTags/team": "red" });
  });

  test("what cannot be decided", async () => {
    const odd = keyPolicy(
      {
        Version: "2012-10-17",
        Statement: Array.from({ length: 20 }, (_, at) => ({
          Effect: "Allow",
          Principal: { AWS: app },
          Action: "kms:TagResource",
          Resource: "*",
          Condition: { "ForAnyValue:StringLike": { "aws:TagKeys": `*${at}*` } },
        })),
      } as PolicyDocument,
      { key },
    );
    const asked = () =>
      expect(odd)
        .toNeverAllow("kms:TagResource")
        .except({ when: { "ForAnyValue:StringLike": { "aws:TagKeys": "x" } } });
    expect(await messageOf(asked)).toMatchInlineSnapshot(`
      "error[undecided]
        expect(policy).toNeverAllow("kms:TagResource").except({ when: { "ForAnyValue:StringLike": { "aws:TagKeys": "x" } } }) is neither proved nor refuted: \`aws:TagKeys\` has several values, and 21 conditions test it
        help: ask for less at once (one action, one caller, one resource), or try requests at random with \`.orHunt({ runs: 10_000 })\`
        note: not proved: nothing was found out about the policies"
    `);
  });

  test("what cannot be decided, hunted: found, or not proved", async () => {
    const tests = Array.from({ length: 20 }, (_, at) => ({
      Effect: "Allow",
      Principal: { AWS: app },
      Action: "kms:TagResource",
      Resource: "*",
      Condition: { "ForAnyValue:StringLike": { "aws:TagKeys": `*${at}*` } },
    }));
    const odd = keyPolicy({ Version: "2012-10-17", Statement: tests } as PolicyDocument, { key });
    const untagged = { when: { Null: { "aws:TagKeys": "false" } } };
    await expect(odd).toNeverAllow("kms:TagResource").except(untagged).orHunt({ runs: 300, seed: 1 });
    await expect(odd).not.toNeverAllow("kms:TagResource").orHunt({ runs: 300, seed: 1 });
    expect(
      await messageOf(() =>
        expect(odd).not.toNeverAllow("kms:TagResource").except(untagged).orHunt({ runs: 300, seed: 1 }),
      ),
    ).toMatchInlineSnapshot(`
      "expect(policy).not.toNeverAllow("kms:TagResource").except({ when: { Null: { "aws:TagKeys": "false" } } }).orHunt({ runs: 300, seed: 1 })

        wanted   allow some such request
        got      none among 300 requests: not proved (seed 1)
        why      \`aws:TagKeys\` has several values, and 20 conditions test it"
    `);
    expect(
      await messageOf(() =>
        expect(odd)
          .toNeverAllow("kms:TagResource")
          .except({ when: { "ForAnyValue:StringLike": { "aws:TagKeys": "x" } } })
          .orHunt({ runs: 300, seed: 1 }),
      ),
    ).toMatchInlineSnapshot(`
      "expect(policy).toNeverAllow("kms:TagResource").except({ when: { "ForAnyValue:StringLike": { "aws:TagKeys": "x" } } }).orHunt({ runs: 300, seed: 1 })

        wanted   never allow it: no such request
        got      allow
        request  role/UserRole  kms:TagResource  key/1234abcd-12ab-34cd-56ef-1234567890ab
                 aws:TagKeys = x0x

        statement 1 allows it   key policy:6:7
            6 ok |       "Principal": {
            9 ok |       "Action": "kms:TagResource",
           10 ok |       "Resource": "*",
           13 ok |           "aws:TagKeys": "*0*"

        19 more statements did not match; IAM_EXPECT_EXPLAIN=all shows them

        as a test, which fails until this is mended:
          expect(policy).toDeny("arn:aws:iam::111122223333:role/UserRole", "kms:TagResource", "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab").withContext({ "aws:TagKeys": ["x0x"] });

        found    by request 2 (seed 1, path 1:1:1:1)"
    `);
  });

  test("claims of a provider's token", async () => {
    const github = "token.actions.githubusercontent.com";
    const trust = trustPolicy(
      {
        Version: "2012-10-17",
        Statement: {
          Effect: "Allow",
          Principal: { Federated: `arn:aws:iam::${HOME}:oidc-provider/${github}` },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            StringEquals: { [`${github}:aud`]: "sts.amazonaws.com" },
            StringLike: { [`${github}:sub`]: "repo:org/*" },
          },
        },
      } as PolicyDocument,
      { role: admin },
    );
    const provider = federated(`arn:aws:iam::${HOME}:oidc-provider/${github}`);
    await expect(trust)
      .toNeverAllow("sts:AssumeRoleWithWebIdentity")
      .by(provider)
      .withClaims({ sub: "repo:other/app:ref:refs/heads/main" });
    await expect(trust)
      .not.toNeverAllow("sts:AssumeRoleWithWebIdentity")
      .by(provider)
      .withClaims({ sub: "repo:org/app:ref:refs/heads/main" });
  });
});
