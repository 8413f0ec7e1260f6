/** Is there a request that gets through? */
import type { Decision } from "../evaluate/evaluate.ts";
import type { PolicySet } from "../evaluate/policy-set.ts";
import type { Request } from "../request/request.ts";
import { accessOf } from "./access.ts";
import type { Model } from "./model.ts";
import { type Requests, requestsPolicy } from "./question.ts";
import { type Found, search, type Target } from "./search.ts";
import { type Analysed, onlyOwn, toPolicySet } from "./subject.ts";
import { allowedUnder, replay } from "./witness.ts";

export interface AccessQuestion extends Requests {
  /** Access that is meant to be there: requests of any of these are left out. */
  readonly except?: Requests | readonly Requests[];
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
  return answer(findIn(toPolicySet(subject), question));
}

export const exceptionsOf = ({ except }: AccessQuestion): readonly Requests[] =>
  except === undefined ? [] : Array.isArray(except) ? (except as readonly Requests[]) : [except as Requests];

export function findIn(set: PolicySet, question: AccessQuestion): Found {
  const exceptions = exceptionsOf(question);
  const own = onlyOwn(set);
  return search({
    set,
    others: [],
    asked: requestsPolicy([question], "the requests asked for"),
    except: exceptions.length > 0 ? requestsPolicy(exceptions, "the access that is meant") : undefined,
    ...(own ? { callers: ({ account, type }) => account !== null && type !== "root" } : {}),
    targets: allowedBy,
    monotone: true,
    confirms: (request, owner, reading) =>
      reading === undefined ? replay(set, request, owner).agrees : allowedUnder(set, request, owner, reading),
    ...(question.mostNodes === undefined ? {} : { mostNodes: question.mostNodes }),
  });
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
