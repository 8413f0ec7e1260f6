/**
 * What a fixture says of itself, in comments at the end of its lines:
 *
 *     // fails                        the test above fails, and its code frame is this line
 *     // fails ~ some words           the same, and the message has these words
 *     // fails: a; b                  the tests `a` and `b` fail here (a helper's line)
 *     // fails: file                  the file fails, outside any test; `run`: the whole run
 *     // fails: a (file in x)         the test `a` fails here, in the runner or variant `x` the file
 *     // skipped                      the test above is reported as skipped
 *
 * Alone on its line, a comment speaks of the line above. Whatever is not marked has to pass.
 */
import { readFileSync } from "node:fs";

export interface ExpectedFailure {
  /** The title of a test, `file`, or `run`. */
  readonly owner: string;
  readonly line: number;
  readonly words: string;
}

export interface Expected {
  readonly tests: readonly string[];
  readonly skipped: readonly string[];
  readonly failures: readonly ExpectedFailure[];
}

const TEST = /\b(?:test|fixtures)(?:\.\w+)?\("([^"]+)"/;
const ELSEWHERE = /^(.*) \((.*) in (.*)\)$/;
const FAILS = /\/\/ fails(?:: ([^~]+))?(?: ~ (.+))?$/;

export function readExpected(file: string, runner: string): Expected {
  const tests: string[] = [];
  const skipped: string[] = [];
  const failures: ExpectedFailure[] = [];
  for (const [index, text] of readFileSync(file, "utf8").split("\n").entries()) {
    const title = TEST.exec(text)?.[1];
    if (title !== undefined) tests.push(title);
    const line = /^\s*\/\//.test(text) ? index : index + 1;
    const above = tests.at(-1) ?? "file";
    if (text.endsWith("// skipped")) skipped.push(above);
    const fails = FAILS.exec(text);
    if (!fails) continue;
    for (const named of (fails[1] ?? above).split(";")) {
      const [, usual = named, other = named, where] = ELSEWHERE.exec(named) ?? [];
      const owner = where !== undefined && runner.includes(where) ? other : usual;
      failures.push({ owner: owner.trim(), line, words: fails[2] ?? "" });
    }
  }
  return { tests, skipped, failures };
}
