/** Is there a request that gets through? */
import type { Decision } from "../evaluate/evaluate.ts";
import type { PolicySet } from "../evaluate/policy-set.ts";
import type { Context } from "../request/context.ts";
import type { Request } from "../request/request.ts";
import { accessOf } from "./access.ts";
import type { Model } from "./model.ts";
import { carried, merge, type Requests, requestsPolicy } from "./question.ts";
import { type Scope, scopesOf } from "./scopes.ts";
import { type Found, type Searching, search, type Target } from "./search.ts";
import type { Analysed } from "./subject.ts";

export interface AccessQuestion extends Requests {
  /** Access that is meant to be there: requests of any of these are left out. */
  readonly except?: Requests | readonly Requests[];
  /** What each of the requests carries; `null` is absent. Who calls is for `by` to say. */
  readonly context?: Context;
  /** Regions of requests that are looked at before the answer is `unknown`. */
  readonly mostNodes?: number;
}

/** An answer about all requests. Plain data but for the request. */
export interface Answer {
  /** `proved`: there is no such request. `refuted`: `request` is one. `unknown`: see `reason`. */
  readonly verdict: "proved" | "refuted" | "unknown";
  readonly request?: Request;
  /** What the evaluator says to it. */
  readonly decision?: Decision;
  /** What else must be there for the request to be allowed: policies that were not given. */
  readonly needs?: readonly string[];
  /** What the answer rests on. */
  readonly assumptions: readonly string[];
  readonly reason?: string;
  readonly nodes?: number;
}

/**
 * Is there any request, by anybody and in any context, that these policies allow?
 *
 * @param subject a policy, or a list of policies that bear on one resource and one caller
 * @param question which actions, by whom, on what; and which access is meant
 * @throws DiagnosticError `wrong-use`, and those of a policy for the parts of the question
 * @example
 * const app = "arn:aws:iam::111122223333:role/app";
 * const policy = keyPolicy({
 *   Version: "2012-10-17",
 *   Statement: [{ Effect: "Allow", Principal: { AWS: app }, Action: "kms:Decrypt", Resource: "*" }],
 * });
 * findAccess(policy, { actions: "kms:Decrypt", except: { by: app } }).verdict; // "proved"
 */
export function findAccess(subject: Analysed, question: AccessQuestion = {}): Answer {
  return answer(overall(scopesOf(subject, question), (scope) => findIn(scope, question)));
}

/** The first refutation; else what is not known; else the proof, with all that it rests on. */
export function overall(scopes: Iterable<Scope>, ask: (scope: Scope) => Found): Found {
  const assumptions = new Set<string>();
  let unknown: Found | undefined;
  let nodes = 0;
  for (const scope of scopes) {
    const found = ask(scope);
    if (found.verdict === "refuted") return found;
    if (found.verdict === "unknown") unknown ??= found;
    else nodes += found.nodes;
    for (const one of found.assumptions) assumptions.add(one);
  }
  return unknown ?? { verdict: "proved", assumptions: [...assumptions], nodes };
}

export const exceptionsOf = ({ except }: AccessQuestion): readonly Requests[] =>
  except === undefined ? [] : Array.isArray(except) ? (except as readonly Requests[]) : [except as Requests];

export function findIn(scope: Scope, question: AccessQuestion): Found {
  return search({
    ...searchingFor(scope, question),
    others: [],
    targets: allowedBy,
    monotone: true,
    confirms: (request, owner) => scope.decision(request, owner).outcome === "allowed",
  });
}

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

export function answer(found: Found): Answer {
  if (found.verdict === "unknown") return { verdict: "unknown", assumptions: found.assumptions, reason: found.reason };
  if (found.verdict === "proved") return { verdict: "proved", assumptions: found.assumptions, nodes: found.nodes };
  const { request, decision, needs, assumptions, nodes } = found;
  return { verdict: "refuted", request, decision, needs, assumptions, nodes };
}
