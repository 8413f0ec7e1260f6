import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { isAccountId, parseArn } from "../policy/arn.ts";
import { isPrincipal, type Principal } from "./principal.ts";

/** https://docs.aws.amazon.com/kms/latest/developerguide/grants.html (semantics F14). */
export const GRANT_OPERATIONS = [
  "Decrypt",
  "Encrypt",
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
  "GenerateDataKeyPair",
  "GenerateDataKeyPairWithoutPlaintext",
  "ReEncryptFrom",
  "ReEncryptTo",
  "Sign",
  "Verify",
  "GenerateMac",
  "VerifyMac",
  "DeriveSharedSecret",
  "GetPublicKey",
  "DescribeKey",
  "CreateGrant",
  "RetireGrant",
] as const;
export type GrantOperation = (typeof GRANT_OPERATIONS)[number];

export interface GrantConstraints {
  readonly EncryptionContextEquals?: Readonly<Record<string, string>>;
  readonly EncryptionContextSubset?: Readonly<Record<string, string>>;
  readonly SourceArn?: string;
}

export interface GrantInput {
  /** The ARN of the key. */
  readonly key: string;
  readonly granteePrincipal?: string | Principal;
  readonly granteeServicePrincipal?: string;
  readonly operations: readonly GrantOperation[];
  readonly constraints?: GrantConstraints;
  readonly retiringPrincipal?: string | Principal;
  readonly retiringServicePrincipal?: string;
  readonly name?: string;
}

export interface GrantFields {
  readonly name: string | null;
  readonly key: string;
  readonly granteePrincipal: string | null;
  readonly granteeServicePrincipal: string | null;
  readonly operations: readonly GrantOperation[];
  readonly constraints: GrantConstraints;
  readonly retiringPrincipal: string | null;
  readonly retiringServicePrincipal: string | null;
}

const BRAND = Symbol.for("iam-expect.grant");

/** One grant on a KMS key. Immutable plain data; made by `grant(...)`. */
export class Grant implements GrantFields {
  declare readonly name: string | null;
  declare readonly key: string;
  declare readonly granteePrincipal: string | null;
  declare readonly granteeServicePrincipal: string | null;
  declare readonly operations: readonly GrantOperation[];
  declare readonly constraints: GrantConstraints;
  declare readonly retiringPrincipal: string | null;
  declare readonly retiringServicePrincipal: string | null;

  constructor(fields: GrantFields) {
    Object.assign(this, fields);
    Object.defineProperty(this, BRAND, { value: true });
    Object.freeze(this.operations);
    Object.freeze(this.constraints);
    Object.freeze(this);
  }
}

export function isGrant(value: unknown): value is Grant {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
}

const ELEMENTS: readonly string[] = [
  "key",
  "granteePrincipal",
  "granteeServicePrincipal",
  "operations",
  "constraints",
  "retiringPrincipal",
  "retiringServicePrincipal",
  "name",
];
const SEE = "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html";

/**
 * A grant on a KMS key: what the grantee may do besides the policies.
 *
 * @throws DiagnosticError `invalid-grant`
 */
export function grant(input: GrantInput): Grant {
  const wrong = (sentence: string, help?: string): never => refuse("invalid-grant", sentence, { help, see: SEE });
  if (typeof input !== "object" || input === null) wrong("a grant is an object");
  for (const element of Object.keys(input))
    if (!ELEMENTS.includes(element)) wrong(`${quoted(element)} is not an element of a grant`);
  const { key, operations, constraints = {}, name } = input;
  if (typeof key !== "string" || !/^key\//.test(parseArn(key)?.resource ?? ""))
    wrong(`${quoted(String(key))} is not the ARN of a key`);
  if (!Array.isArray(operations) || operations.length === 0) wrong("a grant needs `operations`", 'as in ["Decrypt"]');
  for (const operation of operations)
    if (!GRANT_OPERATIONS.includes(operation))
      wrong(
        `${quoted(String(operation))} is not an operation of a grant`,
        `the operations are ${GRANT_OPERATIONS.join(", ")}`,
      );
  const grantee = nameOf(input.granteePrincipal);
  const service = input.granteeServicePrincipal ?? null;
  if ((grantee === null) === (service === null))
    wrong("a grant has one grantee: `granteePrincipal` or `granteeServicePrincipal`");
  if (grantee !== null && !isAccountId(grantee) && !parseArn(grantee))
    wrong(`${quoted(grantee)} is not the ARN of a grantee`);
  for (const [constraint, value] of Object.entries(constraints)) {
    if (constraint === "SourceArn" ? typeof value !== "string" : !/^EncryptionContext(Equals|Subset)$/.test(constraint))
      wrong(
        `${quoted(constraint)} is not a constraint of a grant`,
        "the constraints are `EncryptionContextEquals`, `EncryptionContextSubset` and `SourceArn`",
      );
    if (constraint !== "SourceArn" && Object.values(value as object).some((pair) => typeof pair !== "string"))
      wrong(`the pairs of ${quoted(constraint)} are texts`);
  }
  return new Grant({
    name: name ?? null,
    key,
    granteePrincipal: grantee,
    granteeServicePrincipal: service,
    operations: [...operations],
    constraints: { ...constraints },
    retiringPrincipal: nameOf(input.retiringPrincipal),
    retiringServicePrincipal: input.retiringServicePrincipal ?? null,
  });
}

const nameOf = (principal: string | Principal | undefined): string | null =>
  principal === undefined ? null : isPrincipal(principal) ? principal.name : principal;
