/** What the given policies say to a request, kind by kind, before anything is decided. */
import type { Policy } from "../policy/policy.ts";
import type { Grant } from "../request/grant.ts";
import { applies, type CompiledStatement, compile } from "./compile.ts";
import { contextKey, type Evaluation } from "./evaluation.ts";
import type { PolicySet } from "./policy-set.ts";
import { ACCOUNT, EVERYONE, EXACT, NO_MATCH, PARENT } from "./principal.ts";
import { grantMatch } from "./services/grants.ts";
import { isAwsManaged, isBesideKey, isKey, isRetireGrant } from "./services/kms.ts";
import { isRcpService } from "./services/rcp.ts";
import { isTokenCall, isTrusted } from "./services/sts.ts";

/** The statements of one kind of policy that apply to the request. */
export interface Tally {
  readonly allows: readonly CompiledStatement[];
  readonly denies: readonly CompiledStatement[];
  /** The allows by how closely the principal is named: the index is the match class. */
  readonly classes: readonly (readonly CompiledStatement[])[];
}

const SOURCE_VPCE = contextKey("aws:SourceVpce");

export class Weighing {
  /** The caller has identity policies, boundaries and session policies that bind this call. */
  readonly hasIdentity: boolean;
  readonly sameAccount: boolean;
  readonly throughEndpoint: boolean;
  readonly identity: Tally;
  readonly bounds: Tally;
  readonly sessions: Tally;
  readonly resource: Tally;
  readonly endpoint: Tally;
  readonly serviceControl: readonly Tally[];
  readonly resourceControl: readonly Tally[];
  readonly #hasBoundary: boolean;

  constructor(
    readonly set: PolicySet,
    readonly run: Evaluation,
  ) {
    const { facts } = run;
    const { type, account } = facts.principal;
    const entity = type === "user" || type === "role" || type === "session" || type === "federatedUser";
    // Unsigned calls know no identity policies (E13); where only those were given, they are what is judged.
    this.hasIdentity = entity && !(isTokenCall(facts.action) && set.resource !== undefined);
    this.sameAccount = account === null || facts.owner === undefined || account === facts.owner;
    const own = (policies: readonly Policy[]) => (this.hasIdentity ? policies : []);
    this.#hasBoundary = own(set.permissionsBoundary).length > 0;
    this.identity = this.#tally(own(set.identity ?? []));
    this.bounds = this.#tally(own(set.permissionsBoundary));
    this.sessions = this.#tally(own(set.session));
    this.resource = this.#tally(resourcePolicies(set, run));
    this.serviceControl = bindsScp(run) ? set.serviceControl.map((level) => this.#tally(level)) : [];
    this.resourceControl = bindsRcp(run) ? set.resourceControl.map((level) => this.#tally(level)) : [];
    this.throughEndpoint = set.vpcEndpoint.length > 0 && run.read(SOURCE_VPCE) !== undefined;
    this.endpoint = this.#tally(this.throughEndpoint ? set.vpcEndpoint : []);
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
    return !this.#hasBoundary || this.bounds.allows.length > 0;
  }

  /** Whether permissions boundary and session policies let the request pass. */
  capped(): boolean {
    return this.boundaryAllows() && this.#sessionAllows();
  }

  /** What a resource's policy that was not given is taken to do: `ours`, unless the run supposes otherwise. */
  resourceNotGiven(ours: boolean): boolean {
    if (this.set.resource !== undefined) return false;
    this.run.resourceOpen = true;
    return this.run.supposed.resource ?? ours;
  }

  /** The grants that cover the request, by how closely they name the caller. */
  grants(): { exact: Grant[]; parent: Grant[]; account: Grant[] } {
    const found: { exact: Grant[]; parent: Grant[]; account: Grant[] } = { exact: [], parent: [], account: [] };
    for (const grant of this.set.grants) {
      const match = grantMatch(grant, this.run);
      if (match === EXACT || match === EVERYONE) found.exact.push(grant);
      else if (match === PARENT) found.parent.push(grant);
      else if (match === ACCOUNT) found.account.push(grant);
    }
    return found;
  }

  #sessionAllows(): boolean {
    if (this.set.session.length > 0) return this.sessions.allows.length > 0;
    // GetFederationToken without a session policy: two AWS texts differ (E7).
    return this.run.facts.principal.type === "federatedUser" ? this.run.weak("E7", false, true) : true;
  }

  #tally(policies: readonly Policy[]): Tally {
    if (policies.length === 0) return EMPTY;
    const allows: CompiledStatement[] = [];
    const denies: CompiledStatement[] = [];
    const classes: CompiledStatement[][] = [[], [], [], [], []];
    for (const policy of policies) {
      for (const statement of compile(policy).forService(this.run.facts.service)) {
        const match = applies(statement, this.run, this.#hasBoundary);
        if (match === NO_MATCH) continue;
        if (!statement.allows) denies.push(statement);
        else {
          allows.push(statement);
          classes[match]!.push(statement);
        }
      }
    }
    return { allows, denies, classes };
  }
}

const EMPTY: Tally = { allows: [], denies: [], classes: [[], [], [], [], []] };

/** The policy of the resource, where it has a say. */
function resourcePolicies(set: PolicySet, { facts }: Evaluation): readonly Policy[] {
  if (!set.resource) return [];
  // A key policy covers neither aliases nor actions without a key (F1, F8), nor kms:RetireGrant (F18).
  if (set.resource.kind === "key" && (isBesideKey(facts) || isRetireGrant(facts.action))) return [];
  return [set.resource];
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
