/**
 * The decision, branch by branch as AWS draws it: semantics E and F.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
import { rcpSupports } from "../catalog/catalog.ts";
import type { Policy } from "../policy/policy.ts";
import type { Grant } from "../request/grant.ts";
import { applies, type CompiledStatement, compile } from "./compile.ts";
import { contextKey, type Evaluation } from "./evaluation.ts";
import type { PolicySet } from "./policy-set.ts";
import { ACCOUNT, EVERYONE, EXACT, NO_MATCH, PARENT } from "./principal.ts";
import { grantMatch, matchName } from "./services/grants.ts";
import { isImmutable } from "./services/immutable.ts";
import { isAwsManaged, isBesideKey, isKey, isRetireGrant, worksAcrossAccounts } from "./services/kms.ts";
import { mayMendBucketPolicy } from "./services/s3.ts";
import { credentialLimit, isTokenCall, isTrusted } from "./services/sts.ts";

export type Outcome = "allowed" | "explicitDeny" | "implicitDeny";

export interface Verdict {
  readonly outcome: Outcome;
  /** The statements that decided: every Deny that applies, or the Allows that granted. */
  readonly statements: readonly CompiledStatement[];
  readonly grants: readonly Grant[];
  /** Why nothing else decided, for people. */
  readonly reason: string;
}

const allowed = (statements: readonly CompiledStatement[], grants: readonly Grant[], reason: string): Verdict => ({
  outcome: "allowed",
  statements,
  grants,
  reason,
});

const implicit = (reason: string): Verdict => ({ outcome: "implicitDeny", statements: [], grants: [], reason });

/** The statements of one kind of policy that apply to the request. */
interface Tally {
  readonly allows: CompiledStatement[];
  readonly denies: CompiledStatement[];
  /** By how closely the principal is named: index is the match class. */
  readonly classes: CompiledStatement[][];
}

const SOURCE_VPCE = contextKey("aws:SourceVpce");

