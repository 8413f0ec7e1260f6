/** The effective access for the record: other access has other words, the same access in another order the same. */
import { refuse } from "../diagnostic/diagnostic.ts";
import type { Policy } from "../policy/policy.ts";
import { isGrant } from "../request/grant.ts";
import { canonical, canonicalStatements, partsOf } from "./canonical.ts";
import { type AccessPart, describeSpaces } from "./describe-spaces.ts";
import { spacesIn } from "./finding.ts";
import { scopesOf } from "./scopes.ts";
import type { Analysed } from "./subject.ts";

export interface WholeAccess {
  readonly parts: readonly AccessPart[];
  /** Where words alone do not say it: the statements and grants themselves, as JSON. */
  readonly exactly: readonly string[];
}

/** More than this is for no reader. */
const MOST_BOXES = 200;

/** @throws DiagnosticError `undecided`, with the reason */
export function wholeAccess(subject: Analysed): WholeAccess {
  const one = canonical(subject);
  const parts: AccessPart[] = [];
  let inWords = true;
  const telling = {
    whole: true,
    byExample: () => {
      inWords = false;
    },
  };
  for (const scope of scopesOf(one, {})) {
    const found = spacesIn(scope, ofItsServices(scope.set.resource));
    if (typeof found === "string") return refuse("undecided", `the access cannot be told: ${found}`);
    inWords &&= found.exact;
    const part = describeSpaces(scope, found.spaces, { mostBoxes: MOST_BOXES, telling });
    if (!part.complete)
      return refuse(
        "undecided",
        `the access cannot be told in ${MOST_BOXES} paragraphs, or the search grew beyond its budget`,
        {
          help: "give `expect` fewer policies at once",
        },
      );
    if (part.boxes.length > 0) parts.push(part);
  }
  return { parts, exactly: inWords || parts.length === 0 ? [] : statementsOf(one) };
}

const statementsOf = (subject: Analysed): string[] => {
  const lines = partsOf(subject).flatMap((part) =>
    isGrant(part) ? [`grant ${JSON.stringify(part)}`] : canonicalStatements(part),
  );
  return [...new Set(lines)].sort();
};

/** A policy whose resource is not said is that of a resource of the services that it names. */
function ofItsServices(policy: Policy | null | undefined): { actions?: readonly string[] } {
  if (policy?.kind !== "resource" || policy.resource !== null) return {};
  const services = new Set<string>();
  for (const { action } of policy.statements) {
    if (!action || action.not) return {};
    for (const { value } of action.values) {
      const prefix = /^([a-z0-9-]+):/i.exec(value)?.[1];
      if (prefix === undefined) return {};
      services.add(`${prefix.toLowerCase()}:*`);
    }
  }
  return services.size === 0 ? {} : { actions: [...services].sort() };
}
