/** A check without a test runner: `tsx examples/script/check.ts` ends with 0 when the key policy holds. */
import { expect } from "expect";
import { keyPolicy, request, role } from "iam-expect";
import { matchers } from "iam-expect/matchers";

expect.extend(matchers);

const policy = keyPolicy.fromFile("examples/ebs-key/policies/ebs-key.json");
const app = role("arn:aws:iam::111122223333:role/UserRole");

expect(policy).toAllow(request(app, "kms:CreateGrant").viaService("ec2.us-west-2.amazonaws.com"));
await expect(policy).toDeny(app, "kms:CreateGrant");
expect(policy).toDeny(app, "kms:Encrypt");

console.log("the key policy holds");
