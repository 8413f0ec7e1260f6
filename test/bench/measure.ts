import { Bench } from "tinybench";

/** Runs of each task one after the other; the medians of runs are robust against a neighbour on the machine. */
export const RUNS = 5;

export interface Rate {
  readonly name: string;
  /** Per second: the median of the runs' medians. */
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
  readonly runs: readonly number[];
}

/** A task does `count` things a call and says how many came out "allowed", so that nothing is optimised away. */
export interface Task {
  readonly name: string;
  readonly count: number;
  readonly run: () => unknown;
}

/** Things per second of each task, in turn: run 1 of all, run 2 of all, so that a slow minute spoils no ratio. */
export async function rates(tasks: readonly Task[], time: number, runs = RUNS): Promise<Rate[]> {
  const seen = tasks.map((): number[] => []);
  for (let run = 0; run < runs; run++) {
    const bench = new Bench({ time, warmupTime: time / 2, iterations: 5, warmupIterations: 3 });
    for (const { name, run } of tasks) bench.add(name, run);
    await bench.run();
    for (const [at, { result }] of bench.tasks.entries()) {
      if (result.state !== "completed") throw new Error(`${tasks[at]!.name}: ${JSON.stringify(result)}`);
      seen[at]!.push((tasks[at]!.count * 1000) / result.latency.p50);
    }
  }
  return tasks.map(({ name }, at) => spread(name, seen[at]!));
}

export function spread(name: string, values: readonly number[]): Rate {
  const sorted = [...values].sort((a, b) => a - b);
  return { name, median: sorted[sorted.length >> 1]!, lowest: sorted[0]!, highest: sorted.at(-1)!, runs: values };
}

/** Three digits that count, and a unit: `1.23 M`. */
export function short(value: number): string {
  const [scale, unit] = value >= 1e6 ? [1e6, " M"] : value >= 1e3 ? [1e3, " k"] : [1, ""];
  return `${(value / scale).toPrecision(3)}${unit}`;
}

export const row = ({ name, median, lowest, highest }: Rate, note = "") =>
  `  ${name.padEnd(46)} ${short(median).padStart(8)}/s   ${short(lowest)} to ${short(highest)}${note && `   ${note}`}`;
