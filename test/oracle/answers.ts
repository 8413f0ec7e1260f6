/** One question, answered by the analyser, by z3, and where they differ by the evaluator. */
import { compareIn } from "../../src/analyse/compare-access.ts";
import { findIn } from "../../src/analyse/finding.ts";
import type { Found } from "../../src/analyse/found.ts";
import { plainScope } from "../../src/analyse/scopes.ts";
import { decide } from "../../src/evaluate/decide.ts";
import { Evaluation } from "../../src/evaluate/evaluation.ts";
import { buildFacts } from "../../src/request/build-facts.ts";
import { decode } from "./decode.ts";
import { LeftOut } from "./documents.ts";
import { type Encoded, encode } from "./encode.ts";
import { policySetOf, type Question } from "./question.ts";
import type { Said, Z3 } from "./z3.ts";

export interface Answered {
  readonly outcome: "agree" | "disagree" | "undecided" | "ours unknown" | "left out";
  readonly ours: Found["verdict"];
  readonly theirs: Said["answer"] | undefined;
  readonly why: string;
  /** Milliseconds. */
  readonly own: number;
  readonly took: number;
}

/** The analyser's answer, ready to be asked for: the policies are read, and nothing else is done. */
export function ourAnswer({ set, previous, asked, except }: Question): () => Found {
  const question = { ...asked, except };
  const scope = plainScope(policySetOf(set));
  const before = previous && plainScope(policySetOf(previous));
  return () => (before ? compareIn(scope, before, question) : findIn(scope, question));
}

export async function answer(question: Question, z3: Z3): Promise<Answered> {
  const ask = ourAnswer(question);
  const started = performance.now();
  const found = ask();
  const own = performance.now() - started;
  const told = { ours: found.verdict, own };
  let encoded: ReturnType<typeof encode>;
  try {
    encoded = encode(question);
  } catch (error) {
    if (!(error instanceof LeftOut)) throw error;
    return { ...told, outcome: "left out", theirs: undefined, why: error.message, took: 0 };
  }
  const [said, which] = await askZ3(encoded, z3);
  const both = { ...told, theirs: said.answer, took: said.took };
  if (said.answer === "undecided") return { ...both, outcome: "undecided", why: said.reason };
  if (found.verdict === "unknown") return { ...both, outcome: "ours unknown", why: found.reason };
  if ((found.verdict === "refuted") === (said.answer === "sat")) return { ...both, outcome: "agree", why: "" };
  const why =
    found.verdict === "refuted"
      ? `our request: ${JSON.stringify(found.request)} needs ${found.needs}`
      : theirRequest(question, decode(which, said.model!));
  return { ...both, outcome: "disagree", why };
}

/** First where a request is quickly found; that there is none there says nothing. */
export async function askZ3({ narrow, ...whole }: ReturnType<typeof encode>, z3: Z3): Promise<[Said, Encoded]> {
  const first = await z3.ask(narrow.script);
  if (first.answer === "sat") return [first, narrow];
  const said = await z3.ask(whole.script);
  return [{ ...said, took: said.took + first.took }, whole];
}

/** What the evaluator says to z3's request. */
function theirRequest(question: Question, { request, owner }: ReturnType<typeof decode>): string {
  const told = JSON.stringify(request);
  try {
    const outcomes = [question.set, ...(question.previous ? [question.previous] : [])].map((raw) => {
      const set = policySetOf(raw);
      const given = set.identity === undefined ? { ...request, givenIdentity: "allows" as const } : request;
      return decide(set, new Evaluation(buildFacts(given, owner))).outcome;
    });
    return `z3's request, owner ${owner}: ${told}; the evaluator: ${outcomes.join(", and before: ")}`;
  } catch (error) {
    return `z3's request: ${told}; the evaluator refuses it: ${(error as Error).message}`;
  }
}
