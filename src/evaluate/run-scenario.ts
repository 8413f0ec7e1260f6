import { Environment } from "../environment/environment.ts";
import type { Grant } from "../request/grant.ts";
import type { Scenario, Step } from "../scenarios/scenario.ts";
import { type Judgement, judge } from "./evaluate.ts";
import { toQuestion } from "./normalise.ts";

export interface StepJudgement {
  readonly step: Step;
  readonly judgement: Judgement;
}

/** The steps up to the first that is not allowed; a grant that a step makes is there for the steps after it. */
export function runScenario(environment: Environment, scenario: Scenario): StepJudgement[] {
  const done: StepJudgement[] = [];
  let known = environment;
  for (const step of scenario.steps) {
    const question = toQuestion(known, step.request);
    const set =
      step.withoutPolicies && question.set.identity === undefined ? { ...question.set, identity: [] } : question.set;
    const judgement = judge(set, question.facts);
    done.push({ step, judgement });
    if (judgement.decision.outcome !== "allowed") break;
    if (step.makes) known = withGrant(known, step.makes);
  }
  return done;
}

function withGrant(environment: Environment, grant: Grant): Environment {
  const { organization, resources, ...rest } = environment;
  const key = resources[grant.key] ?? {};
  return new Environment({
    ...rest,
    ...(organization ? { organization } : {}),
    resources: { ...resources, [grant.key]: { ...key, grants: [...(key.grants ?? []), grant] } },
  });
}
