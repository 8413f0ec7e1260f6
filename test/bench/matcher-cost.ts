/** Run inside vitest by `matcher.ts`. */
import { expect, test } from "vitest";
import { prepare } from "./ours.ts";
import { keyThroughService, oneStatement } from "./scenarios.ts";

const RUNS = 9;

/** Microseconds for one of `count` assertions: the median of the runs. */
async function cost(count: number, assertion: (at: number) => unknown): Promise<number> {
  const seen: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    for (let at = 0; at < count; at++) await assertion(at);
    seen.push(((performance.now() - start) * 1000) / count);
  }
  return seen.sort((a, b) => a - b)[RUNS >> 1]!;
}

/** The same for assertions that nobody awaits, a hundred in a turn; their checks run when it is over. */
async function costUnawaited(count: number, assertion: (at: number) => unknown): Promise<number> {
  const seen: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    for (let at = 0; at < count; at++) {
      assertion(at);
      if (at % 100 === 99) await undefined;
    }
    await undefined;
    seen.push(((performance.now() - start) * 1000) / count);
  }
  return seen.sort((a, b) => a - b)[RUNS >> 1]!;
}

test("the cost of an assertion", { timeout: 120_000 }, async () => {
  const plain = await cost(20_000, (at) => expect(at).toBe(at));
  const report = (name: string, micro: number) =>
    console.log(
      `cost: ${name.padEnd(66)} ${micro.toFixed(2).padStart(8)} µs   ${(micro / plain).toFixed(1)} times toBe`,
    );
  report("toBe", plain);
  for (const scenario of [oneStatement(), keyThroughService()]) {
    const { policies, requests, set } = prepare(scenario);
    const allowed = requests.filter((request) => holds(() => expect(policies).toAllow(request)));
    report(
      `toAllow(request), ${scenario.name}`,
      await cost(5_000, (at) => expect(policies).toAllow(allowed[at % allowed.length]!)),
    );
    const { principal, action, resource, context } = allowed[0]!;
    expect(set).toBeDefined();
    report(
      "  await toAllow(principal, action, resource).withContext(…)",
      await cost(5_000, () => expect(policies).toAllow(principal, action, resource!).withContext(context)),
    );
    report(
      "  toAllow(principal, action, resource).withContext(…), un-awaited",
      await costUnawaited(5_000, () => expect(policies).toAllow(principal, action, resource!).withContext(context)),
    );
  }
});

function holds(assertion: () => void): boolean {
  try {
    assertion();
    return true;
  } catch {
    return false;
  }
}
