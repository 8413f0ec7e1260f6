/** The statements that a question is about, each with the part it plays. */
import { type CompiledStatement, compile } from "../evaluate/compile.ts";
import type { CompiledCondition } from "../evaluate/condition.ts";
import type { PolicySet } from "../evaluate/policy-set.ts";
import type { Policy } from "../policy/policy.ts";

export const statementsOf = (policies: readonly Policy[]): CompiledStatement[] =>
  policies.flatMap((policy) => compile(policy).statements).filter(({ inert }) => !inert);

/** A condition of a statement, with its policy. */
export interface Tested {
  readonly condition: CompiledCondition;
  readonly policy: Policy;
}

export const conditionsOf = (statements: readonly CompiledStatement[]): Tested[] =>
  statements.flatMap(({ conditions, policy }) => conditions.map((condition) => ({ condition, policy })));

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
