/**
 * `npm run bench:hunt [-- --every N --seconds N --runs N --seed N]`: slips made in real policies and in those of the
 * corpus, and how many requests it takes until one shows the slip: allowed by the one version, refused by the other.
 * Beside it a naive generator. A slip that changes no answer is left out where the analyser proves so, both ways. With
 * `--every` or `--seconds` a sample from all over.
 */
import { DiagnosticError } from "../../src/diagnostic/diagnostic.ts";
import { asker } from "../../src/hunt/ask.ts";
import { type Random, randomOfRun } from "../../src/hunt/random.ts";
import { RequestSource } from "../../src/hunt/request-source.ts";
import { type Mutant, mutantsOf } from "../../src/mutate/mutants.ts";
import { MUTATORS } from "../../src/mutate/mutators.ts";
import type { Policy } from "../../src/policy/policy.ts";
import type { Request } from "../../src/request/request.ts";
import { differs, type Measured, measuredPolicies, verdictOf } from "./hunt-policies.ts";
import { huntRate } from "./hunt-rate.ts";
import { naive } from "./naive.ts";

const option = (name: string, otherwise: number) => {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? otherwise : Number(process.argv[at + 1]);
};
const RUNS = option("runs", 10_000);
const EVERY = option("every", 1);
const SECONDS = option("seconds", Number.POSITIVE_INFINITY);
const SEED = option("seed", 20_261_128);

interface Row {
  readonly of: Measured;
  readonly mutant: Mutant;
  readonly differs: "no" | "yes" | "unknown";
  /** Whether the slip lets a request through that was refused. */
  readonly opens: boolean;
  /** The run that showed it; undefined: none did. */
  readonly hunted: number | undefined;
  readonly beside: number | undefined;
  readonly naively: number | undefined;
}

console.log(`${huntRate()}\n`);
const started = performance.now();
const rows: Row[] = [];
let refused = 0;
const slips = measuredPolicies().flatMap((of) => [...mutantsOf(of.policy)].map((mutant) => ({ of, mutant })));
const order = slips.map((_, at) => at).sort((a, b) => scattered(a) - scattered(b));
for (const at of order.slice(0, Math.ceil(slips.length / EVERY))) {
  if (performance.now() - started > SECONDS * 1000) break;
  rows.push(measure(slips[at]!.of, slips[at]!.mutant));
}
report();

/** A fixed order from all over. */
function scattered(at: number): number {
  return randomOfRun(1, at).below(1_000_000);
}

function measure(of: Measured, mutant: Mutant): Row {
  const source = sourceOf(mutant.policy);
  const shown = (draw: (random: Random, run: number) => Request) => firstRun(of.policy, mutant.policy, draw);
  const hunted = source && shown((random, run) => source.points[run] ?? source.draw(random));
  // What a slip took away is written in the other version alone.
  const both = sourceOf(mutant.policy, of.policy);
  const beside = both && shown((random, run) => both.points[run] ?? both.draw(random));
  return {
    of,
    mutant,
    differs: hunted === undefined ? differs(of.policy, mutant.policy) : "yes",
    opens: verdictOf(mutant.policy, of.policy) !== "proved",
    hunted,
    beside,
    naively: source && shown((random) => naive(source, random)),
  };
}

/** Undefined: no action that AWS knows is left in the policy. */
function sourceOf(policy: Policy, beside?: Policy): RequestSource | undefined {
  try {
    return new RequestSource(policy, {}, { beside });
  } catch (error) {
    if (error instanceof DiagnosticError) return undefined;
    throw error;
  }
}

function firstRun(one: Policy, other: Policy, draw: (random: Random, run: number) => Request): number | undefined {
  const asks = [asker(one), asker(other)];
  for (let run = 0; run < RUNS; run++) {
    const request = draw(randomOfRun(SEED, run), run);
    try {
      const [a, b] = asks.map((ask) => ask(request).decision.outcome === "allowed");
      if (a !== b) return run + 1;
    } catch (error) {
      // Whose the resource is may be said by what the slip took away.
      if (!(error instanceof DiagnosticError)) throw error;
      refused++;
    }
  }
  return undefined;
}

function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function report(): void {
  const line = (name: string, some: readonly Row[]) => {
    const differing = some.filter((row) => row.differs === "yes");
    const equal = some.filter((row) => row.differs === "no").length;
    const found = differing.flatMap(({ hunted }) => hunted ?? []);
    const withOther = differing.flatMap(({ beside }) => beside ?? []);
    const naively = differing.flatMap(({ naively }) => naively ?? []);
    const share = (of: number) => (differing.length === 0 ? "-" : `${((100 * of) / differing.length).toFixed(1)} %`);
    const cells = [
      some.length,
      equal,
      some.length - equal - differing.length,
      differing.length,
      found.length,
      share(found.length),
      median(found) ?? "-",
      share(withOther.length),
      median(withOther) ?? "-",
      share(naively.length),
      median(naively) ?? "-",
    ];
    console.log(name.padEnd(38) + cells.map((cell) => String(cell).padStart(9)).join(""));
  };
  const heads = ["mutants", "equal", "unknown", "differ", "found", "", "median", "beside", "median", "naive", "median"];
  console.log("".padEnd(38) + heads.map((head) => head.padStart(9)).join(""));
  for (const { name } of MUTATORS)
    line(
      name,
      rows.filter(({ mutant }) => mutant.mutator === name),
    );
  line(
    "real policies",
    rows.filter(({ of }) => of.from === "real"),
  );
  line(
    "the corpus",
    rows.filter(({ of }) => of.from === "corpus"),
  );
  line(
    "slips that let more through",
    rows.filter(({ opens }) => opens),
  );
  line(
    "slips that only refuse more",
    rows.filter(({ opens }) => !opens),
  );
  line("all", rows);
  console.log(
    `\n${RUNS} runs at most, seed ${SEED}; ${((performance.now() - started) / 1000).toFixed(0)} s; ${refused} requests refused by one of the two`,
  );
  const missed = rows.filter((row) => (row.hunted === undefined || row.beside === undefined) && row.differs !== "no");
  if (missed.length > 0) console.log(`\nnot found (${missed.length}):`);
  for (const { of, mutant, differs, hunted, beside } of missed)
    console.log(
      `  ${differs === "yes" ? "" : "? "}${hunted === undefined ? "" : "alone: "}${of.name} [${of.policy.kind}] statement ${mutant.statement + 1}: ${mutant.what}${beside === undefined ? "" : ` (beside the original: at ${beside})`}`,
    );
}
