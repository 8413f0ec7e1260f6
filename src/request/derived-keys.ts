/**
 * The context keys that AWS fills in itself: a row a key, by its folded name (semantics B2-B5, F23).
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
import { type ActionFacts, actionCarriesKey } from "../catalog/catalog.ts";
import { tellsOwner } from "../catalog/global-keys.ts";
import type { UnsettledRule } from "../catalog/readings.ts";
import type { Facts } from "./facts.ts";
import { claimPrefix, roleNameOf } from "./names.ts";

/**
 * AWS sends the key, or may, but nobody told its value. It counts as `value` (absent when there is none) and is
 * reported where another value could change the outcome.
 */
export class OpenKey {
  constructor(
    /** `always`: only the value is unknown. */
    readonly presence: "always" | "maybe",
    readonly value?: string,
  ) {}
}

const ALWAYS = new OpenKey("always");
const MAYBE = new OpenKey("maybe");

/** Undefined: absent. */
export type Derived = string | readonly string[] | OpenKey | undefined;

/** Credentials that expire: sessions of roles and federated users. */
const temporary = ({ principal }: Facts) =>
  principal.type === "role" || principal.type === "session" || principal.type === "federatedUser";

/** Callers of an AWS account, as against services, token bearers and nobody. */
const ofAccount = ({ principal }: Facts) => principal.account !== null;

/** Services whose one endpoint is in us-east-1 (semantics B3: "global services give us-east-1"). */
const GLOBAL_SERVICES: ReadonlySet<string> = new Set(["iam", "organizations", "route53", "cloudfront", "account"]);
export const isGlobalService = (service: string): boolean => GLOBAL_SERVICES.has(service);

/** Its only Region; other partitions have theirs, which the page does not tell. */
const onlyRegion = ({ service, arn, principal }: Facts): string | undefined =>
  GLOBAL_SERVICES.has(service) && (arn?.partition ?? principal.partition ?? "aws") === "aws" ? "us-east-1" : undefined;

const TYPES: Readonly<Partial<Record<string, string>>> = {
  root: "Account",
  user: "User",
  role: "AssumedRole",
  session: "AssumedRole",
  federatedUser: "FederatedUser",
  anonymous: "Anonymous",
};

/** The types that callers of accounts, and nobody, have. */
export const CALLER_TYPES: ReadonlySet<string> = new Set(Object.values(TYPES) as string[]);

const has = (facts: Facts, key: string) => (facts.context.get(key) ?? undefined) !== undefined;
const one = (facts: Facts, key: string) => facts.context.get(key)?.[0];

/** Present only when a service calls for itself, on behalf of a resource (semantics B3). */
const sourceOfService = ({ principal }: Facts): Derived => (principal.type === "service" ? MAYBE : undefined);
/** Present only through a VPC endpoint, absent when a service calls for the caller (B3, B5). */
const throughEndpoint = (facts: Facts): Derived =>
  !facts.viaService && (has(facts, "aws:sourcevpce") || has(facts, "aws:sourcevpc")) ? ALWAYS : undefined;

/** The names of the pairs that a request passes, as of tags. */
function namesOf({ request }: Facts, prefix: string): readonly string[] | undefined {
  const pairs = Object.entries(request.context).filter(
    ([key, value]) => key.toLowerCase().startsWith(prefix) && value !== null,
  );
  return pairs.length === 0 ? undefined : pairs.map(([key]) => key.slice(prefix.length));
}

const organization = (facts: Facts): Derived => (ofAccount(facts) ? MAYBE : undefined);
const resourceOrganization = ({ owner, action }: Facts): Derived =>
  owner === undefined || !tellsOwner(action) ? undefined : MAYBE;

