/**
 * Callers, one for each way in which statements can tell them apart: by the principals they name, by `aws:PrincipalArn`
 * and the keys beside it, and by what decides which policies bind them.
 */
import { parseOperator } from "../catalog/operators.ts";
import type { CompiledStatement } from "../evaluate/compile.ts";
import type { Evaluation } from "../evaluate/evaluation.ts";
import { isAccountId, parseArn } from "../policy/arn.ts";
import {
  anonymous,
  federated,
  federatedUser,
  Principal,
  principalFromArn,
  role,
  rootUser,
  service,
  session,
  user,
} from "../request/principal.ts";
import { OpenCallers } from "./open-callers.ts";
import { Outside } from "./outside.ts";
import type { Tested } from "./statements.ts";
import { type ClassLimits, stringClasses } from "./string-classes.ts";
import { ACCOUNT, matches, type Pattern, run, some, text } from "./tokens.ts";
import { conditionPatterns } from "./value-patterns.ts";
import { NAME } from "./world.ts";

export interface CallersAsked {
  readonly statements: readonly CompiledStatement[];
  readonly tested: readonly Tested[];
  /** Names beside those in statements: grantees and the like. */
  readonly names: readonly string[];
  readonly partition: string;
  readonly owner: string;
  readonly accounts: ReadonlySet<string>;
  /** Service-linked roles count as callers of their own: policies of an organization do not bind them. */
  readonly serviceLinked: boolean;
  readonly told: Evaluation;
  readonly limits?: ClassLimits | undefined;
}

const SERVICES: readonly string[] = ["s3", "sns", "events", "cloudtrail", "lambda"].map(
  (name) => `${name}.amazonaws.com`,
);

/** A service that nobody names, of those that call for any account's resources where one is left. */
export const otherService = (named: ReadonlySet<string>): string =>
  SERVICES.find((name) => !named.has(name)) ?? fresh("unlisted", named, ".amazonaws.com");

/** An account that nobody names. */
export function freshAccount(accounts: ReadonlySet<string>): string {
  for (let digit = 9; digit >= 0; digit--) {
    const account = String(digit).repeat(12);
    if (!accounts.has(account)) return account;
  }
  for (let number = 100_000_000_000; ; number++) if (!accounts.has(String(number))) return String(number);
}

export interface Callers {
  readonly callers: readonly Principal[];
  /** Those that stand for more than one class. */
  readonly open: OpenCallers | undefined;
}

export function callersFor(asked: CallersAsked): Callers {
  const named = namesOf(asked);
  const byId = asked.tested.filter(({ condition }) => condition.key.folded === "aws:userid");
  if (byId.length > 0 && named.ids.size > 0) throw new Outside("a principal and `aws:userid` both name unique ids");
  const byPattern = asked.tested.some(isPattern);
  const found = byPattern ? callersByPattern(asked, named) : { callers: callersByName(asked, named), open: undefined };
  const { callers: ofAccounts, open } = found;
  if (open && named.ids.size > 0) throw new Outside("too many patterns of callers overlap");
  const callers = distinct([
    ...ofAccounts,
    ...callersWithIds(ofAccounts, named),
    ...callersByUserId(asked, byId),
    ...[...named.services].map((name) => service(name)),
    service(otherService(named.services)),
    ...[...named.providers].map((name) => federated(name)),
    federated(fresh("unlisted", named.providers, ".example.com")),
    federated(`arn:${asked.partition}:iam::${asked.owner}:saml-provider/${fresh("Unlisted", named.providers, "")}`),
    anonymous,
  ]);
  return { callers, open };
}

const PATTERNED: ReadonlySet<string> = new Set([
  "aws:principalarn",
  "aws:username",
  "aws:principalaccount",
  "kms:calleraccount",
]);

