import type { Grant } from "../../request/grant.ts";
import type { Evaluation } from "../evaluation.ts";
import { ACCOUNT, EXACT, type MatchClass, NO_MATCH, PARENT } from "../principal.ts";
import { allowed, implicit, type Verdict } from "../verdict.ts";
import type { Weighing } from "../weigh.ts";
import { granteeMatch, matchName } from "./grants.ts";

/**
 * Who may retire a grant: neither the key policy nor an Allow of IAM alone decides it (semantics F18).
 * https://docs.aws.amazon.com/kms/latest/developerguide/grant-delete.html
 */
export function retireGrant(weighing: Weighing): Verdict {
  const { set, run, identity } = weighing;
  const { principal, owner, resource } = run.facts;
  const grants = set.grants.filter(({ key }) => key === resource);
  const matches = grants.map((grant) => retiringClass(grant, run));
  const named = grants.filter((_, at) => matches[at]! >= PARENT);
  if (named.length > 0) return allowed([], named, "the grant names the caller");
  // The account may retire it: its root user does, others need an identity policy of that account.
  const own = principal.account !== null && principal.account === owner;
  const ofAccount = grants.filter((_, at) => own || matches[at] === ACCOUNT);
  const why = "the caller's account may retire the grant";
  if (ofAccount.length > 0 && principal.type === "root") return allowed([], ofAccount, why);
  if (ofAccount.length > 0 && weighing.capped() && weighing.identityAllows())
    return allowed(identity.allows, ofAccount, why);
  return implicit("the caller may not retire any of the grants");
}

/** How closely a grant names the caller as one who may retire it. */
export const retiringClass = (grant: Grant, run: Evaluation): MatchClass =>
  Math.max(retiringMatch(grant, run), retiringGranteeMatch(grant, run)) as MatchClass;

function retiringMatch({ retiringPrincipal, retiringServicePrincipal }: Grant, run: Evaluation): MatchClass {
  const { type, name } = run.facts.principal;
  if (type === "service") return name === retiringServicePrincipal ? EXACT : NO_MATCH;
  return retiringPrincipal === null ? NO_MATCH : matchName(retiringPrincipal, run);
}

/** The grantee may, if the grant says so. */
function retiringGranteeMatch(grant: Grant, run: Evaluation): MatchClass {
  return grant.operations.includes("RetireGrant") ? granteeMatch(grant, run) : NO_MATCH;
}
