import { actionFacts, serviceFacts } from "../catalog/catalog.ts";
import { nearestAction } from "../catalog/nearest.ts";
import { Diagnostic } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { glob } from "../policy/glob.ts";
import type { Facts } from "../request/facts.ts";
import { policiesOf } from "./open.ts";
import type { PolicySet } from "./policy-set.ts";

/** The findings of the policies, and of the request itself. */
export function requestFindings(set: PolicySet, facts: Facts): readonly Diagnostic[] {
  const findings = policiesOf(set).flatMap((policy) => policy.findings);
  if (!facts.actionFacts) return [unknownAction("finding", facts.request.action), ...findings];
  const resource = wrongResource("finding", facts);
  return resource ? [resource, ...findings] : findings;
}

/** The action is not done on such a resource: no policy that means it could match, so a denial would say nothing. */
export function wrongResource(
  severity: "error" | "finding",
  { actionFacts, resource, request }: Facts,
): Diagnostic | undefined {
  if (!actionFacts || resource === undefined || actionFacts.resources.length === 0) return undefined;
  const service = serviceFacts(actionFacts.service);
  const forms = actionFacts.resources.flatMap(({ type }) => service?.resourceTypes.get(type.toLowerCase())?.arns ?? []);
  const fits =
    resource === "*"
      ? !actionFacts.resources.some(({ required }) => required)
      : forms.length === 0 || forms.some((form) => glob(form.replace(/\$\{[^}]*\}/g, "*")).matches(resource));
  if (fits) return undefined;
  return new Diagnostic(severity, {
    code: "invalid-resource",
    sentence: `${quoted(request.action)} is not done on ${quoted(resource)}`,
    help: `its resources have the form ${forms.map((form) => `\`${form}\``).join(" or ")}`,
    see: service?.url,
  });
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
