import type { Policy } from "../policy/policy.ts";
import type { Environment, LevelInput, UnitInput } from "./environment.ts";

/** An account's place in the organization. */
export interface Membership {
  /** Undefined: of some organization, and which is not known. */
  readonly organization: string | undefined;
  /** As `aws:PrincipalOrgPaths` has it: `o-x/r-ab12/ou-ab12-cdefghij/`. Undefined: some id in it is not known. */
  readonly path: string | undefined;
  readonly management: boolean;
  /** The levels from the root to the account. */
  readonly levels: readonly LevelInput[];
}

/** Where an account is; null: outside the organization; undefined: not known. */
export function membershipOf(environment: Environment, account: string): Membership | null | undefined {
  const { organization, accounts } = environment;
  const own: LevelInput = Object.hasOwn(accounts, account) ? accounts[account]! : {};
  if (!organization)
    return hasPolicies(own)
      ? { organization: undefined, path: undefined, management: false, levels: [own] }
      : undefined;
  const management = organization.managementAccount === account;
  const trail = findAccount(organization, account, [{ name: organization.rootId, unit: organization }]);
  if (!trail) {
    if (management)
      return {
        organization: organization.id,
        // It may be in any unit.
        path: undefined,
        management,
        levels: [organization, own],
      };
    // An account that the environment knows and the organization does not is another's.
    return Object.hasOwn(accounts, account) ? null : undefined;
  }
  return {
    organization: organization.id,
    path: pathOf(organization.id, trail),
    management,
    levels: [...trail.map(({ unit }) => unit), own],
  };
}

/** Whether something is attached to the account itself; to attach nothing, `[]`, takes FullAWSAccess away. */
export const hasPolicies = ({ serviceControl, resourceControl }: LevelInput): boolean =>
  serviceControl !== undefined || (resourceControl !== undefined && resourceControl.length > 0);

interface Place {
  /** Undefined: the root, whose id is not known. */
  readonly name: string | undefined;
  readonly unit: UnitInput;
}

/** Units may go by names that are no ids; AWS sends ids. */
function pathOf(id: string, trail: readonly Place[]): string | undefined {
  const names = trail.map(({ name }) => name);
  const known = names.every((name, at) => name !== undefined && (at === 0 || UNIT_ID.test(name)));
  return known ? `${[id, ...names].join("/")}/` : undefined;
}

const UNIT_ID = /^ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}$/;

function findAccount(unit: UnitInput, account: string, trail: readonly Place[]): readonly Place[] | undefined {
  if (unit.accounts?.includes(account)) return trail;
  for (const [name, child] of Object.entries(unit.units ?? {})) {
    const found = findAccount(child, account, [...trail, { name, unit: child }]);
    if (found) return found;
  }
  return undefined;
}

/** Every account in the tree, with the trail of units to it. */
export function* accountsIn(unit: UnitInput, trail: string): Iterable<readonly [account: string, trail: string]> {
  for (const account of unit.accounts ?? []) yield [account, trail];
  for (const [name, child] of Object.entries(unit.units ?? {})) yield* accountsIn(child, `${trail}/${name}`);
}

/** Levels of service control policies; a level that says nothing has FullAWSAccess, as AWS attaches it. */
export const serviceControlLevels = (membership: Membership, fullAccess: Policy): Policy[][] =>
  membership.levels.map(({ serviceControl }) => (serviceControl ? [...serviceControl] : [fullAccess]));

export const resourceControlLevels = (membership: Membership): Policy[][] =>
  membership.levels.map(({ resourceControl }) => [...(resourceControl ?? [])]);
