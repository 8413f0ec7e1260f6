/** The question as statements: what is asked for, and what is meant to be allowed, in the words of policies. */
import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { contextKey } from "../evaluate/evaluation.ts";
import { isAccountId, parseArn } from "../policy/arn.ts";
import { parsePolicy } from "../policy/parse.ts";
import type { Policy } from "../policy/policy.ts";
import type { Context, ContextValue } from "../request/context.ts";
import { isPrincipal, type Principal } from "../request/principal.ts";
import { Source } from "../source/source.ts";
import { OF_PRINCIPAL } from "./world.ts";

/**
 * Callers: `*` for everybody, `anonymous`, an account id for all its principals, an ARN (with wildcards if need be), the
 * name of a service, a provider, or a value made by `role(…)` and the like. A role stands for its sessions.
 */
export type Who = string | Principal;
export type OneOrMore<T> = T | readonly T[];
/** A `Condition` block. */
export type When = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface Requests {
  /** Names, with wildcards if need be; all when left out. */
  readonly actions?: OneOrMore<string>;
  readonly by?: OneOrMore<Who>;
  /** ARNs, with wildcards if need be. */
  readonly on?: OneOrMore<string>;
  /** All resources but these. */
  readonly notOn?: OneOrMore<string>;
  /** A `Condition` block. */
  readonly when?: When;
  /** In place of all these: a statement of a policy. */
  readonly statement?: Readonly<Record<string, unknown>>;
}

const list = <T>(value: OneOrMore<T> | undefined, otherwise: T): readonly T[] =>
  value === undefined ? [otherwise] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

interface Caller {
  readonly Principal: string | Readonly<Record<string, string | readonly string[]>>;
  readonly Condition?: When;
}

/** A policy with statements for the ways in which the requests name their callers. */
export function requestsPolicy(asked: readonly Requests[], name: string): Policy {
  const statements = asked.flatMap(({ actions, by, on, notOn, when, statement }): object[] => {
    if (statement) {
      const acts = "Action" in statement || "NotAction" in statement ? {} : { Action: "*" };
      return [{ Principal: "*", ...acts, ...statement, Effect: "Allow" }];
    }
    return together(list<Who>(by, "*").map(caller)).map(({ Principal, Condition }) => ({
      Effect: "Allow",
      Principal,
      Action: list(actions, "*"),
      ...(on === undefined ? {} : { Resource: list(on, "*") }),
      ...(notOn === undefined ? {} : { NotResource: list(notOn, "*") }),
      Condition: merge(Condition ?? {}, when ?? {}),
    }));
  });
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements }, null, 2);
  const key = `${name}\n${text}`;
  let policy = QUESTIONS.get(key);
  if (!policy) {
    policy = parsePolicy(new Source(name, text), "resource", { name, resource: null, account: null, endpoint: null });
    if (QUESTIONS.size >= MOST_QUESTIONS) QUESTIONS.clear();
    QUESTIONS.set(key, policy);
  }
  return policy;
}

/** A question is often asked of many subjects. */
const QUESTIONS = new Map<string, Policy>();
const MOST_QUESTIONS = 200;

/** Callers that need no condition are one list: thousands of statements would be compared with thousands of callers. */
function together(callers: readonly Caller[]): Caller[] {
  const lists: Record<string, string[]> = {};
  const others: Caller[] = [];
  for (const one of callers) {
    const { Principal, Condition } = one;
    if (Condition || typeof Principal === "string") others.push(one);
    else
      for (const [type, value] of Object.entries(Principal)) {
        const all = lists[type] ?? [];
        lists[type] = all;
        all.push(...[value].flat());
      }
  }
  return Object.keys(lists).length === 0 ? others : [{ Principal: lists }, ...others];
}

/** A request's context as what is told to every request, and as conditions on what only the caller decides. */
export function carried(context: Context): { readonly told: Context; readonly when: When } {
  const told: Record<string, ContextValue> = {};
  const when: Record<string, Record<string, unknown>> = {};
  for (const [key, value] of Object.entries(context)) {
    const { folded } = contextKey(key);
    if (!OF_PRINCIPAL.has(folded) && folded !== "aws:resourceaccount" && folded !== "kms:calleraccount") {
      told[contextKey(key).name] = value;
      continue;
    }
    const [operator, wanted] =
      value === null
        ? ["Null", "true"]
        : typeof value === "string"
          ? ["StringEquals", value]
          : ["ForAllValues:StringEquals", value];
    when[operator] = { ...when[operator], [key]: wanted };
  }
  return { told, when };
}

export function merge(a: When, b: When): When {
  const merged: Record<string, Record<string, unknown>> = {};
  for (const block of [a, b])
    for (const [operator, keys] of Object.entries(block)) {
      const taken = Object.keys(keys).some((key) => merged[operator]?.[key] !== undefined);
      // A caller's own condition holds only where the key is there, so `IfExists` beside it changes nothing.
      const free = taken ? `${operator}IfExists` : operator;
      merged[free] = { ...merged[free], ...keys };
    }
  return merged;
}

function caller(who: Who): Caller {
  if (isPrincipal(who)) return principalCaller(who);
  if (typeof who !== "string") return refuse("wrong-use", "`by` takes ARNs, account ids, services or principals");
  if (who === "*") return { Principal: "*" };
  if (who === "anonymous")
    return { Principal: "*", Condition: { StringEquals: { "aws:PrincipalAccount": "anonymous" } } };
  if (isAccountId(who)) return { Principal: { AWS: who } };
  const arn = parseArn(who);
  if (arn && /[*?]/.test(who)) return { Principal: "*", Condition: { ArnLike: { "aws:PrincipalArn": who } } };
  if (arn?.resource === "root") return { Principal: { AWS: arn.account } };
  if (arn && /^(saml|oidc)-provider\//.test(arn.resource)) return { Principal: { Federated: who } };
  if (arn) return { Principal: { AWS: who } };
  if (!/^([a-z0-9-]+\.)+[a-z]{2,}([:/]\S*)?$/i.test(who))
    return refuse("invalid-principal", `${quoted(who)} is not a caller`, {
      help: "write an account id of twelve digits, the ARN of a role, user or session, the name of a service or of an identity provider, `*`, or `anonymous`",
    });
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?$/.test(who) && who !== "cognito-identity.amazonaws.com")
    return { Principal: { Service: who } };
  return { Principal: { Federated: who } };
}

function principalCaller(principal: Principal): Caller {
  if (principal.managementAccount)
    refuse("wrong-use", "a question about callers is not about the management account", {
      help: "ask about that caller's requests one by one, with `toAllow` and `toDeny`",
    });
  const tags = Object.entries(principal.tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value]);
  const found = untagged(principal);
  if (tags.length === 0) return found;
  return { ...found, Condition: merge(found.Condition ?? {}, { StringEquals: Object.fromEntries(tags) }) };
}

function untagged(principal: Principal): Caller {
  switch (principal.type) {
    case "service":
      return { Principal: { Service: principal.name } };
    case "federated":
      return { Principal: { Federated: principal.name } };
    case "anonymous":
      return caller("anonymous");
    case "root":
      return { Principal: "*", Condition: { StringEquals: { "aws:PrincipalArn": principal.arn } } };
    default:
      return { Principal: { AWS: principal.arn! } };
  }
}
