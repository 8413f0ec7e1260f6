import { ebs, environment, identityPolicy, keyPolicy, role, type Scenario } from "iam-expect";
import { describe, expect, test } from "vitest";

const key = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const volume = "arn:aws:ec2:us-west-2:111122223333:volume/vol-0abc";
const instance = "arn:aws:ec2:us-west-2:111122223333:instance/i-0123";
const app = role("arn:aws:iam::111122223333:role/UserRole");

const policies = "examples/encrypted-volume/policies";
const withKey = (file: string) =>
  environment({
    principals: { [app.name]: { policies: [identityPolicy.fromFile(`${policies}/user-role.json`)] } },
    resources: { [key]: { policy: keyPolicy.fromFile(`${policies}/${file}`, { key }) } },
  });

const create = ebs.createEncryptedVolume({ by: app, key, volume });
const attach = ebs.attachVolume({ by: app, key, volume, instance });
const reattach = (grant: "stands" | "revoked") => ebs.reattachVolume({ by: app, key, volume, instance, grant });

describe("the role works with encrypted volumes", () => {
  const account = withKey("volume-key.json");

  test("it makes one", () => {
    expect(account).toAllow(create);
  });

  test("it attaches it", () => {
    expect(account).toAllow(attach);
  });

  test("it detaches it", () => {
    expect(account).toAllow(app, "ec2:DetachVolume", volume);
    expect(account).toAllow(app, "ec2:DetachVolume", instance);
  });

  test("it attaches it again, whether the grant of the first time still stands or was revoked", () => {
    expect(account).toAllow(reattach("stands"));
    expect(account).toAllow(reattach("revoked"));
  });

  test("but it makes no grants itself, and never sees the data key", () => {
    expect(account).toDeny(app, "kms:CreateGrant", key);
    expect(account).toDeny(app, "kms:GenerateDataKey", key);
  });
});

describe("without kms:CreateGrant", () => {
  const account = withKey("volume-key-without-grants.json");

  test("the role still makes volumes, and attaches again while a grant stands", () => {
    expect(account).toAllow(create);
    expect(account).toAllow(reattach("stands"));
  });

  test("to attach, or to attach again after the grant was revoked, stops at the grant", () => {
    expect(account).toDeny(attach);
    expect(account).toDeny(reattach("revoked"));
  });

  test("the message names the step, who is short of what, and what to add", () => {
    expect(messageOf(account, attach)).toContain(
      [
        "  got      deny at step 3 of 4: EC2 makes a grant for the instance, for the caller",
        "",
        "  1 ok  the caller attaches the volume: role/UserRole  ec2:AttachVolume  ec2:volume/vol-0abc",
        "  2 ok  the caller attaches to the instance: role/UserRole  ec2:AttachVolume  ec2:instance/i-0123",
        "  3 NO  EC2 makes a grant for the instance, for the caller: role/UserRole  kms:CreateGrant  key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "  4 --  EC2's role for the instance decrypts the data key through the grant: assumed-role/aws:ec2-infrastructure/i-0123  kms:Decrypt  key/1234abcd-12ab-34cd-56ef-1234567890ab",
      ].join("\n"),
    );
    expect(messageOf(account, attach)).toContain(
      `short: examples/encrypted-volume/policies/volume-key-without-grants.json, the policy of ${key}`,
    );
  });
});

function messageOf(account: ReturnType<typeof environment>, operation: Scenario): string {
  try {
    expect(account).toAllow(operation);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the operation is allowed");
}
