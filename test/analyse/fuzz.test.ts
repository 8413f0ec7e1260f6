import { expect, test } from "vitest";
import { fuzzLazy, fuzzLazySets } from "./fuzz-lazy.ts";
import { fuzzComparing, fuzzFindings, fuzzSets, type Tally } from "./fuzz-sets.ts";
import { fuzzArns, fuzzStrings } from "./fuzz-strings.ts";
import { fuzzValues } from "./fuzz-values.ts";
import { random } from "./possible-requests.ts";

/** More with `FUZZ_RUNS=50`; another world with `FUZZ_SEED`. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 1);
/** The suite's share of the slowest of them; seeded bugs are looked for in more. */
const SHORT = process.env.FUZZ_RUNS === undefined;
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_123);
const TIMEOUT = 30_000 * Math.max(RUNS, 4);

/** Most questions must be decided, or nothing was tried. */
function expectDecided({ sets, unknown }: Tally): void {
  expect(unknown / sets).toBeLessThan(0.35);
}

test(
  "classes of texts have all answers that a short text can have",
  () => {
    let compared = 0;
    for (let count = 0; count < 400 * RUNS; count++) compared += fuzzStrings(random(SEED + count));
    expect(compared).toBeGreaterThan(500_000);
  },
  TIMEOUT,
);

test(
  "classes of ARNs, by Arn operators and as resources",
  () => {
    let compared = 0;
    for (let count = 0; count < 60 * RUNS; count++) compared += fuzzArns(random(SEED + count));
    expect(compared).toBeGreaterThan(20_000);
  },
  TIMEOUT,
);

test(
  "classes of numbers, dates, addresses and lists",
  () => {
    for (let count = 0; count < 2_000 * RUNS; count++) fuzzValues(random(SEED + count));
  },
  TIMEOUT,
);

test(
  "what is proved is not allowed to any request that was drawn",
  () => {
    for (let run = 0; run < RUNS; run++) expectDecided(fuzzSets(30, 200, SEED + run));
  },
  TIMEOUT,
);

test(
  "what is allowed is found by a question about it",
  () => {
    for (let run = 0; run < RUNS; run++) expectDecided(fuzzFindings(36, 300, SEED + run));
  },
  TIMEOUT,
);

test(
  "what is new is found, and nothing that is not",
  () => {
    for (let run = 0; run < RUNS; run++) expectDecided(fuzzComparing(24, 150, SEED + run));
  },
  TIMEOUT,
);

test(
  "classes that are searched give the answers of those that are listed",
  () => {
    const { compared, unknown } = fuzzLazy(SHORT ? 12 : 40 * RUNS, SEED);
    expect(unknown / compared).toBeLessThan(0.35);
    fuzzLazySets(SHORT ? 2 : 5 * RUNS, SEED);
  },
  TIMEOUT,
);
