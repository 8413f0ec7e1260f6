import { findAccess } from "../analyse/find-access.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import { ESCALATION_PATHS, type EscalationPath } from "./escalation-paths.ts";
import { type Breach, type Invariant, invariant } from "./invariant.ts";

export interface AcceptingActions {
  /** Actions that are given on purpose, such as `sts:AssumeRole`: ways that need one of them are left out. */
  readonly accepting?: readonly string[];
}

/**
 * No way for an identity with these policies to widen its own permissions by one of the known sets of actions, such as
 * `iam:PassRole` with `lambda:CreateFunction` and `lambda:InvokeFunction`. A set counts when each of its actions is allowed
 * on some resource; conditions and resources that make it harmless count only where they refuse the action.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
 */
export function noPrivilegeEscalation({ accepting = [] }: AcceptingActions = {}): Invariant {
  const accepted = new Set(accepting.map((action) => action.toLowerCase()));
  const known = new Set(ESCALATION_PATHS.flatMap(({ actions }) => actions.map((action) => action.toLowerCase())));
  for (const action of accepting)
    if (!known.has(action.toLowerCase()))
      refuse("wrong-use", `\`${action}\` is not part of any known way to more permissions`, {
        help: "leave it out of `accepting`",
      });
  const paths = ESCALATION_PATHS.filter(({ actions }) => !actions.some((action) => accepted.has(action.toLowerCase())));
  return invariant({
    name: accepting.length > 0 ? "noPrivilegeEscalation({ … })" : "noPrivilegeEscalation()",
    sentence: "nobody with these policies can widen its own permissions in one of the known ways",
    see: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-permissions-guardrails",
    breaches: (subject) => {
      const refused = new Map<string, boolean>();
      const isRefused = (action: string): boolean => {
        const found = refused.get(action) ?? findAccess(subject, { actions: action }).verdict === "proved";
        refused.set(action, found);
        return found;
      };
      return paths.flatMap((path) => breachesOf(path, isRefused));
    },
  });
}

/** The last action of a set of which all others are, or may be, allowed: it tells the way better than `iam:PassRole`. */
function breachesOf({ name, actions }: EscalationPath, isRefused: (action: string) => boolean): Breach[] {
  const last = actions.at(-1)!;
  if (actions.slice(0, -1).some(isRefused)) return [];
  return [
    {
      question: { actions: last },
      concerns: ({ action }) => action.toLowerCase() === last.toLowerCase(),
      limits: { actions: last },
      what: `by ${name}: ${actions.join(", ")}`,
    },
  ];
}
