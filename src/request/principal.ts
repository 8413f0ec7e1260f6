import { nearest } from "../catalog/nearest.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { textOf } from "../diagnostic/text-of.ts";
import { isAccountId, parseArn } from "../policy/arn.ts";
import { isPlainObject } from "./context.ts";

export type CallerType = "root" | "user" | "role" | "session" | "federatedUser" | "federated" | "service" | "anonymous";

export interface PrincipalFields {
  readonly type: CallerType;
  /** What the caller is called in messages and policies: an ARN, a service name, a provider, or `anonymous`. */
  readonly name: string;
  readonly arn: string | null;
  readonly account: string | null;
  readonly partition: string | null;
  /** For a session: the ARN of its role, where the role's path is known. */
  readonly role: string | null;
  readonly tags: Readonly<Record<string, string>>;
  /** The IAM user behind a federated user. */
  readonly issuer: string | null;
  /** `AIDA…`, `AROA…`: matches statements that AWS has rewritten to ids. */
  readonly uniqueId: string | null;
  readonly serviceLinked: boolean;
  readonly managementAccount: boolean;
}

export interface PrincipalOptions {
  /** Principal tags, for `aws:PrincipalTag/…`. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The entity's unique id (`AIDA…` or `AROA…`). */
  readonly uniqueId?: string;
  /** The caller's account is the management account of its organization: no service control policy binds it. */
  readonly managementAccount?: boolean;
}

const BRAND = Symbol.for("iam-expect.principal");

/** A caller. Immutable plain data; made by `role(...)`, `user(...)` and the like. */
export class Principal implements PrincipalFields {
  declare readonly type: CallerType;
  declare readonly name: string;
  declare readonly arn: string | null;
  declare readonly account: string | null;
  declare readonly partition: string | null;
  declare readonly role: string | null;
  declare readonly tags: Readonly<Record<string, string>>;
  declare readonly issuer: string | null;
  declare readonly uniqueId: string | null;
  declare readonly serviceLinked: boolean;
  declare readonly managementAccount: boolean;

  constructor(fields: PrincipalFields) {
    Object.assign(this, fields);
    Object.freeze(this.tags);
    Object.freeze(this);
  }
}

Object.defineProperty(Principal.prototype, BRAND, { value: true });

export function isPrincipal(value: unknown): value is Principal {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
}

const NOBODY: PrincipalFields = {
  type: "anonymous",
  name: "anonymous",
  arn: null,
  account: null,
  partition: null,
  role: null,
  tags: {},
  issuer: null,
  uniqueId: null,
  serviceLinked: false,
  managementAccount: false,
};

const FORMS =
  "write the ARN of a role, user, session, federated user or account root, as in `arn:aws:iam::111122223333:role/app`";

const OPTIONS: readonly string[] = ["tags", "uniqueId", "managementAccount", "issuer", "serviceLinked"];

/** A misspelt option would silently say nothing. */
function checkOptions(options: unknown): void {
  if (!isPlainObject(options)) refuse("wrong-use", "the options of a principal are an object");
  for (const option of Object.keys(options as object)) {
    if (OPTIONS.includes(option)) continue;
    const near = nearest(option, OPTIONS);
    refuse("wrong-use", `${quoted(option)} is not an option of a principal`, {
      help: near ? `did you mean \`${near}\`?` : `its options are ${OPTIONS.join(", ")}`,
    });
  }
  const { tags = {} } = options as PrincipalOptions;
  if (!isPlainObject(tags) || Object.values(tags).some((value) => typeof value !== "string"))
    refuse("wrong-use", "the tags of a principal are texts", { help: 'as in `{ tags: { team: "orders" } }`' });
}

