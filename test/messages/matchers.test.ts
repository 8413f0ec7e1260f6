import { describe, expect, test } from "vitest";
import {
  grant,
  identityPolicy,
  keyPolicy,
  type Policy,
  permissionsBoundary,
  request,
  resourcePolicy,
  role,
  rootUser,
  serviceControlPolicy,
} from "../../src/index.ts";
import { messageOf } from "./message-of.ts";

const key = "arn:aws:kms:us-west-2:111122223333:key/1234abcd";
const app = role("arn:aws:iam::111122223333:role/app");
const partner = role("arn:aws:iam::444455556666:role/partner");

const json = (statements: readonly string[]) =>
  `{\n  "Version": "2012-10-17",\n  "Statement": [\n${statements.map((text) => `    ${text}`).join(",\n")}\n  ]\n}`;

const direct = keyPolicy(
  json([
    `{ "Sid": "UseThroughS3", "Effect": "Allow",
      "Principal": { "AWS": "arn:aws:iam::111122223333:role/app" },
      "Action": "kms:Decrypt",
      "Resource": "*",
      "Condition": { "StringEquals": { "kms:ViaService": "s3.us-west-2.amazonaws.com" } } }`,
    `{ "Sid": "NoMfa", "Effect": "Deny",
      "Principal": "*",
      "Action": "kms:*",
      "Resource": "*",
      "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "false" } } }`,
  ]),
  { key, name: "policies/key.json" },
);
const root = keyPolicy(
  json([
    `{ "Sid": "EnableIam", "Effect": "Allow",
      "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
      "Action": "kms:*",
      "Resource": "*" }`,
  ]),
  { key, name: "policies/root.json" },
);
const admin = identityPolicy(json([`{ "Sid": "KeyAdmin", "Effect": "Allow", "Action": "kms:*", "Resource": "*" }`]), {
  name: "policies/admin.json",
});

const viaS3 = (policy: Policy | readonly Policy[] = direct) =>
  expect(policy).toAllow(app, "kms:Decrypt").viaService("s3.us-west-2.amazonaws.com").withMfa();

