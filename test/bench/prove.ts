/**
 * `npm run bench:prove [-- --peer] [--quick]`: what an answer over all requests costs. Each time the policies are read
 * anew and nothing of them is known. With `--peer` z3 is asked the same questions in the same run, in a process that is
 * warm, by the encoding of test/oracle; its time is without that encoding.
 */
import { askZ3, ourAnswer } from "../oracle/answers.ts";
import { LeftOut } from "../oracle/documents.ts";
import { encode } from "../oracle/encode.ts";
import type { Question } from "../oracle/question.ts";
import { Z3 } from "../oracle/z3.ts";
import { type Group, keyPolicies, managedPolicies, synthetic } from "./prove-questions.ts";

const quick = process.argv.includes("--quick");
const RUNS = quick ? 2 : 5;
const LIMIT = 10_000;

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
const at = (values: readonly number[], share: number) => sorted(values)[Math.floor((values.length - 1) * share)]!;
const ms = (value: number) => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;

interface Timed {
  readonly question: Question;
  readonly verdict: string;
  /** The median of the runs, the least of them, which a busy machine does not spoil, and the first. */
  readonly median: number;
  readonly least: number;
  readonly first: number;
}

function time(question: Question): Timed {
  const times: number[] = [];
  let verdict = "";
  for (let run = 0; run < RUNS; run++) {
    const ask = ourAnswer(question);
    const started = performance.now();
    ({ verdict } = ask());
    times.push(performance.now() - started);
  }
  return { question, verdict, median: at(times, 0.5), least: Math.min(...times), first: times[0]! };
}

function print({ name }: Group, timed: readonly Timed[]): void {
  const medians = timed.map(({ median }) => median);
  const slowest = timed.reduce((a, b) => (b.median > a.median ? b : a));
  const verdicts = new Map<string, number>();
  for (const { verdict } of timed) verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
  console.log(
    `\n${name}: ${timed.length} questions (${[...verdicts].map(([verdict, count]) => `${count} ${verdict}`).join(", ")})`,
  );
  const of = (which: "least" | "first") =>
    at(
      timed.map((one) => one[which]),
      0.5,
    );
  console.log(
    `  median ${ms(at(medians, 0.5))}, p95 ${ms(at(medians, 0.95))}, max ${ms(at(medians, 1))} (${slowest.question.name})`,
  );
  console.log(`  median of the first run ${ms(of("first"))}, of the quickest ${ms(of("least"))}`);
}

/**
 * Where z3 answers: the ratio of the medians. Each question is timed anew beside z3's answer, for machines have slow minutes.
 * Where its time is up, it counts as not answered. Asked plainly, and asked as the comparison asks it: first among texts
 * that are written in the question, which only finds what is there.
 */
async function beside(questions: readonly Question[], z3: Z3): Promise<void> {
  const plain: Beside = { name: "z3", ours: [], theirs: [], undecided: 0 };
  const hinted: Beside = { name: "z3 with hints", ours: [], theirs: [], undecided: 0 };
  let leftOut = 0;
  for (const question of questions) {
    try {
      const encoded = encode(question);
      const { median } = time(question);
      for (const [group, said] of [
        [plain, await z3.ask(encoded.script)],
        [hinted, (await askZ3(encoded, z3))[0]],
      ] as const) {
        if (said.answer === "undecided") group.undecided++;
        else {
          group.theirs.push(said.took);
          group.ours.push(median);
        }
      }
    } catch (error) {
      if (!(error instanceof LeftOut)) throw error;
      leftOut++;
    }
  }
  for (const { name, ours, theirs, undecided } of [plain, hinted]) {
    const counted = `${theirs.length} answered, ${undecided} not in ${LIMIT} ms, ${leftOut} not encoded`;
    if (theirs.length === 0) {
      console.log(`  ${name}: ${counted}`);
      continue;
    }
    const ratio = at(theirs, 0.5) / at(ours, 0.5);
    console.log(
      `  ${name}: ${counted}; median ${ms(at(theirs, 0.5))}, p95 ${ms(at(theirs, 0.95))}; ours ${ms(at(ours, 0.5))}: ratio ${ratio.toFixed(ratio < 10 ? 1 : 0)}`,
    );
  }
}

interface Beside {
  readonly name: string;
  readonly ours: number[];
  readonly theirs: number[];
  undecided: number;
}

console.log(`node ${process.version}; median of ${RUNS} runs a question`);
const groups = [keyPolicies(), managedPolicies(), ...[10, 50, 100, 200, 400].map(synthetic)];
// What every question needs once: the catalogue, and the compiler's warmth.
for (const question of groups[0]!.questions.slice(0, 40)) ourAnswer(question)();
const z3 = process.argv.includes("--peer") ? new Z3(LIMIT) : undefined;
for (const group of groups) {
  const timed = group.questions.map(time);
  print(group, timed);
  const { questions } = group;
  if (z3)
    await beside(
      quick ? questions.slice(0, 60) : questions.filter((_, index) => questions.length < 100 || index % 4 === 0),
      z3,
    );
}
z3?.end();
