/** Which policies bind whom, told once more from semantics.md alone, to hold the evaluator against. */
import type { PolicyKind } from "../../src/policy/kinds.ts";
import type { Question } from "./questions.ts";

const accountOf = (arn: string) => arn.split(":")[4] || undefined;

/** E10, E11. */
export function ownerIn({ request }: Question): string | undefined {
  const { resource, resourceAccount, principal } = request;
  if (resource === "*") return principal.account ?? undefined;
  return resourceAccount ?? accountOf(resource!) ?? principal.account ?? undefined;
}

/** B7 and E13: the kind of credentials decides, not the policies. */
export function decidedByCredentials({ request }: Question): "allowed" | "implicitDeny" | undefined {
  const { principal, action, context } = request;
  const service = action.split(":")[0];
  if (principal.account === null) return undefined;
  if (action === "sts:GetCallerIdentity") return "allowed";
  if (principal.type === "federatedUser" && service === "sts") return "implicitDeny";
  const sessionCredentials = principal.type === "user" && (context["aws:TokenIssueTime"] ?? null) !== null;
  if (sessionCredentials && service === "sts" && action !== "sts:AssumeRole") return "implicitDeny";
  if (action === "sts:GetSessionToken")
    return principal.type === "role" || principal.type === "session" ? "implicitDeny" : "allowed";
  if (principal.type === "root" && action.startsWith("sts:AssumeRole")) return "implicitDeny";
  return undefined;
}

/** Whether the caller has identity policies, and what goes with them (E14-E16; E13 for a call with a token). */
export function hasOwnPolicies({ request, policies }: Question): boolean {
  const { type } = request.principal;
  const own = type === "user" || type === "role" || type === "session" || type === "federatedUser";
  // Where only identity policies are given, they are what is judged.
  return own && (request.action !== "sts:AssumeRoleWithWebIdentity" || policies.resource === undefined);
}

export function binds(kind: PolicyKind, question: Question): boolean {
  const { principal, action, resource, context } = question.request;
  const owner = ownerIn(question);
  if (kind === "identity" || kind === "permissionsBoundary" || kind === "session") return hasOwnPolicies(question);
  // F8, F9, F18: a key policy is about the key.
  if (kind === "key") return resource !== "*" && !resource!.includes(":alias/") && action !== "kms:RetireGrant";
  // E1: the owner's root user can mend a bucket policy.
  if (kind === "resource")
    return !(action === "s3:PutBucketPolicy" && principal.type === "root" && principal.account === owner);
  // E19.
  if (kind === "serviceControl")
    return principal.account !== null && !principal.managementAccount && !principal.serviceLinked;
  // E20.
  if (kind === "resourceControl")
    return (
      !principal.serviceLinked &&
      !(principal.managementAccount && principal.account === owner) &&
      action !== "kms:RetireGrant" &&
      !action.startsWith("sns:")
    );
  // E23.
  if (kind === "vpcEndpoint") return (context["aws:SourceVpce"] ?? null) !== null;
  return true;
}
