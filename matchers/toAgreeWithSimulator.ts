import { refuse } from "../src/diagnostic/diagnostic.ts";
import { isRequest, type Request } from "../src/request/request.ts";
import { comparisonLines } from "../src/simulator/comparison-text.ts";
import type { SecondOpinion } from "../src/simulator/simulator.ts";
import type { CheckResult, MatcherState } from "./chain.ts";
import { ownerOf } from "./owner.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { readSubject } from "./subject.ts";

/** Does AWS's policy simulator say the same? What it cannot answer passes; under `.not` only a disagreement does. */
export function toAgreeWithSimulator(
  this: MatcherState,
  received: unknown,
  ...args: readonly [SecondOpinion, Request]
): Promise<CheckResult> {
  const [simulator, asked] = args;
  if (args.length !== 2 || typeof simulator?.compare !== "function" || !isRequest(asked))
    refuse("wrong-use", "`toAgreeWithSimulator` takes a simulator and a request", {
      help: 'as in `await expect(policy).toAgreeWithSimulator(iamSimulator({ client }), request(caller, "s3:GetObject", arn))`',
    });
  const { subject } = readSubject(received);
  refuseUnknown(subject, asked);

  const isNot = this.isNot === true;
  const compared = simulator.compare(subject, asked).then(
    (comparison): CheckResult => ({
      pass: comparison.verdict !== "disagree",
      message: () =>
        [
          `expect(policies)${isNot ? ".not" : ""}.toAgreeWithSimulator(simulator, request)`,
          "",
          `  wanted      ${isNot ? "disagreement" : "agreement"}`,
          ...comparisonLines(comparison).map((line) => `  ${line}`),
        ].join("\n"),
    }),
  );
  ownerOf(this).waitFor?.(compared);
  return compared;
}
