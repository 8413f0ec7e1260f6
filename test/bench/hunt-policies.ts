/** The policies that the hunt is measured on: the real ones that parse, and those of the conformance corpus. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compareAccess } from "../../src/analyse/compare-access.ts";
import { DiagnosticError } from "../../src/diagnostic/diagnostic.ts";
import { policiesOf } from "../../src/evaluate/open.ts";
import { classify } from "../../src/policy/classify.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { printPolicy } from "../../src/policy/print.ts";
import { casesOf, corpusFiles } from "../conformance/corpus.ts";
import { MAKERS } from "../input/malformed.ts";
import { realPolicies } from "../input/real-policies.ts";

export interface Measured {
  readonly from: "real" | "corpus";
  readonly name: string;
  readonly policy: Policy;
}

const OTHERS = "test/bench/data";
/** Where this workplace keeps more of the same; a clone has what is in `OTHERS`. */
const SHARED = "../shared/data";

export function measuredPolicies(): Measured[] {
  const seen = new Set<string>();
  const found: Measured[] = [];
  const add = (from: Measured["from"], name: string, make: () => Policy) => {
    try {
      const policy = make();
      const key = `${policy.kind} ${policy.resource} ${printPolicy(policy)}`;
      if (seen.has(key) || policy.statements.length === 0) return;
      seen.add(key);
      found.push({ from, name, policy });
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
    }
  };
  for (const { name, kind, text } of realPolicies())
    add("real", name, () => (MAKERS[kind] as (text: string, options: object) => Policy)(text, { name }));
  for (const folder of [OTHERS, ...(existsSync(SHARED) ? [SHARED] : [])])
    for (const [name, document] of documentsIn(folder)) add("real", name, () => classify(document));
  for (const file of corpusFiles)
    for (const item of casesOf(file)) {
      let policies: readonly Policy[];
      try {
        policies = policiesOf(item.question().set);
      } catch (error) {
        if (error instanceof DiagnosticError) continue;
        throw error;
      }
      for (const [at, policy] of policies.entries()) add("corpus", `${item.id}#${at}`, () => policy);
    }
  return found;
}

function* documentsIn(folder: string): Iterable<[string, object]> {
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    // What is copied is read as what it is.
    if (!file.endsWith(".json") || (folder === SHARED && existsSync(join("test/data", file)))) continue;
    for (const document of within(JSON.parse(readFileSync(join(folder, file), "utf8")))) yield [file, document];
  }
}

/** Policies in plans and templates stand as texts, too. */
function* within(value: unknown): Iterable<object> {
  if (typeof value === "string") {
    if (!value.includes('"Statement"')) return;
    try {
      yield* within(JSON.parse(value));
    } catch {
      // No JSON: some program's text.
    }
  } else if (typeof value === "object" && value !== null) {
    if ("Statement" in value) yield value;
    else for (const part of Object.values(value)) yield* within(part);
  }
}

/** Whether the two differ for some request: as the analyser proves it. */
export function differs(one: Policy, other: Policy): "no" | "yes" | "unknown" {
  const verdicts = [verdictOf(one, other), verdictOf(other, one)];
  if (verdicts.includes("refuted")) return "yes";
  return verdicts.includes("unknown") ? "unknown" : "no";
}

/** `unknown` also where the two are not about the same: the one names resources, the other does not say its own. */
export function verdictOf(next: Policy, previous: Policy): "proved" | "refuted" | "unknown" {
  try {
    return compareAccess(next, previous).verdict;
  } catch (error) {
    if (error instanceof DiagnosticError) return "unknown";
    throw error;
  }
}
