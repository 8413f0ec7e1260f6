/** What the given policies say to a request, kind by kind, before anything is decided. */
import type { Policy } from "../policy/policy.ts";
import type { Grant } from "../request/grant.ts";
import { applies, type CompiledStatement, compile } from "./compile.ts";
import { contextKey, type Evaluation } from "./evaluation.ts";
import type { PolicySet } from "./policy-set.ts";
import { ACCOUNT, EVERYONE, EXACT, type MatchClass, NO_MATCH, PARENT } from "./principal.ts";
import { grantMatch } from "./services/grants.ts";
import { isAwsManaged, isBesideKey, isKey, isRetireGrant } from "./services/kms.ts";
import { isRcpService } from "./services/rcp.ts";
import { isTokenCall, isTrusted } from "./services/sts.ts";

/** INVARIANT: nothing is ever added to it. */
export const NONE: readonly CompiledStatement[] = [];

/** The statements of one kind of policy that apply to the request. */
export class Tally {
  allows = NONE;
  denies = NONE;
  /** The allows by how closely the principal is named. */
  byAccount = NONE;
  byParent = NONE;
  byName = NONE;
  byEveryone = NONE;

  add(statement: CompiledStatement, match: MatchClass): void {
    if (!statement.allows) {
      this.denies = added(this.denies, statement);
      return;
    }
    this.allows = added(this.allows, statement);
    // The caller's own policies name nobody.
    if (!statement.principal) return;
    if (match === ACCOUNT) this.byAccount = added(this.byAccount, statement);
    else if (match === PARENT) this.byParent = added(this.byParent, statement);
    else if (match === EXACT) this.byName = added(this.byName, statement);
    else this.byEveryone = added(this.byEveryone, statement);
  }
}

/** Most lists have no statement or one, so those are shared. */
function added(list: readonly CompiledStatement[], one: CompiledStatement): readonly CompiledStatement[] {
  if (list.length === 0) return one.alone;
  if (list.length === 1) return [list[0]!, one];
  (list as CompiledStatement[]).push(one);
  return list;
}

/** INVARIANT: nothing is ever added to it. */
const EMPTY: Tally = new Tally();
const NO_LEVELS: readonly Tally[] = [];

const SOURCE_VPCE = contextKey("aws:SourceVpce");

export class Weighing {
  /** The caller has identity policies, boundaries and session policies that bind this call. */
  readonly hasIdentity: boolean;
  readonly sameAccount: boolean;
  readonly throughEndpoint: boolean;
  /** A Deny of some kind of policy applies. */
  someDeny = false;
  readonly identity: Tally;
  readonly bounds: Tally;
  readonly sessions: Tally;
  readonly resource: Tally;
  readonly endpoint: Tally;
  readonly serviceControl: readonly Tally[];
  readonly resourceControl: readonly Tally[];
  /** A permissions boundary binds this call. */
  readonly hasBoundary: boolean;

  constructor(
    readonly set: PolicySet,
    readonly run: Evaluation,
  ) {
    const { facts } = run;
    const { type, account } = facts.principal;
    const entity = type === "user" || type === "role" || type === "session" || type === "federatedUser";
    // Unsigned calls know no identity policies (E13); where only those were given, they are what is judged.
    const tokenCall = entity && isTokenCall(facts.action);
    if (tokenCall && set.resource === undefined) run.resourceOpen = true;
    this.hasIdentity = entity && !(tokenCall && (set.resource !== undefined || run.supposed.resource !== undefined));
    this.sameAccount = account === null || facts.owner === undefined || account === facts.owner;
    this.hasBoundary = this.hasIdentity && set.permissionsBoundary.length > 0;
    const { identity, permissionsBoundary, session, resource, serviceControl, resourceControl } = set;
    // Most kinds are absent: what is not called stays out of the way of what is, when the engine inlines.
    this.identity = this.hasIdentity && identity !== undefined ? this.tally(identity) : EMPTY;
    this.bounds = this.hasBoundary ? this.tally(permissionsBoundary) : EMPTY;
    this.sessions = this.hasIdentity && session.length > 0 ? this.tally(session) : EMPTY;
    this.resource = resource && resourcePolicyBinds(resource, run) ? this.tallyOne(resource, EMPTY) : EMPTY;
    this.serviceControl = serviceControl.length > 0 && bindsScp(run) ? this.levels(serviceControl) : NO_LEVELS;
    this.resourceControl = resourceControl.length > 0 && bindsRcp(run) ? this.levels(resourceControl) : NO_LEVELS;
    this.throughEndpoint = set.vpcEndpoint.length > 0 && run.read(SOURCE_VPCE) !== undefined;
    this.endpoint = this.throughEndpoint ? this.tally(set.vpcEndpoint) : EMPTY;
  }