describe("toAllow", () => {
  test("passes", async () => {
    await viaS3();
    await expect(direct).not.toAllow(app, "kms:Decrypt").withMfa();
  });

  test("misses by one condition", async () => {
    expect(
      await messageOf(() =>
        expect(direct).toAllow(app, "kms:Decrypt").viaService("s3.us-east-1.amazonaws.com").withMfa(),
      ),
    ).toMatchInlineSnapshot(`
      "expect(policy).toAllow(request)

        wanted   allow
        got      implicit deny: no statement allows this request
        request  role/app  kms:Decrypt  key/1234abcd
                 kms:ViaService = s3.us-east-1.amazonaws.com
                 aws:MultiFactorAuthPresent = true

        nearest: "UseThroughS3" misses by one condition   policies/key.json:8:58
            5 ok |       "Principal": { "AWS": "arn:aws:iam::111122223333:role/app" },
            6 ok |       "Action": "kms:Decrypt",
            7 ok |       "Resource": "*",
            8 NO |       "Condition": { "StringEquals": { "kms:ViaService": "s3.us-west-2.amazonaws.com" } } },
                 |                                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ request has s3.us-east-1.amazonaws.com

        1 more statement did not match; IAM_EXPECT_EXPLAIN=all shows it"
    `);
  });

  test("misses by an absent key", async () => {
    expect(await messageOf(() => expect(direct).toAllow(app, "kms:Decrypt").withMfa())).toMatchInlineSnapshot(`
      "expect(policy).toAllow(request)

        wanted   allow
        got      implicit deny: no statement allows this request
        request  role/app  kms:Decrypt  key/1234abcd
                 aws:MultiFactorAuthPresent = true

        nearest: "UseThroughS3" misses by one condition   policies/key.json:8:58
            5 ok |       "Principal": { "AWS": "arn:aws:iam::111122223333:role/app" },
            6 ok |       "Action": "kms:Decrypt",
            7 ok |       "Resource": "*",
            8 NO |       "Condition": { "StringEquals": { "kms:ViaService": "s3.us-west-2.amazonaws.com" } } },
                 |                                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ absent from the request, so \`StringEquals\` does not match
        help: if the request has the key, say so: \`.viaService("s3.us-west-2.amazonaws.com")\`

        1 more statement did not match; IAM_EXPECT_EXPLAIN=all shows it"
    `);
  });

  test("a Deny fires", async () => {
    expect(
      await messageOf(() =>
        expect(direct).toAllow(app, "kms:Decrypt").viaService("s3.us-west-2.amazonaws.com").withoutMfa(),
      ),
    ).toMatchInlineSnapshot(`
      "expect(policy).toAllow(request)

        wanted   allow
        got      explicit deny, by 1 statement
        request  role/app  kms:Decrypt  key/1234abcd
                 kms:ViaService = s3.us-west-2.amazonaws.com
                 aws:MultiFactorAuthPresent = false

        "NoMfa" denies it   policies/key.json:10:7
           10 ok |       "Principal": "*",
           11 ok |       "Action": "kms:*",
           12 ok |       "Resource": "*",
           13 ok |       "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "false" } } }
                 |                                                              ^^^^^^^ request has false

        1 more statement; IAM_EXPECT_EXPLAIN=all shows it"
    `);
  });

  test("nothing is about the action", async () => {
    expect(await messageOf(() => expect(direct).toAllow(request(app, "kms:Encrypt").withMfa()))).toMatchInlineSnapshot(`
      "expect(policy).toAllow(request)

        wanted   allow
        got      implicit deny: no Allow is about kms:Encrypt
        request  role/app  kms:Encrypt  key/1234abcd
                 aws:MultiFactorAuthPresent = true

        2 more statements did not match; IAM_EXPECT_EXPLAIN=all shows them"
    `);
  });

  test("the key policy does not let identity policies decide", async () => {
    expect(await messageOf(() => expect([direct, admin]).toAllow(app, "kms:Encrypt").withMfa())).toMatchInlineSnapshot(`
      "expect(policies).toAllow(request)

        wanted   allow
        got      implicit deny: identity policies allow it, but the resource's own policy does not let them decide
        request  role/app  kms:Encrypt  key/1234abcd
                 aws:MultiFactorAuthPresent = true

        "KeyAdmin" applies, but does not suffice   policies/admin.json:4:45
            4 ok |     { "Sid": "KeyAdmin", "Effect": "Allow", "Action": "kms:*", "Resource": "*" }

        2 more statements did not match; IAM_EXPECT_EXPLAIN=all shows them"
    `);
  });

  test("a boundary caps", async () => {
    const boundary = permissionsBoundary(json([`{ "Effect": "Allow", "Action": "s3:*", "Resource": "*" }`]));
    expect(await messageOf(() => expect([root, admin, boundary]).toAllow(app, "kms:Encrypt"))).toMatchInlineSnapshot(`
      "expect(policies).toAllow(request)

        wanted   allow
        got      implicit deny: the permissions boundary does not allow it
        request  role/app  kms:Encrypt  key/1234abcd

        "KeyAdmin" applies, but does not suffice   policies/admin.json:4:45
            4 ok |     { "Sid": "KeyAdmin", "Effect": "Allow", "Action": "kms:*", "Resource": "*" }

        "EnableIam" applies, but does not suffice   policies/root.json:5:7
            5 ok |       "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
            6 ok |       "Action": "kms:*",
            7 ok |       "Resource": "*" }

        1 more statement did not match; IAM_EXPECT_EXPLAIN=all shows it"
    `);
  });

  test("a service control policy caps", async () => {
    const scp = serviceControlPolicy(json([`{ "Effect": "Allow", "Action": "s3:*", "Resource": "*" }`]));
    expect(await messageOf(() => expect([root, admin, scp]).toAllow(app, "kms:Encrypt"))).toMatchInlineSnapshot(`
      "expect(policies).toAllow(request)

        wanted   allow
        got      implicit deny: no service control policy of level 1 of 1 allows it
        request  role/app  kms:Encrypt  key/1234abcd

        "KeyAdmin" applies, but does not suffice   policies/admin.json:4:45
            4 ok |     { "Sid": "KeyAdmin", "Effect": "Allow", "Action": "kms:*", "Resource": "*" }

        "EnableIam" applies, but does not suffice   policies/root.json:5:7
            5 ok |       "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
            6 ok |       "Action": "kms:*",
            7 ok |       "Resource": "*" }

        1 more statement did not match; IAM_EXPECT_EXPLAIN=all shows it"
    `);
  });

  test(".not: allowed by a statement, past a Deny", async () => {
    expect(
      await messageOf(() =>
        expect(direct)
          .not.toAllow(app, "kms:Decrypt")
          .viaService("s3.us-west-2.amazonaws.com")
          .withoutContext("aws:MultiFactorAuthPresent"),
      ),
    ).toMatchInlineSnapshot(`
      "expect(policy).not.toAllow(request)

        wanted   deny
        got      allow
        request  role/app  kms:Decrypt  key/1234abcd
                 kms:ViaService = s3.us-west-2.amazonaws.com
                 aws:MultiFactorAuthPresent absent

        "UseThroughS3" allows it   policies/key.json:5:7
            5 ok |       "Principal": { "AWS": "arn:aws:iam::111122223333:role/app" },
            6 ok |       "Action": "kms:Decrypt",
            7 ok |       "Resource": "*",
            8 ok |       "Condition": { "StringEquals": { "kms:ViaService": "s3.us-west-2.amazonaws.com" } } },

        the one Deny, "NoMfa", did not apply   policies/key.json:13:62
           10 ok |       "Principal": "*",
           11 ok |       "Action": "kms:*",
           12 ok |       "Resource": "*",
           13 NO |       "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "false" } } }
                 |                                                              ^^^^^^^ absent from the request, so \`Bool\` does not match
        help: \`BoolIfExists\` also matches when the key is absent"
    `);
  });

  test(".not: by two statements together", async () => {
    expect(
      await messageOf(() => expect([root, admin]).not.toAllow(app, "kms:ScheduleKeyDeletion")),
    ).toMatchInlineSnapshot(`
      "expect(policies).not.toAllow(request)

        wanted   deny
        got      allow, by 2 statements together
        request  role/app  kms:ScheduleKeyDeletion  key/1234abcd

        "KeyAdmin" matches by wildcard   policies/admin.json:4:45
            4 ok |     { "Sid": "KeyAdmin", "Effect": "Allow", "Action": "kms:*", "Resource": "*" }

        "EnableIam" lets IAM policies of the account decide   policies/root.json:5:7
            5 ok |       "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
            6 ok |       "Action": "kms:*",
            7 ok |       "Resource": "*" }"
    `);
  });

  test(".not: by a grant", async () => {
    const given = grant({ key, granteePrincipal: app, operations: ["Decrypt"], name: "for-app" });
    expect(
      await messageOf(() => expect([root, given]).not.toAllow(app, "kms:Decrypt").givenNoIdentityPolicies()),
    ).toMatchInlineSnapshot(`
      "expect(policy).not.toAllow(request)

        wanted   deny
        got      allow
        request  role/app  kms:Decrypt  key/1234abcd
                 identity policies: given to be none

        grant "for-app" to role/app allows Decrypt

        1 more statement; IAM_EXPECT_EXPLAIN=all shows it"
    `);
  });

  test("decided by another statement than was named", async () => {
    expect(await messageOf(() => viaS3().because("NoMfa"))).toMatchInlineSnapshot(`
      "expect(policy).toAllow(request)

        wanted   allow, because of "NoMfa"
        got      allow
        request  role/app  kms:Decrypt  key/1234abcd
                 kms:ViaService = s3.us-west-2.amazonaws.com
                 aws:MultiFactorAuthPresent = true

        "UseThroughS3" allows it   policies/key.json:5:7
            5 ok |       "Principal": { "AWS": "arn:aws:iam::111122223333:role/app" },
            6 ok |       "Action": "kms:Decrypt",
            7 ok |       "Resource": "*",
            8 ok |       "Condition": { "StringEquals": { "kms:ViaService": "s3.us-west-2.amazonaws.com" } } },

        the one Deny, "NoMfa", did not apply   policies/key.json:13:62
           10 ok |       "Principal": "*",
           11 ok |       "Action": "kms:*",
           12 ok |       "Resource": "*",
           13 NO |       "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "false" } } }
                 |                                                              ^^^^^^^ request has true"
    `);
  });
});

