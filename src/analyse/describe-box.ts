/** A box of requests in words: who, which actions, on what, when. */
import { keyFacts, servicePrefixes } from "../catalog/catalog.ts";
import { parseOperator } from "../catalog/operators.ts";
import type { CompiledCondition } from "../evaluate/condition.ts";
import { Evaluation } from "../evaluate/evaluation.ts";
import { compilePrincipalValue, NO_MATCH } from "../evaluate/principal.ts";
import { matchName } from "../evaluate/services/grants.ts";
import { isAccountId, parseArn } from "../policy/arn.ts";
import type { Principal } from "../request/principal.ts";
import { actionList } from "./action-list.ts";
import { actionsOfService } from "./action-rows.ts";
import { type Mask, maskOf, minus } from "./box.ts";
import { cover, isAll, listed, type Named, partText } from "./cover.ts";
import type { FoundBox } from "./excess.ts";
import type { Space } from "./found.ts";
import { ACTION, type Model, PRINCIPAL, RESOURCE } from "./model.ts";
import { isDoneOn } from "./resources.ts";
import { OF_PRINCIPAL } from "./world.ts";

/** Requests that have this in common. Plain data. */
export interface AccessBox {
  readonly who: string;
  readonly actions: readonly string[];
  /** Undefined: the resource of the policy, or any. */
  readonly resources: string | undefined;
  /** What the context must be, a phrase a key. */
  readonly when: readonly string[];
  /** Only where identity policies that were not given allow it. */
  readonly needsIdentity: boolean;
}

/** How much the words say. */
export interface Telling {
  /** Whole lists and ARNs, and the operator where a word could mean several: other access has other words. */
  readonly whole: boolean;
  /** Is called where nothing but an example could be told. */
  readonly byExample?: () => void;
}
export const BRIEF: Telling = { whole: false };

export function describeBox(
  { inside, needed }: FoundBox,
  space: Space,
  attached: Parameters<typeof isDoneOn>[0] | null | undefined,
  telling: Telling = BRIEF,
): AccessBox {
  const { model } = space;
  return {
    who: who(inside[PRINCIPAL]!, needed[PRINCIPAL]!, space, telling),
    actions: actionsIn(needed[ACTION]!, model, attached),
    resources: resourcesIn(inside[RESOURCE]!, needed[RESOURCE]!, model, telling),
    when: model.fields.keys.flatMap(({ fixed }, at) =>
      fixed ? [] : keyIn(inside[3 + at]!, needed[3 + at]!, model, 3 + at, telling),
    ),
    needsIdentity: space.identityAllows,
  };
}

export const boxText = ({ who, actions, resources, when, needsIdentity }: AccessBox): string =>
  [
    who,
    actions.length > MOST_ACTIONS
      ? `${actions.slice(0, MOST_ACTIONS).join(", ")} and ${actions.length - MOST_ACTIONS} more`
      : actions.join(", "),
    ...(resources === undefined ? [] : [`on ${resources}`]),
    ...when,
    ...(needsIdentity ? ["if its identity policies allow it"] : []),
  ].join("; ");

const MOST_ACTIONS = 8;

function actionsIn(mask: Mask, model: Model, attached: Parameters<typeof isDoneOn>[0] | null | undefined): string[] {
  const members = model.fields.members();
  const actions = members.flatMap((own, index) => ((mask[index >> 5]! >>> (index & 31)) & 1 ? own : []));
  const list = actionList(actions, (prefix) => {
    const { names } = actionsOfService(prefix);
    const done = attached ? isDoneOn(attached, prefix) : undefined;
    return done ? names.filter((_, at) => done[at] === 1) : names;
  });
  if (attached || list.length < MOST_ACTIONS) return list;
  const here = new Set(actions);
  const others = actionList(
    [...allActions()].filter((action) => !here.has(action)),
    (prefix) => actionsOfService(prefix).names,
  );
  return others.length * 4 > list.length ? list : [others.length === 0 ? "*" : `* except ${listed(others, "and")}`];
}

function* allActions(): Iterable<string> {
  for (const prefix of servicePrefixes()) yield* actionsOfService(prefix).names;
}

function who(mask: Mask, needed: Mask, { model, ownCallers }: Space, telling: Telling): string {
  const all = model.everything[PRINCIPAL]!;
  if (isAll(mask, all)) return ownCallers ? "the caller" : "anyone";
  const names = callerNames(model, telling);
  if (ownCallers) {
    const { callers, owner } = model.fields;
    names.unshift({
      words: "the caller",
      mask: maskOf(callers.length, (at) => callers[at]!.account === owner && callers[at]!.type !== "federatedUser"),
    });
  }
  const parts = cover(mask, needed, names, (index) => {
    telling.byExample?.();
    return model.fields.callers[index]!.name;
  });
  return listed(parts.map(partText), "and");
}

