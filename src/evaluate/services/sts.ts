import type { Facts } from "../../request/facts.ts";

/**
 * What temporary credentials may call whatever the policies say (semantics B7), and who may assume roles (E13).
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html
 */
export type CredentialLimit = { readonly outcome: "allowed" | "implicitDeny"; readonly reason: string };

/** A decision that no policy can change; undefined for all other requests. */
export function credentialLimit({ action, service, principal, context }: Facts): CredentialLimit | undefined {
  const sts = service === "sts";
  if (!sts && service !== "iam") return undefined;
  const denied = (reason: string): CredentialLimit => ({ outcome: "implicitDeny", reason });
  const signed = principal.account !== null;
  if (action === "sts:getcalleridentity" && signed)
    return { outcome: "allowed", reason: "every caller may ask who it is" };
  if (principal.type === "role" || principal.type === "session") {
    if (action === "sts:getfederationtoken" || action === "sts:getsessiontoken")
      return denied("the session of a role cannot ask for these credentials");
  }
  if (principal.type === "federatedUser")
    return denied("a federated user cannot call IAM, nor STS but for its own identity");
  // A user with a token issue time has credentials of GetSessionToken.
  if (principal.type === "user" && context.get("aws:tokenissuetime")) {
    if (sts && action !== "sts:assumerole")
      return denied("session credentials of a user cannot call this action of STS");
    if (service === "iam" && context.get("aws:multifactorauthpresent")?.[0]?.toLowerCase() !== "true")
      return denied("session credentials of a user call IAM only with a second factor");
  }
  if (action === "sts:getsessiontoken" && signed)
    return { outcome: "allowed", reason: "no policy governs this action" };
  if (principal.type === "root" && action.startsWith("sts:assumerole") && action !== "sts:assumeroot")
    return denied("a root user cannot assume roles");
  return undefined;
}

/** The role's trust policy is mandatory for these (E12, E13). */
export function isTrusted(facts: Facts): boolean {
  if (facts.service !== "sts") return false;
  const { arn } = facts;
  return arn?.service === "iam" && arn.resource.startsWith("role/");
}

/** Unsigned: the caller comes with a token, and only the trust policy counts (E13). */
export const isTokenCall = (action: string): boolean =>
  action === "sts:assumerolewithsaml" || action === "sts:assumerolewithwebidentity";