describe("toDeny", () => {
  test("passes", async () => {
    await expect(direct).toDeny(app, "kms:Decrypt").withMfa();
    await expect(direct).not.toDeny(app, "kms:Decrypt").viaService("s3.us-west-2.amazonaws.com").withMfa();
  });

  test("it is allowed", async () => {
    expect(await messageOf(() => expect(root).toDeny(rootUser("111122223333"), "kms:Decrypt"))).toMatchInlineSnapshot(`
      "expect(policy).toDeny(request)

        wanted   deny
        got      allow
        request  the root user  kms:Decrypt  key/1234abcd

        "EnableIam" matches by wildcard   policies/root.json:5:7
            5 ok |       "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
            6 ok |       "Action": "kms:*",
            7 ok |       "Resource": "*" }"
    `);
  });

  test(".not: it is denied", async () => {
    expect(
      await messageOf(() => expect(root).not.toDeny(partner, "kms:Decrypt").givenIdentityAllows()),
    ).toMatchInlineSnapshot(`
      "expect(policy).not.toDeny(request)

        wanted   allow
        got      implicit deny: the resource is of another account, whose policy does not allow the caller
        request  role/partner of 444455556666  kms:Decrypt  key/1234abcd
                 identity policies: given to allow it

        nearest: "EnableIam" misses by its Principal   policies/root.json:5:29
            5 NO |       "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
                 |                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ request comes from arn:aws:iam::444455556666:role/partner
            6 ok |       "Action": "kms:*",
            7 ok |       "Resource": "*" }
        help: name the caller in \`Principal\`, or ask for a caller that is named there"
    `);
  });
});