const ROWS: Readonly<Record<string, (facts: Facts) => Derived>> = {
  "aws:principalaccount": ({ principal }) =>
    principal.type === "anonymous" ? "anonymous" : (principal.account ?? undefined),
  "aws:principalarn": principalArn,
  "aws:principaltype": ({ principal }) => TYPES[principal.type] ?? (principal.type === "service" ? MAYBE : undefined),
  "aws:userid": ({ principal }) => {
    if (principal.type === "root") return principal.account!;
    if (principal.type === "anonymous") return "anonymous";
    if (principal.type === "user") return principal.uniqueId ?? ALWAYS;
    if (principal.type === "federatedUser")
      return `${principal.account}:${principal.arn!.split("/").slice(1).join("/")}`;
    if (principal.type === "session" && principal.uniqueId)
      return `${principal.uniqueId}:${principal.arn!.split("/")[2]}`;
    return principal.type === "federated" ? undefined : ALWAYS;
  },
  "aws:username": ({ principal }) =>
    principal.type === "user" ? principal.arn!.slice(principal.arn!.lastIndexOf("/") + 1) : undefined,
  "aws:principalorgid": organization,
  "aws:principalorgpaths": organization,
  "aws:principalisawsservice": ({ principal }) =>
    principal.type === "service" ? "true" : principal.account === null ? undefined : "false",
  "aws:principalservicename": ({ principal }) => (principal.type === "service" ? principal.name : undefined),
  "aws:principalservicenameslist": ({ principal }) => (principal.type === "service" ? [principal.name] : undefined),
  "aws:federatedprovider": ({ principal }) =>
    principal.type === "federated" && !principal.name.includes(":saml-provider/") ? principal.name : undefined,
  "aws:tokenissuetime": (facts) => (temporary(facts) ? ALWAYS : undefined),
  // Absent with a user's long-term keys and for federated identities (B3).
  "aws:multifactorauthpresent": ({ principal }) =>
    principal.type === "role" || principal.type === "session" ? MAYBE : undefined,
  "aws:multifactorauthage": (facts) =>
    facts.context.get("aws:multifactorauthpresent") === undefined
      ? facts.principal.type === "role" || facts.principal.type === "session"
        ? MAYBE
        : undefined
      : one(facts, "aws:multifactorauthpresent") === "true"
        ? ALWAYS
        : undefined,
  // Under FAS the caller's own address is kept (the reading of B6).
  "aws:sourceip": (facts) => (has(facts, "aws:sourcevpce") || has(facts, "aws:sourcevpc") ? undefined : ALWAYS),
  "aws:sourcevpc": throughEndpoint,
  "aws:sourcevpce": throughEndpoint,
  "aws:vpcsourceip": throughEndpoint,
  "aws:resourceaccount": ({ owner, action }) => (tellsOwner(action) ? owner : undefined),
  "aws:resourceorgid": resourceOrganization,
  "aws:resourceorgpaths": resourceOrganization,
  "aws:tagkeys": (facts) => namesOf(facts, "aws:requesttag/"),
  "aws:viaawsservice": ({ viaService }) => (viaService ? "true" : "false"),
  "aws:calledvia": (facts) => calledVia(facts) ?? throughSomeService(facts),
  "aws:calledviafirst": (facts) => calledVia(facts)?.[0] ?? throughSomeService(facts),
  "aws:calledvialast": (facts) => calledVia(facts)?.at(-1) ?? throughSomeService(facts),
  "aws:sourcearn": sourceOfService,
  "aws:sourceaccount": sourceOfService,
  "aws:sourceorgid": sourceOfService,
  "aws:sourceorgpaths": sourceOfService,
  // Always sent by callers; not between services (B3).
  "aws:securetransport": ({ principal }) => (principal.type === "service" ? undefined : "true"),
  "aws:requestedregion": (facts) => facts.arn?.region || (onlyRegion(facts) ?? ALWAYS),
  "aws:currenttime": (facts) => {
    const epoch = one(facts, "aws:epochtime");
    const instant = new Date(Number(epoch !== undefined && /^\d+$/.test(epoch) ? epoch : Number.NaN) * 1000);
    return Number.isNaN(instant.getTime()) ? ALWAYS : instant.toISOString();
  },
  "aws:epochtime": (facts) => {
    const instant = Date.parse(one(facts, "aws:currenttime") ?? "");
    return Number.isNaN(instant) ? ALWAYS : String(Math.floor(instant / 1000));
  },
  "aws:useragent": () => ALWAYS,

  "sts:rolesessionname": (facts) =>
    carried(facts, "sts:RoleSessionName", () => (facts.action.startsWith("sts:assumerole") ? ALWAYS : undefined)),

  "kms:calleraccount": (facts) => carried(facts, "kms:CallerAccount", () => facts.principal.account ?? undefined),
  "kms:encryptioncontextkeys": (facts) => namesOf(facts, "kms:encryptioncontext:"),
  "kms:encryptionalgorithm": (facts) => carried(facts, "kms:EncryptionAlgorithm", () => "SYMMETRIC_DEFAULT"),
  "kms:signingalgorithm": (facts) => carried(facts, "kms:SigningAlgorithm", () => ALWAYS),
  "kms:messagetype": (facts) => carried(facts, "kms:MessageType", () => "RAW"),
  "kms:macalgorithm": (facts) => carried(facts, "kms:MacAlgorithm", () => ALWAYS),
  "kms:keyagreementalgorithm": (facts) => carried(facts, "kms:KeyAgreementAlgorithm", () => "ECDH"),
  "kms:datakeypairspec": (facts) => carried(facts, "kms:DataKeyPairSpec", () => ALWAYS),
  "kms:keyspec": (facts) => attribute(facts, "kms:KeySpec", "SYMMETRIC_DEFAULT"),
  "kms:customermasterkeyspec": (facts) => attribute(facts, "kms:CustomerMasterKeySpec", "SYMMETRIC_DEFAULT"),
  "kms:keyusage": (facts) => attribute(facts, "kms:KeyUsage", "ENCRYPT_DECRYPT"),
  "kms:customermasterkeyusage": (facts) => attribute(facts, "kms:CustomerMasterKeyUsage", "ENCRYPT_DECRYPT"),
  "kms:keyorigin": (facts) => attribute(facts, "kms:KeyOrigin", "AWS_KMS"),
  "kms:multiregion": (facts) => {
    if (facts.action === "kms:createkey") return "false";
    return carried(facts, "kms:MultiRegion", () => (facts.arn ? String(isMultiRegion(facts)) : ALWAYS));
  },
  "kms:multiregionkeytype": (facts) =>
    carried(facts, "kms:MultiRegionKeyType", () => (facts.arn ? (isMultiRegion(facts) ? ALWAYS : undefined) : MAYBE)),
  "kms:resourcealiases": (facts) => carried(facts, "kms:ResourceAliases", () => MAYBE),
  "kms:reencryptonsamekey": (facts) => carried(facts, "kms:ReEncryptOnSameKey", () => ALWAYS),
  "kms:primaryregion": (facts) => carried(facts, "kms:PrimaryRegion", () => ALWAYS),
  "kms:replicaregion": (facts) => carried(facts, "kms:ReplicaRegion", () => ALWAYS),
  "kms:grantoperations": (facts) => carried(facts, "kms:GrantOperations", () => ALWAYS),
  "kms:granteeprincipal": (facts) =>
    has(facts, "kms:granteeserviceprincipal") ? undefined : carried(facts, "kms:GranteePrincipal", () => ALWAYS),
  // True when an integrated service calls for the user (F23); a direct call cannot claim it.
  "kms:grantisforawsresource": (facts) =>
    carried(facts, "kms:GrantIsForAWSResource", () => (facts.viaService ? ALWAYS : "false")),
  "kms:schedulekeydeletionpendingwindowindays": (facts) =>
    carried(facts, "kms:ScheduleKeyDeletionPendingWindowInDays", () => "30"),
  "kms:rotationperiodindays": (facts) => carried(facts, "kms:RotationPeriodInDays", () => "365"),
  "kms:trailingdayswithoutkeyusage": (facts) => carried(facts, "kms:TrailingDaysWithoutKeyUsage", () => MAYBE),
  "kms:wrappingalgorithm": (facts) => carried(facts, "kms:WrappingAlgorithm", () => ALWAYS),
  "kms:wrappingkeyspec": (facts) => carried(facts, "kms:WrappingKeySpec", () => ALWAYS),
};

