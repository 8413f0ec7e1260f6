import { isArnOf } from "../../policy/arn.ts";
import type { Facts } from "../../request/facts.ts";

/** Objects that AWS keeps for itself: changing them fails whatever the policies say (semantics E17). */
export function isImmutable(facts: Facts): boolean {
  const { action, actionFacts, resource = "" } = facts;
  if (!actionFacts || actionFacts.access === "Read" || actionFacts.access === "List") return false;
  if (isArnOf(resource, "kms")) return resource.startsWith("alias/aws/", facts.lastField);
  if (!isArnOf(resource, "iam") || !isReserved(resource)) return false;
  // Attaching one is a change of the role or user, not of the policy.
  if (isArnOf(resource, "iam", "policy/")) return facts.arn?.account === "aws";
  return action.startsWith("iam:") && action !== "iam:passrole";
}

/** ARNs among which those objects are. */
export const isReserved = (resource: string): boolean =>
  isArnOf(resource, "iam")
    ? isArnOf(resource, "iam", "policy/") || isArnOf(resource, "iam", "role/aws-reserved/")
    : isArnOf(resource, "kms", "alias/aws/");
