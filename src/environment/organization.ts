import type { Policy } from "../policy/policy.ts";
import type { Environment, LevelInput, UnitInput } from "./environment.ts";

/** An account's place in the organization. */
export interface Membership {
  readonly organization: string;
  /** As `aws:PrincipalOrgPaths` has it: `o-x/r-root/ou-a/`. */
  readonly path: string;
  readonly management: boolean;
  /** The levels from the root to the account. */
  readonly levels: readonly LevelInput[];
}

/** Where an account is; null: outside the organization; undefined: not known. */
export function membershipOf(environment: Environment, account: string): Membership | null | undefined {
  const { organization, accounts } = environment;
  if (!organization) return undefined;
  const own: LevelInput = accounts[account] ?? {};
  const management = organization.managementAccount === account;
  const trail = findAccount(organization, account, [{ name: "root", unit: organization }]);
  if (!trail) {
    if (management)
      return {
        organization: organization.id,
        path: `${organization.id}/root/`,
        management,
        levels: [organization, own],
      };
    // An account that the environment knows and the organization does not is another's.
    return Object.hasOwn(accounts, account) ? null : undefined;
  }
  return {
    organization: organization.id,
    path: `${organization.id}/${trail.map(({ name }) => name).join("/")}/`,
    management,
    levels: [...trail.map(({ unit }) => unit), own],
  };
}

interface Place {
  readonly name: string;
  readonly unit: UnitInput;
}

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
