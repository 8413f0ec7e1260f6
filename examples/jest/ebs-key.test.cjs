const { keyPolicy, request, role } = require("iam-expect");

const policy = keyPolicy.fromFile(`${__dirname}/policies/ebs-key.json`);
const app = role("arn:aws:iam::111122223333:role/UserRole");
const ec2 = "ec2.us-west-2.amazonaws.com";

test("EC2 may create grants on the role's behalf, in this Region", () => {
  expect(policy).toAllow(app, "kms:CreateGrant").viaService(ec2);
  expect(policy).toDeny(app, "kms:CreateGrant");
  expect(policy).toDeny(app, "kms:CreateGrant").viaService("ec2.us-east-1.amazonaws.com");
});

test("nobody may schedule the key's deletion", async () => {
  await expect(policy).toDeny(app, "kms:ScheduleKeyDeletion").givenIdentityAllows();
});

test("a complete request throws in place", () => {
  expect(() => expect(policy).toAllow(request(app, "kms:Encrypt"))).toThrow(
    "implicit deny: no Allow is about kms:Encrypt",
  );
});
