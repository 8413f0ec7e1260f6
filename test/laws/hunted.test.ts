/** What the hunt promises of its requests, on the policies of the corpus and on real ones. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { expect, test } from "vitest";
import { requestsFor } from "../../src/entry/fast-check.ts";
import { asker } from "../../src/hunt/ask.ts";
import { randomOfRun } from "../../src/hunt/random.ts";
import { RequestSource } from "../../src/hunt/request-source.ts";
import { isSettled } from "../../src/hunt/settled.ts";
import { simpler } from "../../src/hunt/simpler.ts";
import { keyPolicy, type Policy } from "../../src/index.ts";
import { pasteableTest } from "../../src/report/paste.ts";
import { measuredPolicies } from "../bench/hunt-policies.ts";
import { requestOf } from "../report/pasted.ts";
import { RUNS, SEED } from "./law.ts";

const policies = measuredPolicies().filter((_, at) => at % Math.max(1, Math.floor(9000 / RUNS)) === 0);

test("there are policies of each kind to aim at", () => {
  expect(new Set(policies.map(({ policy }) => policy.kind)).size).toBeGreaterThan(5);
  expect(policies.length).toBeGreaterThan(40);
});

/** The policy's source of requests; some policies name no action that AWS knows. */
function sourceOf(policy: Policy): RequestSource | undefined {
  try {
    return new RequestSource(policy);
  } catch (error) {
    assert.equal((error as { code?: string }).code, "no-such-request", String(error));
    return undefined;
  }
}

const long = { timeout: 60_000 + RUNS * 600 };

test(
  "every request is one that the evaluator takes and that the matchers would, and says all on which its answer rests",
  long,
  () => {
    let seen = 0;
    for (const { name, policy } of policies) {
      const source = sourceOf(policy);
      if (!source) continue;
      const ask = asker(policy);
      const requests = Array.from({ length: 40 }, (_, run) => source.draw(randomOfRun(SEED, run)));
      for (const request of [...source.points, ...requests]) {
        seen++;
        const judgement = ask(request);
        assert.ok(isSettled(judgement), `${name}: ${JSON.stringify({ ...judgement.decision, request }, null, 1)}`);
      }
    }
    expect(seen).toBeGreaterThan(1_000);
  },
);

test("nearly every statement decides some request and not others; requests are refused and allowed", long, () => {
  const outcomes = { allowed: 0, explicitDeny: 0, implicitDeny: 0 };
  let [statements, hit, missed] = [0, 0, 0];
  for (const { policy } of policies) {
    const source = sourceOf(policy);
    if (!source) continue;
    const ask = asker(policy);
    const requests = Array.from({ length: 200 }, (_, run) => source.draw(randomOfRun(SEED, run)));
    const decided = requests.map((request) => ask(request).decision);
    for (const { outcome } of decided) outcomes[outcome]++;
    for (const { index } of policy.statements) {
      statements++;
      const count = decided.filter((decision) => decision.statements.some((one) => one.index === index)).length;
      if (count > 0) hit++;
      if (count < decided.length) missed++;
    }
  }
  const all = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  for (const count of Object.values(outcomes)) expect(count / all).toBeGreaterThan(0.05);
  // Some apply to nothing: an empty list, a value that no request can bring.
  expect(hit / statements).toBeGreaterThan(0.8);
  expect(missed / statements).toBeGreaterThan(0.99);
});

test("each simpler request is simpler, taken, and comes to an end", long, () => {
  let steps = 0;
  for (const { policy } of policies.slice(0, 80)) {
    const source = sourceOf(policy);
    if (!source) continue;
    const ask = asker(policy);
    let request = source.draw(randomOfRun(SEED, 7));
    for (let step = 0; ; step++) {
      assert.ok(step < 200, "no end");
      const [next] = simpler(source, request);
      if (!next) break;
      steps++;
      assert.ok(isSettled(ask(next)));
      request = next;
    }
  }
  expect(steps).toBeGreaterThan(50);
});

test("a shrunk request fails like the first, and so does the test to paste", long, () => {
  let found = 0;
  for (const { name, policy } of policies) {
    const source = sourceOf(policy);
    if (!source) continue;
    const ask = asker(policy);
    for (const wanted of ["allowed", "explicitDeny", "implicitDeny"] as const) {
      const details = fc.check(
        fc.property(requestsFor(policy), (request) => ask(request).decision.outcome !== wanted),
        { seed: SEED, numRuns: 30 },
      );
      if (!details.failed) continue;
      found++;
      const [request] = details.counterexample!;
      const judgement = ask(request);
      assert.equal(judgement.decision.outcome, wanted, name);
      const pasted = pasteableTest(request, judgement.decision);
      // Where the owner is not known the policy must be made with it.
      if (pasted.needs !== undefined) continue;
      const again = ask(requestOf(pasted)).decision;
      assert.deepEqual(
        [again.outcome, again.statements],
        [wanted, judgement.decision.statements],
        `${name}: ${pasted.test}`,
      );
      assert.match(pasted.test, wanted === "allowed" ? /^expect\(policy\)\.toDeny\(/ : /^expect\(policy\)\.toAllow\(/);
    }
  }
  expect(found).toBeGreaterThan(50);
});

test("the same seed makes the same requests", () => {
  const policy = keyPolicy.fromFile("examples/hunt/policies/backup-key.json");
  const drawn = () => JSON.stringify(fc.sample(requestsFor(policy), { seed: 42, numRuns: 50 }));
  expect(drawn()).toBe(drawn());
  expect(JSON.stringify(fc.sample(requestsFor(policy), { seed: 43, numRuns: 50 }))).not.toBe(drawn());
});