describe("toExplicitlyDeny", () => {
  test("passes", async () => {
    await expect(direct).toExplicitlyDeny(app, "kms:Decrypt").withoutMfa();
    await expect(direct).not.toExplicitlyDeny(app, "kms:Decrypt").withMfa();
  });

  test("no Deny applies", async () => {
    expect(await messageOf(() => expect(direct).toExplicitlyDeny(app, "kms:Decrypt").withMfa())).toMatchInlineSnapshot(`
      "expect(policy).toExplicitlyDeny(request)

        wanted   explicit deny
        got      implicit deny: no statement allows this request
        request  role/app  kms:Decrypt  key/1234abcd
                 aws:MultiFactorAuthPresent = true

        nearest: "NoMfa" misses by one condition   policies/key.json:13:62
           10 ok |       "Principal": "*",
           11 ok |       "Action": "kms:*",
           12 ok |       "Resource": "*",
           13 NO |       "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "false" } } }
                 |                                                              ^^^^^^^ request has true

        1 more statement did not match; IAM_EXPECT_EXPLAIN=all shows it"
    `);
  });

  test(".not: a Deny applies", async () => {
    expect(
      await messageOf(() => expect(direct).not.toExplicitlyDeny(app, "kms:Decrypt").withoutMfa()),
    ).toMatchInlineSnapshot(`
      "expect(policy).not.toExplicitlyDeny(request)

        wanted   no Deny that applies
        got      explicit deny, by 1 statement
        request  role/app  kms:Decrypt  key/1234abcd
                 aws:MultiFactorAuthPresent = false

        "NoMfa" denies it   policies/key.json:10:7
           10 ok |       "Principal": "*",
           11 ok |       "Action": "kms:*",
           12 ok |       "Resource": "*",
           13 ok |       "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "false" } } }
                 |                                                              ^^^^^^^ request has false

        1 more statement did not match; IAM_EXPECT_EXPLAIN=all shows it"
    `);
  });
});

