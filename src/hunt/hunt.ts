/** Looks for a request that breaks a rule, without a test runner and without fast-check. */
import type { Decision, Judgement } from "../evaluate/evaluate.ts";
import type { Subject } from "../evaluate/normalise.ts";
import type { Request } from "../request/request.ts";
import { asker, decider } from "./ask.ts";
import { Budget, type BudgetOptions } from "./budget.ts";
import { randomOfRun } from "./random.ts";
import { type Limits, RequestSource } from "./request-source.ts";
import { simpler } from "./simpler.ts";

/** `false`, or an error that it throws: the rule is broken. Anything else: it holds. */
export type Predicate = (request: Request, decision: Decision) => unknown;

export interface Hunted {
  /** The smallest request that was found to break the rule. */
  readonly found?: Request;
  readonly decision?: Decision;
  readonly judgement?: Judgement;
  /** What the rule threw. */
  readonly thrown?: unknown;
  readonly runs: number;
  readonly seed: number;
  /** The run that found it, then the steps to the smallest, as in `17:0:3`. */
  readonly path?: string;
}

/** The same subject, limits and seed try the same requests, on every machine. */
export function hunt(subject: Subject, predicate: Predicate, options: BudgetOptions & Limits = {}): Hunted {
  return huntIn(new RequestSource(subject, options), predicate, options);
}

export function huntIn(source: RequestSource, predicate: Predicate, options: BudgetOptions): Hunted {
  const { points } = source;
  const budget = new Budget(options, points.length);
  const { seed } = budget;
  const decide = decider(source.scope.subject);
  try {
    for (let run = 0; run < budget.runs; run++) {
      if (budget.isSpent()) return { runs: run, seed };
      const request = points[run] ?? source.draw(randomOfRun(seed, run));
      const broken = breaks(decide(request), request, predicate);
      if (broken) return smallest(source, request, broken, predicate, { run, seed });
    }
    return { runs: budget.runs, seed };
  } finally {
    budget.done();
  }
}

interface Broken {
  readonly thrown: unknown;
}

const FALSE: Broken = { thrown: undefined };

function breaks(decision: Decision, request: Request, predicate: Predicate): Broken | undefined {
  try {
    return predicate(request, decision) === false ? FALSE : undefined;
  } catch (thrown) {
    return { thrown };
  }
}

const MOST_STEPS = 500;

function smallest(
  source: RequestSource,
  first: Request,
  broken: Broken,
  predicate: Predicate,
  { run, seed }: { readonly run: number; readonly seed: number },
): Hunted {
  const ask = asker(source.scope.subject);
  let found = first;
  let last = broken;
  const path = [run];
  step: while (path.length < MOST_STEPS) {
    let at = 0;
    for (const plainer of simpler(source, found)) {
      const still = breaks(ask(plainer).decision, plainer, predicate);
      if (still) {
        found = plainer;
        last = still;
        path.push(at);
        continue step;
      }
      at++;
    }
    break;
  }
  const { thrown } = last;
  const judgement = ask(found);
  return { found, decision: judgement.decision, judgement, thrown, runs: run + 1, seed, path: path.join(":") };
}
