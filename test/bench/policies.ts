import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { compile } from "../../src/evaluate/compile.ts";
import { identityPolicy } from "../../src/policy/constructors.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { rates, row } from "./measure.ts";
import { fourHundred, oneStatement, type Scenario, thirtyConditions } from "./scenarios.ts";

/** Parsing and compiling, apart; and what a policy holds in memory once it has both. */
export async function measurePolicies(time: number, runs: number): Promise<void> {
  console.log("\npolicies");
  for (const scenario of [oneStatement(), thirtyConditions(), fourHundred()]) {
    const text = JSON.stringify(scenario.identity[0]);
    const parse = () => identityPolicy(text, { name: "measured" });
    const parsing = await rates([{ name: `${scenario.name}: parse`, count: 1, run: parse }], time, runs);
    const both = () => compile(parse());
    const whole = await rates([{ name: "  parse and compile", count: 1, run: both }], time, runs);
    const compiling = 1e6 / whole[0]!.median - 1e6 / parsing[0]!.median;
    console.log(row(parsing[0]!));
    console.log(row(whole[0]!, `so ${compiling.toFixed(0)} µs to compile`));
    const { parsed, compiled } = memory(scenario);
    console.log(`    memory: ${kilobytes(parsed)} parsed, ${kilobytes(compiled)} more compiled`);
  }
}

const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} kB`;

function memory({ identity }: Scenario): { parsed: number; compiled: number } {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const used = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const text = JSON.stringify(identity[0]);
  const count = Math.max(50, Math.ceil(1e6 / text.length));
  // A text each, as of so many files.
  const texts = Array.from({ length: count }, () => Buffer.from(text).toString());
  // What is loaded once belongs to no policy.
  compile(identityPolicy(text, { name: "first" }));
  const policies: Policy[] = [];
  const before = used();
  for (const text of texts) policies.push(identityPolicy(text, { name: "measured" }));
  const parsed = used();
  for (const policy of policies) compile(policy);
  const compiled = used();
  return { parsed: (parsed - before) / policies.length, compiled: (compiled - parsed) / policies.length };
}
