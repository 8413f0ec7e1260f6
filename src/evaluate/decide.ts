/**
 * The decision, branch by branch as AWS draws it: semantics E and F.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
import type { Facts } from "../request/facts.ts";
import type { Grant } from "../request/grant.ts";
import type { CompiledStatement } from "./compile.ts";
import type { Evaluation } from "./evaluation.ts";
import type { PolicySet } from "./policy-set.ts";
import { isImmutable } from "./services/immutable.ts";
import { isAwsManaged, isBesideKey, isRetireGrant, worksAcrossAccounts } from "./services/kms.ts";
import { retireGrant } from "./services/retire-grant.ts";
import { mayMendBucketPolicy } from "./services/s3.ts";
import { credentialLimit } from "./services/sts.ts";
import { allowed, denied, implicit, type Verdict } from "./verdict.ts";
import { type GrantTally, NONE, Weighing } from "./weigh.ts";

export function decide(set: PolicySet, run: Evaluation): Verdict {
  const { facts } = run;
  const limit = credentialLimit(facts);
  if (limit) return { outcome: limit.outcome, statements: [], grants: [], reason: limit.reason };

  const weighing = new Weighing(set, run);
  const denies = applyingDenies(weighing);
  if (denies.length > 0) return denied(denies);

  const barred = barredWhatever(run, weighing.sameAccount) ?? cappedByOrganization(weighing);
  if (barred !== undefined) return implicit(barred);

  if (isRetireGrant(facts.action)) return retireGrant(weighing);
  if (!weighing.hasIdentity) return withoutIdentity(weighing);
  return weighing.sameAccount ? withinAccount(weighing) : acrossAccounts(weighing);
}

/** A Deny anywhere decides (E1), in AWS's order of reporting (E2). */
function applyingDenies(weighing: Weighing): readonly CompiledStatement[] {
  if (!weighing.someDeny) return NONE;
  const { resourceControl, serviceControl, resource, identity, bounds, sessions, endpoint, run } = weighing;
  const mended = mayMendBucketPolicy(run.facts);
  let denies = NONE;
  for (const level of resourceControl) denies = joined(denies, level.denies);
  for (const level of serviceControl) denies = joined(denies, level.denies);
  if (!mended) denies = joined(denies, resource.denies);
  denies = joined(denies, identity.denies);
  denies = joined(denies, bounds.denies);
  denies = joined(denies, sessions.denies);
  return joined(denies, endpoint.denies);
}

/** What fails whatever the policies say. */
function barredWhatever(run: Evaluation, sameAccount: boolean): string | undefined {
  const { facts } = run;
  if (isOfOtherPartition(facts)) return "the caller and the resource are in different partitions";
  if (isImmutable(facts) && run.weak("E17", true, false)) return "AWS keeps this object for itself";
  if (sameAccount || facts.service !== "kms" || isBesideKey(facts)) return undefined;
  if (isAwsManaged(facts)) return "a key that AWS manages is never used across accounts";
  return worksAcrossAccounts(facts.action) ? undefined : "this operation does not work on a key of another account";
}

const COLON = 0x3a;

function isOfOtherPartition(facts: Facts): boolean {
  const { resource, principal } = facts;
  if (principal.partition === null || resource === undefined || resource === "*") return false;
  // Nearly all are of the same partition, which the text tells without taking the ARN apart.
  const end = 4 + principal.partition.length;
  if (resource.charCodeAt(end) === COLON && resource.startsWith(principal.partition, 4)) return false;
  return facts.arn !== undefined && facts.arn.partition !== principal.partition;
}

/** Every level of service control policies must allow (E18), and the endpoint's policy (E23). RCPFullAWSAccess is implied (E22). */
function cappedByOrganization({ serviceControl, throughEndpoint, endpoint, run }: Weighing): string | undefined {
  let level = 0;
  for (const { allows } of serviceControl) {
    level++;
    if (allows.length === 0 || (allows.every(isNarrow) && !run.weak("A7", true, false)))
      return `no service control policy of level ${level} of ${serviceControl.length} allows it`;
  }
  return throughEndpoint && endpoint.allows.length === 0 ? "the VPC endpoint's policy does not allow it" : undefined;
}

/** AWS's pages differ on Allow statements of service control policies that name resources (A7). */
const isNarrow = ({ statement }: CompiledStatement): boolean =>
  statement.resource?.not === true || !statement.resource?.values.some(({ value }) => value === "*");

