/** What a runner reported of one fixture, and whether that is what the fixture says. */
import type { Expected, ExpectedFailure } from "./expected.ts";

export interface Failure {
  /** The title of a test, `file`, or `run`. */
  readonly owner: string;
  /** The line of the code frame: the first frame outside the runner. 0 where there is none. */
  readonly line: number;
  /** Whether that frame is in the fixture. */
  readonly inFixture: boolean;
  readonly message: string;
}

export interface Ran {
  readonly tests: ReadonlyMap<string, "passed" | "failed" | "skipped">;
  readonly failures: readonly Failure[];
}

export function differences(expected: Expected, { tests, failures }: Ran): string[] {
  const problems: string[] = [];
  for (const title of expected.tests) {
    const state = tests.get(title);
    const wanted = expected.skipped.includes(title)
      ? "skipped"
      : failures.some(({ owner }) => owner === title)
        ? "failed"
        : "passed";
    if (state !== wanted) problems.push(`\`${title}\` is ${state ?? "not reported"}, not ${wanted}`);
  }
  for (const title of tests.keys())
    if (!expected.tests.includes(title)) problems.push(`\`${title}\` is no test of the fixture`);
  for (const wanted of expected.failures)
    if (!failures.some((failure) => fits(wanted, failure)))
      problems.push(`nothing of ${wanted.owner} fails at line ${wanted.line} ${wanted.words}`.trim());
  for (const failure of failures)
    if (!expected.failures.some((wanted) => fits(wanted, failure)))
      problems.push(`${failure.owner} fails at line ${failure.line}: ${failure.message.split("\n")[0]}`);
  return problems;
}

function fits({ owner, line, words }: ExpectedFailure, failure: Failure): boolean {
  const place = failure.line === 0 ? words !== "" : failure.inFixture && failure.line === line;
  return owner === failure.owner && place && failure.message.includes(words);
}
