/**
 * Policies with variables. First they are read widely: an Allow as if `${…}` were `*`, a Deny as if the value were not
 * there; nothing found so is nothing at all. What is found so must be found again with the variables' values fixed.
 */
import { parseOperator } from "../catalog/operators.ts";
import { mapPolicies, type PolicySet } from "../evaluate/policy-set.ts";
import { type Condition, hasVariables, type Located, Policy, type Statement, sourceOf } from "../policy/policy.ts";
import { parseTemplate } from "../policy/variables.ts";

const takesVariables = (condition: Condition): boolean => {
  const { family } = parseOperator(condition.operator)!.facts;
  return family === "string" || family === "arn" || family === "bool";
};

const keysOf = (text: string): string[] =>
  text.includes("${") ? parseTemplate(text).parts.flatMap((part) => ("key" in part ? [part.key] : [])) : [];

/** The keys, as written, that a policy's variables read. */
export function variablesOf(policies: readonly Policy[]): string[] {
  const found = new Map<string, string>();
  for (const policy of policies) {
    if (!hasVariables(policy)) continue;
    for (const { resource, conditions } of policy.statements)
      for (const { value } of [
        ...(resource?.values ?? []),
        ...conditions.filter(takesVariables).flatMap(({ values }) => values),
      ])
        for (const key of keysOf(value)) if (!found.has(key.toLowerCase())) found.set(key.toLowerCase(), key);
  }
  return [...found.values()];
}

/** The set with every Allow read widely and every Deny narrowly. */
export const widened = (set: PolicySet): PolicySet => mapPolicies(set, (policy) => bounded(policy, true));

/** The other side of a comparison is read the other way. */
export const narrowed = (set: PolicySet): PolicySet => mapPolicies(set, (policy) => bounded(policy, false));

/** `wide`: allows more and denies less than the policy, else the other way round. */
export function bounded(policy: Policy, wide: boolean): Policy {
  if (variablesOf([policy]).length === 0) return policy;
  const statements = policy.statements.flatMap((statement) => {
    const bound = boundStatement(statement, (statement.effect === "Allow") === wide);
    return bound ? [bound] : [];
  });
  return new Policy({ ...policy, statements }, sourceOf(policy));
}

const hasKeys = ({ value }: Located) => keysOf(value).length > 0;
const NOTHING = "arn:aws:nothing:::nothing";

/** A statement that applies to more requests, or to fewer; undefined: to none. */
function boundStatement(statement: Statement, more: boolean): Statement | undefined {
  let { resource } = statement;
  if (resource?.values.some(hasKeys)) {
    // In `NotResource` a longer list covers less.
    const values = boundValues(resource.values, more !== resource.not, true);
    if (values.length === 0 && !resource.not) return undefined;
    resource = { ...resource, values: values.length > 0 ? values : [{ ...resource.values[0]!, value: NOTHING }] };
  }
  const conditions: Condition[] = [];
  for (const condition of statement.conditions) {
    if (!takesVariables(condition) || !condition.values.some(hasKeys)) {
      conditions.push(condition);
      continue;
    }
    const bound = boundCondition(condition, more);
    if (bound === false) return undefined;
    if (bound !== true) conditions.push(bound);
  }
  return { ...statement, ...(resource ? { resource } : {}), conditions };
}

/** `true`: always holds; `false`: never does. */
function boundCondition(condition: Condition, more: boolean): Condition | boolean {
  const { facts, qualifier, ifExists } = parseOperator(condition.operator)!;
  // An absent key, an empty list and the like have rules of their own: such a condition is taken to hold, or not to.
  const simple =
    !facts.negated && qualifier === undefined && !ifExists && facts.family !== "bool" && facts.compare !== "ignoreCase";
  if (!simple) return more;
  const values = boundValues(condition.values, more, facts.compare === "like");
  if (values.length === 0) return false;
  return { ...condition, operator: facts.family === "arn" ? condition.operator : "StringLike", values };
}

function boundValues(values: readonly Located[], more: boolean, wild: boolean): Located[] {
  return values.flatMap((located) => {
    if (!hasKeys(located)) return [wild ? located : { ...located, value: escaped(located.value) }];
    if (!more) return [];
    const value = parseTemplate(located.value)
      .parts.map((part) =>
        "text" in part ? (wild ? part.text : escaped(part.text)) : "literal" in part ? `\${${part.literal}}` : "*",
      )
      .join("");
    return [{ ...located, value }];
  });
}

const escaped = (text: string) =>
  text.replace(/\$\{[*?$]\}|[*?]/g, (found) => (found.length > 1 ? found : `\${${found}}`));
