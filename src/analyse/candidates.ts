/**
 * The cone of influence: the actions that are asked for and that some policy can allow, and the statements that bear on
 * them. Of actions that no statement and no rule tells apart one is enough.
 */
import { actionFacts } from "../catalog/catalog.ts";
import { type CompiledAction, compileAction } from "../evaluate/action.ts";
import type { CompiledStatement } from "../evaluate/compile.ts";
import { policiesOf } from "../evaluate/open.ts";
import type { PolicySet } from "../evaluate/policy-set.ts";
import type { Policy } from "../policy/policy.ts";
import { type Answers, actionsOfService, answersOf, everyService } from "./action-rows.ts";
import { isDoneOn } from "./resources.ts";
import { statementsOf } from "./statements.ts";
import { onlyOwn } from "./subject.ts";

export interface ConeAsked {
  readonly set: PolicySet;
  readonly others: readonly PolicySet[];
  readonly asked: readonly CompiledStatement[];
  readonly except: readonly CompiledStatement[];
  readonly within: readonly CompiledStatement[];
  /** Actions count that no policy allows. */
  readonly denied?: boolean | undefined;
  /** Only requests that one of these covers can be what is looked for. */
  readonly changed?: readonly CompiledStatement[] | undefined;
}

export interface Cone {
  /** Folded. */
  readonly actions: readonly string[];
  readonly statements: readonly CompiledStatement[];
  /** All actions for which one of `actions` may stand. */
  readonly listed: () => readonly string[];
}

export function coneOf({ set, others, asked, except, within, denied = false, changed }: ConeAsked): Cone {
  const policies = new Set<Policy>([set, ...others].flatMap(policiesOf));
  const bearing = [...statementsOf([...policies]), ...asked, ...except, ...within];
  const wanted = distinct(asked.map(({ action }) => action));
  const lists = [
    wanted,
    denied ? undefined : grantingIn(set),
    changed && distinct(changed.map(({ action }) => action)),
  ].filter((list) => list !== undefined);
  const elements = distinct(bearing.map(({ action }) => action));
  const survivors = new Set<CompiledAction>();
  const actions: string[] = [];
  const services = servicesOf(lists);
  for (const prefix of services) {
    const listed = candidatesOf(prefix, lists, set.resource);
    if (listed.length > 0) actions.push(...examples(prefix, listed, elements, survivors));
  }
  for (const name of unlisted(wanted, lists, set.resource)) {
    actions.push(name);
    for (const element of elements) if (element.matches(name)) survivors.add(element);
  }
  const listed = () => [
    ...services.flatMap((prefix) => {
      const { names } = actionsOfService(prefix);
      return candidatesOf(prefix, lists, set.resource).map((at) => names[at]!);
    }),
    ...unlisted(wanted, lists, set.resource),
  ];
  return { actions, statements: bearing.filter(({ action }) => survivors.has(action)), listed };
}

/** The operations of grants, and retiring them (semantics F18). */
function granted(grants: PolicySet["grants"]): CompiledAction {
  const names = [...grants.flatMap(({ operations }) => operations), "RetireGrant"];
  return compileAction({ not: false, values: distinct(names).map((name) => ({ value: `kms:${name}` })) });
}

const distinct = <T>(list: readonly T[]): T[] => [...new Set(list)];

/** What must allow an action: undefined where policies that were not given may. */
function grantingIn(set: PolicySet): CompiledAction[] | undefined {
  const { resource, identity, grants } = set;
  // Identity policies that were not given may allow anything, and the owner's root user needs none (E14): not so on a
  // key or a role, whose own policy must allow, nor where only the caller's own policies are asked.
  const mandatory = resource?.kind === "key" || resource?.kind === "trust";
  const granting = mandatory ? [resource] : onlyOwn(set) ? identity : undefined;
  if (!granting) return undefined;
  const allowing = statementsOf(granting).flatMap(({ allows, action }) => (allows ? [action] : []));
  return distinct([...allowing, ...(grants.length > 0 ? [granted(grants)] : [])]);
}

/** The services of which every list can match an action. */
function servicesOf(lists: readonly (readonly CompiledAction[])[]): readonly string[] {
  let found: readonly string[] | undefined;
  for (const list of lists) {
    if (list.some(({ services }) => services === undefined)) continue;
    const own = new Set(list.flatMap(({ services }) => [...services!]));
    found = found ? found.filter((service) => own.has(service)) : [...own];
  }
  return found ?? everyService();
}

/** Indexes of a service's actions that every list matches. */
function candidatesOf(
  prefix: string,
  lists: readonly (readonly CompiledAction[])[],
  attached: Policy | null | undefined,
): number[] {
  const answers: Answers[] = [];
  for (const list of lists) {
    const any = anyOf(list, prefix);
    if (any === false) return [];
    if (any !== true) answers.push(any);
  }
  if (attached) answers.push(isDoneOn(attached, prefix));
  const found: number[] = [];
  const { length } = actionsOfService(prefix).names;
  for (let at = 0; at < length; at++) if (answers.every((one) => holds(one, at))) found.push(at);
  return found;
}

const holds = (answers: Answers, at: number): boolean => answers === true || (answers !== false && answers[at] === 1);

function anyOf(elements: readonly CompiledAction[], prefix: string): Answers {
  let some: Uint8Array | undefined;
  let only: Uint8Array | undefined;
  for (const element of elements) {
    const answers = answersOf(element, prefix);
    if (answers === true) return true;
    if (answers === false) continue;
    if (!only) {
      only = answers;
      continue;
    }
    some ??= Uint8Array.from(only);
    for (let at = 0; at < some.length; at++) some[at]! |= answers[at]!;
  }
  return some ?? only ?? false;
}

/** One action for each row and for each way in which the elements tell its actions apart. */
function examples(
  prefix: string,
  listed: readonly number[],
  elements: readonly CompiledAction[],
  survivors: Set<CompiledAction>,
): string[] {
  const { names, rows } = actionsOfService(prefix);
  let classes = listed.map((at) => rows[at]!);
  for (const element of elements) {
    const answers = answersOf(element, prefix);
    if (answers === false) continue;
    if (answers === true) {
      survivors.add(element);
      continue;
    }
    const matched = listed.filter((at) => answers[at] === 1);
    if (matched.length === 0) continue;
    survivors.add(element);
    if (matched.length === listed.length) continue;
    classes = split(classes, listed, answers);
  }
  const seen = new Set<number>();
  return listed.flatMap((at, index) => {
    const known = seen.has(classes[index]!);
    seen.add(classes[index]!);
    return known ? [] : [names[at]!];
  });
}

function split(classes: readonly number[], listed: readonly number[], answers: Uint8Array): number[] {
  const numbers = new Map<number, number>();
  return classes.map((before, index) => {
    const key = before * 2 + answers[listed[index]!]!;
    let number = numbers.get(key);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(key, number);
    }
    return number;
  });
}

/** Names that the question spells out and the catalogue does not list. */
function unlisted(
  wanted: readonly CompiledAction[],
  lists: readonly (readonly CompiledAction[])[],
  attached: Policy | null | undefined,
): string[] {
  if (attached) return [];
  const names = distinct(wanted.flatMap(({ names }) => [...(names ?? [])]));
  return names.filter(
    (name) => actionFacts(name) === undefined && lists.every((list) => list.some((element) => element.matches(name))),
  );
}
