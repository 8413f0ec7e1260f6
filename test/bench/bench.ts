/**
 * `npm run bench [-- --peer] [--quick]`: what a decision costs. Requests differ from call to call, no decision is remembered, and
 * keys that AWS fills in are derived for each.
 */
import { measureEnvironment } from "./environment.ts";
import { measureGlobs } from "./globs.ts";
import { measureMatcher } from "./matcher.ts";
import { type Rate, rates, row, short, type Task } from "./measure.ts";
import { decideAll, evaluateAll, prepare } from "./ours.ts";
import { loadPeer, type Peer } from "./peers.ts";
import { measurePolicies } from "./policies.ts";
import {
  COUNT,
  fourHundred,
  grown,
  keyThroughService,
  oneStatement,
  type Scenario,
  thirtyConditions,
} from "./scenarios.ts";

const quick = process.argv.includes("--quick");
const time = quick ? 100 : 400;
const runs = quick ? 1 : 5;
const scenarios = [oneStatement(), keyThroughService(), thirtyConditions(), fourHundred()];

console.log(`node ${process.version}; median of ${runs} runs, and their spread\n\ndecisions`);
for (const scenario of scenarios) for (const rate of await rates(ours(scenario), time, runs)) console.log(row(rate));
measureEnvironment(runs);

console.log("\ngrowth: decide, one statement applies");
for (const which of ["other services", "the same service"] as const)
  for (const count of [10, 100, 1000]) {
    const scenario = grown(count, which);
    const [rate] = await rates([{ ...ours(scenario)[0]!, name: scenario.name }], time, runs);
    console.log(row(rate!));
  }
measureGlobs();
await measurePolicies(time, runs);
if (!quick) measureMatcher();

if (process.argv.includes("--peer")) {
  // Loaded last: what it holds in memory is no cost of ours.
  const peer = await loadPeer();
  console.log("\nbeside @cloud-copilot/iam-simulate");
  for (const scenario of scenarios)
    printRatios(await rates([...ours(scenario), ...theirs(peer, scenario)], time, runs));
}

function ours(scenario: Scenario): [Task, Task] {
  const ready = prepare(scenario);
  return [
    { name: `${scenario.name}: decide`, count: COUNT, run: () => decideAll(ready) },
    { name: "  evaluate", count: COUNT, run: () => evaluateAll(ready) },
  ];
}

/** It is slow: every 25th of the requests. */
function theirs(peer: Peer, scenario: Scenario): [Task, Task] {
  const some = { ...scenario, asks: scenario.asks.filter((_, at) => at % 25 === 0) };
  const count = some.asks.length;
  return [
    { name: "  peer: authorize", count, run: peer.authorize(some) },
    { name: "  peer: runSimulation", count, run: peer.runSimulation(some) },
  ];
}

/** The core beside the core, the whole beside the whole: ratios of medians, with the ratios of each run. */
function printRatios([decided, evaluated, core, whole]: readonly Rate[]): void {
  for (const rate of [decided!, evaluated!]) console.log(row(rate));
  console.log(row(core!, beside(decided!, core!)));
  console.log(row(whole!, beside(evaluated!, whole!)));
}

function beside(own: Rate, other: Rate): string {
  const ratios = own.runs.map((value, run) => value / other.runs[run]!).sort((a, b) => a - b);
  return `ours is ${short(own.median / other.median)} times as fast (${short(ratios[0]!)} to ${short(ratios.at(-1)!)})`;
}
