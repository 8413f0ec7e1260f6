import type { Outcome } from "../src/evaluate/verdict.ts";

/** The question that a matcher asks of a decision. */
export interface Asked {
  readonly name: string;
  readonly holds: (outcome: Outcome) => boolean;
  readonly wanted: string;
  readonly wantedNot: string;
  /** Which part of what was left open changes the answer. */
  readonly changes: "changesAllowed" | "changesExplicit";
  /** The effect of the statement that would fulfil it. */
  readonly effect: "Allow" | "Deny";
}
