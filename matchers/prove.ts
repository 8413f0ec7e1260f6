/** What the exact matchers share: the chain, the verdict, what is said of it. */
import type { Asked } from "../src/analyse/find-access.ts";
import { isEnvironment } from "../src/environment/environment.ts";
import type { Decision } from "../src/evaluate/evaluate.ts";
import type { Subject } from "../src/evaluate/normalise.ts";
import { type BudgetOptions, checkOptions } from "../src/hunt/budget.ts";
import { hunt } from "../src/hunt/hunt.ts";
import { isPolicy } from "../src/policy/policy.ts";
import { bearingLines } from "../src/report/bearing.ts";
import {
  huntedMessage,
  notProvedMessage,
  proofMessage,
  refuseUndecided,
  refutationMessage,
  restsOn,
} from "../src/report/proof.ts";
import { isPrincipal } from "../src/request/principal.ts";
import type { Request } from "../src/request/request.ts";
import { type CheckResult, deferred, type MatcherState } from "./chain.ts";
import { nameOf } from "./name-of.ts";
import type { Received } from "./subject.ts";

/** One question about all requests. */
export interface Question {
  readonly ask: () => Asked;
  readonly wanted: string;
  readonly wantedNot: string;
  /** What a list of all found requests is called. */
  readonly all: string;
  /** The actions of which some access was wanted, when there is none: what bears on them is shown. */
  readonly actions?: readonly string[];
  /** The verdict with which the matcher holds. */
  readonly holds: "proved" | "refuted";
  /** Whether a request is what is looked for, where requests have to be tried one by one. */
  readonly finds: (request: Request, decision: Decision) => boolean;
}

export function prove(
  state: MatcherState,
  matcher: (...args: never[]) => unknown,
  name: string,
  received: Received,
  links: ProofLinks,
  question: () => Question,
): unknown {
  return deferred(state, matcher, links, () => {
    const named = nameOf(received.subject);
    const assertion = `expect(${named})${state.isNot ? ".not" : ""}.${name}${links.text}`;
    const { pass, message } = checked(assertion, named, state.isNot === true, question(), received.subject, links);
    const { readAs } = received;
    return {
      pass,
      message: () => (readAs ? `${message()}\n\n  note: what was given to expect was read as ${readAs}` : message()),
    };
  });
}

function checked(
  assertion: string,
  named: string,
  isNot: boolean,
  question: Question,
  subject: Subject,
  { hunting }: ProofLinks,
): CheckResult {
  const { found, excess } = question.ask();
  if (found.verdict === "unknown")
    return hunting
      ? hunted({ assertion, named, isNot, question, subject }, hunting, found.reason)
      : refuseUndecided(assertion, found.reason);
  const wanted = isNot ? question.wantedNot : question.wanted;
  const pass = found.verdict === question.holds;
  if (found.verdict === "proved") {
    if (pass !== isNot && process.env.IAM_EXPECT_EXPLAIN === "all")
      process.stderr.write(`${[`proved: ${assertion}`, ...restsOn(found)].join("\n")}\n`);
    const bearing = () => (question.actions ? bearingLines(subject, question.actions) : []);
    return { pass, message: () => [proofMessage({ assertion, wanted }, found), ...bearing()].join("\n") };
  }
  return {
    pass,
    message: () => refutationMessage({ assertion, wanted, subject: named, all: question.all }, found, excess),
  };
}

interface Hunting {
  readonly assertion: string;
  readonly named: string;
  readonly isNot: boolean;
  readonly question: Question;
  readonly subject: Subject;
}

/** Requests tried one by one: what is found so is certain, and what is not found is not proved. */
function hunted(
  { assertion, named, isNot, question, subject }: Hunting,
  options: BudgetOptions,
  reason: string,
): CheckResult {
  const result = hunt(subject, (request, decision) => !question.finds(request, decision), options);
  const { found: request, judgement, runs, seed, path = "" } = result;
  const wanted = isNot ? question.wantedNot : question.wanted;
  const verdict = request ? "refuted" : "proved";
  if (!request && process.env.IAM_EXPECT_EXPLAIN === "all")
    process.stderr.write(`${notProvedMessage({ assertion, wanted }, runs, seed, reason)}\n`);
  return {
    pass: verdict === question.holds,
    message: () =>
      request
        ? huntedMessage({ assertion, wanted, subject: named }, request, judgement!, { runs, seed, path })
        : notProvedMessage({ assertion, wanted }, runs, seed, reason),
  };
}

/** The links of an exact matcher, and its call as text. */
export class ProofLinks {
  text: string;
  /** How long to try requests where nothing can be proved. */
  hunting: BudgetOptions | undefined = undefined;

  constructor(args: readonly unknown[]) {
    this.text = `(${args.map(argumentText).join(", ")})`;
  }

  /** Where it can be neither proved nor refuted: try requests, so many or so long. What holds then is not proved. */
  orHunt(options: BudgetOptions = {}): void {
    said(this, "orHunt", [options]);
    checkOptions(options, ["runs", "milliseconds", "seed"]);
    this.hunting = options;
  }
}

/** A link as it was written, for the message. INVARIANT: the methods of links are the chain's; this is none. */
export function said(links: ProofLinks, link: string, args: readonly unknown[]): void {
  links.text += `.${link}(${args.map(argumentText).join(", ")})`;
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
