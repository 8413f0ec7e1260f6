import type { Policy } from "../policy/policy.ts";
import type { Grant } from "../request/grant.ts";

/** The policies that a decision weighs, by kind. */
export interface PolicySet {
  /** Undefined: not given. */
  readonly identity: readonly Policy[] | undefined;
  readonly permissionsBoundary: readonly Policy[];
  readonly session: readonly Policy[];
  /** Undefined: not given; null: the resource has none. */
  readonly resource: Policy | null | undefined;
  readonly grants: readonly Grant[];
  /** Levels from the root to the account, each with its policies. */
  readonly serviceControl: readonly (readonly Policy[])[];
  readonly resourceControl: readonly (readonly Policy[])[];
  readonly vpcEndpoint: readonly Policy[];
}

export const EMPTY_SET: PolicySet = {
  identity: undefined,
  permissionsBoundary: [],
  session: [],
  resource: undefined,
  grants: [],
  serviceControl: [],
  resourceControl: [],
  vpcEndpoint: [],
};
