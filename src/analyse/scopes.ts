/**
 * A question about a subject as questions about policy sets: one for policies and grants; for an environment one for each
 * resource that it lists and each caller whom it can tell from others. Together they are all requests that count.
 */
import { refuse } from "../diagnostic/diagnostic.ts";
import { insideOf } from "../environment/containers.ts";
import { type Environment, isEnvironment } from "../environment/environment.ts";
import { accountsIn } from "../environment/organization.ts";
import { collect } from "../evaluate/collect.ts";
import { type Judgement, judge } from "../evaluate/evaluate.ts";
import { toQuestion } from "../evaluate/normalise.ts";
import type { PolicySet } from "../evaluate/policy-set.ts";
import { isAccountId, parseArn } from "../policy/arn.ts";
import { Policy, sourceOf } from "../policy/policy.ts";
import { buildFacts } from "../request/build-facts.ts";
import type { Context, ContextValue } from "../request/context.ts";
import { roleNameOf } from "../request/names.ts";
import { anonymous, type Principal, principalFromArn } from "../request/principal.ts";
import type { Request, RequestFields } from "../request/request.ts";
import type { Requests } from "./question.ts";
import { type Analysed, onlyOwn, toPolicySet } from "./subject.ts";

export interface Scope {
  readonly set: PolicySet;
  readonly callers: ((caller: Principal) => boolean) | undefined;
  /** Callers to tell apart, beside those that policies name. */
  readonly names: readonly string[];
  /** What each of its requests carries. */
  readonly context: Context;
  /** Beginnings of keys of which no others than those are carried. */
  readonly closed: readonly string[];
  /** The resource, where its policy does not say it. */
  readonly within: Requests | undefined;
  /** The account that owns the resource; undefined: not known. */
  readonly owners: readonly string[] | undefined;
  /** Accounts that are known, beside those that the policies name. */
  readonly accounts: Iterable<string>;
  /** The listed resource whose policy nobody told, and the account that owns it. */
  readonly untold?: { readonly resource: string; readonly owner: string | undefined };
  readonly assumptions: readonly string[];
  /** The caller and the resource in words. */
  readonly about: string;
  /** The same callers and resource in another version of the environment. */
  readonly counterpart?: (environment: Environment) => Scope;
  /** What the evaluator says of the whole subject. */
  readonly judge: (request: Request, owner: string) => Judgement;
}

/** @throws DiagnosticError `wrong-use` */
export function scopesOf(subject: Analysed, asked: Requests): Iterable<Scope> {
  if (isEnvironment(subject)) return environmentScopes(subject, asked);
  const set = toPolicySet(subject);
  return [plainScope(set)];
}

export function plainScope(set: PolicySet): Scope {
  return {
    set,
    ...(onlyOwn(set) ? OWN_CALLERS : { callers: undefined }),
    names: [],
    context: {},
    closed: [],
    within: undefined,
    owners: undefined,
    accounts: [],
    assumptions: [],
    about: "the subject",
    judge: (request, owner) => judge(set, buildFacts(request, owner)),
  };
}

/** Those that have identity policies. */
const OWN_CALLERS = { callers: ({ account, type }: Principal) => account !== null && type !== "root" };

/** A caller whom the environment tells from others: one it lists, all others of an account, or strangers. */
interface Who {
  readonly representative: Principal;
  readonly arn: string | undefined;
  readonly callers: (caller: Principal) => boolean;
}

const MOST_SCOPES = 50_000;

function* environmentScopes(environment: Environment, asked: Requests): Iterable<Scope> {
  const resources = Object.keys(environment.resources);
  const who = callersOf(environment);
  if (resources.length * who.length > MOST_SCOPES)
    refuse(
      "wrong-use",
      `the environment has ${resources.length} resources and ${who.length} callers: too many to ask about at once`,
      {
        help: "name the resource, or the callers",
      },
    );
  const endpoints = Object.keys(environment.endpoints);
  const ways: Context[] = endpoints.length === 0 ? [{}] : [null, ...endpoints].map((id) => ({ "aws:SourceVpce": id }));
  for (const context of ways) {
    for (const resource of resources.filter((arn) => isAsked(arn, asked)))
      for (const one of who) yield scopeOf(environment, resource, one, context);
    // On other resources what its own policies say decides for a caller of whom they are known.
    for (const one of who)
      if (one.arn !== undefined && environment.principals[one.arn]?.policies)
        yield scopeOf(environment, undefined, one, context, { notOn: resources });
  }
}

/** False: the question names other resources. */
function isAsked(arn: string, { on }: Requests): boolean {
  if (on === undefined) return true;
  return [on].flat().some((one) => /[*?]/.test(one) || one === arn || one.startsWith(`${arn}/`));
}

function accountsOf({ organization, accounts, principals, resources }: Environment): Set<string> {
  const found = new Set<string>(Object.keys(accounts));
  for (const arn of Object.keys(principals)) found.add(parseArn(arn)!.account);
  for (const [arn, { owner }] of Object.entries(resources)) {
    const account = owner ?? parseArn(arn)?.account;
    if (account && isAccountId(account)) found.add(account);
  }
  if (organization) for (const [account] of accountsIn(organization, "")) found.add(account);
  return found;
}

