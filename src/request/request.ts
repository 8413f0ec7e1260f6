import { nearest } from "../catalog/nearest.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { textOf } from "../diagnostic/text-of.ts";
import { isAccountId, parseArn } from "../policy/arn.ts";
import { parseCidr, parseDate } from "../policy/values.ts";
import { type Context, type ContextInput, type ContextValue, isPlainObject, toContext } from "./context.ts";
import { GRANT_OPERATIONS, type GrantOperation } from "./grant.ts";
import { claimPrefix } from "./names.ts";
import { isPrincipal, type Principal, principalFromArn } from "./principal.ts";

export interface RequestFields {
  readonly principal: Principal;
  readonly action: string;
  /** An ARN, `*` for an action without one, or null: the resource that the policy under test is attached to. */
  readonly resource: string | null;
  /** The account that owns the resource, where its ARN does not say. */
  readonly resourceAccount: string | null;
  readonly context: Context;
  /** What the test says of the caller's identity policies when it does not give them. */
  readonly givenIdentity: "allows" | "none" | null;
}

const BRAND = Symbol.for("iam-expect.request");

/**
 * Who asks for what, on which resource, in which context. Immutable; every link returns a new request. A link that
 * contradicts an earlier one is refused (`contradiction`).
 */
export class Request implements RequestFields {
  declare readonly principal: Principal;
  declare readonly action: string;
  declare readonly resource: string | null;
  declare readonly resourceAccount: string | null;
  declare readonly context: Context;
  declare readonly givenIdentity: "allows" | "none" | null;

  constructor(fields: RequestFields) {
    this.principal = fields.principal;
    this.action = fields.action;
    this.resource = fields.resource;
    this.resourceAccount = fields.resourceAccount;
    this.context = fields.context;
    this.givenIdentity = fields.givenIdentity;
    Object.freeze(this.context);
    Object.freeze(this);
  }

  /** On this resource: an ARN. */
  on(resource: string): Request {
    if (this.resource !== null && this.resource !== resource)
      refuse(
        "contradiction",
        `the resource is already ${quoted(this.resource)}, it cannot be ${quoted(textOf(resource))} too`,
      );
    return new Request({ ...this, resource: checkResource(resource) });
  }

  /**
   * A service calls on the caller's behalf (a forward access session). For AWS KMS `name` is the value of
   * `kms:ViaService`, as in `ec2.us-west-2.amazonaws.com`; for other services as in `athena.amazonaws.com`.
   */
  viaService(name: string): Request {
    if (typeof name !== "string" || !/^[a-z0-9-]+(\.[a-z0-9-]+)?\.amazonaws\.com$/.test(name))
      refuse("invalid-context", `${quoted(textOf(name))} is not the name of a calling service`, {
        help: "as in `ec2.us-west-2.amazonaws.com`",
      });
    if (!this.action.toLowerCase().startsWith("kms:"))
      return this.calledVia(name.replace(/\.[a-z0-9-]+\.amazonaws/, ".amazonaws"));
    if (!/^[a-z0-9-]+\.[a-z0-9-]+\.amazonaws\.com$/.test(name))
      refuse("invalid-context", `${quoted(name)} lacks the Region: \`kms:ViaService\` is service and Region`, {
        help: "as in `ec2.us-west-2.amazonaws.com`",
      });
    const region = name.split(".")[1]!;
    if (!isRegion(region))
      refuse("invalid-context", `${quoted(region)} in ${quoted(name)} is not a Region`, {
        help: "as in `ec2.us-west-2.amazonaws.com`",
      });
    return this.#add({ "kms:ViaService": name });
  }

