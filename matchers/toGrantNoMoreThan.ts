import { askCompare } from "../src/analyse/compare-access.ts";
import { evaluate } from "../src/evaluate/evaluate.ts";
import type { MatcherState } from "./chain.ts";
import { ProofLinks, prove } from "./prove.ts";
import { readSubject } from "./subject.ts";

/** Is nothing allowed that the other version does not allow? */
export function toGrantNoMoreThan(this: MatcherState, received: unknown, previous: unknown): unknown {
  const next = readSubject(received);
  const { subject } = readSubject(previous);
  const links = new ProofLinks([Array.isArray(subject) ? subject : previous]);
  return prove(this, toGrantNoMoreThan, "toGrantNoMoreThan", next, links, () => ({
    ask: () => askCompare(next.subject, subject, {}),
    wanted: "nothing that the other does not allow",
    wantedNot: "access that the other does not allow",
    all: "all new access",
    holds: "proved",
    finds: (request, { outcome }) => outcome === "allowed" && evaluate(subject, request).outcome !== "allowed",
  }));
}
