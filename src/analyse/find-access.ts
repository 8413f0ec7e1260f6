/** Is there a request that gets through? */
import type { Decision } from "../evaluate/evaluate.ts";
import type { Request } from "../request/request.ts";
import { checkQuestion, refuseOpenPolicies, refuseUnknownKeys, refuseVacuous } from "./check-question.ts";
import { type AccessPart, describeAll } from "./describe-spaces.ts";
import { type AccessQuestion, findIn } from "./finding.ts";
import type { Found } from "./found.ts";
import { proof } from "./rests-on.ts";
import { type Scope, scopesOf } from "./scopes.ts";
import type { Analysed } from "./subject.ts";

/** An answer about all requests. Plain data but for the request. */
export interface Answer {
  /** `proved`: there is no such request. `refuted`: `request` is one. `unknown`: see `reason`. */
  readonly verdict: "proved" | "refuted" | "unknown";
  readonly request?: Request;
  /** What the evaluator says to it. */
  readonly decision?: Decision;
  /** What else must be there for the request to be allowed: policies that were not given. */
  readonly needs?: readonly string[];
  /** What the answer rests on. */
  readonly assumptions: readonly string[];
  readonly reason?: string;
  readonly nodes?: number;
  /** All such requests in words, made when it is read. */
  readonly excess?: readonly AccessPart[];
}

/**
 * Is there any request, by anybody and in any context, that these policies allow?
 *
 * Identity policies that were not given are taken to allow anything, so that a proof holds whatever they say; a request
 * that needs one has it under `needs`.
 *
 * @param subject a policy, a list of policies and grants that bear on one resource, or an environment
 * @param question which actions, by whom, on what, carrying what; and which access is meant (`except`)
 * @returns `proved`: there is none; `refuted`: `request` is one; `unknown`: with the reason
 * @throws DiagnosticError `unknown-action`, `unknown-key`, `no-such-request` (nothing fits the question), `open-policy` (an
 * environment lists a resource without its policy, which may let others in), `wrong-use`, and those of a policy for the parts of
 * the question
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * @example
 * const app = "arn:aws:iam::111122223333:role/app";
 * const policy = keyPolicy({
 *   Version: "2012-10-17",
 *   Statement: [{ Effect: "Allow", Principal: { AWS: app }, Action: "kms:Decrypt", Resource: "*" }],
 * });
 * findAccess(policy, { actions: "kms:Decrypt", except: { by: app } }).verdict; // "proved"
 */
export function findAccess(subject: Analysed, question: AccessQuestion = {}): Answer {
  return answer(askFind(subject, question));
}

/** What is found, and all of it in words. */
export interface Asked {
  readonly found: Found;
  readonly excess: () => readonly AccessPart[];
}

export function askFind(subject: Analysed, question: AccessQuestion): Asked {
  checkQuestion(question);
  return asked(subject, question, (scope) => findIn(scope, question), refuseOpenPolicies);
}

/** A question of every scope. @throws DiagnosticError where it would be proved for nothing */
export function asked(
  subject: Analysed,
  question: AccessQuestion,
  ask: (scope: Scope) => Found,
  check?: (scopes: Iterable<Scope>, question: AccessQuestion) => void,
): Asked {
  refuseUnknownKeys(() => scopesOf(subject, question), question);
  const found = overall(scopesOf(subject, question), ask);
  if (found.verdict === "proved") check?.(scopesOf(subject, question), question);
  if (found.verdict === "proved") refuseVacuous(scopesOf(subject, question), question);
  return { found, excess: () => describeAll(scopesOf(subject, question), ask) };
}

/** The first refutation; else what is not known; else the proof, with all that it rests on. */
export function overall(scopes: Iterable<Scope>, ask: (scope: Scope) => Found): Found {
  const proofs: Found[] = [];
  let unknown: Found | undefined;
  let nodes = 0;
  for (const scope of scopes) {
    const found = ask(scope);
    if (found.verdict === "refuted") return found;
    if (found.verdict === "unknown") unknown ??= found;
    else {
      nodes += found.nodes;
      proofs.push(found);
    }
  }
  return unknown ?? proof(nodes, () => [...new Set(proofs.flatMap(({ assumptions }) => assumptions))]);
}

export function answer({ found, excess }: Asked): Answer {
  if (found.verdict === "unknown") return { verdict: "unknown", assumptions: found.assumptions, reason: found.reason };
  if (found.verdict === "proved") return found;
  const { request, needs, assumptions, nodes } = found;
  return {
    verdict: "refuted",
    request,
    decision: found.judgement.decision,
    needs,
    assumptions,
    nodes,
    get excess() {
      return excess();
    },
  };
}
