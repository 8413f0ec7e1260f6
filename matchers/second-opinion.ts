import { writeCase } from "../src/cases/write-case.ts";
import type { Question } from "../src/evaluate/normalise.ts";
import { handsOver } from "../src/simulator/handover.ts";
import { modeOfEnvironment } from "../src/simulator/mode.ts";
import { type AnyFunction, callSite, placeOf } from "./call-site.ts";
import type { MatcherState } from "./chain.ts";
import { ownerOf } from "./owner.ts";

/** Hands a question that a matcher asked to the reporter, which asks AWS's simulator the same. */
export type HandOver = (asked: Question) => void;

/**
 * For a matcher that is called now; undefined unless the environment asks for a second opinion on the whole suite.
 *
 * @throws DiagnosticError `no-reporter` where nobody would take it: a suite that was to be compared must not pass uncompared
 */
export function secondOpinion(state: MatcherState, matcher: AnyFunction): HandOver | undefined {
  if (modeOfEnvironment() === undefined) return undefined;
  const owner = ownerOf(state);
  if (!owner.hand) handsOver(undefined);
  const at = placeOf(callSite(matcher));
  return ({ set, facts }) => owner.hand?.(writeCase(set, facts), at);
}
