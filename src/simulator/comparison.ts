import type { WrittenCase } from "../cases/write-case.ts";
import type { StatementRef } from "../evaluate/evaluate.ts";
import type { Outcome } from "../evaluate/verdict.ts";

/**
 * `agree`: AWS says the same; `disagree`: it does not; `notModelled`: AWS's simulator cannot answer this; `needsContext`: the
 * answer depends on what the request does not say. Only `disagree` is a failure.
 */
export type SimulatorVerdict = "agree" | "disagree" | "notModelled" | "needsContext";

/** Our own decision, on just the policies and the context that were sent. */
export interface LocalAnswer {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly statements: readonly StatementRef[];
  /** Rules that AWS does not settle and on which the outcome rests. */
  readonly unverified: readonly string[];
}

export interface AwsAnswer {
  readonly outcome: Outcome;
  /** The statements that AWS says decided; of a policy that is not the subject's, without index and Sid. */
  readonly statements: readonly {
    readonly policy: string;
    readonly index: number | null;
    readonly sid: string | null;
  }[];
  /** Keys that some policy reads and that were not sent; not only those that matter. */
  readonly missingContextValues: readonly string[];
  /** The day of the answer, as in `2026-11-28`. */
  readonly date: string;
}

/** What came of asking AWS the same. */
export interface Comparison {
  readonly verdict: SimulatorVerdict;
  /** Why, in one sentence. */
  readonly reason: string;
  readonly remarks: readonly string[];
  /** Null where AWS was not asked. */
  readonly local: LocalAnswer | null;
  readonly aws: AwsAnswer | null;
  /** The question in the case format, to decide, explain or report. */
  readonly case: WrittenCase;
}
