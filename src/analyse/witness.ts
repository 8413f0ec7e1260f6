/** A request out of a solution, and what the evaluator says of it. */

import { actionFacts } from "../catalog/catalog.ts";
import { decide } from "../evaluate/decide.ts";
import { type Decision, judge } from "../evaluate/evaluate.ts";
import { Evaluation } from "../evaluate/evaluation.ts";
import type { PolicySet } from "../evaluate/policy-set.ts";
import { parseArn } from "../policy/arn.ts";
import { buildFacts } from "../request/build-facts.ts";
import type { ContextValue } from "../request/context.ts";
import { derivedKey } from "../request/derived-keys.ts";
import { Request } from "../request/request.ts";
import { has, type Region } from "./box.ts";
import { familiar } from "./familiar.ts";
import { ACTION, fixedByCaller, hasRegion, type Model, PRINCIPAL, RESOURCE } from "./model.ts";
import { targetsFor } from "./resources.ts";

const firstOf = (region: Region, variable: number): number => {
  const mask = region[variable]!;
  for (let index = 0; ; index++) if (has(mask, index)) return index;
};

export interface WitnessOptions {
  readonly partition: string;
  readonly identityAllows: boolean;
  /** The policy under test does not say its resource: nor does the request, where nothing depends on it. */
  readonly unnamed: boolean;
}

/** One request of the region: with few keys, and of the first classes. */
export function requestIn(
  region: Region,
  model: Model,
  { partition, identityAllows, unnamed }: WitnessOptions,
): Request {
  const { actions, targets, callers, keys, owner, pinned } = model.fields;
  const folded = actions[firstOf(region, ACTION)]!;
  const principal = model.open?.partIn(region, PRINCIPAL)?.principal ?? callers[firstOf(region, PRINCIPAL)]!;
  const resource = targets?.[firstOf(region, RESOURCE)]?.resource ?? someResource(folded, model, partition);
  const facts = model.factsOf({ principal, action: folded, resource });
  const context: Record<string, ContextValue> = { ...pinned };
  for (const [at, variable] of keys.entries()) {
    const { folded: key, name, values } = variable;
    const open = model.open?.partIn(region, 3 + at)?.context;
    const value = open ? open[name]! : familiar(model, variable, values[firstOf(region, 3 + at)]!);
    if (fixedByCaller(key, facts)) continue;
    if (key === "aws:requestedregion" && hasRegion({ resource, actions: undefined })) continue;
    // What nobody tells is absent, unless AWS fills it in.
    if (value === null && derivedKey(key) === undefined) continue;
    context[name] = value;
  }
  const own = unnamed && targets?.length === 1;
  const request = new Request({
    principal,
    action: spelled(folded),
    resource: own ? null : resource,
    resourceAccount: own || /^\d{12}$/.test(parseArn(resource)?.account ?? "") || resource === "*" ? null : owner,
    context: {},
    givenIdentity: identityAllows ? "allows" : null,
  });
  return request.withContext(trimmed(context, request, owner));
}

/** Absent keys that AWS would not fill in need not be told. */
function trimmed(context: Record<string, ContextValue>, request: Request, owner: string): Record<string, ContextValue> {
  const told = buildFacts({ ...request, context: withoutNulls(context) }, owner);
  return Object.fromEntries(
    Object.entries(context).filter(
      ([key, value]) => value !== null || derivedKey(key.toLowerCase())?.(told) !== undefined,
    ),
  );
}

const withoutNulls = (context: Record<string, ContextValue>): Record<string, ContextValue> =>
  Object.fromEntries(Object.entries(context).filter(([, value]) => value !== null));

/** As AWS writes it. */
function spelled(folded: string): string {
  const facts = actionFacts(folded);
  return facts ? `${facts.service}:${facts.name}` : folded;
}

/** Some resource that the action is done on, where it makes no difference which. */
function someResource(action: string, model: Model, partition: string): string {
  const [target] = targetsFor({
    statements: [],
    actions: [action],
    attached: undefined,
    partition,
    owner: model.fields.owner,
    named: [],
    regions: [],
    told: new Evaluation(model.factsOf({})),
  });
  return target?.resource ?? "*";
}

export interface Replayed {
  readonly decision: Decision;
  readonly agrees: boolean;
}

export function replay(set: PolicySet, request: Request, owner: string): Replayed {
  const { decision } = judge(set, buildFacts(request, owner));
  return { decision, agrees: decision.outcome === "allowed" };
}

/** Whether the request is allowed when a rule is read the other way. */
export const allowedUnder = (set: PolicySet, request: Request, owner: string, reading: string): boolean =>
  decide(set, new Evaluation(buildFacts(request, owner), undefined, reading)).outcome === "allowed";

/** The engine's answer and the evaluator's differ: one of the two is wrong, and nothing may be taken for safe. */
export class Disagreement extends Error {
  constructor(request: Request, decision: Decision) {
    super(
      `the analyser found a request that the evaluator decides otherwise (${decision.outcome}); please report it:\n${JSON.stringify(request, null, 2)}`,
    );
    this.name = "Disagreement";
  }
}
