/**
 * Whatever comes in, a Policy or a DiagnosticError comes out: no other exception, and no hang. `FUZZ_RUNS=100000` runs
 * longer; a failure prints its seed, and `FUZZ_SEED` runs it again.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCase } from "../../src/cases/read-case.ts";
import { runCase } from "../../src/cases/run-case.ts";
import { DiagnosticError } from "../../src/diagnostic/diagnostic.ts";
import { evaluate } from "../../src/evaluate/evaluate.ts";
import { explain } from "../../src/evaluate/explain.ts";
import { classify } from "../../src/policy/classify.ts";
import { keyPolicy } from "../../src/policy/constructors.ts";
import { isPolicy, type Policy } from "../../src/policy/policy.ts";
import { printPolicy } from "../../src/policy/print.ts";
import { request } from "../../src/request/request.ts";
import { readJson } from "../../src/source/json.ts";
import { Source } from "../../src/source/source.ts";
import { asked, linked, requestOf, wrongLink } from "./asked.ts";
import { MAKERS, type Maker } from "./malformed.ts";
import { type Edit, editedCharacters, editedTokens, editedValue, edits } from "./mutate.ts";
import { type RealPolicy, realPolicies } from "./real-policies.ts";
import { within } from "./within.ts";

const RUNS = Number(process.env.FUZZ_RUNS ?? 1000);
const SEED = process.env.FUZZ_SEED;
const settings = { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) };
const LONG = 12 * 3_600_000;

const ROLE = "arn:aws:iam::111122223333:role/app";
const KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd";
const REAL = realPolicies();
const kinds = fc.constantFrom(...(Object.keys(MAKERS) as Maker[]));
const real = fc.constantFrom(...REAL);

/** Characters that steer a terminal or hide in a line; a message has line ends alone. */
const CONTROLS = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;

/** The policy, or the refusal; any other exception goes on to fast-check. */
function reads(kind: Maker, document: string | object): Policy | DiagnosticError {
  const answer = within(2000, () => answerOf(() => MAKERS[kind](document)));
  if (answer instanceof DiagnosticError) checkRefusal(answer, typeof document === "string" ? document : undefined);
  else checkPolicy(answer);
  return answer;
}

function answerOf<T>(act: () => T): T | DiagnosticError {
  try {
    return act();
  } catch (error) {
    if (error instanceof DiagnosticError) return error;
    throw error;
  }
}

/** Problems lie in the text, in file order, and can be told. */
function checkRefusal({ code, message, diagnostics }: DiagnosticError, text: string | undefined): void {
  expect(diagnostics.length).toBeGreaterThan(0);
  expect(message.startsWith(`error[${code}]`)).toBe(true);
  const starts = diagnostics.flatMap(({ place }) => place?.start ?? []);
  expect(starts).toEqual([...starts].sort((a, b) => a - b));
  for (const { place } of diagnostics) {
    if (!place || text === undefined) continue;
    expect(place.start).toBeLessThanOrEqual(text.length);
    expect(place.start).toBe(startOf(text, place.line, place.column));
  }
}

/** The offset of a line and a column, found apart from `src`. */
function startOf(text: string, line: number, column: number): number {
  const lines = text.split("\n").slice(0, line - 1);
  return lines.reduce((start, { length }) => start + length + 1, 0) + column - 1;
}

function checkPolicy(policy: Policy): void {
  expect(isPolicy(policy)).toBe(true);
  expect(policy.findings.map(String).join("").length).toBeGreaterThanOrEqual(0);
  expect(() => JSON.parse(printPolicy(policy))).not.toThrow();
}