export function decide(set: PolicySet, run: Evaluation): Verdict {
  const { facts } = run;
  const caller = facts.principal;

  const limit = credentialLimit(facts);
  if (limit) return { outcome: limit.outcome, statements: [], grants: [], reason: limit.reason };

  // Which policies bind this caller and this action.
  const hasIdentity =
    caller.type === "user" || caller.type === "role" || caller.type === "session" || caller.type === "federatedUser";
  // Unsigned calls know no identity policies (E13); where only those were given, they are what is judged.
  const tokenCall = isTokenCall(facts.action) && !(hasIdentity && set.resource === undefined);
  const boundary = hasIdentity && !tokenCall ? set.permissionsBoundary : [];
  const hasBoundary = boundary.length > 0;
  const identity = tally(hasIdentity && !tokenCall ? (set.identity ?? []) : [], run, hasBoundary);
  const bounds = tally(boundary, run, hasBoundary);
  const sessions = tally(hasIdentity && !tokenCall ? set.session : [], run, hasBoundary);
  const resource = tally(resourcePolicies(set, run), run, hasBoundary);
  const serviceControl = bindsScp(run) ? set.serviceControl.map((level) => tally(level, run, hasBoundary)) : [];
  const resourceControl = bindsRcp(run) ? set.resourceControl.map((level) => tally(level, run, hasBoundary)) : [];
  const throughEndpoint = set.vpcEndpoint.length > 0 && run.read(SOURCE_VPCE) !== undefined;
  const endpoint = tally(throughEndpoint ? set.vpcEndpoint : [], run, hasBoundary);

  // A Deny anywhere decides (E1), in AWS's order of reporting (E2).
  const mended = mayMendBucketPolicy(facts);
  const denies = [
    ...resourceControl,
    ...serviceControl,
    ...(mended ? [] : [resource]),
    identity,
    bounds,
    sessions,
    endpoint,
  ].flatMap((kind) => kind.denies);
  if (denies.length > 0) return { outcome: "explicitDeny", statements: denies, grants: [], reason: "a Deny applies" };

  if (facts.arn && caller.partition !== null && facts.arn.partition !== caller.partition)
    return implicit("the caller and the resource are in different partitions");
  if (isImmutable(facts) && run.weak("E17", true, false)) return implicit("AWS keeps this object for itself");
  const sameAccount = caller.account === null || facts.owner === undefined || caller.account === facts.owner;
  if (
    !sameAccount &&
    facts.service === "kms" &&
    !isBesideKey(facts) &&
    (!worksAcrossAccounts(facts.action) || isAwsManaged(facts))
  )
    return implicit(
      isAwsManaged(facts)
        ? "a key that AWS manages is never used across accounts"
        : "this operation does not work on a key of another account",
    );

  // Service control policies: every level must allow (E18). Resource control policies allow by RCPFullAWSAccess (E22).
  for (const [index, level] of serviceControl.entries())
    if (level.allows.length === 0)
      return implicit(`no service control policy of level ${index + 1} of ${serviceControl.length} allows it`);
    else if (level.allows.every(isNarrow) && !run.weak("A7", true, false))
      return implicit(`no service control policy of level ${index + 1} of ${serviceControl.length} allows it`);
  if (throughEndpoint && endpoint.allows.length === 0) return implicit("the VPC endpoint's policy does not allow it");

  if (isRetireGrant(facts.action)) return retireGrant(set, run, identity);

  // What may grant: the caller's own policies, the resource's policy, grants.
  const identityAllows = (): boolean => {
    if (!hasIdentity || tokenCall) return false;
    if (set.identity !== undefined) return identity.allows.length > 0;
    if (facts.request.givenIdentity !== null) return facts.request.givenIdentity === "allows";
    run.identityOpen = true;
    return run.supposed.identity;
  };
  const boundaryAllows = !hasBoundary || bounds.allows.length > 0;
  const sessionAllows = (): boolean => {
    if (set.session.length > 0) return sessions.allows.length > 0;
    // GetFederationToken without a session policy: two AWS texts differ (E7).
    return caller.type === "federatedUser" ? run.weak("E7", false, true) : true;
  };
  const capped = () => boundaryAllows && sessionAllows();
  const [, byAccount = [], byParent = [], byName = [], byEveryone = []] = resource.classes;
  const granted = grantsOf(set, run);
  if (!hasIdentity || tokenCall) {
    const named = [...byName, ...byEveryone];
    const grants = [...granted.exact, ...granted.account];
    if (named.length > 0 || grants.length > 0) return allowed(named, grants, "the resource's policy names the caller");
    if (caller.type === "root") return rootUser(set, run, sameAccount, byAccount);
    return implicit("no statement allows this request");
  }

  if (sameAccount) {
    const statements: CompiledStatement[] = [];
    const grants: Grant[] = [];
    // Named directly, or everyone: neither identity policies nor boundaries are needed (E3.2, E4).
    statements.push(...byName);
    for (const statement of byEveryone) {
      const pinned = statement.conditions.some(({ key }) => key.folded === "aws:principalarn");
      if (capped() || pinned || run.weak("E4", true, false)) statements.push(statement);
    }
    for (const grant of granted.exact) if (capped() || run.weak("F17", true, false)) grants.push(grant);
    // The role of a session, or the user of a federated one: boundaries bind (E3.3).
    if (byParent.length > 0 && capped()) statements.push(...byParent);
    for (const grant of granted.parent) if (capped() || run.weak("F17", false, true)) grants.push(grant);
    // The caller's own policies, where the resource's policy lets them (E3.1, E12, F2). Policies that were not given do
    // not matter once something else grants.
    const mandatory = isMandatory(set, run);
    const delegates = !mandatory || byAccount.length > 0 || resourceNotGiven(set, run, true);
    const granting = statements.length > 0 || grants.length > 0;
    const own = delegates || granted.account.length > 0;
    if (own && capped() && !(granting && set.identity === undefined) && identityAllows()) {
      statements.push(...(mandatory ? byAccount : []), ...identity.allows);
      return allowed(statements, [...grants, ...granted.account], "the caller's identity policies allow it");
    }
    if (granting) return allowed(statements, grants, "the resource's policy or a grant names the caller");
    return implicit(
      whyNot({
        mandatory,
        delegates,
        identity: identity.allows.length > 0,
        boundaryAllows,
        byParent: byParent.length > 0,
      }),
    );
  }

  // Another account: both sides must allow (E8); a grant stands for both (F17).
  const resourceSide = [...byAccount, ...byParent, ...byName, ...byEveryone];
  const grants = [...granted.exact, ...granted.parent, ...granted.account];
  if (grants.length > 0 && capped() && run.weak("F17", true, identityAllows()))
    return allowed([], grants, "a grant allows it");
  if (resourceSide.length === 0 && !resourceNotGiven(set, run, false))
    return implicit("the resource is of another account, whose policy does not allow the caller");
  if (!identityAllows())
    return implicit("the caller is of another account and needs its own identity policies to allow it");
  if (!capped()) return implicit("a permissions boundary or session policy does not allow it");
  return allowed([...resourceSide, ...identity.allows], [], "both accounts allow it");
}

