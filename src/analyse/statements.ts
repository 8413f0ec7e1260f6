/** The statements that a question is about, each with the part it plays. */
import { type CompiledStatement, compile } from "../evaluate/compile.ts";
import type { CompiledCondition } from "../evaluate/condition.ts";
import type { PolicySet } from "../evaluate/policy-set.ts";
import type { Element, Located, Policy, PrincipalValue } from "../policy/policy.ts";

export const statementsOf = (policies: readonly Policy[]): CompiledStatement[] =>
  policies.flatMap((policy) => compile(policy).statements).filter(({ inert }) => !inert);

/** A condition of a statement, with its policy. */
export interface Tested {
  readonly condition: CompiledCondition;
  readonly policy: Policy;
}

export const conditionsOf = (statements: readonly CompiledStatement[]): Tested[] =>
  statements.flatMap(({ conditions, policy }) => conditions.map((condition) => ({ condition, policy })));

const TEXTS = new WeakMap<object, string>();

function textOf(key: object, write: () => readonly string[]): string {
  let text = TEXTS.get(key);
  if (text === undefined) {
    text = JSON.stringify(write());
    TEXTS.set(key, text);
  }
  return text;
}

/** All that a condition's answer depends on beside the request: the same for the same condition in two policies. */
export const conditionText = (compiled: CompiledCondition, { version }: Policy): string =>
  textOf(compiled, () => {
    const { key, condition } = compiled;
    return [
      `${version}`,
      condition.operator,
      key.folded,
      `${key.unread}`,
      ...condition.values.map(({ value }) => value),
    ];
  });

/** The same for a `Resource` or `NotResource`. */
export const resourceText = (element: Element, { version, kind }: Policy): string =>
  textOf(element, () => [`${version}`, kind, `${element.not}`, ...element.values.map(({ value }) => value)]);

/** All that a statement says, in a policy of its kind: the same for the same statement in two policies. */
export const statementText = ({ statement, policy }: CompiledStatement): string =>
  textOf(statement, () => {
    const { effect, principal, action, resource, conditions } = statement;
    const element = (one: Element | undefined) => JSON.stringify(one && [one.not, one.values.map(plainValue)]);
    return [
      `${policy.kind} ${policy.version} ${policy.endpoint}`,
      effect,
      ...[principal, action, resource].map(element),
      ...conditions.map(({ operator, key, values }) => JSON.stringify([operator, key, values.map(plainValue)])),
    ];
  });

const plainValue = (located: Located): string =>
  "type" in located ? `${(located as PrincipalValue).type} ${located.value}` : located.value;

const ACCOUNT_ID = /(?<!\d)\d{12}(?!\d)/g;

/** All account ids that policies write anywhere. */
export function accountsIn(policies: readonly Policy[], set: PolicySet): Set<string> {
  const accounts = new Set<string>();
  const read = (text: string) => {
    if (text.length < 12) return;
    for (const account of text.match(ACCOUNT_ID) ?? []) accounts.add(account);
  };
  for (const policy of policies)
    for (const { principal, resource, conditions } of policy.statements) {
      for (const { value } of principal?.values ?? []) read(value);
      for (const { value } of resource?.values ?? []) read(value);
      for (const { values } of conditions) for (const { value } of values) read(value);
    }
  for (const { granteePrincipal, retiringPrincipal, key } of set.grants)
    for (const text of [granteePrincipal, retiringPrincipal, key]) if (text) read(text);
  return accounts;
}
