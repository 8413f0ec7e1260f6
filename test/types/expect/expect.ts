import { expect } from "expect";
import { invariants, keyPolicy, request, role } from "iam-expect";
import { requestsFor } from "iam-expect/fast-check";
import type {} from "iam-expect/jest";
import { matchers } from "iam-expect/matchers";

expect.extend(matchers);

const policy = keyPolicy.fromFile("policies/ebs-key.json");
const app = role("arn:aws:iam::111122223333:role/UserRole");

expect(policy).toAllow(app, "kms:CreateGrant").viaService("ec2.us-west-2.amazonaws.com");
await expect(policy).not.toDeny(app, "kms:Decrypt").because("Use");
expect(policy).toAllow(request(app, "kms:Decrypt"));
await expect(Promise.resolve(policy)).resolves.toAllow(request(app, "kms:Decrypt"));
// @ts-expect-error a misspelt action
expect(policy).toAllow(app, "kms:Decrpt");
// @ts-expect-error no such link
expect(policy).toAllow(app, "kms:Decrypt").viaServices("x");
expect(policy).toHoldFor(
  requestsFor(policy),
  (asked, { outcome }) => outcome !== "allowed" || asked.action === "kms:Decrypt",
);
expect(policy).not.toHoldFor(invariants.noLockout(), { runs: 10 });
// @ts-expect-error no property
expect(policy).toHoldFor(requestsFor(policy));
