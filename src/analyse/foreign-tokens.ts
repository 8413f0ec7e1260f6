/**
 * Tokens of identity providers that many organizations share, where the token is none of those that the policies name: what
 * somebody else's workflow, app or cluster brings.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
 */
import { sharedProviderClaims, type TellingParts } from "../catalog/shared-providers.ts";
import type { Policy } from "../policy/policy.ts";
import { claimPrefix } from "../request/names.ts";
import type { AccessQuestion } from "./finding.ts";

/** Where a policy trusts everybody, this provider stands for all. */
const ANY_PROVIDER = "token.actions.githubusercontent.com";

/** A question for each provider that the trust policies among these let in. */
export function foreignTokens(policies: readonly Policy[]): AccessQuestion[] {
  const statements = policies.filter(({ kind }) => kind === "trust").flatMap((policy) => policy.statements);
  const principals = statements.flatMap(({ principal }) => principal?.values ?? []);
  const conditions = statements.flatMap((statement) => statement.conditions);
  const providers = new Set(principals.filter(({ type }) => type === "Federated").map(({ value }) => value));
  if (statements.some(({ principal }) => principal?.not || principal?.values.some(({ value }) => value === "*"))) {
    providers.add(ANY_PROVIDER);
    for (const { key } of conditions) {
      const host = key.slice(0, key.lastIndexOf(":"));
      if (sharedProviderClaims(host)) providers.add(host);
    }
  }
  return [...providers].flatMap((provider) => {
    const claims = sharedProviderClaims(claimPrefix(provider));
    if (!claims) return [];
    const named = Object.entries(claims).flatMap(([claim, parts]) => {
      const values = conditions
        .filter(({ key }) => key.toLowerCase() === claim.toLowerCase())
        .flatMap((condition) => condition.values.map(({ value }) => value))
        .filter((value) => isOnes(value, parts));
      return values.length > 0 ? [[claim, [...new Set(values)]] as const] : [];
    });
    return [
      {
        actions: "sts:AssumeRoleWithWebIdentity",
        by: provider,
        when: named.length > 0 ? { StringNotLike: Object.fromEntries(named) } : {},
      },
    ];
  });
}

/** Of a subject of GitHub: up to the end of the owner's name. */
const OWNER =
  /(^|:)(repo:[^/:]+\/|repository:[^/:]+\/|repository_owner:[^:]+:|(repository_owner|repository|enterprise)_id:[^:]+:)/;

/** Whether the value names one organization: wildcards, if any, stand behind the parts that tell it. */
function isOnes(value: string, parts: TellingParts): boolean {
  const wild = value.search(/[*?$]/);
  if (parts === "owner") return OWNER.test(wild === -1 ? `${value}:` : value.slice(0, wild));
  if (wild === -1) return value !== "";
  if (parts === "whole") return false;
  const before = value.slice(0, wild).split(/[:/]/);
  return before.length > parts && before.slice(0, parts).every((part) => part !== "");
}
