/** What the exact matchers share: the chain, the verdict, what is said of it. */
import type { Asked } from "../src/analyse/find-access.ts";
import { isEnvironment } from "../src/environment/environment.ts";
import { isPolicy } from "../src/policy/policy.ts";
import { proofMessage, refuseUndecided, refutationMessage, restsOn } from "../src/report/proof.ts";
import { isPrincipal } from "../src/request/principal.ts";
import { type CheckResult, deferred, type MatcherState } from "./chain.ts";
import type { Received } from "./subject.ts";

/** One question about all requests. */
export interface Question {
  readonly ask: () => Asked;
  readonly wanted: string;
  readonly wantedNot: string;
  /** What a list of all found requests is called. */
  readonly all: string;
  /** The verdict with which the matcher holds. */
  readonly holds: "proved" | "refuted";
}

export function prove(
  state: MatcherState,
  matcher: (...args: never[]) => unknown,
  name: string,
  { subject }: Received,
  links: ProofLinks,
  question: () => Question,
): unknown {
  return deferred(state, matcher, links, () => {
    const named = nameOf(subject);
    const assertion = `expect(${named})${state.isNot ? ".not" : ""}.${name}${links.text}`;
    return checked(assertion, named, state.isNot === true, question());
  });
}

function checked(assertion: string, subject: string, isNot: boolean, question: Question): CheckResult {
  const { found, excess } = question.ask();
  if (found.verdict === "unknown") return refuseUndecided(assertion, found.reason);
  const wanted = isNot ? question.wantedNot : question.wanted;
  const pass = found.verdict === question.holds;
  if (found.verdict === "proved") {
    if (pass !== isNot && process.env.IAM_EXPECT_EXPLAIN === "all")
      process.stderr.write(`${[`proved: ${assertion}`, ...restsOn(found)].join("\n")}\n`);
    return { pass, message: () => proofMessage({ assertion, wanted }, found) };
  }
  return { pass, message: () => refutationMessage({ assertion, wanted, subject, all: question.all }, found, excess) };
}

function nameOf(subject: Received["subject"]): string {
  if (isEnvironment(subject)) return "environment";
  return Array.isArray(subject) && subject.length !== 1 ? "policies" : "policy";
}

/** The links of an exact matcher, and its call as text. */
export class ProofLinks {
  text: string;

  constructor(args: readonly unknown[]) {
    this.text = `(${args.map(argumentText).join(", ")})`;
  }

  protected said(link: string, args: readonly unknown[]): void {
    this.text += `.${link}(${args.map(argumentText).join(", ")})`;
  }
}

/** As it may have been written. */
function argumentText(value: unknown): string {
  if (isPolicy(value)) return value.name;
  if (isPrincipal(value)) return value.type === "anonymous" ? "anonymous" : JSON.stringify(value.name);
  if (isEnvironment(value)) return "environment";
  if (Array.isArray(value)) return `[${value.map(argumentText).join(", ")}]`;
  if (value instanceof Date) return JSON.stringify(value);
  if (typeof value === "object" && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, part]) => `${/^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key)}: ${argumentText(part)}`)
      .join(", ")} }`;
  return JSON.stringify(value) ?? String(value);
}