/** Sets of callers that have names: those that policies and grants write, accounts, and kinds of callers. */
function callerNames(model: Model, telling: Telling): Named[] {
  const { callers, owner, statements } = model.fields;
  // Of the owner's account the short name does.
  const shortFor = telling.whole ? undefined : owner;
  const names: Named[] = [];
  const add = (words: string, holds: (caller: Principal, at: number) => boolean) =>
    names.push({ words, mask: maskOf(callers.length, (at) => holds(callers[at]!, at)) });
  add("anyone", () => true);
  add("anyone with credentials of an AWS account", ({ account }) => account !== null);
  add("anonymous callers", ({ type }) => type === "anonymous");
  add("services", ({ type }) => type === "service");
  add("bearers of tokens", ({ type }) => type === "federated");
  const accounts = new Set(callers.flatMap(({ account }) => account ?? []));
  const unnamed = new Set(accounts);
  const written = new Set<string>();
  for (const { statement } of statements)
    for (const value of statement.principal?.values ?? []) {
      const key = `${value.type} ${value.value}`;
      if (value.value === "*" || value.type === "CanonicalUser" || written.has(key)) continue;
      written.add(key);
      const account = isAccountId(value.value) ? value.value : parseArn(value.value)?.account;
      if (account) unnamed.delete(account);
      const match = compilePrincipalValue(value);
      names.push({
        words: nameOf(value.value, shortFor),
        mask: maskOf(callers.length, (at) => match(callers[at]!, new Evaluation(model.callerFacts[at]!)) !== NO_MATCH),
      });
    }
  for (const name of model.fields.grantees) {
    if (written.has(`AWS ${name}`)) continue;
    names.push({
      words: nameOf(name, shortFor),
      mask: maskOf(
        callers.length,
        (at) => matchName(name, new Evaluation(model.callerFacts[at]!)) !== NO_MATCH || callers[at]!.name === name,
      ),
    });
  }
  unnamed.delete(owner);
  const elsewhere = (account: string | null) => account !== null && unnamed.has(account);
  add("anyone in accounts that no policy names", ({ account }) => elsewhere(account));
  add("users and roles in accounts that no policy names", ({ account, type }) => elsewhere(account) && type !== "root");
  for (const [type, words] of [...KINDS, ["root", "root users"]] as const)
    add(`${words} in accounts that no policy names`, (caller) => elsewhere(caller.account) && caller.type === type);
  add("anyone in other accounts", ({ account }) => account !== null && account !== owner);
  for (const account of accounts) {
    if (unnamed.has(account)) continue;
    add(`any principal of ${account}`, (caller) => caller.account === account);
    add(`any user or role of ${account}`, (caller) => caller.account === account && caller.type !== "federatedUser");
    add(
      `any role of ${account}`,
      ({ account: own, type }) => own === account && (type === "role" || type === "session"),
    );
    add(`any user of ${account}`, ({ account: own, type }) => own === account && type === "user");
    add(`any federated user of ${account}`, ({ account: own, type }) => own === account && type === "federatedUser");
    add(`the root user of ${account}`, ({ account: own, type }) => own === account && type === "root");
    add(`service-linked roles of ${account}`, ({ account: own, serviceLinked }) => own === account && serviceLinked);
  }
  const listedSomewhere = names.slice();
  for (const account of accounts) {
    if (unnamed.has(account)) continue;
    for (const [type, words] of KINDS)
      add(
        `${words} of ${account} that no policy names`,
        (caller, at) =>
          caller.account === account &&
          caller.type === type &&
          !listedSomewhere.some(
            ({ mask, words: own }) => !/^any|^service-linked/.test(own) && (mask[at >> 5]! >>> (at & 31)) & 1,
          ),
      );
  }
  for (const { conditions } of statements)
    for (const condition of conditions)
      if (OF_PRINCIPAL.has(condition.key.folded))
        names.push(...conditionNames(model.callersMask(condition), condition, model.everything[PRINCIPAL]!, telling));
  return names;
}

const KINDS = [
  ["role", "roles"],
  ["user", "users"],
  ["federatedUser", "federated users"],
] as const;

