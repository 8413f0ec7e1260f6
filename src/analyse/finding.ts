/** A question about one scope as a search: what is allowed of what is asked for. */
import type { PolicySet } from "../evaluate/policy-set.ts";
import type { Context } from "../request/context.ts";
import { accessOf } from "./access.ts";
import type { Found, Searching, Target } from "./found.ts";
import type { Model } from "./model.ts";
import { carried, merge, type Requests, requestsPolicy } from "./question.ts";
import type { Scope } from "./scopes.ts";
import { search, spacesOf } from "./search.ts";
import type { ClassLimits } from "./string-classes.ts";

export interface AccessQuestion extends Requests {
  /** Access that is meant to be there: requests of any of these are left out. */
  readonly except?: Requests | readonly Requests[];
  /** What each of the requests carries; `null` is absent. Who calls is for `by` to say. */
  readonly context?: Context;
  /** Regions of requests that are looked at before the answer is `unknown`. */
  readonly mostNodes?: number;
}

export const exceptionsOf = ({ except }: AccessQuestion): readonly Requests[] =>
  except === undefined ? [] : Array.isArray(except) ? (except as readonly Requests[]) : [except as Requests];

export const findIn = (scope: Scope, question: AccessQuestion, limits?: ClassLimits): Found =>
  search({ ...finding(scope, question), limits });

/** All that would be found. */
export const spacesIn = (scope: Scope, question: AccessQuestion) => spacesOf(finding(scope, question));

const finding = (scope: Scope, question: AccessQuestion): Searching => ({
  ...searchingFor(scope, question),
  others: [],
  targets: allowedBy,
  monotone: true,
  confirms: (request, owner) => scope.judge(request, owner).decision.outcome === "allowed",
});

/** The parts of a search that the question and the scope say. */
export function searchingFor(
  scope: Scope,
  question: AccessQuestion,
): Pick<Searching, "scope" | "asked" | "except" | "told" | "mostNodes"> {
  const exceptions = exceptionsOf(question);
  const { told, when } = carried(question.context ?? {});
  return {
    scope,
    told,
    asked: requestsPolicy([{ ...question, when: merge(when, question.when ?? {}) }], "the requests asked for"),
    except: exceptions.length > 0 ? requestsPolicy(exceptions, "the access that is meant") : undefined,
    ...(question.mostNodes === undefined ? {} : { mostNodes: question.mostNodes }),
  };
}

/** Requests that the first set allows. */
export function* allowedBy(model: Model, [set]: readonly PolicySet[], identityAllows: boolean): Iterable<Target> {
  const { denies, caps, ways } = accessOf(model, set!, identityAllows);
  for (const way of ways) yield { groups: [...way, ...caps], excluded: denies };
}
