/**
 * A law is a sentence about every policy and every request, tried on generated ones. Each also says how often the
 * outcomes that give it a meaning must have come up: a law that only ever saw denials says little.
 */
import fc from "fast-check";
import { afterAll, test } from "vitest";

/** `npm run test:laws:long` sets it to 20,000. */
export const RUNS = Number(process.env.LAW_RUNS ?? 300);
/** The same for every short run, so that a change is to blame for what it breaks; a long run searches anew. */
export const SEED = Number(
  process.env.LAW_SEED ?? (process.env.LAW_RUNS === undefined ? 20_261_123 : Date.now() % 0x7fffffff),
);

/** Counts what came up. */
export type Note = (label: string) => void;

const told: string[] = [];

afterAll(() => console.log(told.join("\n")));

/**
 * @param holds throws where the law is broken
 * @param atLeast the least share of the runs in which each label must have been noted
 */
export function law<T>(
  title: string,
  subject: fc.Arbitrary<T>,
  holds: (value: T, note: Note) => void,
  atLeast: Readonly<Record<string, number>>,
): void {
  test(title, { timeout: 60_000 + RUNS * 60 }, () => {
    const counts = new Map<string, number>();
    const note: Note = (label) => {
      counts.set(label, (counts.get(label) ?? 0) + 1);
    };
    const started = Date.now();
    const details = fc.check(
      fc.property(subject, (value) => void holds(value, note)),
      { seed: SEED, numRuns: RUNS },
    );
    if (details.failed) throw new Error(broken(title, details), { cause: details.errorInstance });
    const share = (label: string) => (counts.get(label) ?? 0) / RUNS;
    const seen = [...counts.keys()].sort().map((label) => `${label} ${(100 * share(label)).toFixed(1)} %`);
    told.push(`law: ${title}\n  ${RUNS} runs in ${Date.now() - started} ms, seed ${SEED}: ${seen.join(", ")}`);
    const rare = Object.keys(atLeast).filter((label) => share(label) < atLeast[label]!);
    if (rare.length > 0)
      throw new Error(`"${title}" saw too little of ${rare.join(", ")} (seed ${SEED}): ${seen.join(", ")}`);
  });
}

function broken<T>(title: string, { counterexample, counterexamplePath, errorInstance, numRuns }: fc.RunDetails<[T]>) {
  return [
    `broken after ${numRuns} runs: ${title}`,
    `seed ${SEED}, path ${counterexamplePath}; again with LAW_SEED=${SEED} LAW_RUNS=${RUNS}`,
    errorInstance instanceof Error ? errorInstance.message : String(errorInstance),
    JSON.stringify(counterexample?.[0], null, 1),
  ].join("\n");
}