describe("documents", () => {
  test("random bytes", { timeout: LONG }, () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }).map((data) => Buffer.from(data).toString("utf8")),
      fc.uint8Array({ maxLength: 400 }).map((data) => Buffer.from(data).toString("latin1")),
      fc.string({ unit: "binary", maxLength: 200 }),
    );
    fc.assert(
      fc.property(kinds, bytes, (kind, text) => void reads(kind, text)),
      settings,
    );
  });

  test("random JSON, as text and as an object", { timeout: LONG }, () => {
    fc.assert(
      fc.property(kinds, fc.json({ maxDepth: 6 }), (kind, text) => {
        reads(kind, text);
        const value = JSON.parse(text) as unknown;
        if (typeof value === "object" && value !== null) reads(kind, value);
      }),
      settings,
    );
  });

  test("objects that are no JSON", { timeout: LONG }, () => {
    const anything = fc.object({
      maxDepth: 4,
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
    });
    fc.assert(
      fc.property(kinds, anything, (kind, value) => void reads(kind, value)),
      settings,
    );
  });

  const MUTATIONS: Readonly<Record<string, (text: string, changes: readonly Edit[]) => string>> = {
    characters: editedCharacters,
    tokens: editedTokens,
    members: (text, changes) => JSON.stringify(editedValue(JSON.parse(text), changes), null, 1),
  };
  for (const [what, mutate] of Object.entries(MUTATIONS))
    test(`real policies with ${what} deleted, doubled, swapped, inserted and replaced`, { timeout: LONG }, () => {
      fc.assert(
        fc.property(real, edits, fc.option(kinds, { freq: 4 }), ({ kind, text }, changes, other) => {
          const changed = mutate(text, changes);
          reads(other ?? kind, changed);
          expect(answerOf(() => classify(changed))).toBeDefined();
        }),
        settings,
      );
    });

  test("real policies as objects with members deleted, doubled, swapped, inserted and replaced", {
    timeout: LONG,
  }, () => {
    fc.assert(
      fc.property(real, edits, ({ kind, text }, changes) => {
        const value = editedValue(JSON.parse(text), changes);
        if (typeof value === "object" && value !== null) reads(kind, value);
      }),
      settings,
    );
  });

  test("no message moves the cursor or turns the text round", () => {
    fc.assert(
      fc.property(real, edits, ({ kind, text }, changes) => {
        const answer = answerOf(() => MAKERS[kind](editedCharacters(text, changes)));
        const said = answer instanceof DiagnosticError ? answer.message : answer.findings.map(String).join("\n");
        expect(said.replaceAll("\n", "")).not.toMatch(CONTROLS);
      }),
      { numRuns: 5000, seed: 1 },
    );
  });
});

describe("requests", () => {
  const READ = REAL.filter(({ kind, text }) => isPolicy(answerOf(() => MAKERS[kind](text))));
  const OWN = keyPolicy(
    { Version: "2012-10-17", Statement: { Effect: "Allow", Principal: { AWS: ROLE }, Action: "kms:*", Resource: "*" } },
    { key: KEY },
  );
  /** Real policies, every other damaged; those that this makes unreadable are left out. */
  const subjects = fc.array(fc.tuple(fc.constantFrom(...READ), fc.option(edits, { freq: 1 })), { maxLength: 3 });
  const subjectOf = (parts: readonly (readonly [RealPolicy, readonly Edit[] | null])[]): Policy[] =>
    parts
      .map(([{ kind, text }, changes]) => answerOf(() => MAKERS[kind](changes ? editedTokens(text, changes) : text)))
      .filter(isPolicy);

  test("random callers, actions, resources and contexts", { timeout: LONG }, () => {
    let decided = 0;
    fc.assert(
      fc.property(subjects, fc.boolean(), asked, (parts, own, question) => {
        const subject = own ? [OWN, ...subjectOf(parts)] : subjectOf(parts);
        within(2000, () => {
          const answer = answerOf(() => evaluate(subject, requestOf(question)));
          if (answer instanceof DiagnosticError) return checkRefusal(answer, undefined);
          decided++;
          expect(["allowed", "explicitDeny", "implicitDeny"]).toContain(answer.outcome);
          expect(explain(subject, requestOf(question)).decision.outcome).toBe(answer.outcome);
        });
      }),
      settings,
    );
    // Else the fuzz would run, and try nothing.
    expect(decided / RUNS).toBeGreaterThan(0.2);
  });

  test("links with values of any type", () => {
    const start = request(ROLE, "kms:Decrypt", KEY);
    fc.assert(
      fc.property(wrongLink, (link) => void answerOf(() => evaluate(OWN, linked(start, [link])))),
      { numRuns: 5000, seed: 1 },
    );
  });
});

describe("cases", () => {
  /** The conformance cases. Bug: what they expect is left out, for an expected statement that is null is a TypeError. */
  const CASES = readdirSync("test/conformance", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => JSON.parse(readFileSync(join("test/conformance", name), "utf8")) as object[])
    .map((item) => ({ ...item, expect: undefined }));

  /** What the command does with a file that holds one case. */
  function runs(text: string): void {
    within(2000, () => {
      const source = new Source("case.json", text);
      const { root, problems } = readJson(text);
      if (!root || problems.length > 0) return;
      const result = answerOf(() => runCase(readCase(source, root)));
      if (result instanceof DiagnosticError) checkRefusal(result, text);
      else expect(["met", "missed", "refused"]).toContain(result.status);
    });
  }

  test("random JSON", { timeout: LONG }, () => {
    fc.assert(fc.property(fc.json({ maxDepth: 5 }), runs), settings);
  });

  test("real cases with members deleted, doubled, swapped, inserted and replaced", { timeout: LONG }, () => {
    fc.assert(
      fc.property(fc.constantFrom(...CASES), edits, (item, changes) =>
        runs(JSON.stringify(editedValue(item, changes))),
      ),
      settings,
    );
  });

  test("real cases with tokens deleted, doubled, swapped, inserted and replaced", { timeout: LONG }, () => {
    fc.assert(
      fc.property(fc.constantFrom(...CASES), edits, (item, changes) =>
        runs(editedTokens(JSON.stringify(item), changes)),
      ),
      settings,
    );
  });
});
