/** What is special about AWS KMS: https://docs.aws.amazon.com/kms/latest/developerguide/control-access.html */
import { isArnOf } from "../../policy/arn.ts";
import type { Facts } from "../../request/facts.ts";

/** A KMS key, whose key policy is mandatory (semantics F1, E12). */
export function isKey(facts: Facts): boolean {
  if (facts.service !== "kms") return false;
  return facts.resource === undefined || isArnOf(facts.resource, "kms", "key/");
}

/** The key policy never covers aliases, nor actions without a key (F1, F8, F9). */
export function isBesideKey(facts: Facts): boolean {
  if (facts.service !== "kms" || facts.resource === undefined) return false;
  if (facts.resource === "*") return true;
  // Most are keys, which the text tells without taking the ARN apart.
  return facts.resource.includes(":alias/") && (facts.arn?.resource.startsWith("alias/") ?? false);
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