  /** The services through which the call came, first to last. */
  calledVia(...services: string[]): Request {
    return this.#add({
      "aws:CalledVia": services,
      "aws:CalledViaFirst": services[0] ?? null,
      "aws:CalledViaLast": services.at(-1) ?? null,
    });
  }

  /** The encryption context of a KMS request, or the constraint of a grant. */
  withEncryptionContext(pairs: Readonly<Record<string, string>>): Request {
    return this.#addPairs("kms:EncryptionContext:", pairs);
  }

  /** The grant is for an AWS service that acts for the caller: `kms:GrantIsForAWSResource` is true. */
  forAwsResource(): Request {
    return this.#add({ "kms:GrantIsForAWSResource": "true" });
  }

  /** The operations that the grant allows, as in `["Decrypt"]`. */
  withGrantOperations(operations: readonly string[]): Request {
    if (!Array.isArray(operations))
      refuse("invalid-context", "a list of operations is wanted", { help: 'as in `["Decrypt"]`' });
    for (const operation of operations) {
      if (GRANT_OPERATIONS.includes(operation as GrantOperation)) continue;
      const near = nearest(textOf(operation), GRANT_OPERATIONS);
      refuse("invalid-context", `${quoted(textOf(operation))} is not an operation of a grant`, {
        help: near ? `did you mean \`${near}\`?` : `the operations are ${GRANT_OPERATIONS.join(", ")}`,
      });
    }
    return this.#add({ "kms:GrantOperations": operations });
  }

  /** Who gets the grant: an ARN, a principal, or a service. */
  toGrantee(principal: string | Principal): Request {
    const grantee = toPrincipal(principal);
    return this.#add({
      [grantee.type === "service" ? "kms:GranteeServicePrincipal" : "kms:GranteePrincipal"]: grantee.name,
    });
  }

  /** The key was addressed by this alias, as in `alias/app`. */
  withAlias(name: string): Request {
    if (typeof name !== "string" || !/^alias\/[\w/-]+$/.test(name))
      refuse("invalid-context", `${quoted(textOf(name))} is not the name of an alias`, { help: "as in `alias/app`" });
    return this.#add({ "kms:RequestAlias": name });
  }

  /** The caller gave a second factor, `ageSeconds` ago where that matters. */
  withMfa(ageSeconds?: number): Request {
    if (ageSeconds !== undefined && !(typeof ageSeconds === "number" && ageSeconds >= 0))
      refuse("invalid-context", "the age of a second factor is a number of seconds");
    const age = ageSeconds === undefined ? {} : { "aws:MultiFactorAuthAge": ageSeconds };
    return this.#add({ "aws:MultiFactorAuthPresent": "true", ...age });
  }

  /** The caller gave no second factor: the key is `false` in a session, absent with a user's long-term keys. */
  withoutMfa(): Request {
    const present = this.principal.type === "user" || this.principal.type === "root" ? null : "false";
    return this.#add({ "aws:MultiFactorAuthPresent": present });
  }

  /** From this public address, IPv4 or IPv6. */
  fromIp(ip: string): Request {
    const parsed = typeof ip === "string" ? parseCidr(ip) : undefined;
    if (!parsed || parsed.written)
      refuse("invalid-context", `${quoted(textOf(ip))} is not an IP address`, { help: "as in `203.0.113.7`" });
    return this.#add({ "aws:SourceIp": ip });
  }

  /** Through a VPC endpoint in this VPC. */
  fromVpc(id: string): Request {
    return this.#add({ "aws:SourceVpc": id, "aws:SourceIp": null });
  }

  /** Through this VPC endpoint. */
  fromVpcEndpoint(id: string): Request {
    return this.#add({ "aws:SourceVpce": id, "aws:SourceIp": null });
  }

  /** The resource for which a service calls, as in a bucket that notifies a topic. */
  withSourceArn(arn: string): Request {
    if (typeof arn !== "string" || !parseArn(arn))
      refuse("invalid-context", `${quoted(textOf(arn))} is not an ARN`, { help: "as in `arn:aws:s3:::bucket`" });
    return this.#add({ "aws:SourceArn": arn });
  }

  /** The account of that resource. */
  withSourceAccount(id: string): Request {
    if (!isAccountId(textOf(id)))
      refuse("invalid-context", `${quoted(textOf(id))} is not an account id`, {
        help: "it has twelve digits, in quotes",
      });
    return this.#add({ "aws:SourceAccount": textOf(id) });
  }

  /** The organization of that resource. */
  withSourceOrg(id: string): Request {
    return this.#add({ "aws:SourceOrgID": id });
  }

  /** The external id given to `sts:AssumeRole`. */
  withExternalId(id: string): Request {
    return this.#add({ "sts:ExternalId": id });
  }

  /** Claims of the provider's token, as in `{ sub: "repo:org/app:ref:refs/heads/main", aud: "sts.amazonaws.com" }`. */
  withClaims(claims: Readonly<Record<string, string | readonly string[]>>): Request {
    if (this.principal.type !== "federated")
      refuse("wrong-use", "`.withClaims` is for a caller with a provider's token", {
        help: 'the caller is `federated("<provider>")`',
      });
    if (!isPlainObject(claims))
      refuse("invalid-context", "claims and their values are wanted", { help: "as in `{ sub, aud }`" });
    const host = claimPrefix(this.principal.name);
    return this.#add(Object.fromEntries(Object.entries(claims).map(([claim, value]) => [`${host}:${claim}`, value])));
  }

  /** In this Region. */
  inRegion(region: string): Request {
    if (typeof region !== "string" || !isRegion(region))
      refuse("invalid-context", `${quoted(textOf(region))} is not a Region`, { help: "as in `eu-west-1`" });
    return this.#add({ "aws:RequestedRegion": region });
  }

  /** At this time: a Date, ISO text, or epoch seconds. */
  at(time: Date | string | number): Request {
    const instant = time instanceof Date ? time.getTime() : parseDate(textOf(time));
    // Milliseconds taken for seconds would be a time that no operator can read.
    if (instant === undefined || Number.isNaN(instant) || Math.abs(instant) > LAST_INSTANT)
      return refuse("invalid-context", `${quoted(textOf(time))} is not a time`, {
        help: "as in `2026-01-31T12:00:00Z`, epoch seconds, or a Date",
      });
    return this.#add({
      "aws:CurrentTime": new Date(instant).toISOString(),
      "aws:EpochTime": String(Math.floor(instant / 1000)),
    });
  }

  /** Tags of the caller. */
  withPrincipalTags(tags: Readonly<Record<string, string>>): Request {
    return this.#addPairs("aws:PrincipalTag/", tags);
  }

  /** Tags that the request passes. */
  withRequestTags(tags: Readonly<Record<string, string>>): Request {
    return this.#addPairs("aws:RequestTag/", tags);
  }

  /** Tags of the resource. */
  withResourceTags(tags: Readonly<Record<string, string>>): Request {
    return this.#addPairs("aws:ResourceTag/", tags);
  }

  /** Any context keys; `null` says that a key is absent. */
  withContext(context: ContextInput): Request {
    return this.#add(context);
  }

  /** These keys are absent. */
  withoutContext(...keys: string[]): Request {
    return this.#add(Object.fromEntries(keys.map((key) => [key, null])));
  }

  /** The caller's identity policies, which are not under test, allow this request. */
  givenIdentityAllows(): Request {
    return this.#given("allows");
  }

  /** The caller has no identity policies. */
  givenNoIdentityPolicies(): Request {
    return this.#given("none");
  }

  #given(givenIdentity: "allows" | "none"): Request {
    if (this.givenIdentity !== null && this.givenIdentity !== givenIdentity)
      refuse("contradiction", "the caller's identity policies cannot both allow this and not exist");
    return new Request({ ...this, givenIdentity });
  }

  #addPairs(prefix: string, pairs: Readonly<Record<string, string>>): Request {
    if (!isPlainObject(pairs) || Object.values(pairs).some((value) => typeof value !== "string"))
      refuse("invalid-context", "pairs of names and texts are wanted", { help: 'as in `{ team: "orders" }`' });
    return this.#add(Object.fromEntries(Object.entries(pairs).map(([key, value]) => [prefix + key, value])));
  }

  #add(input: ContextInput): Request {
    const context = { ...this.context };
    const names = new Map(Object.keys(context).map((key) => [key.toLowerCase(), key]));
    for (const [key, value] of Object.entries(toContext(input))) {
      const name = names.get(key.toLowerCase()) ?? key;
      const before = Object.hasOwn(context, name) ? context[name] : undefined;
      if (before !== undefined && JSON.stringify(before) !== JSON.stringify(value))
        refuse("contradiction", `${quoted(name)} is already ${said(before)}, it cannot be ${said(value)} too`);
      context[name] = value;
    }
    return new Request({ ...this, context });
  }
}

