/** What a subject says, whatever it is: its policies and statements, the accounts and resources that it names. */

import { refuse } from "../diagnostic/diagnostic.ts";
import { type Environment, isEnvironment } from "../environment/environment.ts";
import { type CompiledStatement, compile } from "../evaluate/compile.ts";
import type { Subject } from "../evaluate/normalise.ts";
import { parseArn } from "../policy/arn.ts";
import { KINDS } from "../policy/kinds.ts";
import { isPolicy, type Policy } from "../policy/policy.ts";
import { type Grant, isGrant } from "../request/grant.ts";

export interface Scope {
  readonly subject: Subject;
  readonly environment: Environment | undefined;
  readonly policies: readonly Policy[];
  readonly grants: readonly Grant[];
  /** All but those without effect. */
  readonly statements: readonly CompiledStatement[];
  /** Policies of resources: one of them is the asked resource's own. */
  readonly attached: readonly Policy[];
  /** Whether the callers' identity policies are given: nothing else may be said of them. */
  readonly hasIdentity: boolean;
  /** Only policies of the caller's side: the caller is of the resource's account. */
  readonly callersOnly: boolean;
  /** All that are named, and one that nobody names. */
  readonly accounts: readonly string[];
  readonly partition: string;
}

/** @throws DiagnosticError `wrong-use` */
export function scopeOf(subject: Subject): Scope {
  const environment = isEnvironment(subject) ? subject : undefined;
  const parts = environment
    ? partsOf(environment)
    : ((Array.isArray(subject) ? subject : [subject]) as readonly (Policy | Grant)[]);
  const policies = [...new Set(parts.filter(isPolicy))];
  const grants = parts.filter(isGrant);
  if (policies.length === 0 && grants.length === 0)
    refuse("wrong-use", "there is no policy to aim at", {
      help: "give a policy, a grant, a list of them, or an environment, as in `requestsFor(policy)`",
    });
  const attached = policies.filter(({ kind }) => KINDS[kind].attachedToResource);
  return {
    subject,
    environment,
    policies,
    grants,
    statements: policies.flatMap((policy) => compile(policy).statements).filter(({ inert }) => !inert),
    attached,
    hasIdentity: !environment && policies.some(({ kind }) => kind === "identity"),
    callersOnly: !environment && attached.length === 0 && grants.length === 0,
    accounts: accountsOf(policies, grants, environment),
    partition: partitionOf(policies),
  };
}

function partsOf(environment: Environment): (Policy | Grant)[] {
  const { organization, accounts, principals, groups, resources, endpoints } = environment;
  const levels = [...(organization ? unitsIn(organization) : []), ...Object.values(accounts)];
  return [
    ...levels.flatMap(({ serviceControl = [], resourceControl = [] }) => [...serviceControl, ...resourceControl]),
    ...Object.values(principals).flatMap(({ policies = [], boundary, session = [] }) => [
      ...policies,
      ...(boundary ? [boundary] : []),
      ...session,
    ]),
    ...Object.values(groups).flat(),
    ...Object.values(resources).flatMap(({ policy, grants = [] }) => [...(policy ? [policy] : []), ...grants]),
    ...Object.values(endpoints).flatMap(({ policy }) => (policy ? [policy] : [])),
  ];
}

type Unit = NonNullable<Environment["organization"]>;
const unitsIn = (unit: Pick<Unit, "units" | "serviceControl" | "resourceControl">): (typeof unit)[] => [
  unit,
  ...Object.values(unit.units ?? {}).flatMap(unitsIn),
];

const ACCOUNT_ID = /(?<!\d)\d{12}(?!\d)/g;

/** The accounts that are named, in the order of their first naming; the last is one that nobody names. */
function accountsOf(
  policies: readonly Policy[],
  grants: readonly Grant[],
  environment: Environment | undefined,
): string[] {
  const found = new Set<string>();
  const read = (text: string | null | undefined) => {
    for (const account of text?.match(ACCOUNT_ID) ?? []) found.add(account);
  };
  for (const { resource, account } of policies) for (const text of [account, resource]) read(text);
  for (const arn of [...Object.keys(environment?.principals ?? {}), ...Object.keys(environment?.resources ?? {})])
    read(arn);
  // The owner of a resource stands first: a key policy's root statement names it.
  for (const { statements } of policies)
    for (const { principal } of statements)
      for (const { value } of principal?.values ?? []) if (value.endsWith(":root")) read(value);
  for (const { statements } of policies)
    for (const { principal, resource, conditions } of statements) {
      for (const { value } of resource?.values ?? []) read(value);
      for (const { value } of principal?.values ?? []) read(value);
      for (const { values } of conditions) for (const { value } of values) read(value);
    }
  for (const { key, granteePrincipal, retiringPrincipal } of grants)
    for (const text of [key, granteePrincipal, retiringPrincipal]) read(text);
  return [...found, freshAccount(found)];
}

function freshAccount(taken: ReadonlySet<string>): string {
  for (let digit = 9; digit > 0; digit--) {
    const account = String(digit).repeat(12);
    if (!taken.has(account)) return account;
  }
  for (let number = 100_000_000_000; ; number++) if (!taken.has(String(number))) return String(number);
}

function partitionOf(policies: readonly Policy[]): string {
  for (const policy of policies) {
    const own = policy.resource === null ? undefined : parseArn(policy.resource)?.partition;
    if (own) return own;
    for (const { principal, resource } of policy.statements)
      for (const { value } of [...(principal?.values ?? []), ...(resource?.values ?? [])]) {
        const partition = /^arn:(aws[a-z-]*):/.exec(value)?.[1];
        if (partition) return partition;
      }
  }
  return "aws";
}
