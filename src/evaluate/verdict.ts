import type { Grant } from "../request/grant.ts";
import type { CompiledStatement } from "./compile.ts";

export type Outcome = "allowed" | "explicitDeny" | "implicitDeny";

export interface Verdict {
  readonly outcome: Outcome;
  /** The statements that decided: every Deny that applies, or the Allows that granted. */
  readonly statements: readonly CompiledStatement[];
  readonly grants: readonly Grant[];
  /** Why, for people. */
  readonly reason: string;
}

export const allowed = (
  statements: readonly CompiledStatement[],
  grants: readonly Grant[],
  reason: string,
): Verdict => ({ outcome: "allowed", statements, grants, reason });

export const denied = (statements: readonly CompiledStatement[]): Verdict => ({
  outcome: "explicitDeny",
  statements,
  grants: [],
  reason: "a Deny applies",
});

export const implicit = (reason: string): Verdict => ({ outcome: "implicitDeny", statements: [], grants: [], reason });
