/** A check without a test runner: `tsx examples/script/check.ts` ends with 0 when the key policy holds. */
import { expect } from "expect";
import { invariants, keyPolicy, request, role } from "iam-expect";
import { requestsFor } from "iam-expect/fast-check";
import { matchers } from "iam-expect/matchers";

expect.extend(matchers);

const policy = keyPolicy.fromFile("examples/ebs-key/policies/ebs-key.json");
const app = role("arn:aws:iam::111122223333:role/UserRole");

expect(policy).toAllow(request(app, "kms:CreateGrant").viaService("ec2.us-west-2.amazonaws.com"));
await expect(policy).toDeny(app, "kms:CreateGrant");
expect(policy).toDeny(app, "kms:Encrypt");
expect(policy).toHoldFor(invariants.noAnonymousAccess());
expect(policy).toHoldFor(requestsFor(policy), ({ principal }, { outcome }) => {
  if (outcome === "allowed") expect(principal.account).toBe("111122223333");
});

console.log("the key policy holds");
