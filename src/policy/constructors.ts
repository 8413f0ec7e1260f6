import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import type { Source } from "../source/source.ts";
import { isAccountId, parseArn } from "./arn.ts";
import { documentSource, fileSource, type PolicyDocument, whatIs } from "./document.ts";
import { KINDS, type PolicyKind } from "./kinds.ts";
import { type PolicyOptions, parsePolicy } from "./parse.ts";
import type { Policy } from "./policy.ts";

/** Options of every policy. */
export interface NameOption {
  /** What messages call the policy; a file's name when left out. */
  readonly name?: string;
}
export interface KeyOptions extends NameOption {
  /** The ARN of the key that the policy is attached to. */
  readonly key?: string;
}
export interface ResourceOptions extends NameOption {
  /** The ARN of the resource that the policy is attached to. */
  readonly resource?: string;
  /** The account that owns it, where the ARN does not say (S3). */
  readonly account?: string;
}
export interface TrustOptions extends NameOption {
  /** The ARN of the role that the policy is attached to. */
  readonly role?: string;
}
export interface EndpointOptions extends NameOption {
  /** Gateway endpoints (S3, DynamoDB) read principals otherwise than interface endpoints. */
  readonly endpoint?: "gateway" | "interface";
}

/** Makes policies of one kind, from a document or from a file. */
export interface PolicyMaker<Options> {
  (document: PolicyDocument, options?: Options): Policy;
  /** Reads the policy from a JSON file; the path starts at the working directory. */
  fromFile(path: string, options?: Options): Policy;
}

/** Of a maker: how it reads a text with places. By symbol: the two builds of the package may be mixed. */
const READ = Symbol.for("iam-expect.policy.read");
type Reader<Options> = (source: Source, options?: Options) => Policy;

/** Undefined: this is no maker of policies. */
export const readerOf = <Options>(maker: unknown): Reader<Options> | undefined =>
  typeof maker === "function" ? (maker as { [READ]?: Reader<Options> })[READ] : undefined;

type AnyOptions = NameOption & { key?: string; resource?: string; account?: string; role?: string; endpoint?: string };

function maker<Options extends NameOption>(
  kind: PolicyKind,
  known: readonly (keyof AnyOptions)[],
): PolicyMaker<Options> {
  const read: Reader<Options> = (source, options) =>
    parsePolicy(source, kind, checkOptions((options ?? {}) as AnyOptions, known, source.file));
  const make = (document: PolicyDocument, options?: Options): Policy => {
    const title = KINDS[kind].title.replace(/^an? /, "");
    const name = options?.name ?? title;
    if (typeof document !== "string" && (typeof document !== "object" || document === null))
      return refuse(
        "wrong-use",
        `${KINDS[kind].title} is made from an object or from JSON text, not from ${whatIs(document)}`,
        {
          help: "to read a file, use `.fromFile(path)`",
        },
      );
    return read(documentSource(document, name), options);
  };
  return Object.assign(make, {
    fromFile: (path: string, options?: Options) => read(fileSource(path), options),
    [READ]: read,
  });
}

function checkOptions(options: AnyOptions, known: readonly (keyof AnyOptions)[], name: string): PolicyOptions {
  for (const option of Object.keys(options))
    if (option !== "name" && !known.includes(option as keyof AnyOptions))
      refuse("wrong-use", `${quoted(option)} is not an option of this policy`, {
        help: `its options are ${["name", ...known].map((text) => `\`${text}\``).join(", ")}`,
      });
  const arn = options.key ?? options.role ?? options.resource;
  if (arn !== undefined) {
    const parsed = typeof arn === "string" ? parseArn(arn) : undefined;
    const fits =
      options.key !== undefined
        ? parsed?.service === "kms" && parsed.resource.startsWith("key/") && isAccountId(parsed.account)
        : options.role !== undefined
          ? parsed?.service === "iam" && parsed.resource.startsWith("role/") && isAccountId(parsed.account)
          : parsed !== undefined;
    const what = options.key !== undefined ? "a key" : options.role !== undefined ? "a role" : "a resource";
    if (!fits || /[*?]|\$\{/.test(arn)) refuse("invalid-resource", `${quoted(String(arn))} is not the ARN of ${what}`);
    const owner = parsed?.account ?? "";
    if (owner !== "" && options.account !== undefined && isAccountId(options.account) && options.account !== owner)
      refuse(
        "contradiction",
        `the resource is of the account ${quoted(owner)}, it cannot be of ${quoted(options.account)} too`,
      );
  }
  if (options.account !== undefined && !(typeof options.account === "string" && isAccountId(options.account)))
    refuse("wrong-use", `${quoted(String(options.account))} is not an account id`, {
      help: "it has twelve digits, in quotes",
    });
  if (options.endpoint !== undefined && options.endpoint !== "gateway" && options.endpoint !== "interface")
    refuse("wrong-use", `an endpoint is \`gateway\` or \`interface\`, not ${quoted(String(options.endpoint))}`);
  return {
    name: options.name ?? name,
    resource: arn ?? null,
    account: options.account ?? null,
    endpoint: options.endpoint ?? null,
  };
}