describe("what nobody told is an error, whatever `.not` says", () => {
  test("identity policies, behind the root statement", async () => {
    const message = await messageOf(() => expect(root).toDeny(app, "kms:Decrypt"));
    expect(message).toMatchInlineSnapshot(`
      "error[open-policy]
        the resource's policy leaves this to the caller's identity policies, and they are not known
        help: add them, \`expect([keyPolicy, identityPolicy])\`, or say what they do: \`.givenIdentityAllows()\` or \`.givenNoIdentityPolicies()\`
        note: in expect(policy).toDeny(request), request: role/app  kms:Decrypt  key/1234abcd"
    `);
    expect(await messageOf(() => expect(root).toAllow(app, "kms:Decrypt"))).toContain("error[open-policy]");
    expect(await messageOf(() => expect(root).not.toDeny(app, "kms:Decrypt"))).toContain("error[open-policy]");
    expect(await messageOf(() => expect(root).not.toAllow(app, "kms:Decrypt"))).toContain("error[open-policy]");
  });

  test("identity policies of another account", async () => {
    const shared = keyPolicy(
      json([
        `{ "Effect": "Allow", "Principal": { "AWS": "${partner.name}" }, "Action": "kms:Decrypt", "Resource": "*" }`,
      ]),
      { key },
    );
    expect(await messageOf(() => expect(shared).toAllow(partner, "kms:Decrypt"))).toMatchInlineSnapshot(`
      "error[open-policy]
        the caller is of another account, so its identity policies must allow this too, and they are not known
        help: add them, \`expect([keyPolicy, identityPolicy])\`, or say what they do: \`.givenIdentityAllows()\` or \`.givenNoIdentityPolicies()\`
        note: in expect(policy).toAllow(request), request: role/partner of 444455556666  kms:Decrypt  key/1234abcd"
    `);
  });

  test("the policy of another account's resource", async () => {
    expect(await messageOf(() => expect(admin).toDeny(partner, "kms:Decrypt", key))).toMatchInlineSnapshot(`
      "error[open-policy]
        the resource is of another account, whose policy must allow this too, and it is not known
        help: add it: \`expect([identityPolicy, resourcePolicy])\`
        note: in expect(policy).toDeny(request), request: role/partner of 444455556666  kms:Decrypt  key/1234abcd"
    `);
  });

  test("a key that AWS always sends", async () => {
    const fromOffice = keyPolicy(
      json([
        `{ "Effect": "Allow", "Principal": { "AWS": "${app.name}" }, "Action": "kms:Decrypt", "Resource": "*",
      "Condition": { "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } } }`,
      ]),
      { key, name: "policies/office.json" },
    );
    expect(await messageOf(() => expect(fromOffice).toDeny(app, "kms:Decrypt"))).toMatchInlineSnapshot(`
      "error[open-key] policies/office.json:5:37
        the answer depends on \`aws:SourceIp\`, which the test does not say
          5 |       "Condition": { "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } } }
            |                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        help: say it with \`.fromIp("203.0.113.7")\`, or that it is absent with \`.withoutContext("aws:SourceIp")\`
        note: in expect(policy).toDeny(request), request: role/app  kms:Decrypt  key/1234abcd"
    `);
    await expect(fromOffice).toAllow(app, "kms:Decrypt").fromIp("203.0.113.7");
    await expect(fromOffice).toDeny(app, "kms:Decrypt").fromIp("203.0.112.255");
  });
});

