import fc from "fast-check";
import { type Decision, evaluate, identityPolicy, invariants, keyPolicy, policyAt, request, role } from "iam-expect";
import {
  actionsFor,
  contextFor,
  environments,
  keyPolicies,
  policies,
  principalsFor,
  requestsFor,
  resourcesFor,
} from "iam-expect/fast-check";
import { iamSimulator } from "iam-expect/simulator";
import { expect, test } from "vitest";

const policy = keyPolicy.fromFile("policies/ebs-key.json");
const app = role("arn:aws:iam::111122223333:role/UserRole");

test("the sentences compile", async () => {
  expect(policy).toAllow(app, "kms:CreateGrant").viaService("ec2.us-west-2.amazonaws.com");
  await expect(policy).not.toAllow(app, "kms:Decrypt", "arn:aws:kms:us-west-2:111122223333:key/1");
  expect([policy]).toDeny("arn:aws:iam::111122223333:user/a", "s3:GetObject").on("arn:aws:s3:::b/k").because("a", "b");
  expect(policy).toExplicitlyDeny(app, "kms:Decrypt").withMfa(300).fromIp("203.0.113.7").at(new Date());
  expect(policy).toAllow(request(app, "kms:Decrypt").withEncryptionContext({ a: "b" }).forAwsResource());
  expect.soft(policy).toAllow(app, "kms:Decrypt");
  await expect.poll(() => policy).toAllow(request(app, "kms:Decrypt"));
  await expect(Promise.resolve(policy)).resolves.toAllow(request(app, "kms:Decrypt"));
  await expect(policy).toAgreeWithSimulator(
    iamSimulator({ mode: "replay", recordings: "r" }),
    request(app, "kms:Decrypt"),
  );
});

test("the exact sentences compile", async () => {
  expect(policy).toMatchAccessSnapshot();
  await expect([policy]).toMatchAccessSnapshot("deployed");
  await expect(policy).toGrantNoMoreThan(policyAt("main", "policies/key.json", keyPolicy, { key: "arn:…" }));
  policyAt("main", "policies/key.json", identityPolicy, { name: "before" });
  // @ts-expect-error a key policy has no role
  policyAt("main", "policies/key.json", keyPolicy, { role: "arn:…" });
  // @ts-expect-error the kind is its constructor
  policyAt("main", "policies/key.json", "key");
  expect(policy).toNeverAllow("kms:ScheduleKeyDeletion");
  await expect(policy).not.toNeverAllow(["kms:Decrypt", "kms:CreateGrant"]).by(app, "111122223333").withMfa();
  expect(policy)
    .toNeverAllow("kms:*")
    .viaService("ec2.us-west-2.amazonaws.com")
    .except({ by: app, viaService: "ec2.us-west-2.amazonaws.com", when: { "aws:PrincipalTag/team": "red" } })
    .except({
      outside: { accounts: ["111122223333"], organization: "o-aaaa1111", cidr: "10.0.0.0/8", regions: ["eu-west-1"] },
    });
  await expect(policy).toOnlyAllow([{ Principal: { AWS: "arn:aws:iam::111122223333:role/a" }, Action: "kms:Decrypt" }]);
  expect(policy).toOnlyAllow([{ by: app, actions: ["kms:Decrypt"], viaService: "s3.*" }], { exactly: true });
  expect(policy).toGrantNoMoreThan([policy]);
  expect(policy).not.toBeEquivalentTo({ Version: "2012-10-17", Statement: [] });
  expect(policy).not.toBePublic();
  await expect(policy).not.toLockOut();
  // @ts-expect-error a misspelt action
  expect(policy).toNeverAllow("kms:Decrpt");
  // @ts-expect-error a misspelt part
  expect(policy).toNeverAllow("kms:Decrypt").except({ bye: app });
});

test("an action is checked within its service", () => {
  // @ts-expect-error a misspelt action of a service that is known
  expect(policy).toAllow(app, "kms:Decrpt");
  // @ts-expect-error the same under `.not`
  expect(policy).not.toDeny(app, "kms:decrypt");
  const computed: string = ["kms", "Decrypt"].join(":");
  expect(policy).toAllow(app, computed);
  expect(policy).toAllow(app, "newservice:DoIt");
});

test("wrong use does not compile", () => {
  // @ts-expect-error no action
  expect(policy).toAllow(app);
  // @ts-expect-error a link that does not exist
  expect(policy).toAllow(app, "kms:Decrypt").viaServices("ec2.us-west-2.amazonaws.com");
  // @ts-expect-error a client is no simulator
  expect(policy).toAgreeWithSimulator({ send: async () => ({}) }, request(app, "kms:Decrypt"));
  // @ts-expect-error the one-argument form has no links
  expect(policy).toAllow(request(app, "kms:Decrypt")).withMfa();
  // @ts-expect-error a request's fields are not to be changed
  request(app, "kms:Decrypt").action = "kms:Encrypt";
});

test("properties compile", () => {
  const asked = requestsFor(policy, {
    principals: app,
    actions: actionsFor("kms"),
    resources: "arn:aws:kms:*",
    context: {},
  });
  expect(policy).toHoldFor(asked, (one, { outcome }) => outcome !== "allowed" || one.principal.account !== null);
  expect(policy).not.toHoldFor(asked, (one) => void expect(policy).toDeny(one), { runs: 10, seed: 1, path: "1:2" });
  expect(policy).toHoldFor(fc.constant(request(app, "kms:Decrypt")), () => true, { milliseconds: 100 });
  expect(policy).toHoldFor(invariants.onlyAccounts("111122223333"), { runs: 10 });
  fc.assert(fc.property(asked, principalsFor(policy), resourcesFor(policy), contextFor(policy), () => true));
  fc.assert(fc.property(policies({ kind: "trust" }), keyPolicies(), environments(), () => true));
  // @ts-expect-error a promise that nobody would wait for
  expect(policy).toHoldFor(asked, async () => true);
  // @ts-expect-error numbers are no requests
  expect(policy).toHoldFor(fc.nat(), () => true);
  // @ts-expect-error a misspelt option
  expect(policy).toHoldFor(asked, () => true, { run: 10 });
});

const decision: Decision = evaluate(policy, request(app, "kms:Decrypt"));
decision.outcome satisfies "allowed" | "explicitDeny" | "implicitDeny";
