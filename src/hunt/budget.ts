/** How long a search goes on: so many requests, or so many milliseconds. */
import { nearest } from "../catalog/nearest.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { isPlainObject } from "../request/context.ts";

export interface BudgetOptions {
  /** Requests that are tried; 1,000 beyond the analyser's test points when left out. */
  readonly runs?: number;
  /** In place of `runs`: for how long. */
  readonly milliseconds?: number;
  /** `IAM_EXPECT_SEED` when left out, else another one each time. */
  readonly seed?: number;
}

export const RUNS = 1000;

// Held since load: fake timers replace it.
const now = performance.now.bind(performance);

/** The seed that the environment fixes, else one of the moment. */
export function seedOf(seed: number | undefined): number {
  if (seed !== undefined) return seed | 0;
  const fixed = process.env.IAM_EXPECT_SEED;
  if (fixed === undefined || fixed === "") return (Math.floor(now() * 1000) ^ Math.imul(process.pid, 0x9e3779b9)) | 0;
  if (!/^-?\d+$/.test(fixed)) refuse("wrong-use", `IAM_EXPECT_SEED is ${quoted(fixed)}, which is no whole number`);
  return Number(fixed) | 0;
}

const EVERY = 1000;

export class Budget {
  readonly seed: number;
  readonly runs: number;
  /** Requests tried so far. */
  tried = 0;
  private readonly until: number;
  private told = now();
  private shown = false;

  /** `first`: requests that come before the drawn ones. */
  constructor({ runs, milliseconds, seed }: BudgetOptions, first: number) {
    for (const [name, value] of Object.entries({ runs, milliseconds }))
      if (value !== undefined && !(Number.isInteger(value) && value > 0))
        refuse("wrong-use", `\`${name}\` is a whole number from 1 on`);
    if (seed !== undefined && !Number.isInteger(seed)) refuse("wrong-use", "a seed is a whole number");
    this.seed = seedOf(seed);
    this.runs = runs ?? (milliseconds === undefined ? first + RUNS : Number.MAX_SAFE_INTEGER);
    this.until = milliseconds === undefined ? Number.POSITIVE_INFINITY : now() + milliseconds;
  }

  /** Counts a request; whether there is no time for it. */
  isSpent(): boolean {
    this.tried++;
    if ((this.tried & 31) !== 0) return false;
    const time = now();
    if (process.stderr.isTTY && time - this.told > EVERY) {
      this.told = time;
      this.shown = true;
      process.stderr.write(`\r  hunting: ${this.tried.toLocaleString("en")} requests`);
    }
    return time > this.until;
  }

  /** Takes the line of progress away. */
  done(): void {
    if (this.shown) process.stderr.write("\r\u001b[K");
    this.shown = false;
  }
}

export function checkOptions(options: unknown, known: readonly string[]): void {
  if (!isPlainObject(options)) refuse("wrong-use", "the options are an object", { help: `of ${known.join(", ")}` });
  for (const name of Object.keys(options as object)) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    refuse("wrong-use", `${quoted(name)} is not an option of a search`, {
      help: near ? `did you mean \`${near}\`?` : `its options are ${known.join(", ")}`,
    });
  }
}