  /** Keys and roles: nothing is allowed without their own policy (E12). */
  get mandatory(): boolean {
    const { facts } = this.run;
    return isKey(facts) || isTrusted(facts) || this.set.resource?.kind === "trust";
  }

  /** Whether the caller's identity policies allow; where they were not given, as the test says or the run supposes. */
  identityAllows(): boolean {
    if (!this.hasIdentity) return false;
    if (this.set.identity !== undefined) return this.identity.allows.length > 0;
    const { givenIdentity } = this.run.facts.request;
    if (givenIdentity !== null) return givenIdentity === "allows";
    this.run.identityOpen = true;
    return this.run.supposed.identity;
  }

  boundaryAllows(): boolean {
    return !this.hasBoundary || this.bounds.allows.length > 0;
  }

  /** Whether permissions boundary and session policies let the request pass. */
  capped(): boolean {
    return this.boundaryAllows() && this.sessionAllows();
  }

  /** What a resource's policy that was not given is taken to do: `ours`, unless the run supposes otherwise. */
  resourceNotGiven(ours: boolean): boolean {
    // No key policy covers an alias, nor an action without a key (F1, F8).
    if (this.set.resource !== undefined || isBesideKey(this.run.facts)) return false;
    this.run.resourceOpen = true;
    return this.run.supposed.resource ?? ours;
  }

  /** The grants that cover the request, by how closely they name the caller. */
  grants(): GrantTally {
    if (this.set.grants.length === 0) return NO_GRANTS;
    const found: { exact: Grant[]; parent: Grant[]; account: Grant[] } = { exact: [], parent: [], account: [] };
    for (const grant of this.set.grants) {
      const match = grantMatch(grant, this.run);
      if (match === EXACT || match === EVERYONE) found.exact.push(grant);
      else if (match === PARENT) found.parent.push(grant);
      else if (match === ACCOUNT) found.account.push(grant);
    }
    return found;
  }

  private sessionAllows(): boolean {
    if (this.set.session.length > 0) return this.sessions.allows.length > 0;
    const { principal, request } = this.run.facts;
    if (principal.type !== "federatedUser") return true;
    // Where the caller's own policies are given to allow it, its session's are.
    if (this.set.identity === undefined && request.givenIdentity === "allows") return true;
    // GetFederationToken without a session policy: two AWS texts differ (E7).
    return this.run.weak("E7", false, true);
  }

  private levels(levels: readonly (readonly Policy[])[]): readonly Tally[] {
    return levels.map((level) => this.tally(level));
  }

  private tally(policies: readonly Policy[]): Tally {
    let tally = EMPTY;
    for (const policy of policies) tally = this.tallyOne(policy, tally);
    return tally;
  }

  /** Adds what applies of a policy, in the order of its statements. */
  private tallyOne(policy: Policy, tally: Tally): Tally {
    const { action, service } = this.run.facts;
    let counted = tally;
    for (const statement of compile(policy).matching(action, service)) {
      const match = applies(statement, this.run, this.hasBoundary);
      if (match === NO_MATCH) continue;
      if (counted === EMPTY) counted = new Tally();
      counted.add(statement, match);
      if (!statement.allows) this.someDeny = true;
    }
    return counted;
  }
}

export interface GrantTally {
  readonly exact: readonly Grant[];
  readonly parent: readonly Grant[];
  readonly account: readonly Grant[];
}

const NO_GRANTS: GrantTally = { exact: [], parent: [], account: [] };

/** Whether the policy of the resource has a say. */
function resourcePolicyBinds(policy: Policy, { facts }: Evaluation): boolean {
  // A key policy covers neither aliases nor actions without a key (F1, F8), nor kms:RetireGrant (F18).
  return policy.kind !== "key" || !(isBesideKey(facts) || isRetireGrant(facts.action));
}

/** E19: members of an organization, but for its management account, service-linked roles and services. */
function bindsScp({ facts: { principal } }: Evaluation): boolean {
  return principal.account !== null && !principal.managementAccount && !principal.serviceLinked;
}

/** E20: resources of member accounts, whoever calls. */
function bindsRcp(run: Evaluation): boolean {
  const { facts } = run;
  const { principal } = facts;
  if (principal.serviceLinked || isRetireGrant(facts.action) || isAwsManaged(facts)) return false;
  if (principal.managementAccount && principal.account === facts.owner) return false;
  if (!isRcpService(run)) return false;
  // Actions without a resource: the resource control policies of the caller's account, by our reading (E22).
  return facts.resource === "*" ? run.weak("E22", true, false) : true;
}
