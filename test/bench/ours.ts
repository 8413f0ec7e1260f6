/** This package as an engine: policies compiled, requests ready, one call a decision. */
import { compile } from "../../src/evaluate/compile.ts";
import { decide } from "../../src/evaluate/decide.ts";
import { evaluate } from "../../src/evaluate/evaluate.ts";
import { Evaluation } from "../../src/evaluate/evaluation.ts";
import { EMPTY_SET, type PolicySet } from "../../src/evaluate/policy-set.ts";
import { identityPolicy, keyPolicy } from "../../src/policy/constructors.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { buildFacts } from "../../src/request/build-facts.ts";
import { type Principal, role } from "../../src/request/principal.ts";
import { type Request, request } from "../../src/request/request.ts";
import { ACCOUNT, type Ask, type Scenario } from "./scenarios.ts";

export interface Prepared {
  readonly set: PolicySet;
  readonly policies: readonly Policy[];
  readonly requests: readonly Request[];
}

export function toRequest(
  { principal, action, resource, context }: Ask,
  callers = new Map<string, Principal>(),
): Request {
  const caller = callers.get(principal) ?? role(principal);
  callers.set(principal, caller);
  return request(caller, action, resource).withContext(context);
}

export function prepare({ identity, key, asks }: Scenario): Prepared {
  const policies = identity.map((document) => identityPolicy(document));
  const resource = key && keyPolicy(key);
  const callers = new Map<string, Principal>();
  for (const policy of policies) compile(policy);
  if (resource) compile(resource);
  return {
    set: { ...EMPTY_SET, identity: policies, ...(resource ? { resource } : {}) },
    policies: resource ? [...policies, resource] : policies,
    requests: asks.map((ask) => toRequest(ask, callers)),
  };
}

/** The outcome and its statements, from a ready request: the facts are built for each call. */
export const decideOnce = (set: PolicySet, request: Request) =>
  decide(set, new Evaluation(buildFacts(request, ACCOUNT)));

export const decideAll = ({ set, requests }: Prepared) => {
  let allowed = 0;
  for (const request of requests) if (decideOnce(set, request).outcome === "allowed") allowed++;
  return allowed;
};

/** The public function: also what stayed open, what is unverified, and the findings. */
export const evaluateAll = ({ policies, requests }: Prepared) => {
  let allowed = 0;
  for (const request of requests) if (evaluate(policies, request).outcome === "allowed") allowed++;
  return allowed;
};
