/** A request as the line of a test that asks it again, for people to paste. */
import { isAccountId, parseArn } from "../policy/arn.ts";
import { parseCidr } from "../policy/values.ts";
import type { ContextValue } from "../request/context.ts";
import { GRANT_OPERATIONS, type GrantOperation } from "../request/grant.ts";
import { claimPrefix } from "../request/names.ts";
import { type Principal, principalFromArn } from "../request/principal.ts";
import type { RequestFields } from "../request/request.ts";

export interface Pasteable {
  /** The assertion, as in `expect(policy).toDeny("arn:…", "kms:Decrypt").viaService("…");`. */
  readonly test: string;
  /** The functions of `iam-expect` that it calls. */
  readonly imports: readonly string[];
  /** What the policies under test must be made with for the assertion to be about this request. */
  readonly needs: string | undefined;
}

/**
 * The test that wants the other answer: it fails with the same decision.
 *
 * @param subject what the test gives to `expect`: `policy`, `policies`, `environment`
 */
export function pasteableTest(
  request: RequestFields,
  { outcome }: { readonly outcome: string },
  subject = "policy",
): Pasteable {
  return pasteable(request, outcome === "allowed" ? "toDeny" : "toAllow", subject);
}

/** The request asked by a matcher. */
export function pasteable(request: RequestFields, matcher: string, subject = "policy"): Pasteable {
  const caller = callerText(request.principal);
  const resource = request.resource === null ? "" : `, ${text(request.resource)}`;
  const given =
    request.givenIdentity === null
      ? ""
      : request.givenIdentity === "allows"
        ? ".givenIdentityAllows()"
        : ".givenNoIdentityPolicies()";
  const asked = `expect(${subject}).${matcher}(${caller.code}, ${text(request.action)}${resource})`;
  return {
    test: `${asked}${linksOf(request)}${given};`,
    imports: caller.calls,
    needs:
      request.resourceAccount === null
        ? undefined
        : `the resource is of account ${request.resourceAccount}: make its policy with \`{ account: ${text(request.resourceAccount)} }\``,
  };
}

const text = (value: string): string => JSON.stringify(value);

interface Code {
  readonly code: string;
  readonly calls: readonly string[];
}

/** The shortest text that makes this caller. */
function callerText(principal: Principal): Code {
  const { type, arn, name, role } = principal;
  const call = (maker: string, ...args: (string | undefined)[]): Code => ({
    code: `${maker}(${args.filter((arg) => arg !== undefined).join(", ")})`,
    calls: [maker],
  });
  if (type === "anonymous") return { code: "anonymous", calls: ["anonymous"] };
  if (type === "service" || type === "federated") return call(type, text(name));
  const options = optionsText(principal);
  if (type === "session" && role) return call("session", text(role), text(arn!.split("/")[2]!), options);
  if (options === undefined) return { code: text(arn!), calls: [] };
  if (type === "root") return call("rootUser", text(principal.account!), options);
  // A session whose role's path is not known has no maker of its own.
  return type === "session" ? { code: text(arn!), calls: [] } : call(type, text(arn!), options);
}

function optionsText(principal: Principal): string | undefined {
  const { tags, uniqueId, managementAccount, issuer, serviceLinked, arn } = principal;
  const options: Record<string, unknown> = {
    ...(Object.keys(tags).length > 0 ? { tags } : {}),
    ...(uniqueId === null ? {} : { uniqueId }),
    ...(managementAccount ? { managementAccount } : {}),
    ...(issuer === null ? {} : { issuer }),
    ...(serviceLinked === principalFromArn(arn!).serviceLinked ? {} : { serviceLinked }),
  };
  return Object.keys(options).length === 0 ? undefined : objectText(options);
}

/** As people write it: names without quotes where they need none. */
function objectText(value: Readonly<Record<string, unknown>>): string {
  const members = Object.entries(value).map(([name, part]) => {
    const inner =
      typeof part === "object" && part !== null && !Array.isArray(part)
        ? objectText(part as Record<string, unknown>)
        : listText(part);
    return `${/^[A-Za-z_]\w*$/.test(name) && name !== "__proto__" ? name : text(name)}: ${inner}`;
  });
  return `{ ${members.join(", ")} }`;
}

