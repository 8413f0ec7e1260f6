/** Looks for a request that breaks a rule, without a test runner and without fast-check. */
import type { Decision, Judgement } from "../evaluate/evaluate.ts";
import type { Subject } from "../evaluate/normalise.ts";
import type { Request } from "../request/request.ts";
import { asker } from "./ask.ts";
import { randomOfRun } from "./random.ts";
import { type Limits, RequestSource } from "./request-source.ts";
import { simpler } from "./simpler.ts";

/** `false`, or an error that it throws: the rule is broken. Anything else: it holds. */
export type Predicate = (request: Request, decision: Decision) => unknown;

export interface HuntOptions extends Limits {
  /** Requests that are tried; 1,000 beyond the analyser's test points when left out. */
  readonly runs?: number;
  /** In place of `runs`: for how long. */
  readonly milliseconds?: number;
  /** `IAM_EXPECT_SEED` when left out, else another one each time. */
  readonly seed?: number;
  /** Told as it goes on. */
  readonly progress?: (runs: number) => void;
}

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

export const RUNS = 1000;

// Held since load: fake timers replace them.
const now = performance.now.bind(performance);

/** The seed that the environment fixes, else one of the moment. */
export function seedOf(seed: number | undefined): number {
  if (seed !== undefined) return seed | 0;
  const fixed = process.env.IAM_EXPECT_SEED;
  return (fixed !== undefined && /^-?\d+$/.test(fixed) ? Number(fixed) : Math.floor(now() * 1000) ^ process.pid) | 0;
}

export function hunt(subject: Subject, predicate: Predicate, options: HuntOptions = {}): Hunted {
  const source = new RequestSource(subject, options);
  return huntIn(source, predicate, options);
}

export function huntIn(source: RequestSource, predicate: Predicate, options: HuntOptions): Hunted {
  const { milliseconds, progress } = options;
  const seed = seedOf(options.seed);
  const { points } = source;
  const most = options.runs ?? (milliseconds === undefined ? points.length + RUNS : Number.POSITIVE_INFINITY);
  const until = milliseconds === undefined ? Number.POSITIVE_INFINITY : now() + milliseconds;
  const ask = asker(source.scope.subject);
  for (let run = 0; run < most; run++) {
    if ((run & 63) === 63) {
      progress?.(run);
      if (now() > until) return { runs: run, seed };
    }
    const request = points[run] ?? source.draw(randomOfRun(seed, run));
    const broken = breaks(ask(request), request, predicate);
    if (broken) return smallest(source, request, broken, predicate, { run, seed });
  }
  return { runs: most, seed };
}

interface Broken {
  readonly judgement: Judgement;
  readonly thrown: unknown;
}

function breaks(judgement: Judgement, request: Request, predicate: Predicate): Broken | undefined {
  try {
    return predicate(request, judgement.decision) === false ? { judgement, thrown: undefined } : undefined;
  } catch (thrown) {
    return { judgement, thrown };
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
      const still = breaks(ask(plainer), plainer, predicate);
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
  const { judgement, thrown } = last;
  return { found, decision: judgement.decision, judgement, thrown, runs: run + 1, seed, path: path.join(":") };
}