function nameOf(name: string, owner: string | undefined): string {
  if (isAccountId(name)) return `any principal of ${name}`;
  const arn = parseArn(name);
  if (!arn) return /\.amazonaws\.com(\.cn)?$/.test(name) ? `the service ${name}` : `bearers of tokens of ${name}`;
  if (arn.resource === "root") return `any principal of ${arn.account}`;
  if (/^(saml|oidc)-provider\//.test(arn.resource))
    return `bearers of tokens of ${owner === undefined ? name : arn.resource}`;
  return arn.account === owner ? arn.resource : name;
}

function resourcesIn(mask: Mask, needed: Mask, model: Model, telling: Telling): string | undefined {
  const { targets, statements } = model.fields;
  if (!targets || isAll(mask, model.everything[RESOURCE]!)) return undefined;
  const names: Named[] = [];
  const all = model.everything[RESOURCE]!;
  names.push({ words: "any resource", mask: all });
  for (const one of statements) {
    const own = model.resourceMask(one);
    if (own === undefined || typeof own === "boolean") continue;
    const { not, values: written } = one.statement.resource!;
    const values = written.map(({ value }) => value);
    const shown = values.length > 4 && !telling.whole ? [...values.slice(0, 3), `${values.length - 3} more`] : values;
    names.push({ words: listed(shown, "and"), mask: not ? minus(all, own) : own });
  }
  const star = maskOf(targets.length, (at) => targets[at]!.resource === "*");
  names.push({ words: "no resource in particular", mask: star });
  const parts = cover(mask, needed, names, (index) => {
    telling.byExample?.();
    return `such as ${targets[index]!.resource}`;
  });
  return listed(parts.map(partText), "and");
}

/** What holds of a key; nothing where its value does not matter. */
function keyIn(mask: Mask, needed: Mask, model: Model, variable: number, telling: Telling): string[] {
  const all = model.everything[variable]!;
  if (isAll(mask, all)) return [];
  const { folded, name, values } = model.fields.keys[variable - 3]!;
  const absent = maskOf(values.length, (at) => at === 0);
  const present = minus(all, absent);
  const names: Named[] = [
    { words: "absent", mask: absent },
    { words: "present", mask: present },
  ];
  if (keyFacts(name)?.type === "Bool")
    for (const value of ["true", "false"])
      names.unshift({ words: `= "${value}"`, mask: maskOf(values.length, (at) => values[at] === value) });
  for (const { conditions } of model.fields.statements)
    for (const condition of conditions)
      if (condition.key.folded === folded)
        names.push(...conditionNames(model.valuesMask(condition, variable), condition, present, telling));
  const parts = cover(mask, needed, names, (index) => {
    telling.byExample?.();
    return `such as ${quoted(values[index]!)}`;
  });
  return [`${name} ${listed(parts.map(partText), "or")}`];
}

const quoted = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map((one) => JSON.stringify(one)).join(", ")}]` : JSON.stringify(value);

const COMPARES: Readonly<Record<string, string>> = {
  NumericLessThan: "below",
  NumericLessThanEquals: "at most",
  NumericGreaterThan: "above",
  NumericGreaterThanEquals: "at least",
  DateLessThan: "before",
  DateLessThanEquals: "until",
  DateGreaterThan: "after",
  DateGreaterThanEquals: "from",
};

/** Operators of which the words say which it is. */
const PLAIN = /^(String(Not)?(Equals|Like)|Bool|(Not)?IpAddress)$/;

/** What a condition asks for, and its opposite. */
function conditionNames(holds: Mask, condition: CompiledCondition, present: Mask, telling: Telling): Named[] {
  const { operator, values } = condition.condition;
  const { facts, qualifier } = parseOperator(operator)!;
  if (facts.family === "null") return [];
  const listedValues = values.map(({ value }) => JSON.stringify(value));
  const shown =
    listedValues.length > 6 && !telling.whole
      ? [...listedValues.slice(0, 5), `${listedValues.length - 5} more`]
      : listedValues;
  const plain = operator.replace(/^.*:/, "").replace(/IfExists$/, "");
  const wild = values.some(({ value }) => /[*?]/.test(value));
  const like =
    telling.whole && !COMPARES[plain] && !PLAIN.test(plain)
      ? `${plain.replace("Not", "")} `
      : wild && (facts.compare === "like" || facts.family === "arn")
        ? "like "
        : facts.family === "ip"
          ? "in "
          : "";
  const compared = COMPARES[plain];
  const what = `${compared ? `${compared} ` : like}${listed(shown, "or")}`;
  const found = maskOf(holds.length * 32, () => false);
  for (let at = 0; at < found.length; at++) found[at] = holds[at]! & present[at]!;
  const rest = minus(present, found);
  // The mask of a negated operator is what does not match; with a set operator it is said as it is written.
  if (qualifier) {
    const many = qualifier === "ForAllValues" ? "with nothing but" : "with some of";
    const words = facts.negated ? `by ${operator} ${listed(shown, "or")}` : `${many} ${what}`;
    return [
      { words, mask: found },
      { words: `not ${words}`, mask: rest },
    ];
  }
  const [yes, no] = facts.negated ? [rest, found] : [found, rest];
  const is = compared || like ? what : `= ${what}`;
  const prefix = OF_PRINCIPAL.has(condition.key.folded) ? `callers whose ${condition.key.name} is ` : "";
  return [
    { words: prefix + (prefix ? what : is), mask: yes },
    {
      words: prefix
        ? `callers whose ${condition.key.name} is not ${what}`
        : compared || like
          ? `not ${what}`
          : `other than ${what}`,
      mask: no,
    },
  ];
}