const listText = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map((item) => JSON.stringify(item)).join(", ")}]` : JSON.stringify(value);

/** What the request tells, by folded key; a link takes out what it says. */
class Told {
  readonly left = new Map<string, readonly [key: string, value: ContextValue]>();

  constructor(readonly request: RequestFields) {
    for (const [key, value] of Object.entries(request.context)) this.left.set(key.toLowerCase(), [key, value]);
  }
  value(folded: string): ContextValue | undefined {
    return this.left.get(folded)?.[1];
  }
  one(folded: string): string | undefined {
    const value = this.value(folded);
    return typeof value === "string" ? value : undefined;
  }
  /** The link, if the keys that it says are told so. */
  say(link: string, ...folded: string[]): string {
    for (const key of folded) this.left.delete(key);
    return link;
  }
}

type Link = (told: Told) => string;

/** A link for one key with one value; `fits` says whether the link takes it. */
const simple =
  (folded: string, link: string, fits: (value: string) => boolean = () => true): Link =>
  (told) => {
    const value = told.one(folded);
    return value !== undefined && fits(value) ? told.say(`.${link}(${text(value)})`, folded) : "";
  };

/** Pairs of names and texts: tags, the encryption context. */
const pairs =
  (prefix: string, link: string): Link =>
  (told) => {
    const found: Record<string, string> = {};
    for (const [folded, [key, value]] of [...told.left])
      if (folded.startsWith(prefix) && typeof value === "string") {
        found[key.slice(prefix.length)] = value;
        told.say("", folded);
      }
    return Object.keys(found).length === 0 ? "" : `.${link}(${objectText(found)})`;
  };

const isCallerArn = (value: string): boolean => {
  try {
    principalFromArn(value);
    return true;
  } catch {
    return false;
  }
};

const viaService = simple("kms:viaservice", "viaService", (value) =>
  /^[a-z0-9-]+\.[a-z0-9-]+\.amazonaws\.com$/.test(value),
);

const LINKS: readonly Link[] = [
  // For other services the link tells `aws:CalledVia`.
  (told) => (/^kms:/i.test(told.request.action) ? viaService(told) : ""),
  calledVia,
  pairs("kms:encryptioncontext:", "withEncryptionContext"),
  (told) =>
    told.one("kms:grantisforawsresource") === "true" ? told.say(".forAwsResource()", "kms:grantisforawsresource") : "",
  (told) => {
    const value = told.value("kms:grantoperations");
    const all = Array.isArray(value) && value.every((one) => GRANT_OPERATIONS.includes(one as GrantOperation));
    return all ? told.say(`.withGrantOperations(${listText(value)})`, "kms:grantoperations") : "";
  },
  simple("kms:granteeprincipal", "toGrantee", isCallerArn),
  simple("kms:requestalias", "withAlias", (value) => /^alias\/[\w/-]+$/.test(value)),
  secondFactor,
  fromVpc,
  simple("aws:sourceip", "fromIp", (value) => parseCidr(value)?.written === false),
  simple("aws:sourcearn", "withSourceArn", (value) => parseArn(value) !== undefined),
  simple("aws:sourceaccount", "withSourceAccount", isAccountId),
  simple("aws:sourceorgid", "withSourceOrg"),
  simple("sts:externalid", "withExternalId"),
  claims,
  simple("aws:requestedregion", "inRegion", (value) => /^[a-z]+(-[a-z]+)+-\d+$/.test(value)),
  time,
  pairs("aws:principaltag/", "withPrincipalTags"),
  pairs("aws:requesttag/", "withRequestTags"),
  pairs("aws:resourcetag/", "withResourceTags"),
];

function linksOf(request: RequestFields): string {
  const told = new Told(request);
  const links = LINKS.map((link) => link(told)).join("");
  const rest = [...told.left.values()];
  const values = rest.filter(([, value]) => value !== null);
  const absent = rest.filter(([, value]) => value === null).map(([key]) => text(key));
  return [
    links,
    values.length > 0 ? `.withContext(${objectText(Object.fromEntries(values))})` : "",
    absent.length > 0 ? `.withoutContext(${absent.join(", ")})` : "",
  ].join("");
}

function calledVia(told: Told): string {
  const services = told.value("aws:calledvia");
  if (!Array.isArray(services) || services.length === 0) return "";
  const ends = told.one("aws:calledviafirst") === services[0] && told.one("aws:calledvialast") === services.at(-1);
  if (!ends) return "";
  return told.say(
    `.calledVia(${services.map((name: string) => text(name)).join(", ")})`,
    "aws:calledvia",
    "aws:calledviafirst",
    "aws:calledvialast",
  );
}

function secondFactor(told: Told): string {
  const { type } = told.request.principal;
  const present = told.value("aws:multifactorauthpresent");
  const age = told.one("aws:multifactorauthage");
  if (present === "true") {
    const seconds = age !== undefined && String(Number(age)) === age && Number(age) >= 0;
    if (seconds) return told.say(`.withMfa(${age})`, "aws:multifactorauthpresent", "aws:multifactorauthage");
    return told.say(".withMfa()", "aws:multifactorauthpresent");
  }
  const absent = type === "user" || type === "root" ? null : "false";
  return present === absent ? told.say(".withoutMfa()", "aws:multifactorauthpresent") : "";
}

/** These links also say that there is no public address, as is so through an endpoint. */
function fromVpc(told: Told): string {
  if ((told.value("aws:sourceip") ?? null) !== null) return "";
  const vpc = simple("aws:sourcevpc", "fromVpc")(told);
  const both = vpc + simple("aws:sourcevpce", "fromVpcEndpoint")(told);
  return both === "" ? "" : told.say(both, "aws:sourceip");
}

function claims(told: Told): string {
  const { principal } = told.request;
  if (principal.type !== "federated") return "";
  const prefix = `${claimPrefix(principal.name)}:`;
  const found: Record<string, ContextValue> = {};
  for (const [folded, [key, value]] of [...told.left])
    if (key.startsWith(prefix) && value !== null) {
      found[key.slice(prefix.length)] = value;
      told.say("", folded);
    }
  return Object.keys(found).length === 0 ? "" : `.withClaims(${objectText(found)})`;
}

/** The link says both names of the time; the second follows from the first. */
function time(told: Told): string {
  const now = told.one("aws:currenttime");
  const epoch = told.value("aws:epochtime");
  const instant = now === undefined ? Number.NaN : Date.parse(now);
  if (Number.isNaN(instant) || new Date(instant).toISOString() !== now) return "";
  if (epoch !== undefined && epoch !== String(Math.floor(instant / 1000))) return "";
  return told.say(`.at(${text(now)})`, "aws:currenttime", "aws:epochtime");
}
