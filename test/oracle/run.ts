/**
 * `npm run test:oracle [-- --count=300] [--seed=1] [--timeout=5000] [--only=text]`: the analyser beside z3, which is
 * told AWS's rules by an encoding of its own. Any disagreement fails the run.
 */
import { type Answered, answer } from "./answers.ts";
import { comparisons, generated, ofCorpus, ofData } from "./questions.ts";
import { Z3 } from "./z3.ts";

const option = (name: string, otherwise: number) =>
  Number(process.argv.find((one) => one.startsWith(`--${name}=`))?.split("=")[1] ?? otherwise);
const only = process.argv.find((one) => one.startsWith("--only="))?.slice("--only=".length);

const seed = option("seed", 20_261_128);
const count = option("count", 240);
const z3 = new Z3(option("timeout", 5_000));
const questions = [
  ...generated(count, seed),
  ...comparisons(Math.ceil(count / 4), seed),
  ...ofCorpus(),
  ...ofData(),
].filter(({ name }) => only === undefined || name.includes(only));

const tally = new Map<Answered["outcome"], number>();
const reasons = new Map<string, number>();
const verdicts = new Map<string, number>();
const times: { own: number; took: number }[] = [];
const started = Date.now();
console.log(`${questions.length} questions, seed ${seed}, ${z3.timeout} ms for z3 each`);
for (const question of questions) {
  const answered = await answer(question, z3);
  const { outcome, ours, theirs, why, own, took } = answered;
  tally.set(outcome, (tally.get(outcome) ?? 0) + 1);
  if (outcome === "agree") {
    verdicts.set(ours, (verdicts.get(ours) ?? 0) + 1);
    times.push({ own, took });
  }
  if (outcome === "left out" || outcome === "undecided" || outcome === "ours unknown") {
    const reason = `${outcome}: ${why}${outcome === "ours unknown" ? ` (z3: ${theirs})` : ""}`;
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  if (outcome === "undecided") console.log(`z3 undecided: ${question.name}; ours ${ours}`);
  if (outcome === "ours unknown") console.log(`ours unknown: ${question.name}: ${why}; z3 ${theirs}`);
  if (outcome === "disagree")
    console.log(`DISAGREE ${question.name}: ours ${ours}, z3 ${theirs}\n  ${why}\n  ${JSON.stringify(question)}`);
}
z3.end();

const middle = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
console.log(`\nin ${Math.round((Date.now() - started) / 1000)} s:`);
for (const outcome of ["agree", "disagree", "undecided", "ours unknown", "left out"] as const)
  console.log(`  ${outcome.padEnd(14)} ${tally.get(outcome) ?? 0}`);
console.log(`  agreed on: ${[...verdicts].map(([verdict, times]) => `${times} ${verdict}`).join(", ")}`);
console.log(
  `  medians where both answer: ours ${middle(times.map(({ own }) => own)).toFixed(2)} ms, z3 ${middle(times.map(({ took }) => took)).toFixed(1)} ms`,
);
for (const [reason, times] of [...reasons].sort((a, b) => b[1] - a[1])) console.log(`  ${times} ${reason}`);
process.exitCode = (tally.get("disagree") ?? 0) > 0 ? 1 : 0;
