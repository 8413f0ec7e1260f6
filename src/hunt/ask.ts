import { isEnvironment } from "../environment/environment.ts";
import { type Judgement, judge } from "../evaluate/evaluate.ts";
import { ownerOf, type Subject, toQuestion } from "../evaluate/normalise.ts";
import type { PolicySet } from "../evaluate/policy-set.ts";
import { buildFacts } from "../request/build-facts.ts";
import type { Request } from "../request/request.ts";

const MOST_SETS = 20_000;

/**
 * One subject asked many times: which of its policies a request concerns depends on the action and the resource alone.
 *
 * @throws DiagnosticError those of `evaluate`
 */
export function asker(subject: Subject): (request: Request) => Judgement {
  const whole = (request: Request) => {
    const { set, facts } = toQuestion(subject, request);
    return judge(set, facts);
  };
  if (isEnvironment(subject)) return whole;
  const sets = new Map<string, Map<string, PolicySet>>();
  let count = 0;
  return (request) => {
    // Where the request leaves the resource to the policy, the policy says it.
    const resource = request.resource ?? "";
    const known = sets.get(request.action)?.get(resource);
    if (known && (request.resource !== null || (known.resource?.resource ?? null) === null))
      return judge(known, buildFacts(request, ownerOf(request, known.resource, known.grants)));
    const judgement = whole(request);
    if (count++ < MOST_SETS && judgement.set.vpcEndpoint.length === 0) {
      const own = sets.get(request.action) ?? new Map<string, PolicySet>();
      sets.set(request.action, own.set(resource, judgement.set));
    }
    return judgement;
  };
}
