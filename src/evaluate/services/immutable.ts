import type { Facts } from "../../request/facts.ts";

/** Objects that AWS keeps for itself: changing them fails whatever the policies say (semantics E17). */
export function isImmutable({ action, actionFacts, arn }: Facts): boolean {
  if (!arn || !actionFacts) return false;
  const reads = actionFacts.access === "Read" || actionFacts.access === "List";
  if (reads) return false;
  if (arn.service === "iam") {
    // Attaching one is a change of the role or user, not of the policy.
    if (arn.account === "aws" && arn.resource.startsWith("policy/")) return true;
    return arn.resource.startsWith("role/aws-reserved/") && action.startsWith("iam:") && action !== "iam:passrole";
  }
  return arn.service === "kms" && arn.resource.startsWith("alias/aws/");
}