function tally(policies: readonly Policy[], run: Evaluation, hasBoundary: boolean): Tally {
  const allows: CompiledStatement[] = [];
  const denies: CompiledStatement[] = [];
  const classes: CompiledStatement[][] = [[], [], [], [], []];
  for (const policy of policies) {
    for (const statement of compile(policy).forService(run.facts.service)) {
      const match = applies(statement, run, hasBoundary);
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

/** The policy of the resource, where it has a say. */
function resourcePolicies(set: PolicySet, { facts }: Evaluation): readonly Policy[] {
  if (!set.resource) return [];
  // A key policy covers neither aliases nor actions without a key (F1, F8), nor kms:RetireGrant (F18).
  if (set.resource.kind === "key" && (isBesideKey(facts) || isRetireGrant(facts.action))) return [];
  return [set.resource];
}

/** Keys and roles: nothing is allowed without their own policy (E12). */
const isMandatory = (set: PolicySet, { facts }: Evaluation): boolean =>
  isKey(facts) || isTrusted(facts) || set.resource?.kind === "trust";

/** What a resource's policy that was not given is taken to do: `ours`, unless the run supposes otherwise. */
function resourceNotGiven(set: PolicySet, run: Evaluation, ours: boolean): boolean {
  if (set.resource !== undefined) return false;
  run.resourceOpen = true;
  return run.supposed.resource ?? ours;
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
  if (!rcpSupports(facts.service)) return false;
  // Actions without a resource: the resource control policies of the caller's account, by our reading (E22).
  return facts.resource === "*" ? run.weak("E22", true, false) : true;
}

/** AWS's pages differ on Allow statements of service control policies that name resources (A7). */
const isNarrow = ({ statement }: CompiledStatement): boolean =>
  statement.resource?.not === true || !statement.resource?.values.some(({ value }) => value === "*");

/** The root user is allowed by default in its own account, but for keys and roles (E14). */
function rootUser(
  set: PolicySet,
  run: Evaluation,
  sameAccount: boolean,
  byAccount: readonly CompiledStatement[],
): Verdict {
  if (byAccount.length > 0) return allowed(byAccount, [], "the resource's policy names the account");
  if (sameAccount && !isMandatory(set, run)) return allowed([], [], "the root user is allowed in its own account");
  if (resourceNotGiven(set, run, sameAccount)) return allowed([], [], "the root user is allowed in its own account");
  return implicit(
    sameAccount
      ? "the resource's own policy does not allow it"
      : "the resource is of another account, whose policy does not allow the caller",
  );
}

function grantsOf(set: PolicySet, run: Evaluation): { exact: Grant[]; parent: Grant[]; account: Grant[] } {
  const found: { exact: Grant[]; parent: Grant[]; account: Grant[] } = { exact: [], parent: [], account: [] };
  for (const grant of set.grants) {
    const match = grantMatch(grant, run);
    if (match === EXACT || match === EVERYONE) found.exact.push(grant);
    else if (match === PARENT) found.parent.push(grant);
    else if (match === ACCOUNT) found.account.push(grant);
  }
  return found;
}

/** Who may retire a grant (F18): neither the key policy nor an Allow of IAM alone decides it. */
function retireGrant(set: PolicySet, run: Evaluation, identity: Tally): Verdict {
  const { facts } = run;
  const caller = facts.principal;
  const denied: Verdict = implicit("the caller may not retire any of the grants");
  for (const grant of set.grants) {
    if (grant.key !== facts.resource) continue;
    const retiring =
      grant.retiringServicePrincipal !== null && caller.type === "service"
        ? caller.name === grant.retiringServicePrincipal
          ? EXACT
          : NO_MATCH
        : grant.retiringPrincipal === null
          ? NO_MATCH
          : matchName(grant.retiringPrincipal, run);
    const grantee =
      grant.operations.includes("RetireGrant") && grant.granteePrincipal !== null
        ? matchName(grant.granteePrincipal, run)
        : NO_MATCH;
    if (Math.max(retiring, grantee) >= PARENT) return allowed([], [grant], "the grant names the caller");
    // The account may retire it: its root user does, others need an identity policy of that account.
    const account =
      Math.max(retiring, grantee) === ACCOUNT || (caller.account !== null && caller.account === facts.owner);
    if (!account) continue;
    if (caller.type === "root") return allowed([], [grant], "the account may retire the grant");
    const given = facts.request.givenIdentity;
    const allows = set.identity !== undefined ? identity.allows.length > 0 : given === "allows";
    if (allows) return allowed(identity.allows, [grant], "the account may retire the grant");
    if (set.identity === undefined && given === null) {
      run.identityOpen = true;
      if (run.supposed.identity) return allowed([], [grant], "the account may retire the grant");
    }
  }
  return denied;
}

function whyNot(state: {
  mandatory: boolean;
  delegates: boolean;
  identity: boolean;
  boundaryAllows: boolean;
  byParent: boolean;
}): string {
  if (!state.delegates && state.identity)
    return "identity policies allow it, but the resource's own policy does not let them decide";
  if ((state.identity || state.byParent) && !state.boundaryAllows) return "the permissions boundary does not allow it";
  if (state.identity || state.byParent) return "the session policy does not allow it";
  return "no statement allows this request";
}
