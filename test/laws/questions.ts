import fc from "fast-check";
import { decide } from "../../src/evaluate/decide.ts";
import { type Judgement, judge } from "../../src/evaluate/evaluate.ts";
import { Evaluation } from "../../src/evaluate/evaluation.ts";
import { ownerOf } from "../../src/evaluate/normalise.ts";
import type { PolicySet } from "../../src/evaluate/policy-set.ts";
import type { Verdict } from "../../src/evaluate/verdict.ts";
import { type PolicyDocuments, policyDocuments, toPolicySet } from "../../src/generate/policy-sets.ts";
import { requests } from "../../src/generate/requests.ts";
import type { Attached } from "../../src/generate/universe.ts";
import { buildFacts } from "../../src/request/build-facts.ts";
import type { Facts } from "../../src/request/facts.ts";
import { Request } from "../../src/request/request.ts";

/** What is asked under what: the laws change one of the two and ask again. */
export interface Question {
  readonly near: Attached;
  readonly request: Request;
  readonly policies: PolicyDocuments;
}

/** Questions about keys, roles and other resources, under policies of every kind. */
export function questions(): fc.Arbitrary<Question> {
  const about = (near: Attached) =>
    fc
      .record({
        near: fc.constant(near),
        request: requests({ near }),
        policies: policyDocuments(near),
        given: fc.constantFrom("allows" as const, "none" as const, null),
        // An endpoint's policy binds only what comes through the endpoint.
        through: fc.boolean(),
      })
      .map(({ near, request, policies, given, through }): Question => {
        const context =
          through && policies.vpcEndpoint.length > 0
            ? { "aws:SourceVpce": "vpce-1", ...request.context }
            : request.context;
        return {
          near,
          request: new Request({ ...request, context, givenIdentity: policies.identity ? null : given }),
          policies,
        };
      });
  return fc.oneof(
    { weight: 3, arbitrary: about("key") },
    { weight: 1, arbitrary: about("trust") },
    { weight: 2, arbitrary: about("resource") },
  );
}

/** The policies and facts that the evaluator weighs. */
export function toQuestion({ near, request, policies }: Question): { set: PolicySet; facts: Facts } {
  const set = toPolicySet(policies, near);
  return { set, facts: buildFacts(request, ownerOf(request, set.resource, set.grants)) };
}

export function judged(question: Question): Judgement {
  const { set, facts } = toQuestion(question);
  return judge(set, facts);
}

/** The decision without the search for what was left open. */
export function verdictOf(question: Question): Verdict {
  const { set, facts } = toQuestion(question);
  return decide(set, new Evaluation(facts));
}

export const outcomeOf = (question: Question) => verdictOf(question).outcome;
