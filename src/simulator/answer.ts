import type { Outcome } from "../evaluate/verdict.ts";
import type { Position } from "./sent-text.ts";

/** A statement that decided, as AWS names it: `PolicyInputList.1` and a place in its text. */
export interface MatchedStatement {
  readonly policy: string;
  readonly type: string;
  readonly start: Position | null;
  readonly end: Position | null;
}

/** AWS's answer to one action on one resource. */
export interface Answer {
  readonly decision: Outcome;
  readonly matched: readonly MatchedStatement[];
  /** Keys that some policy reads and the call did not give; not only those that matter. */
  readonly missing: readonly string[];
  readonly allowedByOrganizations: boolean | null;
  readonly allowedByBoundary: boolean | null;
  /** By kind of policy; AWS gives them for calls across accounts. */
  readonly details: Readonly<Record<string, string>>;
  /** Whether AWS answered for each resource, as it does since July 2026, or for the action. */
  readonly model: "resource" | "action";
  /** Policies that were to be left out were not: the client is too old to say so. */
  readonly unexcluded?: true;
}

/** An answer with the day on which AWS gave it. */
export interface DatedAnswer extends Answer {
  /** `2026-11-28`. */
  readonly date: string;
}