/** Defaults whose value no AWS page states: a decision that reads one rests on the rule (semantics J). */
export const WEAK_DERIVED: Readonly<Record<string, UnsettledRule>> = {
  "kms:schedulekeydeletionpendingwindowindays": "F23",
  "kms:rotationperiodindays": "F23",
};

const ABSENT_UNDER_FAS: ReadonlySet<string> = new Set(["aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"]);

export type DeriveKey = (facts: Facts) => Derived;

/** How to derive a key, by its folded name; undefined for keys that only the request's parameters fill. */
export function derivedKey(folded: string): DeriveKey | undefined {
  if (Object.hasOwn(ROWS, folded)) {
    const row = ROWS[folded]!;
    return ABSENT_UNDER_FAS.has(folded) ? (facts) => (facts.viaService ? undefined : row(facts)) : row;
  }
  if (folded.startsWith("aws:principaltag/")) {
    const name = folded.slice("aws:principaltag/".length);
    return ({ principal }) => tag(principal.tags, name);
  }
  const claim = /^(.+):(aud|sub|amr|iss|azp|oaud|email)$/.exec(folded);
  if (claim) return (facts) => claimOf(facts, claim[1]!, claim[2]!);
  return undefined;
}

/** Tag keys do not depend on case (semantics B1). */
function tag(tags: Readonly<Record<string, string>>, folded: string): string | undefined {
  for (const key of Object.keys(tags)) if (key.toLowerCase() === folded) return tags[key];
  return undefined;
}

