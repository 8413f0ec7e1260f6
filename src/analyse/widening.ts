/**
 * The statements by which one version of a set of policies can allow more than another. More Allow statements never allow
 * less, and more Deny statements never allow more: requests that no added Allow and no removed Deny covers are decided
 * as before, or allowed less.
 */
import type { CompiledStatement } from "../evaluate/compile.ts";
import type { PolicySet } from "../evaluate/policy-set.ts";
import type { Policy } from "../policy/policy.ts";
import { statementsOf, statementText } from "./statements.ts";

/** Undefined: the two differ in more than in statements. */
export function widening(next: PolicySet, previous: PolicySet): readonly CompiledStatement[] | undefined {
  const after = slotsOf(next);
  const before = slotsOf(previous);
  if (frameOf(next) !== frameOf(previous) || after.length !== before.length) return undefined;
  return after.flatMap((policies, at) => {
    const own = statementsOf(policies);
    const others = statementsOf(before[at]!);
    const added = without(own, others).filter(({ allows }) => allows);
    const removed = without(others, own).filter(({ allows }) => !allows);
    return [...added, ...removed];
  });
}

/** Policies that are read together. */
const slotsOf = (set: PolicySet): (readonly Policy[])[] => [
  set.identity ?? [],
  set.permissionsBoundary,
  set.session,
  set.resource ? [set.resource] : [],
  set.vpcEndpoint,
  ...set.serviceControl,
  ...set.resourceControl,
];

/** What counts beside the statements: which kinds of policies there are, and for what. */
function frameOf(set: PolicySet): string {
  const { resource } = set;
  return JSON.stringify([
    set.identity !== undefined,
    set.permissionsBoundary.length > 0,
    set.session.length > 0,
    set.vpcEndpoint.length > 0,
    resource ? [resource.kind, resource.resource, resource.account] : resource === null,
    set.serviceControl.map(({ length }) => length > 0),
    set.resourceControl.map(({ length }) => length > 0),
    set.grants,
  ]);
}

function without(statements: readonly CompiledStatement[], others: readonly CompiledStatement[]): CompiledStatement[] {
  const known = new Set(others.map(statementText));
  return statements.filter((statement) => !known.has(statementText(statement)));
}