/** Root users, services, bearers of tokens, and nobody: only the resource's policy counts, or a grant (E14-E16). */
function withoutIdentity(weighing: Weighing): Verdict {
  const { run, sameAccount } = weighing;
  const { byAccount, byName, byEveryone } = weighing.resource;
  const granted = weighing.grants();
  const named = [...byName, ...byEveryone];
  const grants = [...granted.exact, ...granted.account];
  if (named.length > 0 || grants.length > 0) return allowed(named, grants, "the resource's policy names the caller");
  if (run.facts.principal.type !== "root") return implicit("no statement allows this request");
  // The root user is allowed by default in its own account, but for keys and roles (E14).
  if (byAccount.length > 0) return allowed(byAccount, [], "the resource's policy names the account");
  if ((sameAccount && !weighing.mandatory) || weighing.resourceNotGiven(sameAccount))
    return allowed([], [], "the root user is allowed in its own account");
  return implicit(sameAccount ? "the resource's own policy does not allow it" : FOREIGN);
}

const FOREIGN = "the resource is of another account, whose policy does not allow the caller";

/** Users and roles on resources of their own account (E3). */
function withinAccount(weighing: Weighing): Verdict {
  const { set, identity } = weighing;
  const { byAccount, byParent } = weighing.resource;
  const granted = weighing.grants();
  const { statements, grants } = namedWithinAccount(weighing, granted);
  // The caller's own policies, where the resource's policy lets them (E3.1, E12, F2). Policies that were not given do not
  // matter once something else grants.
  const { mandatory } = weighing;
  const delegates = !mandatory || byAccount.length > 0 || weighing.resourceNotGiven(true);
  const granting = statements.length > 0 || grants.length > 0;
  const needless = granting && (mandatory || set.identity === undefined);
  const asked = (delegates || granted.account.length > 0) && !needless;
  if (asked && weighing.capped() && weighing.identityAllows()) {
    const delegated = joined(mandatory ? byAccount : NONE, identity.allows);
    return allowed(
      joined(statements, delegated),
      joined(grants, granted.account),
      "the caller's identity policies allow it",
    );
  }
  if (granting) return allowed(statements, grants, "the resource's policy or a grant names the caller");

  const own = identity.allows.length > 0;
  if (own && !delegates)
    return implicit("identity policies allow it, but the resource's own policy does not let them decide");
  if (!own && byParent.length === 0) return implicit("no statement allows this request");
  return implicit(
    weighing.boundaryAllows() ? "the session policy does not allow it" : "the permissions boundary does not allow it",
  );
}

/** What the resource's policy and grants give to the caller by name, or to everyone. */
function namedWithinAccount(weighing: Weighing, granted: GrantTally): Pick<Verdict, "statements" | "grants"> {
  const { run } = weighing;
  const { byParent, byName, byEveryone } = weighing.resource;
  const some = byParent.length + byName.length + byEveryone.length + granted.exact.length + granted.parent.length;
  if (some === 0) return NOTHING;
  const capped = () => weighing.capped();
  // Named directly, or everyone: neither identity policies nor boundaries are needed (E3.2, E4).
  const statements = [
    ...byName,
    ...byEveryone.filter((one) => capped() || pinsCaller(one) || run.weak("E4", true, false)),
  ];
  const grants: Grant[] = granted.exact.filter(() => capped() || run.weak("F17", true, false));
  // The role of a session, or the user of a federated one: boundaries bind (E3.3).
  if (byParent.length > 0 && capped()) statements.push(...byParent);
  grants.push(...granted.parent.filter(() => capped() || run.weak("F17", false, true)));
  return { statements, grants };
}

const NOTHING = { statements: NONE, grants: [] };

function joined<T>(some: readonly T[], more: readonly T[]): readonly T[] {
  if (some.length === 0) return more;
  if (more.length === 0) return some;
  const all: T[] = [];
  for (const one of some) all.push(one);
  for (const one of more) all.push(one);
  return all;
}

/** `"*"` with a condition on the caller's ARN is as good as naming the caller (E4). */
const pinsCaller = ({ conditions }: CompiledStatement): boolean =>
  conditions.some(({ key }) => key.folded === "aws:principalarn");

/** Users and roles on resources of another account: both sides must allow (E8); a grant stands for both (F17). */
function acrossAccounts(weighing: Weighing): Verdict {
  const { run, identity } = weighing;
  const byPolicy = weighing.resource.allows;
  const { exact, parent, account } = weighing.grants();
  const grants = [...exact, ...parent, ...account];
  if (grants.length > 0 && weighing.capped() && run.weak("F17", true, weighing.identityAllows()))
    return allowed([], grants, "a grant allows it");
  if (byPolicy.length === 0 && !weighing.resourceNotGiven(false)) return implicit(FOREIGN);
  if (!weighing.identityAllows())
    return implicit("the caller is of another account and needs its own identity policies to allow it");
  if (!weighing.capped()) return implicit("a permissions boundary or session policy does not allow it");
  return allowed([...byPolicy, ...identity.allows], [], "both accounts allow it");
}