/** A provider's token always has a subject and an audience; nobody told them. */
function claimOf({ principal }: Facts, prefix: string, claim: string): Derived {
  if (principal.type !== "federated" || claimPrefix(principal.name).toLowerCase() !== prefix) return undefined;
  return claim === "sub" || claim === "aud" ? ALWAYS : MAYBE;
}

/** The role's ARN with its path, not the session's (semantics B2). A session's ARN does not say the path. */
function principalArn({ principal }: Facts): Derived {
  if (principal.type !== "session") return principal.arn ?? undefined;
  if (principal.role) return principal.role;
  return new OpenKey("always", `arn:${principal.partition}:iam::${principal.account}:role/${roleNameOf(principal)}`);
}

/** A service calls, and nobody told which (B5). */
const throughSomeService = (facts: Facts): Derived =>
  facts.viaService && facts.context.get("aws:calledvia") === undefined ? ALWAYS : undefined;

function calledVia(facts: Facts): readonly string[] | undefined {
  const told = facts.context.get("aws:calledvia");
  if (told !== undefined) return told ?? undefined;
  const via = one(facts, "kms:viaservice");
  return via === undefined ? undefined : [`${via.split(".")[0]}.amazonaws.com`];
}

function carried(facts: Facts, key: string, value: () => Derived): Derived {
  // An alias has no condition keys (F9).
  if (facts.arn?.service === "kms" && facts.arn.resource.startsWith("alias/")) return undefined;
  return facts.actionFacts && isCarried(facts.actionFacts, key) ? value() : undefined;
}

/** The catalogue's answer is the same for every request: it is asked once for an action and a key. */
const CARRIED = new WeakMap<ActionFacts, Map<string, boolean>>();

function isCarried(action: ActionFacts, key: string): boolean {
  const known = CARRIED.get(action)?.get(key);
  if (known !== undefined) return known;
  const carried = actionCarriesKey(action, key);
  CARRIED.set(action, (CARRIED.get(action) ?? new Map<string, boolean>()).set(key, carried));
  return carried;
}

/** Attributes of the key: CreateKey's defaults, else the key's own, which nobody told. */
function attribute(facts: Facts, key: string, initial: string): Derived {
  return carried(facts, key, () => (facts.action === "kms:createkey" ? initial : ALWAYS));
}

const isMultiRegion = ({ arn }: Facts) => arn?.resource.startsWith("key/mrk-") ?? false;
