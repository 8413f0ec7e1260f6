/**
 * Requests that say less, or plainer things, than one that was found: fewer context keys first, then the callers,
 * actions, resources and values that policies write before those that are made up. Each is whole again.
 */

import type { ContextValue } from "../request/context.ts";
import type { Request } from "../request/request.ts";
import { asker } from "./ask.ts";
import type { RequestSource } from "./request-source.ts";
import { isSettled } from "./settled.ts";
import type { Choice } from "./world.ts";

/** Each is plainer than the request, so that taking one after the other comes to an end. */
export function* simpler(source: RequestSource, request: Request): Iterable<Request> {
  const cost = costOf(source, request);
  const ask = asker(source.scope.subject);
  for (const choice of choicesBelow(source, source.choiceOf(request))) {
    const made = source.whole(choice);
    if (source.admits(made) && isLess(costOf(source, made), cost) && isSettled(ask(made))) yield made;
  }
}

function* choicesBelow(source: RequestSource, choice: Choice): Iterable<Choice> {
  const { wells } = source;
  for (const key of Object.keys(choice.others ?? {})) {
    const others = { ...choice.others };
    delete others[key];
    yield { ...choice, others };
  }
  const put = (at: number, value: ContextValue | undefined): Choice => {
    const values = [...choice.values];
    values[at] = value;
    return { ...choice, values };
  };
  for (const [at, value] of choice.values.entries()) if (value !== undefined) yield put(at, undefined);
  if (choice.givenIdentity !== null) yield { ...choice, givenIdentity: null };
  if (choice.givenIdentity === "none") yield { ...choice, givenIdentity: "allows" };

  const { principal } = choice;
  for (const plainer of below(wells.principals, rankIn(wells.principals, principal, sameText)))
    yield {
      ...choice,
      principal: plainer,
      givenIdentity: source.maySayIdentity(plainer) ? choice.givenIdentity : null,
    };
  for (const action of below(wells.actions, rankIn(wells.actions, choice.action))) {
    const [first] = wells.targets.of(action);
    const keeps = wells.targets.of(action).some(({ resource }) => resource === choice.resource);
    yield keeps
      ? { ...choice, action }
      : { ...choice, action, resource: first!.resource, resourceAccount: first!.account };
  }
  const targets = wells.targets.of(choice.action);
  for (const { resource, account } of below(
    targets,
    targets.findIndex(({ resource }) => resource === choice.resource),
  ))
    yield { ...choice, resource, resourceAccount: account };
  for (const [at, value] of choice.values.entries()) {
    if (value === undefined || value === null) continue;
    const { values } = wells.keys[at]!;
    for (const plainer of below(values, rankIn(values, value, sameText))) yield put(at, plainer);
  }
}

const sameText = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** The place in the list; of what is not in it, after its end. */
function rankIn<T>(list: readonly T[], value: T, same: (a: T, b: T) => boolean = (a, b) => a === b): number {
  const at = list.findIndex((one) => same(one, value));
  return at === -1 ? list.length : at;
}

/** Few are tried: the first ones, and one half of the way. */
function below<T>(list: readonly T[], rank: number): T[] {
  const end = rank === -1 ? list.length : rank;
  const tried = new Set([0, 1, 2, 3, 4, 5, end >> 1, end - 1].filter((at) => at >= 0 && at < end));
  return [...tried].map((at) => list[at]!);
}

type Cost = readonly number[];

function costOf(source: RequestSource, request: Request): Cost {
  const { wells } = source;
  const { context, principal, action, resource, givenIdentity } = request;
  const values = Object.values(context);
  const targets = wells.targets.of(action);
  const choice = source.choiceOf(request);
  let ranks = 0;
  for (const [at, value] of choice.values.entries())
    if (value !== undefined && value !== null) ranks += rankIn(wells.keys[at]!.values, value, sameText);
  return [
    values.filter((value) => value !== null).length,
    values.length,
    givenIdentity === null ? 0 : givenIdentity === "allows" ? 1 : 2,
    rankIn(wells.principals, principal, sameText),
    rankIn(wells.actions, action),
    rankIn(targets, targets.find((target) => target.resource === resource) ?? targets[0]!),
    ranks,
  ];
}

function isLess(a: Cost, b: Cost): boolean {
  for (const [at, cost] of a.entries()) if (cost !== b[at]) return cost < b[at]!;
  return false;
}
