/** The same question of a whole operation: allowed when every step is. */
import { refuse } from "../src/diagnostic/diagnostic.ts";
import { type Environment, isEnvironment } from "../src/environment/environment.ts";
import { runScenario } from "../src/evaluate/run-scenario.ts";
import { refuseOpen } from "../src/report/open.ts";
import { scenarioMessage } from "../src/report/scenario.ts";
import type { Scenario } from "../src/scenarios/scenario.ts";
import type { Asked } from "./asked.ts";
import type { CheckResult } from "./chain.ts";
import type { HandOver } from "./second-opinion.ts";

export function checkScenario(
  asked: Asked,
  isNot: boolean,
  received: unknown,
  scenario: Scenario,
  hand: HandOver | undefined,
): CheckResult {
  if (!isEnvironment(received))
    refuse("wrong-use", `\`${asked.name}\` asks an operation of an environment`, {
      help: "as in `expect(environment({ principals, resources }))`",
    });
  const done = runScenario(received as Environment, scenario);
  const assertion = `expect(environment)${isNot ? ".not" : ""}.${asked.name}(${scenario.name})`;
  for (const { judgement } of done) refuseOpen(assertion, judgement, asked.changes);
  for (const { judgement } of done) hand?.(judgement);
  const outcome = done.at(-1)!.judgement.decision.outcome;
  const wanted = isNot ? asked.wantedNot : asked.wanted;
  return {
    pass: asked.holds(outcome),
    message: () =>
      scenarioMessage(
        {
          assertion,
          wanted: wanted === "allow" ? "allow, at every step" : `${wanted}, at some step`,
          effect: asked.effect,
        },
        scenario,
        done,
      ),
  };
}
