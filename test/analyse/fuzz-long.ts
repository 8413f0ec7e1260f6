/**
 * `npm run test:prove:long [-- --seed=1 --seconds=1500 --from=0 --until=1000000]`: all fuzzers in turn, round after
 * round, each round with a seed of its own. A round that is told again gives the same; rounds can be split between
 * processes by `--from` and `--until`. Ends at once at the first disagreement, with the round to tell again.
 */
import { fuzzComparing, fuzzFindings, fuzzSets, type Tally } from "./fuzz-sets.ts";
import { fuzzArns, fuzzStrings } from "./fuzz-strings.ts";
import { fuzzValues } from "./fuzz-values.ts";
import { random } from "./possible-requests.ts";

const option = (name: string, otherwise: number) =>
  Number(process.argv.find((one) => one.startsWith(`--${name}=`))?.split("=")[1] ?? otherwise);

const seed = option("seed", Date.now() % 1_000_000);
const seconds = option("seconds", 1_500);
const from = option("from", 0);
const until = option("until", Number.POSITIVE_INFINITY);

type Run = (seed: number) => number;
interface Part {
  readonly name: string;
  /** Reference evaluations of one round. */
  readonly run: Run;
  evaluations: number;
  rounds: number;
}

const answers = { sets: 0, proved: 0, refuted: 0, unknown: 0 };
const ofTally = ({ sets, evaluations, proved, refuted, unknown }: Tally): number => {
  answers.sets += sets;
  answers.proved += proved;
  answers.refuted += refuted;
  answers.unknown += unknown;
  return evaluations;
};
const repeated = (times: number, one: (draw: () => number) => number) => (seed: number) => {
  let sum = 0;
  for (let at = 0; at < times; at++) sum += one(random(seed * 1_000 + at));
  return sum;
};

const PARTS: readonly (readonly [string, Run])[] = [
  ["texts against every short text", repeated(1_000, fuzzStrings)],
  ["ARNs", repeated(60, fuzzArns)],
  ["numbers, dates, addresses and lists", repeated(600, fuzzValues)],
  ["what is proved", (seed) => ofTally(fuzzSets(30, 20_000, seed))],
  ["what is allowed is found", (seed) => ofTally(fuzzFindings(30, 400, seed))],
  ["what is new", (seed) => ofTally(fuzzComparing(24, 5_000, seed))],
];
const parts: Part[] = PARTS.map(([name, run]) => ({ name, run, evaluations: 0, rounds: 0 }));

const started = Date.now();
const elapsed = () => (Date.now() - started) / 1000;
const total = () => parts.reduce((sum, { evaluations }) => sum + evaluations, 0);

function report(rounds: string): void {
  console.log(
    `\n${rounds} of seed ${seed}, ${Math.round(elapsed())} s: ${total().toLocaleString("en")} reference evaluations`,
  );
  for (const { name, evaluations, rounds: count } of parts)
    console.log(`  ${name.padEnd(38)} ${evaluations.toLocaleString("en").padStart(14)} in ${count} rounds`);
  const { sets, proved, refuted, unknown } = answers;
  console.log(`  questions: ${sets}, of which ${proved} proved, ${refuted} refuted, ${unknown} unknown`);
}

console.log(`seed ${seed}, from round ${from}, for ${seconds} s`);
let round = from;
let told = 0;
for (; round < until && elapsed() < seconds; round++) {
  for (const part of parts) {
    try {
      part.evaluations += part.run(seed + round * 7_919);
      part.rounds++;
    } catch (error) {
      report(`rounds ${from} to ${round}`);
      console.log(`\nDISAGREEMENT in "${part.name}"; again with --seed=${seed} --from=${round} --until=${round + 1}`);
      throw error;
    }
  }
  if (elapsed() - told > 60) {
    told = elapsed();
    console.log(`  ${Math.round(told)} s, round ${round}: ${total().toLocaleString("en")}`);
  }
}
report(`rounds ${from} to ${round - 1}`);
console.log(`0 disagreements; to go on: --seed=${seed} --from=${round}`);
