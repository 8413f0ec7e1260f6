import { findAccess } from "../analyse/find-access.ts";
import type { Subject } from "../evaluate/normalise.ts";
import { ESCALATION_PATHS, type EscalationPath } from "./escalation-paths.ts";
import { type Breach, type Invariant, invariant } from "./invariant.ts";

/**
 * No way for an identity with these policies to widen its own permissions by one of the known sets of actions. A set
 * counts when each of its actions is allowed on some resource; conditions and resources that make it harmless count only
 * where they refuse the action.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
 */
export const noPrivilegeEscalation = (): Invariant =>
  invariant({
    name: "noPrivilegeEscalation()",
    sentence: "nobody with these policies can widen its own permissions in one of the known ways",
    see: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-permissions-guardrails",
    breaches: (subject) => ESCALATION_PATHS.flatMap((path) => breachesOf(path, subject)),
  });

/** The first action of a set of which all other actions are, or may be, allowed. */
function breachesOf({ name, actions }: EscalationPath, subject: Subject): Breach[] {
  const [first, ...others] = actions as [string, ...string[]];
  if (others.some((action) => findAccess(subject, { actions: action }).verdict === "proved")) return [];
  return [
    {
      question: { actions: first },
      concerns: ({ action }) => action.toLowerCase() === first.toLowerCase(),
      limits: { actions: first },
      what: `by ${name}: ${actions.join(", ")}`,
    },
  ];
}
