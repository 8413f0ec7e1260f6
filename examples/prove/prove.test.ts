import { findAccess, keyPolicy, role } from "iam-expect";
import { describe, expect, test } from "vitest";

const key = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const policy = keyPolicy.fromFile("examples/prove/policies/ebs-key.json", { key });
/** What a pull request makes of it: `StringLike "ec2.*"` in place of one Region. */
const widened = keyPolicy.fromFile("examples/prove/policies/ebs-key.widened.json", { key });

const app = role("arn:aws:iam::111122223333:role/UserRole");
const ec2 = "ec2.us-west-2.amazonaws.com";

describe("the key for EBS volumes, over all requests", () => {
  test("grants are created only through EC2 in us-west-2, by UserRole", () => {
    expect(policy).toNeverAllow("kms:CreateGrant").except({ by: app, viaService: ec2 });
  });

  test("nobody can schedule its deletion, whatever IAM policies say", () => {
    expect(policy).toNeverAllow(["kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:DeleteImportedKeyMaterial"]);
  });

  test("nobody else can use it, from another account neither", () => {
    expect(policy).toNeverAllow("kms:*").except({ by: app });
    expect(policy).not.toBePublic();
  });

  test("it allows what it is meant to, and nothing else", () => {
    expect(policy).toOnlyAllow(
      [
        { Principal: { AWS: app.name }, Action: ["kms:GenerateDataKeyWithoutPlaintext", "kms:Decrypt"] },
        { by: app, actions: ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"], viaService: ec2 },
      ],
      { exactly: true },
    );
  });

  test("its administrators are missing: nobody could mend it", () => {
    expect(policy).toLockOut();
  });
});

describe("a pull request that widens the condition", () => {
  const messageOf = async (assertion: () => PromiseLike<void>) => {
    try {
      await assertion();
    } catch (error) {
      return (error as Error).message;
    }
    return "it passed";
  };

  test("grants something new, in another Region", async () => {
    await expect(policy).toGrantNoMoreThan(widened);
    expect(await messageOf(() => expect(widened).toGrantNoMoreThan(policy))).toBe(
      `expect(policy).toGrantNoMoreThan(examples/prove/policies/ebs-key.json)

  wanted   nothing that the other does not allow
  got      allow
  request  role/UserRole  kms:ListGrants  key/1234abcd-12ab-34cd-56ef-1234567890ab
           kms:ViaService = ec2.us-east-1.amazonaws.com

  "Allow for EC2 Use" allows it   examples/prove/policies/ebs-key.widened.json:15:7
     15 ok |       "Principal": { "AWS": "arn:aws:iam::111122223333:role/UserRole" },
     16 ok |       "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
     17 ok |       "Resource": "*",
     18 ok |       "Condition": { "StringLike": { "kms:ViaService": "ec2.*" } }

  1 more statement did not match; IAM_EXPECT_EXPLAIN=all shows it

  all new access:
    role/UserRole; kms:CreateGrant, kms:ListGrants, kms:RevokeGrant; kms:ViaService like "ec2.*" except "ec2.us-west-2.amazonaws.com"

  the same as a test:
    expect(policy).toDeny("arn:aws:iam::111122223333:role/UserRole", "kms:ListGrants").viaService("ec2.us-east-1.amazonaws.com");`,
    );
  });

  test("changes the access that is kept for reviews", () => {
    expect(policy).toMatchAccessSnapshot("as it is");
    expect(widened).toMatchAccessSnapshot("widened");
  });

  test("breaks the proof, with the Region in the request", async () => {
    const message = await messageOf(() =>
      expect(widened).toNeverAllow("kms:CreateGrant").except({ by: app, viaService: ec2 }),
    );
    expect(message).toContain("kms:ViaService = ec2.us-east-1.amazonaws.com");
    const found = findAccess(widened, {
      actions: "kms:CreateGrant",
      context: { "kms:ViaService": "ec2.eu-west-1.amazonaws.com" },
    });
    expect(found.verdict).toBe("refuted");
  });
});
