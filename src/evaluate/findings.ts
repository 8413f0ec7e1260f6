import { type ActionFacts, actionFacts, serviceFacts } from "../catalog/catalog.ts";
import { nearestAction } from "../catalog/nearest.ts";
import { Diagnostic } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { type Glob, glob } from "../policy/glob.ts";
import type { Policy } from "../policy/policy.ts";
import type { Facts } from "../request/facts.ts";

/** The findings of the policies, and of the request itself. */
export function requestFindings(policies: readonly Policy[], facts: Facts): readonly Diagnostic[] {
  const ofRequest = facts.actionFacts ? wrongResource("finding", facts) : notedAction(facts.request.action);
  let findings: readonly Diagnostic[] = ofRequest ? [ofRequest] : [];
  // Mostly one policy at most has some: a long list is not copied for each decision.
  for (const policy of policies)
    if (policy.findings.length > 0)
      findings = findings.length === 0 ? policy.findings : findings.concat(policy.findings);
  return findings;
}

/** The action is not done on such a resource: no policy that means it could match, so a denial would say nothing. */
export function wrongResource(
  severity: "error" | "finding",
  { actionFacts, resource, request }: Facts,
): Diagnostic | undefined {
  if (!actionFacts || resource === undefined || actionFacts.resources.length === 0) return undefined;
  const { forms, globs } = formsOf(actionFacts);
  const fits =
    resource === "*"
      ? !actionFacts.resources.some(({ required }) => required)
      : forms.length === 0 || globs.some(({ matches }) => matches(resource));
  if (fits) return undefined;
  return new Diagnostic(severity, {
    code: "invalid-resource",
    sentence: `${quoted(request.action)} is not done on ${quoted(resource)}`,
    help: `its resources have the form ${forms.map((form) => `\`${form}\``).join(" or ")}`,
    see: serviceFacts(actionFacts.service)?.url,
  });
}

interface Forms {
  readonly forms: readonly string[];
  readonly globs: readonly Glob[];
}

/** The ARNs of the resources on which an action is done; the catalogue says so once for all requests. */
const FORMS = new WeakMap<ActionFacts, Forms>();

function formsOf(action: ActionFacts): Forms {
  let found = FORMS.get(action);
  if (!found) {
    const types = serviceFacts(action.service)?.resourceTypes;
    const forms = action.resources.flatMap(({ type }) => types?.get(type.toLowerCase())?.arns ?? []);
    found = { forms, globs: forms.map((form) => glob(form.replace(/\$\{[^}]*\}/g, "*"))) };
    FORMS.set(action, found);
  }
  return found;
}

/** The same text gets the same finding: to look for the nearest name among thousands takes longer than to decide. */
const NOTED = new Map<string, Diagnostic>();
const MOST_NOTED = 1000;

function notedAction(action: string): Diagnostic {
  const noted = NOTED.get(action) ?? unknownAction("finding", action);
  if (NOTED.size < MOST_NOTED) NOTED.set(action, noted);
  return noted;
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