Object.defineProperty(Request.prototype, BRAND, { value: true });

/** The end of the year 9999. */
const LAST_INSTANT = Date.UTC(9999, 11, 31);

const isRegion = (text: string): boolean => /^[a-z]+(-[a-z]+)+-\d+$/.test(text);

const said = (value: ContextValue): string =>
  value === null ? "absent" : quoted(Array.isArray(value) ? value.join(", ") : String(value));

export function isRequest(value: unknown): value is Request {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
}

/**
 * A request to decide: does this principal get to do this?
 *
 * @param principal an ARN, or a value made by `role`, `user`, `session`, `service`, ...
 * @param action `service:Action`, in any case, without wildcards
 * @param resource the ARN it is done on; left out for an action without one, and for the resource of the policy under test
 * @throws DiagnosticError `invalid-principal`, `invalid-action`, `invalid-resource`
 * @example
 * request("arn:aws:iam::111122223333:role/app", "kms:CreateGrant").viaService("ec2.us-west-2.amazonaws.com").context; // { "kms:ViaService": "ec2.us-west-2.amazonaws.com" }
 */
export function request(principal: string | Principal, action: string, resource?: string): Request {
  return new Request({
    principal: toPrincipal(principal),
    action: checkAction(action),
    resource: resource === undefined ? null : checkResource(resource),
    resourceAccount: null,
    context: {},
    givenIdentity: null,
  });
}

export function toPrincipal(principal: string | Principal): Principal {
  return isPrincipal(principal) ? principal : principalFromArn(principal);
}

export function checkAction(action: string): string {
  if (typeof action !== "string" || !/^[A-Za-z0-9-]+:[A-Za-z0-9-]+$/.test(action))
    refuse("invalid-action", `${quoted(textOf(action))} is not one action`, {
      help: "a request is for one action, as in `kms:Decrypt`, without wildcards",
    });
  return action;
}

function checkResource(resource: string): string {
  if (typeof resource !== "string" || (resource !== "*" && !parseArn(resource)) || resource.includes("${"))
    refuse("invalid-resource", `${quoted(textOf(resource))} is not an ARN`, {
      help: "as in `arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`",
    });
  return resource;
}
