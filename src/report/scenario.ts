/** The message of an assertion about a whole operation: its steps, then the one that decides. */
import type { StepJudgement } from "../evaluate/run-scenario.ts";
import { shortPolicies } from "../evaluate/short.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { failureMessage, type Wanted } from "./failure.ts";
import { shortArn } from "./words.ts";

export function scenarioMessage(wanted: Wanted, scenario: Scenario, done: readonly StepJudgement[]): string {
  const last = done.at(-1)!;
  const stopped = last.judgement.decision.outcome !== "allowed";
  const lines = scenario.steps.map(({ title, request }, at) => {
    const mark = at >= done.length ? "--" : stopped && at === done.length - 1 ? "NO" : "ok";
    const on = request.resource === null || request.resource === "*" ? "" : `  ${shortArn(request.resource)}`;
    return `  ${at + 1} ${mark}  ${title}: ${shortArn(request.principal.name)}  ${request.action}${on}`;
  });
  const head = [wanted.assertion, "", `  wanted   ${wanted.wanted}`, `  got      ${got(scenario, done)}`, "", ...lines];
  if (!stopped) return [...head, "", `  see: ${scenario.page}`].join("\n");
  // The decision of the step, without the lines that are already above.
  const [, ...rest] = failureMessage(wanted, last.judgement)
    .split("\n")
    .filter((line) => !/^ {2}wanted /.test(line));
  // An assertion that wants a Deny lacks no Allow.
  const lacking = wanted.effect === "Allow" ? shortPolicies(last.judgement) : [];
  const short = lacking.flatMap(({ what, add }) => [`  short: ${what}`, `  help: add ${JSON.stringify(add)}`]);
  const any = lacking.length > 1 ? [`  ${lacking.length === 2 ? "either" : "any one"} of these would do:`] : [];
  return [...head, ...rest, ...(short.length > 0 ? ["", ...any, ...short] : []), `  see: ${scenario.page}`].join("\n");
}

function got({ steps }: Scenario, done: readonly StepJudgement[]): string {
  const last = done.at(-1)!;
  if (last.judgement.decision.outcome === "allowed") return `allow, at all ${steps.length} steps`;
  return `deny at step ${done.length} of ${steps.length}: ${last.step.title}`;
}
