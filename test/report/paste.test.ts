import assert from "node:assert/strict";
import { expect, test } from "vitest";
import { requests } from "../../src/generate/requests.ts";
import { anonymous, federated, federatedUser, role, rootUser, service, session, user } from "../../src/index.ts";
import { pasteable, pasteableTest } from "../../src/report/paste.ts";
import { type Request, request } from "../../src/request/request.ts";
import { law } from "../laws/law.ts";
import { requestOf } from "./pasted.ts";

const ROLE = "arn:aws:iam::111122223333:role/app";
const HOST = "token.actions.githubusercontent.com";

const of = (asked: Request) => pasteable(asked, "toAllow").test;

const ROWS: readonly (readonly [Request, string])[] = [
  [request(ROLE, "kms:Decrypt"), `expect(policy).toAllow("${ROLE}", "kms:Decrypt");`],
  [
    request(session(role(ROLE, { tags: { team: "red", "a b": "" } }), "main"), "kms:Decrypt", "arn:aws:kms:a:b:key/1"),
    `expect(policy).toAllow(session("${ROLE}", "main", { tags: { team: "red", "a b": "" } }), "kms:Decrypt", "arn:aws:kms:a:b:key/1");`,
  ],
  [
    request(service("ec2.amazonaws.com"), "kms:CreateGrant")
      .withSourceArn("arn:aws:s3:::b")
      .withSourceAccount("111122223333")
      .forAwsResource(),
    'expect(policy).toAllow(service("ec2.amazonaws.com"), "kms:CreateGrant").forAwsResource().withSourceArn("arn:aws:s3:::b").withSourceAccount("111122223333");',
  ],
  [
    request(anonymous, "s3:GetObject", "arn:aws:s3:::b/k").fromIp("203.0.113.7").inRegion("us-west-2"),
    'expect(policy).toAllow(anonymous, "s3:GetObject", "arn:aws:s3:::b/k").fromIp("203.0.113.7").inRegion("us-west-2");',
  ],
  [
    request(federated(HOST), "sts:AssumeRoleWithWebIdentity", ROLE).withClaims({ sub: "repo:o/r", aud: "a" }),
    `expect(policy).toAllow(federated("${HOST}"), "sts:AssumeRoleWithWebIdentity", "${ROLE}").withClaims({ sub: "repo:o/r", aud: "a" });`,
  ],
  [
    request(user("arn:aws:iam::111122223333:user/a", { uniqueId: "AIDA1" }), "kms:Decrypt")
      .withoutMfa()
      .fromVpcEndpoint("vpce-1"),
    'expect(policy).toAllow(user("arn:aws:iam::111122223333:user/a", { uniqueId: "AIDA1" }), "kms:Decrypt").withoutMfa().fromVpcEndpoint("vpce-1");',
  ],
  [
    request(ROLE, "kms:CreateGrant")
      .viaService("ec2.us-west-2.amazonaws.com")
      .withGrantOperations(["Decrypt"])
      .toGrantee(ROLE)
      .withEncryptionContext({ a: "b" })
      .withMfa(300),
    `expect(policy).toAllow("${ROLE}", "kms:CreateGrant").viaService("ec2.us-west-2.amazonaws.com").withEncryptionContext({ a: "b" }).withGrantOperations(["Decrypt"]).toGrantee("${ROLE}").withMfa(300);`,
  ],
  [
    request(rootUser("111122223333", { managementAccount: true }), "s3:PutObject", "arn:aws:s3:::b/k")
      .calledVia("athena.amazonaws.com")
      .at("2026-01-31T12:00:00Z"),
    'expect(policy).toAllow(rootUser("111122223333", { managementAccount: true }), "s3:PutObject", "arn:aws:s3:::b/k").calledVia("athena.amazonaws.com").at("2026-01-31T12:00:00.000Z");',
  ],
  [
    request(ROLE, "kms:Decrypt")
      .withContext({ "kms:ViaService": "a*", "aws:TagKeys": ["a", "b"], "aws:PrincipalOrgID": null })
      .givenIdentityAllows(),
    `expect(policy).toAllow("${ROLE}", "kms:Decrypt").withContext({ "kms:ViaService": "a*", "aws:TagKeys": ["a", "b"] }).withoutContext("aws:PrincipalOrgID").givenIdentityAllows();`,
  ],
  [
    request(ROLE, "kms:Decrypt")
      .withPrincipalTags({ team: "red" })
      .withRequestTags({ a: "1" })
      .withResourceTags({ b: "2" })
      .givenNoIdentityPolicies(),
    `expect(policy).toAllow("${ROLE}", "kms:Decrypt").withPrincipalTags({ team: "red" }).withRequestTags({ a: "1" }).withResourceTags({ b: "2" }).givenNoIdentityPolicies();`,
  ],
  [
    request(
      federatedUser("arn:aws:sts::111122223333:federated-user/f", { issuer: "arn:aws:iam::111122223333:user/a" }),
      "kms:Decrypt",
    ).fromVpc("vpc-1"),
    'expect(policy).toAllow(federatedUser("arn:aws:sts::111122223333:federated-user/f", { issuer: "arn:aws:iam::111122223333:user/a" }), "kms:Decrypt").fromVpc("vpc-1");',
  ],
];

test.each(ROWS)("%#: a request as one would write it", (asked, text) => {
  expect(of(asked)).toBe(text);
});

test("the test wants the other answer", () => {
  const asked = request(ROLE, "kms:Decrypt");
  expect(pasteableTest(asked, { outcome: "allowed" }).test).toMatch(/^expect\(policy\)\.toDeny\(/);
  expect(pasteableTest(asked, { outcome: "explicitDeny" }, "policies").test).toMatch(/^expect\(policies\)\.toAllow\(/);
});

/** The link of the time says both its names, that of an endpoint that there is no address; order says nothing. */
const plain = ({ context, resourceAccount: _, ...rest }: Request) => {
  const entries = Object.entries(context).filter(
    ([key, value]) => !/^aws:epochtime$/i.test(key) && !(/^aws:sourceip$/i.test(key) && value === null),
  );
  return JSON.parse(
    JSON.stringify({ ...rest, context: Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))) }),
  );
};

law(
  "a pasted test asks the same request",
  requests(),
  (asked, note) => {
    const written = pasteable(asked, "toAllow");
    const again = requestOf(written);
    note(written.test.includes(".withContext") ? "any key" : "links alone");
    note(asked.resourceAccount === null ? "owner known" : "owner to be told");
    assert.equal(written.needs !== undefined, asked.resourceAccount !== null);
    assert.deepEqual(plain(again), plain(asked));
  },
  { "any key": 0.1, "links alone": 0.1, "owner known": 0.2, "owner to be told": 0.1 },
);