/** Whether a condition on the caller has wildcards, ignores case, or reads a variable: a list of names does not do then. */
function isPattern({ condition }: Tested): boolean {
  if (!PATTERNED.has(condition.key.folded)) return false;
  const { family, compare } = parseOperator(condition.condition.operator)!.facts;
  if (family === "null") return false;
  if (family !== "string" && family !== "arn") return true;
  const wild = compare === "like" ? /[*?$]/ : /\$\{/;
  return compare === "ignoreCase" || condition.condition.values.some(({ value }) => wild.test(value));
}

interface Names {
  readonly arns: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
  readonly providers: ReadonlySet<string>;
}

function namesOf({ statements, names, tested }: CallersAsked): Names {
  const found = {
    arns: new Set<string>(),
    ids: new Set<string>(),
    services: new Set<string>(),
    providers: new Set<string>(),
  };
  for (const { statement } of statements)
    for (const { type, value } of statement.principal?.values ?? []) {
      if (type === "Service") found.services.add(value);
      else if (type === "Federated") found.providers.add(value);
      else if (type === "CanonicalUser") throw new Outside("a canonical user cannot be told from others offline");
      else if (parseArn(value)) found.arns.add(value);
      else if (value !== "*" && !isAccountId(value)) found.ids.add(value);
    }
  for (const name of names)
    if (parseArn(name)) found.arns.add(name);
    else if (!isAccountId(name)) found.services.add(name);
  for (const { condition } of tested) {
    const { folded } = condition.key;
    const provider = /^(.+\..+):[^:]+$/.exec(condition.key.name)?.[1];
    if (folded === "aws:principalservicenameslist")
      throw new Outside("which names `aws:PrincipalServiceNamesList` holds for a service AWS does not tell");
    for (const { value } of condition.condition.values) {
      if (folded === "aws:principalservicename") {
        if (/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(value)) found.services.add(value);
        else if (/[*?$]/.test(value)) throw new Outside("names of services are matched by a pattern");
      } else if (folded === "aws:principalarn") {
        if (isCaller(value)) found.arns.add(value);
      } else if (folded === "aws:federatedprovider") {
        if (/[*?$]/.test(value)) throw new Outside("names of identity providers are matched by a pattern");
        if (/^[a-z0-9-]+(\.[a-z0-9-]+)+(\/\S*)?$/i.test(value) || /:oidc-provider\/./.test(value))
          found.providers.add(value);
      }
    }
    // A token's claims come with its provider.
    if (provider && ![...found.providers].some((name) => name.toLowerCase().endsWith(provider.toLowerCase())))
      found.providers.add(provider);
  }
  return found;
}

const isCaller = (text: string) =>
  /^arn:aws[a-z-]*:(iam|sts)::\d{12}:(user|role|federated-user)\/[\w+=,.@/-]*[\w+=,.@-]$/.test(text);

function fresh(name: string, taken: ReadonlySet<string>, after: string): string {
  for (let count = 0; ; count++) {
    const text = `${name}${count || ""}`;
    if (![...taken].some((one) => one.includes(text))) return text + after;
  }
}

/** Without patterns: those that are named, and in each account somebody whom nobody names. */
function callersByName(
  { accounts, partition, owner, serviceLinked, tested }: CallersAsked,
  { arns }: Names,
): Principal[] {
  const everywhere = new Set([owner, ...accounts]);
  everywhere.add(freshAccount(everywhere));
  const somebody = fresh("somebody", arns, "");
  const usernames = tested
    .filter(({ condition }) => condition.key.folded === "aws:username")
    .flatMap(({ condition }) => condition.condition.values.map(({ value }) => value))
    .filter((name) => /^[\w+=,.@-]+$/.test(name));
  const found: Principal[] = [];
  for (const account of everywhere) {
    for (const name of usernames)
      for (const path of ["", `${somebody}/`]) found.push(user(`arn:${partition}:iam::${account}:user/${path}${name}`));
    const iam = `arn:${partition}:iam::${account}`;
    found.push(role(`${iam}:role/${somebody}`), user(`${iam}:user/${somebody}`), rootUserOf(partition, account));
    found.push(federatedUser(`arn:${partition}:sts::${account}:federated-user/${somebody}`));
    if (serviceLinked)
      found.push(role(`${iam}:role/${SERVICE_LINKED}${somebody}.amazonaws.com/${SERVICE_LINKED_NAME}${somebody}`));
  }
  for (const arn of arns)
    found.push(...namedBy(arn, partition), ...pathsOf(arn, arns, partition), ...issuedBy(arn, arns));
  if (serviceLinked) for (const arn of arns) found.push(...serviceLinkedOf(arn, somebody));
  return found;
}

/** A session's ARN does not say that its role is service-linked; the role's name allows it (A13). */
function serviceLinkedOf(arn: string, service: string): Principal[] {
  const named = sessionOf(arn);
  if (!named?.role.startsWith(SERVICE_LINKED_NAME) || !validSession(named.name)) return [];
  const { partition, account } = parseArn(arn)!;
  return [
    session(
      `arn:${partition}:iam::${account}:role/${SERVICE_LINKED}${service}.amazonaws.com/${named.role}`,
      named.name,
    ),
  ];
}

/** Where AWS makes service-linked roles, and how it names them: nobody else can make a role there. */
const SERVICE_LINKED = "aws-service-role/";
const SERVICE_LINKED_NAME = "AWSServiceRoleFor";
const isThere = (arn: string) => arn.includes(`:role/${SERVICE_LINKED}`);
/** What follows `role/` in the ARNs of service-linked roles. */
const serviceLinkedPattern = (name: Pattern): Pattern => [
  ...text(SERVICE_LINKED),
  ...some("plain"),
  ...text(".amazonaws.com/"),
  ...name,
];

const rootUserOf = (partition: string, account: string): Principal =>
  partition === "aws" ? rootUser(account) : principalFromArn(`arn:${partition}:iam::${account}:root`);

/** The callers for whom an ARN in a `Principal` stands. */
function namedBy(arn: string, partition: string): Principal[] {
  const parsed = parseArn(arn);
  if (!parsed || parsed.partition !== partition || !isAccountId(parsed.account)) return [];
  const { resource, account } = parsed;
  const infrastructure = /^role\/(aws:[^/]+\/[^/]+)$/.exec(resource);
  // EC2's role for one instance: the session is spelled into the role's path (F21).
  if (infrastructure) return [principalFromArn(`arn:${partition}:sts::${account}:assumed-role/${infrastructure[1]}`)];
  if (/^role\/.*aws:/.test(resource)) return [];
  if (resource.startsWith("role/")) return [role(arn)];
  if (resource.startsWith("user/")) {
    const issued = federatedUser(`arn:${partition}:sts::${account}:federated-user/of-${resource.split("/").at(-1)}`, {
      issuer: arn,
    });
    return [user(arn), issued];
  }
  if (resource.startsWith("federated-user/")) return [federatedUser(arn)];
  const named = sessionOf(arn);
  return named && validSession(named.name)
    ? [session(`arn:${partition}:iam::${account}:role/${named.role}`, named.name)]
    : [];
}

/** A session's ARN drops the path of its role: each named role of that name may be it (A13). */
function pathsOf(arn: string, arns: ReadonlySet<string>, partition: string): Principal[] {
  const named = sessionOf(arn);
  const account = parseArn(arn)?.account;
  if (!named || !validSession(named.name)) return [];
  return [...arns]
    .filter((other) => other.startsWith(`arn:${partition}:iam::${account}:role/`) && other.endsWith(`/${named.role}`))
    .map((other) => session(other, named.name));
}

/** A federated user may have its credentials from any user of the account (A13). */
function issuedBy(arn: string, arns: ReadonlySet<string>): Principal[] {
  const account = parseArn(arn)?.account;
  if (!arn.includes(":federated-user/")) return [];
  return [...arns]
    .filter((other) => parseArn(other)?.account === account && parseArn(other)?.resource.startsWith("user/"))
    .map((issuer) => federatedUser(arn, { issuer }));
}

const validSession = (name: string) => /^[\w+=,.@-]{2,64}$/.test(name);

function sessionOf(arn: string): { role: string; name: string } | undefined {
  const match = /:assumed-role\/([^/]+)\/(.+)$/.exec(arn);
  return match ? { role: match[1]!, name: match[2]! } : undefined;
}

/** Unique ids that AWS wrote in place of ARNs (A14): each of the others could be the one that has the id. */
function callersWithIds(callers: readonly Principal[], { ids }: Names): Principal[] {
  return [...ids].flatMap((uniqueId) =>
    callers
      .filter(({ type }) => (uniqueId.startsWith("AIDA") ? type === "user" : type === "role" || type === "session"))
      .map((caller) => new Principal({ ...caller, uniqueId })),
  );
}

/** A root user's id is its account, a federated user's its account and name (B2). */
function callersByUserId({ partition, told }: CallersAsked, byId: readonly Tested[]): Principal[] {
  const sets = byId
    .filter(({ condition }) => parseOperator(condition.condition.operator)!.facts.family !== "null")
    .map(({ condition, policy }) => conditionPatterns(condition, policy, told));
  if (sets.length === 0) return [];
  const found = (universe: Pattern) => {
    const classes = stringClasses(sets, { universe: [universe] });
    if (!classes) throw new Outside("too many patterns of `aws:userid` overlap");
    return classes.map(({ text }) => text);
  };
  return [
    ...found(ACCOUNT).map((account) => rootUserOf(partition, account)),
    ...found([...ACCOUNT, ...text(":"), ...NAME]).map((id) => {
      const [account, name] = [id.slice(0, 12), id.slice(13)];
      return federatedUser(`arn:${partition}:sts::${account}:federated-user/${name}`);
    }),
  ];
}

/** With patterns: all callers sorted by which of them they match. */
function callersByPattern(asked: CallersAsked, { arns }: Names): Callers {
  const { partition } = asked;
  const patterned = asked.tested.filter(
    ({ condition }) =>
      PATTERNED.has(condition.key.folded) && parseOperator(condition.condition.operator)!.facts.family !== "null",
  );
  const tested = patterned.map((one) => [one.condition, callerPatterns(one, asked)] as const);
  const accounts = [...new Set([asked.owner, ...asked.accounts])];
  const kinds: (readonly Pattern[])[] = accounts.map((account) =>
    ["iam", "sts"].map((prefix) => [...text(`arn:${partition}:${prefix}::${account}:`), run("any")]),
  );
  const serviceLinked = kinds.length;
  kinds.push([[...text(`arn:${partition}:iam::`), ...ACCOUNT, ...text(`:role/${SERVICE_LINKED}`), run("any")]]);
  const among = universesOf(arns, partition);
  const listed = arns.size === 0 ? [] : [[...arns].map((arn) => text(arn))];
  const sets = [...tested.map(([, patterns]) => patterns), ...kinds, ...[...arns].map((arn) => [text(arn)])];
  const callers = [...arns].flatMap((arn) => (/:role\/aws:/.test(arn) ? namedBy(arn, partition) : []));
  const classes = among.map(({ universe }) => stringClasses(sets, { universe, ...asked.limits }));
  if (classes.every((found) => found !== undefined)) {
    for (const [at, { make, ordinary }] of among.entries())
      callers.push(...classes[at]!.flatMap(({ text }) => (ordinary && isThere(text) ? [] : make(text))));
    return { callers, open: undefined };
  }
  const open = new OpenCallers(tested);
  for (const { universe, make, ordinary } of among) {
    for (const arn of arns)
      if (universe.some((pattern) => matches(pattern, arn)) && !(ordinary && isThere(arn))) callers.push(make(arn));
    for (const { bits } of stringClasses(kinds, { universe }) ?? []) {
      const isIn = (at: number) => ((bits >> BigInt(at)) & 1n) === 1n;
      if (ordinary && isIn(serviceLinked)) continue;
      const within = [universe, ...kinds.filter((_, at) => isIn(at))];
      const without = [...listed, ...kinds.filter((_, at) => !isIn(at))];
      callers.push(...open.add({ within, without }, make));
    }
  }
  return { callers, open };
}

/** ARNs of callers of which a condition's values tell. */
function callerPatterns({ condition, policy }: Tested, { partition, told }: CallersAsked): Pattern[] {
  const patterns = conditionPatterns(condition, policy, told);
  const { folded } = condition.key;
  if (folded === "aws:principalarn") return patterns;
  if (folded === "aws:username")
    return patterns.flatMap((pattern) => {
      const name = withinName(pattern);
      if (!name) return [];
      return [
        [...text(`arn:${partition}:iam::`), ...ACCOUNT, ...text(":user/"), ...name],
        [...text(`arn:${partition}:iam::`), ...ACCOUNT, ...text(":user/"), run("any"), ...text("/"), ...name],
      ];
    });
  return ["iam", "sts"].flatMap((prefix) =>
    patterns.map((account) => [...text(`arn:${partition}:${prefix}::`), ...account, ...text(":"), run("any")]),
  );
}

/** The name is what follows the last slash of the ARN: no wildcard reaches over one. */
function withinName(pattern: Pattern): Pattern | undefined {
  if (pattern.some((token) => "char" in token && token.char === "/")) return undefined;
  return pattern.map((token) => ("some" in token ? { ...token, some: "nameEnd" } : token));
}

interface Universe {
  readonly universe: readonly Pattern[];
  readonly make: (arn: string) => Principal;
  /** Not where AWS makes service-linked roles: those have names of their own. */
  readonly ordinary?: true;
}

/** Each kind of caller, by the ARN that conditions read. */
function universesOf(arns: ReadonlySet<string>, partition: string): Universe[] {
  const iam = [...text(`arn:${partition}:iam::`), ...ACCOUNT, ...text(":")];
  const found: Universe[] = [
    { universe: [[...iam, ...text("role/"), ...NAME]], make: (arn) => role(arn), ordinary: true },
    {
      universe: [[...iam, ...text("role/"), ...serviceLinkedPattern([...text(SERVICE_LINKED_NAME), run("nameEnd")])]],
      make: (arn) => role(arn),
    },
    { universe: [[...iam, ...text("user/"), ...NAME]], make: (arn) => user(arn) },
    { universe: [[...iam, ...text("root")]], make: (arn) => principalFromArn(arn) },
    {
      universe: [[...text(`arn:${partition}:sts::`), ...ACCOUNT, ...text(":federated-user/"), ...NAME]],
      make: (arn) => federatedUser(arn),
    },
  ];
  for (const arn of arns) {
    const parsed = parseArn(arn);
    if (parsed?.partition !== partition) continue;
    const named = sessionOf(arn);
    if (named && validSession(named.name)) {
      const head = `arn:${partition}:iam::${parsed.account}:role/`;
      found.push({
        universe: [text(head + named.role), [...text(head), ...NAME, ...text(`/${named.role}`)]],
        make: (one) => session(one, named.name),
        ordinary: true,
      });
      if (named.role.startsWith(SERVICE_LINKED_NAME))
        found.push({
          universe: [[...text(head), ...serviceLinkedPattern(text(named.role))]],
          make: (one) => session(one, named.name),
        });
    }
    if (parsed.resource.startsWith("user/"))
      found.push({
        universe: [[...text(`arn:${partition}:sts::${parsed.account}:federated-user/`), ...NAME]],
        make: (one) => federatedUser(one, { issuer: arn }),
      });
  }
  return found;
}

function distinct(callers: readonly Principal[]): Principal[] {
  const seen = new Set<string>();
  return callers.filter((caller) => {
    const key = JSON.stringify(caller);
    return !seen.has(key) && seen.add(key);
  });
}
