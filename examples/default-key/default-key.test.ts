import { identityPolicy, keyPolicy, role, rootUser, user } from "iam-expect";
import { describe, expect, test } from "vitest";

const key = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const policy = keyPolicy.fromFile("examples/default-key/policies/default-key.json", { key });
const decrypt = identityPolicy.fromFile("examples/default-key/policies/decrypt.json");
const app = role("arn:aws:iam::111122223333:role/orders");

describe("the root statement alone", () => {
  test("opens the key to the root user", () => {
    expect(policy).toAllow(rootUser("111122223333"), "kms:Decrypt");
    expect(policy).toAllow(rootUser("111122223333"), "kms:ScheduleKeyDeletion");
  });

  test("lets IAM policies of the account decide for everybody else", () => {
    expect(policy).toAllow(app, "kms:Decrypt").givenIdentityAllows().because("Enable IAM User Permissions");
    expect(policy).toDeny(app, "kms:Decrypt").givenNoIdentityPolicies();
  });

  test("does not open it to other accounts, whatever their policies say", () => {
    expect(policy).toDeny("arn:aws:iam::444455556666:role/partner", "kms:Decrypt").givenIdentityAllows();
  });

  test("cannot tell who may decrypt: that test is an error, not a pass", async () => {
    await expect(async () => expect(policy).toDeny(app, "kms:Decrypt")).rejects.toThrow("error[open-policy]");
  });
});

describe("the key policy and the IAM policy together", () => {
  const both = [policy, decrypt];

  test("the role decrypts orders, and nothing else", () => {
    expect(both).toAllow(app, "kms:Decrypt").withEncryptionContext({ purpose: "orders" });
    expect(both).toDeny(app, "kms:Decrypt").withEncryptionContext({ purpose: "payroll" });
    expect(both).toDeny(app, "kms:Decrypt");
    expect(both).toDeny(app, "kms:Encrypt").withEncryptionContext({ purpose: "orders" });
  });

  test("a user without that policy has nothing", () => {
    expect([policy, identityPolicy({ Version: "2012-10-17", Statement: [] })]).toDeny(
      user("arn:aws:iam::111122223333:user/alice"),
      "kms:Decrypt",
    );
  });
});
