import type { Facts } from "../../request/facts.ts";

const BUCKET_POLICY: ReadonlySet<string> = new Set([
  "s3:getbucketpolicy",
  "s3:putbucketpolicy",
  "s3:deletebucketpolicy",
]);

/** The owner's root user can always mend a bucket policy, in spite of a Deny in it (semantics E1). */
export function mayMendBucketPolicy({ action, principal, owner }: Facts): boolean {
  return principal.type === "root" && principal.account === owner && BUCKET_POLICY.has(action);
}
