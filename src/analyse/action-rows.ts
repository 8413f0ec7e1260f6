/**
 * The catalogue's actions in rows: those of a row have the same access level, resources and keys, and no rule of the
 * evaluator knows them by name. One of them then stands for all, as long as no policy tells them apart.
 */

import { type ActionFacts, serviceFacts, servicePrefixes } from "../catalog/catalog.ts";
import { tellsOwner } from "../catalog/global-keys.ts";
import type { CompiledAction } from "../evaluate/action.ts";
import { isGlobalService } from "../request/derived-keys.ts";

export interface ServiceActions {
  /** With the service, folded. */
  readonly names: readonly string[];
  readonly facts: readonly ActionFacts[];
  readonly rows: readonly number[];
}

/** What the decision knows by name. */
const BY_NAME = /^(?:sts:|kms:|s3:(?:get|put|delete)bucketpolicy$|s3:listallmybuckets$|iam:passrole$)/;

const SERVICES = new Map<string, ServiceActions>();

export function actionsOfService(prefix: string): ServiceActions {
  let found = SERVICES.get(prefix);
  if (!found) {
    found = readService(prefix);
    SERVICES.set(prefix, found);
  }
  return found;
}

let prefixes: readonly string[] | undefined;
export function everyService(): readonly string[] {
  prefixes ??= servicePrefixes().map((prefix) => prefix.toLowerCase());
  return prefixes;
}

function readService(prefix: string): ServiceActions {
  const actions = [...(serviceFacts(prefix)?.actions ?? [])];
  const rows = new Map<unknown, number>();
  // A section's lists are one object each, however many actions have them.
  const lists = new Map<unknown, number>();
  const numberOf = (list: unknown) => {
    const number = lists.get(list) ?? lists.size;
    lists.set(list, number);
    return number;
  };
  return {
    names: actions.map(([name]) => `${prefix}:${name}`),
    facts: actions.map(([, facts]) => facts),
    rows: actions.map(([name, { access, resources, conditionKeys }]) => {
      const key = BY_NAME.test(`${prefix}:${name}`)
        ? name
        : `${access},${numberOf(resources)},${numberOf(conditionKeys)},${tellsOwner(`${prefix}:${name}`)}`;
      const row = rows.get(key) ?? rows.size;
      rows.set(key, row);
      return row;
    }),
  };
}

/** What an element says of a service's actions: the same of all, or of each. */
export type Answers = boolean | Uint8Array;

const ANSWERS = new WeakMap<CompiledAction, Map<string, Answers>>();

export function answersOf(element: CompiledAction, prefix: string): Answers {
  if (!element.toldApart.has(prefix)) return element.services === undefined;
  let known = ANSWERS.get(element);
  if (!known) {
    known = new Map();
    ANSWERS.set(element, known);
  }
  let answers = known.get(prefix);
  if (answers === undefined) {
    const { names } = actionsOfService(prefix);
    answers = new Uint8Array(names.length);
    for (let at = 0; at < names.length; at++) if (element.matches(names[at]!)) answers[at] = 1;
    known.set(prefix, answers);
  }
  return answers;
}

/** What the decision asks of an action besides the policies. `detailed`: the services count that policies of some kinds bind. */
export function natureOf(action: string, facts: ActionFacts | undefined, detailed: boolean): string {
  if (BY_NAME.test(action)) return `${action}|`;
  const service = action.slice(0, action.indexOf(":"));
  if (service === "iam") return facts?.access === "Read" || facts?.access === "List" ? "iam-reads|" : "iam|";
  // Some are in one Region, some send no `aws:ResourceAccount` (semantics B3).
  const owned = tellsOwner(action) ? "" : "unowned";
  return detailed || isGlobalService(service) ? `${service}|${owned}` : `|${owned}`;
}