describe("wrong use is an error, whatever `.not` says", () => {
  const wrong: [string, () => unknown, string[]][] = [
    [
      "an unknown action",
      () => expect(direct).toDeny(app, "kms:Decrpt" as string),
      [
        "error[unknown-action]",
        "  `kms:Decrpt` is not an action of AWS KMS",
        "  help: did you mean `kms:Decrypt`?",
        "  see: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html",
      ],
    ],
    [
      "an action with a wildcard",
      () => expect(direct).not.toAllow(app, "kms:*" as "kms:Decrypt"),
      [
        "error[invalid-action]",
        "  `kms:*` is not one action",
        "  help: a request is for one action, as in `kms:Decrypt`, without wildcards",
      ],
    ],
    [
      "a caller that is none",
      () => expect(direct).toDeny("role/app", "kms:Decrypt"),
      [
        "error[invalid-principal]",
        "  `role/app` is not the ARN of a caller",
        "  help: write the ARN of a role, user, session, federated user or account root, as in `arn:aws:iam::111122223333:role/app`",
      ],
    ],
    [
      "no action",
      () => (expect(direct) as unknown as { toDeny(who: unknown): void }).toDeny(app),
      [
        "error[wrong-use]",
        "  `toDeny` takes a principal and an action, not 1 argument",
        '  help: as in `expect(policy).toDeny("arn:aws:iam::111122223333:role/app", "kms:Decrypt")`',
      ],
    ],
    [
      "nothing to ask",
      () => expect(undefined).toDeny(app, "kms:Decrypt"),
      [
        "error[wrong-use]",
        "  expect was given undefined, which is no policy",
        '  help: give it a policy, as in `expect(keyPolicy.fromFile("policies/key.json"))`, or a list of policies and grants',
      ],
    ],
    [
      "an action of another service",
      () => expect(direct).toDeny(app, "s3:GetObject"),
      [
        "error[wrong-use]",
        "  a key policy does not decide `s3:GetObject`",
        "  help: test it with the policy of the resource that the action is done on",
      ],
    ],
    [
      "another key than the policy's",
      () => expect(direct).toDeny(app, "kms:Decrypt", `${key}5678`),
      [
        "error[wrong-use]",
        "  a key policy does not decide `kms:Decrypt` on `arn:aws:kms:us-west-2:111122223333:key/1234abcd5678`",
        "  help: the policy is attached to `arn:aws:kms:us-west-2:111122223333:key/1234abcd`",
      ],
    ],
    [
      "the resource twice",
      () => expect(admin).toAllow(app, "kms:Decrypt", key).on(`${key}5678`),
      [
        "error[contradiction]",
        "  the resource is already `arn:aws:kms:us-west-2:111122223333:key/1234abcd`, it cannot be `arn:aws:kms:us-west-2:111122223333:key/1234abcd5678` too",
      ],
    ],
    [
      "a link that contradicts another",
      () => expect(direct).toAllow(app, "kms:Decrypt").withMfa().withoutMfa(),
      ["error[contradiction]", "  `aws:MultiFactorAuthPresent` is already `true`, it cannot be `false` too"],
    ],
    [
      "a context key that nobody knows",
      () => expect(direct).toDeny(app, "kms:Decrypt").withContext({ "kms:ViaServices": "x" }),
      [
        "error[unknown-key]",
        "  `kms:ViaServices` is not a condition key of AWS, and no policy here reads it",
        "  help: did you mean `kms:ViaService`?",
      ],
    ],
    [
      "a Sid that is not there",
      () => expect(direct).toDeny(app, "kms:Decrypt").withMfa().because("NoMFA"),
      ["error[wrong-use]", "  no statement here has the Sid `NoMFA`", "  help: did you mean `NoMfa`?"],
    ],
    [
      "a bucket where an object is meant",
      () => expect(admin).toDeny(app, "s3:GetObject", "arn:aws:s3:::reports"),
      [
        "error[invalid-resource]",
        "  `s3:GetObject` is not done on `arn:aws:s3:::reports`",
        "  help: its resources have the form `arn:${Partition}:s3:${Region}:${Account}:accesspoint/${AccessPointName}/object/${ObjectName}` or `arn:${Partition}:s3:::${BucketName}/${ObjectName}`",
        "  see: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html",
      ],
    ],
    [
      "any resource where a key is meant",
      () => expect(direct).toDeny(app, "kms:Decrypt", "*"),
      [
        "error[invalid-resource]",
        "  `kms:Decrypt` is not done on `*`",
        "  help: its resources have the form `arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}`",
        "  see: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html",
      ],
    ],
    [
      "no resource",
      () => expect(admin).toAllow(app, "kms:Decrypt"),
      [
        "error[missing-resource]",
        "  `kms:Decrypt` is authorized on a resource, and none is named",
        '  help: name it: a third argument, or `.on("arn:…")`',
      ],
    ],
    [
      "an owner that is not known",
      () =>
        expect(
          resourcePolicy(
            json([`{ "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*" }`]),
          ),
        ).toAllow(app, "s3:GetObject", "arn:aws:s3:::b/k"),
      [
        "error[unknown-owner]",
        "  which account owns the resource is not known: the policy names no account",
        "  help: say it with the option `{ account }` of the policy",
      ],
    ],
    [
      "identity policies given twice",
      () => expect([root, admin]).toAllow(app, "kms:Decrypt").givenIdentityAllows(),
      [
        "error[contradiction]",
        "  the subject has identity policies, so nothing else can be given of them",
        "  help: leave out `.givenIdentityAllows()` or `.givenNoIdentityPolicies()`",
      ],
    ],
  ];

  test.each(wrong)("%s", async (_name, assertion, message) => {
    expect(await messageOf(assertion)).toBe(message.join("\n"));
  });
});

