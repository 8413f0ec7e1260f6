/** KMS grants: https://docs.aws.amazon.com/kms/latest/developerguide/grants.html (semantics F14-F18) */
import type { Grant } from "../../request/grant.ts";
import { contextKey, type Evaluation } from "../evaluation.ts";
import { compilePrincipalValue, EXACT, type MatchClass, NO_MATCH } from "../principal.ts";

/** How closely a grant that covers the request names the caller. */
export function grantMatch(grant: Grant, run: Evaluation): MatchClass {
  const { facts } = run;
  const operation = grant.operations.find((name) => `kms:${name.toLowerCase()}` === facts.action);
  if (!operation || facts.resource !== grant.key) return NO_MATCH;
  const match = granteeMatch(grant, run);
  if (match === NO_MATCH || !constraintsHold(grant, operation, run)) return NO_MATCH;
  return match;
}

export function granteeMatch(grant: Grant, run: Evaluation): MatchClass {
  const caller = run.facts.principal;
  if (grant.granteeServicePrincipal !== null)
    return caller.type === "service" && caller.name === grant.granteeServicePrincipal ? EXACT : NO_MATCH;
  return matchName(grant.granteePrincipal!, run);
}

/** Whether an ARN in a grant stands for the caller. */
export function matchName(name: string, run: Evaluation): MatchClass {
  const caller = run.facts.principal;
  // EC2's role for one instance: the grant spells the session into the role's path (F21).
  const infrastructure = /^arn:[^:]+:iam::(\d{12}):role\/(aws:[^/]+\/[^/]+)$/.exec(name);
  if (infrastructure && caller.type === "session" && caller.account === infrastructure[1])
    return caller.arn!.endsWith(`:assumed-role/${infrastructure[2]}`) ? EXACT : NO_MATCH;
  return compilePrincipalValue({ type: "AWS", value: name })(caller, run);
}

const ENCRYPTION_CONTEXT = "kms:encryptioncontext:";
const SOURCE_ARN = contextKey("aws:SourceArn");
const GRANT_OPERATIONS = contextKey("kms:GrantOperations");
const CHILD_SOURCE_ARN = contextKey("kms:GrantConstraintSourceArn");

/** F15: which constraints bind which operations. */
function constraintsHold({ constraints, operations }: Grant, operation: string, run: Evaluation): boolean {
  if (operation === "RetireGrant") return true;
  if (constraints.SourceArn !== undefined && run.read(SOURCE_ARN)?.[0] !== constraints.SourceArn) return false;
  if (operation === "DescribeKey") return true;
  if (operation === "CreateGrant" && !childFits(operations, run)) return false;
  if (
    operation === "CreateGrant" &&
    constraints.SourceArn !== undefined &&
    run.read(CHILD_SOURCE_ARN)?.[0] !== constraints.SourceArn
  )
    return false;
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset } = constraints;
  const pairs = requestPairs(run);
  if (operation === "CreateGrant" && (equals || subset)) {
    // The child's constraint must be as strict: Equals satisfies both, Subset only Subset.
    const type = run.facts.context.get("kms:grantconstrainttype")?.[0];
    if (type !== "EncryptionContextEquals" && !(type === "EncryptionContextSubset" && !equals)) return false;
  }
  if (equals && !holds(equals, pairs, true, run)) return false;
  return !subset || holds(subset, pairs, false, run);
}

/** A grant made under a grant hands out only operations of its parent (F16). */
function childFits(parent: readonly string[], run: Evaluation): boolean {
  const wanted = run.read(GRANT_OPERATIONS);
  return wanted === undefined || wanted.every((operation) => parent.includes(operation));
}

function requestPairs({ facts }: Evaluation): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const [key, value] of Object.entries(facts.request.context))
    if (key.toLowerCase().startsWith(ENCRYPTION_CONTEXT) && typeof value === "string")
      pairs.set(key.slice(ENCRYPTION_CONTEXT.length), value);
  return pairs;
}

/** Keys of pairs compare without case in the API reference, with case in the developer guide: we follow the former. */
function holds(
  wanted: Readonly<Record<string, string>>,
  pairs: Map<string, string>,
  exactly: boolean,
  run: Evaluation,
): boolean {
  const compare = (fold: (text: string) => string) => {
    const seen = new Map([...pairs].map(([key, value]) => [fold(key), value]));
    const entries = Object.entries(wanted);
    return (!exactly || seen.size === entries.length) && entries.every(([key, value]) => seen.get(fold(key)) === value);
  };
  return run.weak(
    "F15",
    compare((key) => key.toLowerCase()),
    compare((key) => key),
  );
}
