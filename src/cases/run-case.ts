import { DiagnosticError } from "../diagnostic/diagnostic.ts";
import { judge, type StatementRef } from "../evaluate/evaluate.ts";
import type { Case } from "./read-case.ts";

export interface CaseAnswer {
  readonly id: string;
  readonly outcome: string;
  readonly statements: readonly StatementRef[];
  readonly openKeys: readonly string[];
  readonly openPolicies: readonly string[];
  readonly unverified: readonly string[];
}

export interface CaseRefusal {
  readonly id: string;
  readonly error: { readonly code: string; readonly message: string };
}

export interface CaseResult {
  readonly answer: CaseAnswer | CaseRefusal;
  /** `met`: decided, and as expected where something was; `missed`: otherwise; `refused`: should have been decided. */
  readonly status: "met" | "missed" | "refused";
  readonly why?: string;
}

export function runCase(item: Case): CaseResult {
  const { expect } = item;
  try {
    const { set, facts } = item.question();
    const { outcome, statements, openKeys, openPolicies, unverified } = judge(set, facts).decision;
    const answer: CaseAnswer = { id: item.id, outcome, statements, openKeys, openPolicies, unverified };
    const why = expect && miss(answer, expect);
    return why === undefined ? { answer, status: "met" } : { answer, status: "missed", why };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const answer: CaseRefusal = refusal(item.id, error);
    if (expect?.error === undefined) return { answer, status: "refused", why: error.message };
    if (error.diagnostics.some(({ code }) => code === expect.error)) return { answer, status: "met" };
    return { answer, status: "refused", why: `expected the refusal ${expect.error}` };
  }
}

export const refusal = (id: string, error: DiagnosticError): CaseRefusal => ({
  id,
  error: { code: error.code, message: error.message },
});

function miss(answer: CaseAnswer, expect: NonNullable<Case["expect"]>): string | undefined {
  if (expect.error !== undefined) return `expected the refusal ${expect.error}, got ${answer.outcome}`;
  if (answer.outcome !== expect.outcome) return `expected ${expect.outcome}, got ${answer.outcome}`;
  if (expect.unverified === true && answer.unverified.length === 0)
    return "expected the decision to be marked unverified";
  if (expect.unverified === false && answer.unverified.length > 0) return `rests on ${answer.unverified.join(", ")}`;
  const differs = (wanted: readonly string[] | undefined, got: readonly string[]) =>
    wanted !== undefined && [...wanted].sort().join() !== [...got].sort().join();
  if (differs(expect.openKeys, answer.openKeys)) return `open keys: ${answer.openKeys.join(", ") || "none"}`;
  if (differs(expect.openPolicies, answer.openPolicies))
    return `open policies: ${answer.openPolicies.join(", ") || "none"}`;
  for (const wanted of expect.statements ?? [])
    if (
      !answer.statements.some((got) =>
        Object.entries(wanted).every(([key, value]) => got[key as keyof StatementRef] === value),
      )
    )
      return `statement ${JSON.stringify(wanted)} did not decide`;
  return undefined;
}
