import { askCompare } from "../src/analyse/compare-access.ts";
import type { Asked } from "../src/analyse/find-access.ts";
import { type Decision, evaluate, judge } from "../src/evaluate/evaluate.ts";
import { type Subject, toQuestion } from "../src/evaluate/normalise.ts";
import type { Request } from "../src/request/request.ts";
import type { MatcherState } from "./chain.ts";
import { ProofLinks, prove } from "./prove.ts";
import { readSubject } from "./subject.ts";

/** The request as this side decides it, since the test is about this side. */
function withOwnJudgement({ found, excess }: Asked, own: Subject): Asked {
  if (found.verdict !== "refuted") return { found, excess };
  const { set, facts } = toQuestion(own, found.request);
  return { found: { ...found, judgement: judge(set, facts) }, excess };
}

/** Do both allow the same requests? */
export function toBeEquivalentTo(this: MatcherState, received: unknown, other: unknown): unknown {
  const own = readSubject(received);
  const { subject } = readSubject(other);
  return prove(this, toBeEquivalentTo, "toBeEquivalentTo", own, new ProofLinks([other]), () => {
    const more = askCompare(own.subject, subject, {});
    const question = {
      wanted: "the same access as the other, which does not allow this",
      wantedNot: "other access than the other",
      all: "all access that the other does not have",
      holds: "proved",
      finds: (request: Request, { outcome }: Decision) =>
        (outcome === "allowed") !== (evaluate(subject, request).outcome === "allowed"),
    } as const;
    if (more.found.verdict !== "proved") return { ...question, ask: () => more };
    return {
      ...question,
      ask: () => withOwnJudgement(askCompare(subject, own.subject, {}), own.subject),
      wanted: "the same access as the other, which allows this",
      all: "all access that only the other has",
    };
  });
}
