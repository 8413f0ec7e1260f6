import { isEnvironment } from "../environment/environment.ts";
import { decide } from "../evaluate/decide.ts";
import { type Decision, type Judgement, judge } from "../evaluate/evaluate.ts";
import { Evaluation } from "../evaluate/evaluation.ts";
import { ownerOf, type Question, type Subject, toQuestion } from "../evaluate/normalise.ts";
import type { PolicySet } from "../evaluate/policy-set.ts";
import type { Outcome } from "../evaluate/verdict.ts";
import { buildFacts } from "../request/build-facts.ts";
import type { Request } from "../request/request.ts";

const MOST_SETS = 20_000;

/** One subject asked many times: which of its policies a request concerns depends on the action and the resource alone. */
function questioner(subject: Subject): (request: Request) => Question {
  if (isEnvironment(subject)) return (request) => toQuestion(subject, request);
  const sets = new Map<string, Map<string, PolicySet>>();
  let count = 0;
  return (request) => {
    // Where the request leaves the resource to the policy, the policy says it.
    const resource = request.resource ?? "";
    const known = sets.get(request.action)?.get(resource);
    if (known && (request.resource !== null || (known.resource?.resource ?? null) === null))
      return { set: known, facts: buildFacts(request, ownerOf(request, known.resource, known.grants)) };
    const question = toQuestion(subject, request);
    if (count++ < MOST_SETS && question.set.vpcEndpoint.length === 0) {
      const own = sets.get(request.action) ?? new Map<string, PolicySet>();
      sets.set(request.action, own.set(resource, question.set));
    }
    return question;
  };
}

/** @throws DiagnosticError what is made throws those of `evaluate` */
export function asker(subject: Subject): (request: Request) => Judgement {
  const question = questioner(subject);
  return (request) => {
    const { set, facts } = question(request);
    return judge(set, facts);
  };
}

/** The decision with its outcome alone, until more of it is read. */
export function decider(subject: Subject): (request: Request) => Decision {
  const question = questioner(subject);
  return (request) => {
    const asked = question(request);
    return new Outlined(decide(asked.set, new Evaluation(asked.facts)).outcome, asked);
  };
}

class Outlined implements Decision {
  readonly #asked: Question;
  #whole: Decision | undefined = undefined;

  constructor(
    readonly outcome: Outcome,
    asked: Question,
  ) {
    this.#asked = asked;
  }

  get whole(): Decision {
    this.#whole ??= judge(this.#asked.set, this.#asked.facts).decision;
    return this.#whole;
  }
  get statements() {
    return this.whole.statements;
  }
  get openKeys() {
    return this.whole.openKeys;
  }
  get openPolicies() {
    return this.whole.openPolicies;
  }
  get unverified() {
    return this.whole.unverified;
  }
  get findings() {
    return this.whole.findings;
  }
  get policies() {
    return this.whole.policies;
  }

  toJSON(): unknown {
    return this.whole;
  }
}