test("a plain object says what it was read as", async () => {
  const document = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" }],
  };
  expect(
    await messageOf(() => expect(document).toAllow(app, "s3:PutObject", "arn:aws:s3:::b/k")),
  ).toMatchInlineSnapshot(`
    "expect(policy).toAllow(request)

      wanted   allow
      got      implicit deny: no Allow is about s3:PutObject
      request  role/app  s3:PutObject  s3:b/k

      1 more statement did not match; IAM_EXPECT_EXPLAIN=all shows it

      note: what was given to expect was read as an identity policy"
  `);
});

test("IAM_EXPECT_EXPLAIN=all shows every statement", async () => {
  process.env.IAM_EXPECT_EXPLAIN = "all";
  try {
    expect(await messageOf(() => expect(direct).toAllow(request(app, "kms:Encrypt").withMfa()))).toMatchInlineSnapshot(`
      "expect(policy).toAllow(request)

        wanted   allow
        got      implicit deny: no Allow is about kms:Encrypt
        request  role/app  kms:Encrypt  key/1234abcd
                 aws:MultiFactorAuthPresent = true

        "UseThroughS3" does not match   policies/key.json:6:17
            5 ok |       "Principal": { "AWS": "arn:aws:iam::111122223333:role/app" },
            6 NO |       "Action": "kms:Decrypt",
                 |                 ^^^^^^^^^^^^^ request is for kms:Encrypt
            7 ok |       "Resource": "*",
            8 NO |       "Condition": { "StringEquals": { "kms:ViaService": "s3.us-west-2.amazonaws.com" } } },
                 |                                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ absent from the request, so \`StringEquals\` does not match

        "NoMfa" does not match   policies/key.json:13:62
           10 ok |       "Principal": "*",
           11 ok |       "Action": "kms:*",
           12 ok |       "Resource": "*",
           13 NO |       "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "false" } } }
                 |                                                              ^^^^^^^ request has true"
    `);
  } finally {
    delete process.env.IAM_EXPECT_EXPLAIN;
  }
});

test("a finding of the statement that is shown is told", async () => {
  const wrongRegion = keyPolicy(
    json([
      `{ "Effect": "Allow", "Principal": { "AWS": "${app.name}" }, "Action": "kms:Decrypt", "Resource": "*",
      "Condition": { "StringEquals": { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } } }`,
    ]),
    { key, name: "policies/region.json" },
  );
  expect(
    await messageOf(() => expect(wrongRegion).toAllow(app, "kms:Decrypt").viaService("s3.us-west-2.amazonaws.com")),
  ).toMatchInlineSnapshot(`
    "expect(policy).toAllow(request)

      wanted   allow
      got      implicit deny: no statement allows this request
      request  role/app  kms:Decrypt  key/1234abcd
               kms:ViaService = s3.us-west-2.amazonaws.com

      nearest: statement 1 misses by one condition   policies/region.json:5:58
          4 ok |     { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:role/app" }, "Action": "kms:Decrypt"…
          5 NO |       "Condition": { "StringEquals": { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } } }
               |                                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ request has s3.us-west-2.amazonaws.com

      finding[via-service-region] policies/region.json:5:58
        the key is in us-west-2, but \`s3.eu-west-1.amazonaws.com\` calls from eu-west-1
          5 |       "Condition": { "StringEquals": { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } } }
            |                                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        note: a service uses the keys of its own Region"
  `);
});
