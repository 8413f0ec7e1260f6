import { isArnOf } from "../../policy/arn.ts";
import type { Facts } from "../../request/facts.ts";

/** Objects that AWS keeps for itself: changing them fails whatever the policies say (semantics E17). */
export function isImmutable(facts: Facts): boolean {
  const { action, actionFacts, resource = "" } = facts;
  if (!actionFacts || actionFacts.access === "Read" || actionFacts.access === "List") return false;
  if (!isArnOf(resource, "iam")) return isArnOf(resource, "kms", "alias/aws/");
  // Attaching one is a change of the role or user, not of the policy.
  if (isArnOf(resource, "iam", "policy/")) return facts.arn?.account === "aws";
  return isArnOf(resource, "iam", "role/aws-reserved/") && action.startsWith("iam:") && action !== "iam:passrole";
}
