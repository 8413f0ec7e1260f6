/** The message of a ready invariant. */
import type { Invariant, InvariantAnswer } from "../invariants/invariant.ts";
import { testLines } from "./counterexample.ts";
import { failureMessage } from "./failure.ts";
import { plural } from "./words.ts";

export function brokenInvariant(
  assertion: string,
  { sentence, see, wants }: Invariant,
  answer: InvariantAnswer,
  subject: string,
  bearing: () => readonly string[],
): string {
  const { request, judgement, what, needs, how, runs, seed } = answer;
  if (!request || !judgement)
    return [
      assertion,
      "",
      `  wanted   ${sentence}`,
      `  got      ${wants === "some" ? "nobody can" : "nothing"}${how === "proved" ? "" : `, among ${plural(runs ?? 0, "request")}: not proved`}`,
      ...bearing(),
      "",
      `  see: ${see}`,
    ].join("\n");
  const lines = failureMessage({ assertion, wanted: sentence, effect: "Allow" }, judgement).split("\n");
  if (what) lines.splice(lines.findIndex((line) => line.startsWith("  got ")) + 1, 0, `           ${what}`);
  return [
    ...lines,
    ...needs.map((need) => `  needs: ${need}`),
    "",
    ...testLines(request, judgement, subject),
    ...(how === "searched" ? [`  found by request ${runs}, seed ${seed}`] : []),
    `  see: ${see}`,
  ].join("\n");
}

/** Of `.not`. */
export function heldInvariant(
  assertion: string,
  { sentence }: Invariant,
  { how, runs, seed, reason }: InvariantAnswer,
): string {
  const got =
    how === "proved"
      ? "it holds for all requests: proved"
      : `not proved (${reason}); none of ${plural(runs ?? 0, "request")} breaks it, seed ${seed}`;
  return [assertion, "", `  wanted   not so: ${sentence}`, `  got      ${got}`].join("\n");
}