/**
 * The policy of users, groups or roles.
 *
 * @param document an object or JSON text
 * @throws DiagnosticError with every problem of the document: `json-syntax`, `duplicate-key`, `unknown-element`,
 *   `unknown-operator`, `wrong-type`, `wrong-value`, `missing-element`, `misplaced-element`, `conflicting-elements`,
 *   `invalid-action`, `invalid-resource`, `invalid-principal`, `invalid-key`, `invalid-variable`, `empty-value`
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html
 * @example
 * const policy = identityPolicy({
 *   Version: "2012-10-17",
 *   Statement: { Effect: "Allow", Action: "kms:Decrypt", Resource: "arn:aws:kms:us-west-2:111122223333:key/*" },
 * });
 * policy.statements[0]?.action?.values[0]?.place.line; // 5
 */
export const identityPolicy: PolicyMaker<NameOption> = maker("identity", []);

/**
 * The policy of a KMS key: the primary control of who may use it.
 *
 * @param document an object or JSON text
 * @param options `key`: the key's ARN
 * @throws DiagnosticError as `identityPolicy`
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 * @example
 * const policy = keyPolicy(
 *   { Version: "2012-10-17", Statement: { Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "kms:Decript", Resource: "*" } },
 *   { key: "arn:aws:kms:us-west-2:111122223333:key/1234abcd" },
 * );
 * policy.findings.map(({ help }) => help); // ["did you mean `kms:Decrypt`?"]
 */
export const keyPolicy: PolicyMaker<KeyOptions> = maker("key", ["key"]);

/**
 * The policy of a bucket, queue, topic, secret or any other resource.
 *
 * @param options `resource`: its ARN; `account`: its owner
 * @throws DiagnosticError as `identityPolicy`
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html
 * @example
 * const policy = resourcePolicy(
 *   { Version: "2012-10-17", Statement: { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::site/*" } },
 *   { account: "111122223333" },
 * );
 * evaluate(policy, request(anonymous, "s3:GetObject", "arn:aws:s3:::site/index.html")).outcome; // "allowed"
 */
export const resourcePolicy: PolicyMaker<ResourceOptions> = maker("resource", ["resource", "account"]);

/**
 * Who may assume a role.
 *
 * @param options `role`: the role's ARN
 * @throws DiagnosticError as `identityPolicy`
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
 * @example
 * const policy = trustPolicy(
 *   { Version: "2012-10-17", Statement: { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" } },
 *   { role: "arn:aws:iam::111122223333:role/app" },
 * );
 * evaluate(policy, request(service("ec2.amazonaws.com"), "sts:AssumeRole")).outcome; // "allowed"
 */
export const trustPolicy: PolicyMaker<TrustOptions> = maker("trust", ["role"]);

/** The most that a user or role may do. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html */
export const permissionsBoundary: PolicyMaker<NameOption> = maker("permissionsBoundary", []);

/** The most that a session may do. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session */
export const sessionPolicy: PolicyMaker<NameOption> = maker("session", []);

/** The most that an account's principals may do. @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html */
export const serviceControlPolicy: PolicyMaker<NameOption> = maker("serviceControl", []);

/** What nobody may do to an account's resources. @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html */
export const resourceControlPolicy: PolicyMaker<NameOption> = maker("resourceControl", []);

/** What may pass a VPC endpoint. @see https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html */
export const vpcEndpointPolicy: PolicyMaker<EndpointOptions> = maker("vpcEndpoint", ["endpoint"]);
