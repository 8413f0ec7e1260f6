import { nearest } from "../catalog/nearest.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { textOf } from "../diagnostic/text-of.ts";
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
 * @example
 * const key = "arn:aws:kms:us-west-2:111122223333:key/1234abcd";
 * const app = "arn:aws:iam::111122223333:role/app";
 * const given = grant({ key, granteePrincipal: app, operations: ["Decrypt"], constraints: { EncryptionContextSubset: { app: "1" } } });
 * evaluate(given, request(app, "kms:Decrypt", key).withEncryptionContext({ app: "1", part: "2" })).outcome; // "allowed"
 */
export function grant(input: GrantInput): Grant {
  if (!isObject(input)) wrong("a grant is an object");
  for (const element of Object.keys(input))
    if (!ELEMENTS.includes(element)) wrong(`${quoted(element)} is not an element of a grant`);
  const { key, constraints = {} } = input;
  const arn = typeof key === "string" ? parseArn(key) : undefined;
  if (arn?.service !== "kms" || !/^key\/[^*?]+$/.test(arn.resource))
    wrong(`${quoted(textOf(key))} is not the ARN of a key`);
  const granteePrincipal = nameOf(input.granteePrincipal, "granteePrincipal");
  const granteeServicePrincipal = optionalText(input.granteeServicePrincipal, "granteeServicePrincipal");
  const retiringPrincipal = nameOf(input.retiringPrincipal, "retiringPrincipal");
  const retiringServicePrincipal = optionalText(input.retiringServicePrincipal, "retiringServicePrincipal");
  if ((granteePrincipal === null) === (granteeServicePrincipal === null))
    wrong("a grant has one grantee: `granteePrincipal` or `granteeServicePrincipal`");
  checkConstraints(constraints);
  if (
    granteeServicePrincipal !== null &&
    (constraints.SourceArn === undefined || (retiringPrincipal ?? retiringServicePrincipal) === null)
  )
    wrong("a grant to a service needs the constraint `SourceArn` and somebody to retire it");
  return new Grant({
    name: optionalText(input.name, "name"),
    key,
    granteePrincipal,
    granteeServicePrincipal,
    operations: readOperations(input.operations),
    constraints: { ...constraints },
    retiringPrincipal,
    retiringServicePrincipal,
  });
}

const wrong = (sentence: string, help?: string): never => refuse("invalid-grant", sentence, { help, see: SEE });
const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function readOperations(operations: readonly GrantOperation[]): GrantOperation[] {
  if (!Array.isArray(operations) || operations.length === 0) wrong("a grant needs `operations`", 'as in `["Decrypt"]`');
  for (const operation of operations)
    if (!GRANT_OPERATIONS.includes(operation)) {
      const near = nearest(textOf(operation), GRANT_OPERATIONS);
      const help = near ? `did you mean \`${near}\`?` : `the operations are ${GRANT_OPERATIONS.join(", ")}`;
      wrong(`${quoted(textOf(operation))} is not an operation of a grant`, help);
    }
  return [...operations];
}

function checkConstraints(constraints: GrantConstraints): void {
  if (!isObject(constraints)) wrong("`constraints` is an object");
  for (const [name, value] of Object.entries(constraints) as [string, unknown][]) {
    if (name === "SourceArn") {
      if (typeof value !== "string" || !parseArn(value)) wrong(`${quoted(textOf(value))} is not the ARN of a source`);
    } else if (name !== "EncryptionContextEquals" && name !== "EncryptionContextSubset")
      wrong(
        `${quoted(name)} is not a constraint of a grant`,
        "the constraints are `EncryptionContextEquals`, `EncryptionContextSubset` and `SourceArn`",
      );
    else if (!isObject(value) || Object.values(value).some((pair) => typeof pair !== "string"))
      wrong(`${quoted(name)} takes pairs of texts`, 'as in `{ "aws:ebs:id": "vol-0abc" }`');
  }
}

function optionalText(value: unknown, element: string): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : wrong(`\`${element}\` is a text`);
}

/** An account, an ARN, or a principal's name. */
function nameOf(principal: unknown, element: string): string | null {
  const name = isPrincipal(principal) ? principal.name : optionalText(principal, element);
  const service = name === null ? undefined : parseArn(name)?.service;
  if (name !== null && !isAccountId(name) && !((service === "iam" || service === "sts") && !/[*?]/.test(name)))
    wrong(`${quoted(name)} is not the ARN of a principal`);
  return name;
}
