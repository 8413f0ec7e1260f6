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

/** The same set with each policy made another. */
export const mapPolicies = (set: PolicySet, one: (policy: Policy) => Policy): PolicySet => ({
  ...set,
  identity: set.identity?.map(one),
  permissionsBoundary: set.permissionsBoundary.map(one),
  session: set.session.map(one),
  resource: set.resource ? one(set.resource) : set.resource,
  serviceControl: set.serviceControl.map((level) => level.map(one)),
  resourceControl: set.resourceControl.map((level) => level.map(one)),
  vpcEndpoint: set.vpcEndpoint.map(one),
});

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
