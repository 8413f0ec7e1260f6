/** What is special about AWS KMS: https://docs.aws.amazon.com/kms/latest/developerguide/control-access.html */
import { isArnOf } from "../../policy/arn.ts";
import type { Facts } from "../../request/facts.ts";

/** A KMS key, whose key policy is mandatory (semantics F1, E12). */
export function isKey(facts: Facts): boolean {
  const { service, resource } = facts;
  if (service !== "kms") return false;
  return resource === undefined || (resource.startsWith("key/", facts.lastField) && isArnOf(resource, "kms"));
}

/** The key policy never covers aliases, nor actions without a key (F1, F8, F9). */
export function isBesideKey(facts: Facts): boolean {
  const { service, resource } = facts;
  if (service !== "kms" || resource === undefined) return false;
  return resource === "*" || resource.startsWith("alias/", facts.lastField);
}

/** The operations that work on a key of another account (F12). */
const CROSS_ACCOUNT: ReadonlySet<string> = new Set(
  [
    "Encrypt",
    "Decrypt",
    "ReEncryptFrom",
    "ReEncryptTo",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "Sign",
    "Verify",
    "GenerateMac",
    "VerifyMac",
    "DeriveSharedSecret",
    "GetPublicKey",
    "DescribeKey",
    "GetKeyRotationStatus",
    "CreateGrant",
    "ListGrants",
    "RetireGrant",
    "RevokeGrant",
  ].map((operation) => `kms:${operation.toLowerCase()}`),
);

export const worksAcrossAccounts = (action: string): boolean => CROSS_ACCOUNT.has(action);

/** A key that AWS manages: known by its alias (F6). */
export function isAwsManaged({ context }: Facts): boolean {
  const aliases = [...(context.get("kms:requestalias") ?? []), ...(context.get("kms:resourcealiases") ?? [])];
  return aliases.some((alias) => alias.startsWith("alias/aws/"));
}

export const isRetireGrant = (action: string): boolean => action === "kms:retiregrant";
