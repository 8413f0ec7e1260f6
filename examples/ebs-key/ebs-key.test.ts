import { keyPolicy, role, rootUser, user } from "iam-expect";
import { describe, expect, test } from "vitest";

const key = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const policy = keyPolicy.fromFile("examples/ebs-key/policies/ebs-key.json", { key });
const app = role("arn:aws:iam::111122223333:role/UserRole");
const ec2 = "ec2.us-west-2.amazonaws.com";

describe("the data key", () => {
  test("the role may make and decrypt it", () => {
    expect(policy).toAllow(app, "kms:GenerateDataKeyWithoutPlaintext").because("Allow for use of this Key");
    expect(policy).toAllow(app, "kms:Decrypt").viaService(ec2);
  });

  test("it never comes in plain text, and the role cannot encrypt at will", () => {
    expect(policy).toDeny(app, "kms:GenerateDataKey");
    expect(policy).toDeny(app, "kms:Encrypt");
  });
});

describe("grants, so that EC2 can re-attach a volume", () => {
  test.each(["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"] as const)(
    "%s only through EC2 in this Region",
    (action) => {
      expect(policy).toAllow(app, action).viaService(ec2).because("Allow for EC2 Use");
      expect(policy).toDeny(app, action);
      expect(policy).toDeny(app, action).viaService("ec2.us-east-1.amazonaws.com");
      expect(policy).toDeny(app, action).viaService("s3.us-west-2.amazonaws.com");
    },
  );
});

describe("whoever does not need the key does not have it", () => {
  const others = [
    user("arn:aws:iam::111122223333:user/alice"),
    role("arn:aws:iam::111122223333:role/Admin"),
    rootUser("111122223333"),
    role("arn:aws:iam::444455556666:role/UserRole"),
  ];

  test.each(others.map((other) => [other.name, other] as const))("not %s", (_name, other) => {
    for (const action of ["kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext", "kms:CreateGrant"] as const) {
      expect(policy).toDeny(other, action);
      expect(policy).toDeny(other, action).viaService(ec2);
    }
  });

  test("nobody may schedule the deletion of the key, not even with an IAM policy that allows everything", () => {
    for (const anybody of [app, ...others])
      expect(policy).toDeny(anybody, "kms:ScheduleKeyDeletion").givenIdentityAllows();
  });
});

test("the policy as it was given is refused, at the line of its empty value", () => {
  expect(() => keyPolicy.fromFile("examples/ebs-key/policies/as-given.json")).toThrow(
    [
      "error[empty-value] examples/ebs-key/policies/as-given.json:18:58",
      "  `kms:ViaService` is an empty string",
      '   18 |       "Condition": { "StringEquals": { "kms:ViaService": "" } }',
      "      |                                                          ^^",
      "  help: write service and Region, as in `s3.eu-west-1.amazonaws.com`",
      "  note: no service has an empty name, so this Allow matches no request",
    ].join("\n"),
  );
});
