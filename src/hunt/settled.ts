import type { Judgement } from "../evaluate/evaluate.ts";
import { isKnownAction, wrongResource } from "../evaluate/findings.ts";

/** Whether the matchers would take the request: its answer rests on nothing that it does not say, and it means something. */
export function isSettled({ openness, facts, decision }: Judgement): boolean {
  if (openness.keys.length > 0 || openness.policies.includes("identity")) return false;
  const foreign = facts.principal.account !== facts.owner;
  if (openness.policies.includes("resource") && foreign && decision.outcome !== "allowed") return false;
  return isKnownAction(facts.request.action) && wrongResource("error", facts) === undefined;
}
