import { DiagnosticError } from "../diagnostic/diagnostic.ts";
import { printable } from "../diagnostic/frame.ts";
import { plural } from "../report/words.ts";
import type { Comparison } from "./comparison.ts";
import { comparisonLines } from "./comparison-text.ts";

/** What came of one request, and where it was asked. */
export interface Outcome {
  /** The name of the test or of the case. */
  readonly name: string;
  /** `file:line:column`, or nothing. */
  readonly at: string;
  readonly result: Comparison | Error;
}

export interface Summary {
  readonly text: string;
  /** Whether something disagrees or could not be compared: the run fails. */
  readonly failed: boolean;
}

/** How many of a kind are written out; the rest is counted. */
const SHOWN = 20;

export function summarize(
  outcomes: readonly Outcome[],
  { mode, calls, unused }: { readonly mode: string; readonly calls: number; readonly unused: readonly string[] },
): Summary {
  const of = (verdict: Comparison["verdict"]) =>
    outcomes.flatMap((outcome) =>
      isComparison(outcome.result) && outcome.result.verdict === verdict ? [outcome] : [],
    );
  const errors = outcomes.filter(({ result }) => !isComparison(result));
  const disagree = of("disagree");
  const lines = [
    `iam-expect: ${plural(outcomes.length, "request")} beside AWS's policy simulator (${mode}, ${plural(calls, "call")})`,
    "",
    `  agree          ${of("agree").length}`,
    ...reasons(of("agree").flatMap(({ result }) => (result as Comparison).remarks)),
    `  disagree       ${disagree.length}`,
    `  not modelled   ${of("notModelled").length}`,
    ...reasons(of("notModelled").map(({ result }) => (result as Comparison).reason)),
    `  needs context  ${of("needsContext").length}`,
    ...reasons(of("needsContext").map(({ result }) => (result as Comparison).reason)),
    ...(errors.length > 0 ? [`  not compared   ${errors.length}`] : []),
    ...disagree.slice(0, SHOWN).flatMap(disagreement),
    ...more(disagree.length, "disagreement"),
    ...errorLines(errors),
    ...unusedLines(unused),
  ];
  return { text: lines.join("\n"), failed: disagree.length > 0 || errors.length > 0 };
}

const isComparison = (result: Comparison | Error): result is Comparison => !(result instanceof Error);

/** Each once, with how often; the most frequent first. */
function reasons(all: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const reason of all) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .sort(([a, most], [b, more]) => more - most || (a < b ? -1 : 1))
    .map(([reason, count]) => `    ${String(count).padStart(6)}  ${printable(reason)}`);
}

function disagreement({ name, at, result }: Outcome): string[] {
  return [
    "",
    `  disagree: ${printable(name)}${at === "" ? "" : `   ${printable(at)}`}`,
    ...comparisonLines(result as Comparison).map((line) => `    ${line}`),
  ];
}

/** One failure may stand for many requests: its text comes once. */
function errorLines(errors: readonly Outcome[]): string[] {
  const groups = new Map<string, Outcome[]>();
  for (const error of errors) {
    const text = textOf(error.result as Error);
    // Of recordings that are missing, the request differs and what to do does not.
    const key = text.replace(/`[^`]*` on `[^`]*`/, "");
    groups.set(key, [...(groups.get(key) ?? []), error]);
  }
  return [...groups.values()].flatMap((group) => [
    "",
    ...textOf(group[0]!.result as Error)
      .split("\n")
      .map((line) => `  ${line}`),
    `    ${printable(group[0]!.name)}${group[0]!.at === "" ? "" : `   ${printable(group[0]!.at)}`}`,
    ...(group.length > 1 ? [`    and ${plural(group.length - 1, "more request")}`] : []),
  ]);
}

const textOf = (error: Error): string => (error instanceof DiagnosticError ? error.message : printable(String(error)));

const more = (count: number, what: string): string[] =>
  count > SHOWN ? ["", `  and ${plural(count - SHOWN, `more ${what}`)}`] : [];

/** A few answers of a recording are listed one by one, many are counted. */
function unusedLines(unused: readonly string[]): string[] {
  if (unused.length === 0) return [];
  const byFile = new Map<string, string[]>();
  for (const name of unused) {
    const file = name.split(": ")[0]!;
    byFile.set(file, [...(byFile.get(file) ?? []), name]);
  }
  const lines = [...byFile].flatMap(([file, names]) =>
    names.length <= 3 ? names : [`${file}: ${names.length} answers`],
  );
  return [
    "",
    "  recorded, and asked for by nothing:",
    ...lines.slice(0, SHOWN).map((line) => `    ${printable(line)}`),
    ...(lines.length > SHOWN ? [`    and ${lines.length - SHOWN} more`] : []),
  ];
}
