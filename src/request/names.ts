import type { PrincipalFields } from "./principal.ts";

/** The name of a caller's role, without its path: role names are unique in an account. */
export function roleNameOf(caller: PrincipalFields): string | undefined {
  if (caller.role) return caller.role.slice(caller.role.lastIndexOf("/") + 1);
  if (caller.type !== "session") return undefined;
  return caller.arn!.split("/")[1];
}

/** The prefix of a provider's claims as condition keys: the provider's URL without its scheme. */
export function claimPrefix(provider: string): string {
  if (provider.includes(":saml-provider/")) return "saml";
  const marker = ":oidc-provider/";
  const at = provider.indexOf(marker);
  return at === -1 ? provider : provider.slice(at + marker.length);
}
