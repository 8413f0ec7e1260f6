/** The statements that a question is about, each with the part it plays. */
import { actionNames, serviceFacts } from "../catalog/catalog.ts";
import { type CompiledStatement, compile } from "../evaluate/compile.ts";
import type { CompiledCondition } from "../evaluate/condition.ts";
import type { PolicySet } from "../evaluate/policy-set.ts";
import type { Policy } from "../policy/policy.ts";

export const statementsOf = (policies: readonly Policy[]): CompiledStatement[] =>
  policies.flatMap((policy) => compile(policy).statements).filter(({ inert }) => !inert);

/** Every action that AWS's catalogue lists and that one of the statements names, folded. */
export function actionsNamed(statements: readonly CompiledStatement[]): string[] {
  const found = new Set<string>();
  const services = new Set<string>();
  let all = false;
  for (const { action } of statements) {
    if (action.names) for (const name of action.names) found.add(name);
    else if (action.services) for (const service of action.services) services.add(service);
    else all = true;
  }
  const wild = statements.filter(({ action }) => !action.names);
  const offer = (name: string) => {
    if (wild.some(({ action }) => action.matches(name))) found.add(name);
  };
  if (all) for (const name of catalogue()) offer(name);
  else for (const service of services) for (const name of catalogueOf(service)) offer(name);
  return [...found];
}

let everyAction: readonly string[] | undefined;
function catalogue(): readonly string[] {
  everyAction ??= [...actionNames()].map((name) => name.toLowerCase());
  return everyAction;
}

function catalogueOf(prefix: string): string[] {
  return [...(serviceFacts(prefix)?.actions.keys() ?? [])].map((name) => `${prefix}:${name}`);
}

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