/** The caller that an ARN names; refuses any other text (`invalid-principal`). */
export function principalFromArn(
  arn: string,
  options: PrincipalOptions & { issuer?: string; serviceLinked?: boolean } = {},
): Principal {
  checkOptions(options);
  const parsed = typeof arn === "string" ? parseArn(arn) : undefined;
  const type = parsed && callerType(parsed.service, parsed.resource);
  if (!parsed || !type || !isAccountId(parsed.account) || parsed.region !== "" || /[*?]|\$\{/.test(arn))
    return refuse("invalid-principal", `${quoted(textOf(arn))} is not the ARN of a caller`, { help: FORMS });
  const slr = type === "role" && parsed.resource.startsWith("role/aws-service-role/");
  return new Principal({
    ...NOBODY,
    type,
    name: arn,
    arn,
    account: parsed.account,
    partition: parsed.partition,
    role: type === "role" ? arn : null,
    tags: { ...options.tags },
    issuer: options.issuer ?? null,
    uniqueId: options.uniqueId ?? null,
    serviceLinked: options.serviceLinked ?? (slr || /^assumed-role\/AWSServiceRoleFor/.test(parsed.resource)),
    managementAccount: options.managementAccount ?? false,
  });
}

function callerType(service: string, resource: string): CallerType | undefined {
  if (service === "iam") {
    if (resource === "root") return "root";
    if (/^user\/./.test(resource)) return "user";
    if (/^role\/./.test(resource)) return "role";
  }
  if (service === "sts") {
    if (/^assumed-role\/[^/]+\/[^/]+$/.test(resource)) return "session";
    if (/^federated-user\/./.test(resource)) return "federatedUser";
  }
  return undefined;
}

function arnOf(value: string | Principal, type: CallerType, what: string, options: PrincipalOptions): Principal {
  const found = isPrincipal(value) ? value : principalFromArn(value, options);
  if (found.type !== type)
    refuse("invalid-principal", `${quoted(found.name)} is not the ARN of ${what}`, { help: FORMS });
  return found;
}

/** A session of an IAM role, whatever its session name. `arn`: the role's ARN, with its path. */
export function role(arn: string, options: PrincipalOptions = {}): Principal {
  return arnOf(arn, "role", "a role", options);
}

/** An IAM user with its long-term credentials. `arn`: the user's ARN, with its path. */
export function user(arn: string, options: PrincipalOptions = {}): Principal {
  return arnOf(arn, "user", "a user", options);
}

/** A session of a role by its name: what `sts:AssumeRole` returned. `of`: the role's ARN, or the role. */
export function session(of: string | Principal, name: string, options: PrincipalOptions = {}): Principal {
  const parent = arnOf(of, "role", "a role", options);
  if (typeof name !== "string" || !/^[\w+=,.@-]{2,64}$/.test(name))
    refuse("invalid-principal", `${quoted(textOf(name))} is not a session name`, {
      help: "2 to 64 letters, digits or any of `_+=,.@-`",
    });
  const { account, partition, resource } = parseArn(parent.arn!)!;
  const arn = `arn:${partition}:sts::${account}:assumed-role/${resource.slice(resource.lastIndexOf("/") + 1)}/${name}`;
  return new Principal({
    ...parent,
    type: "session",
    name: arn,
    arn,
    role: parent.arn,
    tags: { ...parent.tags, ...options.tags },
  });
}

/** The caller with credentials of `sts:GetFederationToken`. `issuer`: the IAM user that asked for them. */
export function federatedUser(arn: string, options: PrincipalOptions & { issuer?: string } = {}): Principal {
  const found = principalFromArn(arn, options);
  if (found.type !== "federatedUser")
    refuse("invalid-principal", `${quoted(arn)} is not the ARN of a federated user`, { help: FORMS });
  return found;
}

/** Of a provider or service; a longer text would only cost time. */
const LONGEST_NAME = 2048;

/** Somebody who comes with a token of a SAML or OIDC provider, for `sts:AssumeRoleWithSAML` / `…WithWebIdentity`. */
export function federated(provider: string): Principal {
  if (
    typeof provider !== "string" ||
    provider.length > LONGEST_NAME ||
    !(/:(saml|oidc)-provider\/./.test(provider) || /^[a-z0-9-]+(\.[a-z0-9-]+)+(\/\S*)?$/i.test(provider))
  )
    refuse("invalid-principal", `${quoted(textOf(provider))} is not an identity provider`, {
      help: "write the provider's ARN, or its host name as in `cognito-identity.amazonaws.com`",
    });
  const arn = parseArn(provider);
  return new Principal({ ...NOBODY, type: "federated", name: provider, partition: arn?.partition ?? null });
}

/** A service calling on its own account. `name`: its principal, as in `ec2.amazonaws.com`. */
export function service(name: string): Principal {
  if (typeof name !== "string" || name.length > LONGEST_NAME || !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(name))
    refuse("invalid-principal", `${quoted(textOf(name))} is not a service principal`, {
      help: "as in `ec2.amazonaws.com`",
    });
  return new Principal({ ...NOBODY, type: "service", name });
}

/** The root user of an account. `account`: its twelve digits. */
export function rootUser(account: string, options: PrincipalOptions = {}): Principal {
  if (!isAccountId(textOf(account)))
    refuse("invalid-principal", `${quoted(textOf(account))} is not an account id`, {
      help: "it has twelve digits, in quotes",
    });
  return principalFromArn(`arn:aws:iam::${account}:root`, options);
}

/** Somebody without credentials. */
export const anonymous: Principal = new Principal(NOBODY);
