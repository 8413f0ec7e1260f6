/** A rule that policies are meant to keep, ready to be picked by name; and how it is decided. */
import { type Asked, askFind } from "../analyse/find-access.ts";
import type { AccessQuestion } from "../analyse/finding.ts";
import { DiagnosticError } from "../diagnostic/diagnostic.ts";
import type { Decision, Judgement } from "../evaluate/evaluate.ts";
import type { Subject } from "../evaluate/normalise.ts";
import { asker } from "../hunt/ask.ts";
import type { BudgetOptions } from "../hunt/budget.ts";
import { hunt } from "../hunt/hunt.ts";
import { type LimitsInput, limitsOf } from "../hunt/limits.ts";
import type { Request } from "../request/request.ts";

const BRAND = Symbol.for("iam-expect.invariant");

export interface Breach {
  /** Requests that must not be allowed. */
  readonly question: AccessQuestion;
  /** What asks that, where it takes more than the question. */
  readonly ask?: (subject: Subject) => Asked;
  /** The same where the answer has to be searched: whether the request is one of them. */
  readonly concerns: (request: Request) => boolean;
  /** What to search among. */
  readonly limits?: LimitsInput;
  /** What it is that must not be, for people: `could give itself the use by changing the key policy`. */
  readonly what?: string;
}

export interface Invariant {
  /** As one writes it: `onlyAccounts("111122223333")`. */
  readonly name: string;
  /** What holds: `nobody outside these accounts has access`. */
  readonly sentence: string;
  /** The AWS page that advises it. */
  readonly see: string;
  readonly breaches: (subject: Subject) => readonly Breach[];
  /** `some`: the requests must not all be refused. */
  readonly wants: "none" | "some";
}

export function invariant(fields: Omit<Invariant, "wants"> & { readonly wants?: Invariant["wants"] }): Invariant {
  const made = { wants: "none" as const, ...fields };
  Object.defineProperty(made, BRAND, { value: true });
  return Object.freeze(made);
}

export function isInvariant(value: unknown): value is Invariant {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
}

export interface InvariantAnswer {
  readonly holds: boolean;
  /** Decided over all requests, or only searched. */
  readonly how: "proved" | "searched";
  readonly request?: Request;
  readonly decision?: Decision;
  readonly judgement?: Judgement;
  readonly what?: string | undefined;
  /** Policies that were not given and would have to allow it. */
  readonly needs: readonly string[];
  /** Why it was searched. */
  readonly reason?: string | undefined;
  readonly runs?: number;
  readonly seed?: number;
}

/** The exact answer where the analyser has one; where it does not, the hunt looks. */
export function decideInvariant(
  { breaches, wants }: Invariant,
  subject: Subject,
  options: BudgetOptions,
): InvariantAnswer {
  let searched: InvariantAnswer | undefined;
  let vacuous: DiagnosticError | undefined;
  let asked = 0;
  for (const breach of breaches(subject)) {
    let answer: InvariantAnswer;
    try {
      answer = answerOf(breach, subject, options);
      asked++;
    } catch (error) {
      // No request could be such a breach; only where none could be any is the invariant about something else.
      if (!(error instanceof DiagnosticError) || error.code !== "no-such-request") throw error;
      vacuous ??= error;
      continue;
    }
    if (answer.request !== undefined) return wants === "some" ? { ...answer, holds: true } : answer;
    if (answer.how === "searched") searched ??= answer;
  }
  if (asked === 0 && vacuous) throw vacuous;
  const none = searched ?? { holds: true, how: "proved", needs: [] };
  return wants === "some" ? { ...none, holds: false } : none;
}

function answerOf(
  { question, ask, concerns, limits = {}, what }: Breach,
  subject: Subject,
  options: BudgetOptions,
): InvariantAnswer {
  const { found } = ask ? ask(subject) : askFind(subject, question);
  if (found.verdict === "proved") return { holds: true, how: "proved", needs: [] };
  if (found.verdict === "refuted") {
    const { request, needs } = found;
    const judgement = asker(subject)(request);
    const { decision } = found.judgement;
    return { holds: false, how: "proved", request, decision, judgement, needs, what };
  }
  const hunted = hunt(subject, (request, { outcome }) => outcome !== "allowed" || !concerns(request), {
    ...options,
    ...limitsOf(limits),
  });
  const { runs, seed, found: request } = hunted;
  if (!request) return { holds: true, how: "searched", needs: [], reason: found.reason, runs, seed };
  const { decision, judgement } = hunted;
  return {
    holds: false,
    how: "searched",
    request,
    decision: decision!,
    judgement: judgement!,
    needs: [],
    what,
    runs,
    seed,
  };
}
