/** What the analyser tells besides a verdict: all access in words, the actions in reach, the requests at the edges. */
import { describe, expect, test } from "vitest";
import { compareAccess } from "../../src/analyse/compare-access.ts";
import { describeAccess } from "../../src/analyse/describe-access.ts";
import { findAccess } from "../../src/analyse/find-access.ts";
import { reachableActions } from "../../src/analyse/reachable-actions.ts";
import { testPoints } from "../../src/analyse/test-points.ts";
import { evaluate } from "../../src/evaluate/evaluate.ts";
import { identityPolicy, keyPolicy, resourcePolicy, trustPolicy } from "../../src/policy/constructors.ts";
import { grant } from "../../src/request/grant.ts";

const HOME = "111122223333";
const APP = `arn:aws:iam::${HOME}:role/app`;
const ADMIN = `arn:aws:iam::${HOME}:role/admin`;
const KEY = `arn:aws:kms:us-west-2:${HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const policy = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });
const allow = (Action: string | string[], rest: object = {}) => ({ Effect: "Allow", Action, Resource: "*", ...rest });
const via = (service: string) => ({ Condition: { StringLike: { "kms:ViaService": service } } });

const ebs = keyPolicy(
  policy(
    allow(["kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext"], { Principal: { AWS: APP } }),
    allow(["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"], {
      Principal: { AWS: APP },
      ...via("ec2.us-west-2.amazonaws.com"),
    }),
  ),
  { key: KEY },
);
const texts = (...parts: readonly { text: string }[]) => parts.map(({ text }) => text);

describe("describeAccess", () => {
  test.each([
    [
      "a key policy, statement by statement",
      ebs,
      'role/app; kms:Decrypt, kms:GenerateDataKeyWithoutPlaintext\nrole/app; kms:CreateGrant, kms:ListGrants, kms:RevokeGrant; kms:ViaService = "ec2.us-west-2.amazonaws.com"',
    ],
    [
      "delegation, exceptions and denies",
      keyPolicy(
        policy(allow("kms:Decrypt", { Principal: { AWS: HOME } }), {
          Effect: "Deny",
          Principal: { AWS: APP },
          Action: "kms:*",
          Resource: "*",
        }),
        { key: KEY },
      ),
      `the root user of ${HOME}; kms:Decrypt\nany principal of ${HOME} except role/app; kms:Decrypt; if its identity policies allow it`,
    ],
    [
      "anyone, within an organization",
      keyPolicy(
        policy(
          allow("kms:Decrypt", {
            Principal: "*",
            Condition: { StringEquals: { "aws:PrincipalOrgID": "o-aaaa1111" }, Bool: { "aws:ViaAWSService": "true" } },
          }),
        ),
        { key: KEY },
      ),
      undefined,
    ],
    [
      "what the caller's own policies allow",
      identityPolicy(
        policy(allow("sqs:SendMessage", { Resource: `arn:aws:sqs:*:${HOME}:jobs-*` }), {
          Effect: "Deny",
          Action: "sqs:*",
          Resource: "*",
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        }),
      ),
      `the caller; sqs:SendMessage; on arn:aws:sqs:*:${HOME}:jobs-*; aws:SecureTransport = "true"`,
    ],
    [
      "a bucket's policy",
      resourcePolicy(policy(allow("s3:GetObject", { Principal: "*", Resource: "arn:aws:s3:::site/public/*" })), {
        resource: "arn:aws:s3:::site",
        account: HOME,
      }),
      undefined,
    ],
    [
      "a trust policy",
      trustPolicy(
        {
          Version: "2012-10-17",
          Statement: { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
        },
        { role: APP },
      ),
      "the service ec2.amazonaws.com; sts:AssumeRole",
    ],
  ])("%s", (_, subject, expected) => {
    const found = texts(...describeAccess(subject)).join("\n\n");
    if (expected === undefined) expect(found).toMatchSnapshot();
    else expect(found).toBe(expected);
  });

  test("grants, with their constraints", () => {
    const given = grant({
      key: KEY,
      granteePrincipal: APP,
      operations: ["Decrypt"],
      constraints: { EncryptionContextSubset: { app: "orders" } },
    });
    const none = identityPolicy(policy(allow("s3:ListAllMyBuckets")));
    const closed = keyPolicy(policy(allow("kms:PutKeyPolicy", { Principal: { AWS: ADMIN } })), { key: KEY });
    expect(texts(...describeAccess([closed, none, given], { actions: "kms:Decrypt" }))).toEqual([
      'role/app; kms:Decrypt; kms:EncryptionContext:app such as "orders"',
    ]);
  });
});

test("the excess of a refutation is all of it", () => {
  const found = findAccess(ebs, { actions: "kms:*", except: { by: APP, actions: "kms:Decrypt" } });
  expect(texts(...found.excess!)).toEqual([
    'role/app; kms:GenerateDataKeyWithoutPlaintext\nrole/app; kms:CreateGrant, kms:ListGrants, kms:RevokeGrant; kms:ViaService = "ec2.us-west-2.amazonaws.com"',
  ]);
  const wider = keyPolicy(
    policy(allow(["kms:CreateGrant", "kms:Decrypt"], { Principal: { AWS: APP }, ...via("ec2.*") })),
    { key: KEY },
  );
  expect(texts(...compareAccess(wider, ebs).excess!)).toEqual([
    'role/app; kms:CreateGrant; kms:ViaService like "ec2.*" except "ec2.us-west-2.amazonaws.com"',
  ]);
});

describe("reachableActions", () => {
  test.each([
    ["names and wildcards", identityPolicy(policy(allow("sqs:Get*"))), ["sqs:GetQueueAttributes", "sqs:GetQueueUrl"]],
    [
      "of a key, those that are done on it",
      ebs,
      ["kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext", "kms:ListGrants", "kms:RevokeGrant"],
    ],
    [
      "not those that a Deny takes away everywhere",
      identityPolicy(policy(allow("sqs:Get*"), { Effect: "Deny", NotAction: "sqs:GetQueueUrl", Resource: "*" })),
      ["sqs:GetQueueUrl"],
    ],
  ])("%s", (_, subject, expected) => {
    expect(reachableActions(subject)).toEqual(expected);
  });

  test("by a principal", () => {
    expect(reachableActions(ebs, ADMIN)).toEqual([]);
    expect(reachableActions(ebs, APP)).toHaveLength(5);
  });

  test("all of the catalogue, and all but some", () => {
    const all = reachableActions(identityPolicy(policy(allow("*"))));
    expect(all.length).toBeGreaterThan(18_000);
    const power = identityPolicy(policy({ Effect: "Allow", NotAction: ["iam:*", "organizations:*"], Resource: "*" }));
    const left = reachableActions(power);
    expect(left.length).toBe(all.filter((action) => !/^(iam|organizations):/.test(action)).length);
  });
});

describe("testPoints", () => {
  const root = allow("kms:*", { Principal: { AWS: HOME } });
  const SUBJECTS = [
    ebs,
    keyPolicy(
      policy(root, {
        Effect: "Deny",
        Principal: "*",
        Action: "kms:Decrypt",
        Resource: "*",
        Condition: { StringNotEquals: { "aws:PrincipalOrgID": "o-1" } },
      }),
      { key: KEY },
    ),
    [
      keyPolicy(policy(root), { key: KEY }),
      identityPolicy(
        policy(allow("kms:Decrypt", { Resource: KEY, Condition: { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } } })),
      ),
    ],
    identityPolicy(policy(allow("s3:GetObject", { Resource: "arn:aws:s3:::a/*" }))),
  ] as const;

  test.each(SUBJECTS.map((subject, at) => [at, subject] as const))(
    "say what evaluate says, and every statement has both (%i)",
    (_, subject) => {
      const points = testPoints(subject);
      for (const { request, allowed } of points) expect(evaluate(subject, request).outcome === "allowed").toBe(allowed);
      const kinds = new Set(points.map(({ kind }) => kind));
      expect([...kinds].sort()).toEqual(["near", "off", "on"]);
    },
  );

  test("tell a policy from its mutants", () => {
    const mutants = [
      policy(allow(["kms:Decrypt"], { Principal: { AWS: APP } })),
      policy(allow("kms:*", { Principal: { AWS: APP } })),
      policy(allow(["kms:CreateGrant"], { Principal: { AWS: APP }, ...via("ec2.*") })),
      policy(allow(["kms:CreateGrant"], { Principal: { AWS: HOME }, ...via("ec2.us-west-2.amazonaws.com") })),
      policy(
        allow(["kms:CreateGrant"], {
          Principal: { AWS: APP },
          Condition: { StringLikeIfExists: { "kms:ViaService": "ec2.us-west-2.amazonaws.com" } },
        }),
      ),
    ].map((document) => keyPolicy(document, { key: KEY }));
    const points = testPoints(ebs);
    for (const mutant of mutants)
      expect(points.some(({ request, allowed }) => (evaluate(mutant, request).outcome === "allowed") !== allowed)).toBe(
        true,
      );
  });
});
