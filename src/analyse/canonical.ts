/** A subject written in one way: what says the same in another order, with other Sids or in other letters is the same. */
import { Environment, type EnvironmentInput, isEnvironment } from "../environment/environment.ts";
import { parsePolicy } from "../policy/parse.ts";
import { type Element, isPolicy, type Policy, type PrincipalValue, type Statement } from "../policy/policy.ts";
import { type Grant, isGrant } from "../request/grant.ts";
import { Source } from "../source/source.ts";
import type { Analysed } from "./subject.ts";

export function canonical(subject: Analysed): Analysed {
  if (isEnvironment(subject)) {
    const { organization, ...rest } = sorted({ ...subject }) as EnvironmentInput;
    return new Environment(organization ? { organization, ...rest } : rest);
  }
  return sorted(subject) as Analysed;
}

/** Lists are sets here: of policies, grants, values, names. */
function sorted(value: unknown): unknown {
  if (isPolicy(value)) return canonicalPolicy(value);
  if (isGrant(value) || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return byText(value.map(sorted), textOf);
  return Object.fromEntries(byText(Object.entries(value), ([key]) => key).map(([key, part]) => [key, sorted(part)]));
}

const textOf = (value: unknown): string =>
  isPolicy(value) ? JSON.stringify([value.kind, canonicalStatements(value), value.resource]) : JSON.stringify(value);

function byText<T>(list: readonly T[], text: (item: T) => string): T[] {
  const keyed = list.map((item) => [text(item), item] as const);
  return keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
}

function canonicalPolicy(policy: Policy): Policy {
  const { kind, version, resource, account, endpoint } = policy;
  const statements = canonicalStatements(policy).map((text) => JSON.parse(text) as object);
  const text = JSON.stringify({ ...(version === null ? {} : { Version: version }), Statement: statements });
  return parsePolicy(new Source("policy", text), kind, { name: "policy", resource, account, endpoint });
}

/** Each statement as JSON text of one form, sorted, without Sids. */
export function canonicalStatements({ statements }: Policy): readonly string[] {
  return [...new Set(statements.map((statement) => JSON.stringify(canonicalStatement(statement))))].sort();
}

function canonicalStatement({ effect, principal, action, resource, conditions }: Statement): object {
  return {
    Effect: effect,
    ...(principal ? { [name("Principal", principal)]: principals(principal) } : {}),
    ...(action ? { [name("Action", action)]: values(action.values, folded) } : {}),
    ...(resource ? { [name("Resource", resource)]: values(resource.values) } : {}),
    ...(conditions.length > 0 ? { Condition: blocks(conditions) } : {}),
  };
}

const name = (element: string, { not }: Element) => (not ? `Not${element}` : element);
// Names of actions do not depend on case.
const folded = (text: string) => text.toLowerCase();
const values = (list: readonly { readonly value: string }[], form = (text: string) => text): string[] =>
  [...new Set(list.map(({ value }) => form(value)))].sort();

function principals({ values: all }: Element<PrincipalValue>): object {
  const types = [...new Set(all.map(({ type }) => type))].sort();
  return Object.fromEntries(types.map((type) => [type, values(all.filter((one) => one.type === type))]));
}

function blocks(conditions: Statement["conditions"]): object {
  const operators = [...new Set(conditions.map(({ operator }) => operator))].sort();
  return Object.fromEntries(
    operators.map((operator) => [
      operator,
      Object.fromEntries(
        byText(
          conditions.filter((one) => one.operator === operator),
          ({ key }) => key.toLowerCase(),
        ).map(({ key, values: own }) => [key, values(own)]),
      ),
    ]),
  );
}

/** All policies and grants of a subject. */
export function partsOf(subject: Analysed): (Policy | Grant)[] {
  const found: (Policy | Grant)[] = [];
  const visit = (value: unknown): void => {
    if (isPolicy(value) || isGrant(value)) found.push(value);
    else if (typeof value === "object" && value !== null) for (const part of Object.values(value)) visit(part);
  };
  visit(subject);
  return found;
}
