import { actionFacts, serviceFacts } from "../catalog/catalog.ts";
import { nearestAction } from "../catalog/nearest.ts";
import { Diagnostic } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import type { Facts } from "../request/facts.ts";
import { policiesOf } from "./open.ts";
import type { PolicySet } from "./policy-set.ts";

/** The findings of the policies, and of the request itself. */
export function requestFindings(set: PolicySet, facts: Facts): readonly Diagnostic[] {
  const findings = policiesOf(set).flatMap((policy) => policy.findings);
  if (facts.actionFacts) return findings;
  return [unknownAction("finding", facts.request.action), ...findings];
}

/** The action does not exist: only a wildcard could allow it, so a denial would say nothing. */
export function unknownAction(severity: "error" | "finding", action: string): Diagnostic {
  const near = nearestAction(action);
  const service = serviceFacts(action.slice(0, action.indexOf(":")));
  return new Diagnostic(severity, {
    code: "unknown-action",
    sentence: `${quoted(action)} is not an action of ${service ? service.title : "AWS"}`,
    help: near ? `did you mean \`${near}\`?` : undefined,
    see: service?.url,
  });
}

export const isKnownAction = (action: string): boolean => actionFacts(action) !== undefined;