function callersOf(environment: Environment): Who[] {
  const listed = Object.keys(environment.principals).map((arn): Who => {
    const representative = principalFromArn(arn);
    return { representative, arn, callers: (caller) => isOf(caller, representative) };
  });
  const isListed = (caller: Principal) => listed.some(({ callers }) => callers(caller));
  const accounts = accountsOf(environment);
  const others = [...accounts].map((account): Who => {
    const representative = principalFromArn(`arn:aws:iam::${account}:role/unlisted`);
    return { representative, arn: undefined, callers: (caller) => caller.account === account && !isListed(caller) };
  });
  const strangers: Who = {
    representative: anonymous,
    arn: undefined,
    callers: ({ account }) => account === null || !accounts.has(account),
  };
  return [...listed, ...others, strangers];
}

/** A session belongs to the role of its name, a federated user to the user that issued it. */
function isOf(caller: Principal, listed: Principal): boolean {
  if (caller.account !== listed.account) return false;
  if (listed.type === "user") return caller.arn === listed.arn || caller.issuer === listed.arn;
  if (caller.role !== null) return caller.role === listed.arn;
  return caller.type === "session" && roleNameOf(caller) === roleNameOf(listed);
}

function scopeOf(
  environment: Environment,
  resource: string | undefined,
  who: Who,
  told: Context,
  place: { readonly notOn?: readonly string[] } = {},
): Scope {
  const { representative, arn, callers } = who;
  const { notOn = [] } = place;
  const vpce = told["aws:SourceVpce"];
  const isKnown = typeof vpce !== "string" || Object.hasOwn(environment.endpoints, vpce);
  const isKey = resource !== undefined && parseArn(resource)?.service === "kms";
  const asked: RequestFields = {
    principal: representative,
    // The catalogue has no such action; keys of AWS KMS are told to its actions alone.
    action: isKey ? "kms:Decrypt" : "none:None",
    resource: resource ?? "arn:aws:none:::none",
    resourceAccount: null,
    context: isKnown ? told : {},
    givenIdentity: null,
  };
  const { set, facts } = collect(environment, asked);
  const entry = resource === undefined ? undefined : environment.resources[resource];
  const ownAccount = resource === undefined ? undefined : parseArn(resource)?.account;
  const owner = entry?.owner ?? (isAccountId(ownAccount ?? "") ? ownAccount : (set.resource?.account ?? undefined));
  const context: Record<string, ContextValue> = { ...told };
  for (const [key, value] of Object.entries(facts.request.context))
    if (resource !== undefined || !key.toLowerCase().startsWith("aws:resource")) context[key] = value;
  const closed: string[] = [];
  const tags = arn === undefined ? undefined : environment.principals[arn]?.tags;
  if (tags) {
    for (const [tag, value] of Object.entries(tags)) context[`aws:PrincipalTag/${tag}`] = value;
    closed.push("aws:principaltag/");
  }
  // What a bucket holds has tags of its own.
  const inside = resource === undefined ? undefined : insideOf(resource);
  if (entry?.tags && inside === undefined) closed.push("aws:resourcetag/");
  const scope: Scope = {
    set: { ...set, resource: set.resource && resource ? attached(set.resource, resource, owner) : set.resource },
    callers,
    names: arn === undefined ? [] : [arn],
    context,
    closed,
    // A key's and a role's policy decide on nothing else.
    within:
      resource === undefined
        ? elsewhere(notOn)
        : set.resource && set.resource.kind !== "resource"
          ? undefined
          : { on: [resource, ...(inside === undefined ? [] : [inside])] },
    ...(entry && entry.policy === undefined ? { untold: { resource: resource!, owner } } : {}),
    owners:
      owner !== undefined ? [owner] : resource === undefined ? [representative.account!] : [...accountsOf(environment)],
    accounts: accountsOf(environment),
    assumptions: [
      ...(Object.keys(environment.endpoints).length > 0
        ? ["requests come through no other VPC endpoints than those that the environment lists"]
        : []),
      ...(tags ? [`sessions of ${arn} have no other tags than the environment says`] : []),
      ...(resource === undefined
        ? []
        : ["callers that the environment does not list are asked about on the resources that it lists"]),
    ],
    about: `${arn ?? (representative.account ? `callers of ${representative.account}` : "strangers")} on ${resource ?? "resources that the environment does not list"}`,
    counterpart: (other) => {
      const known = scopeOf(other, resource, who, told, place);
      const newCaller = arn !== undefined && !Object.hasOwn(other.principals, arn);
      const newResource = resource !== undefined && !Object.hasOwn(other.resources, resource);
      if (!newCaller && !newResource) return known;
      // What was not there had no policies.
      const before = {
        ...known.set,
        ...(newCaller ? { identity: [] } : {}),
        ...(newResource ? { resource: null } : {}),
      };
      return { ...scope, set: before };
    },
    judge: (request) => {
      const question = toQuestion(environment, request);
      return judge(question.set, question.facts);
    },
  };
  return scope;
}

const elsewhere = (listed: readonly string[]): Requests | undefined =>
  listed.length === 0 ? undefined : { notOn: listed.flatMap((arn) => [arn, insideOf(arn) ?? []].flat()) };

const ATTACHED = new WeakMap<Policy, Map<string, Policy>>();

/** The policy with the resource that the environment attaches it to: made once, since it is compiled once. */
function attached(policy: Policy, resource: string, owner: string | undefined): Policy {
  if (policy.resource === resource && (owner === undefined || policy.account === owner)) return policy;
  const known = ATTACHED.get(policy) ?? new Map<string, Policy>();
  ATTACHED.set(policy, known);
  const key = `${resource} ${owner}`;
  const found =
    known.get(key) ?? new Policy({ ...policy, resource, account: owner ?? policy.account }, sourceOf(policy));
  known.set(key, found);
  return found;
}
