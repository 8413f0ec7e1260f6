import { refusal, runCase } from "../cases/run-case.ts";
import { DiagnosticError, refuse } from "../diagnostic/diagnostic.ts";
import { printLine } from "./print-line.ts";
import { readCases } from "./read-cases.ts";

export const DECIDE_HELP = `iam-expect decide FILE...|-

Decides cases and prints one JSON line each, in input order. Files hold one case, a list of cases, or (.jsonl and standard
input) a case a line.

Ends with 0: all decided, and as expected; 1: one came out otherwise; 2: one was refused that should not be,
or there was none.
`;

/** Decides every case. 0: all decided and as expected; 1: one came out otherwise; 2: one was refused that should not be, or none. */
export async function decideCommand(files: readonly string[]): Promise<number> {
  if (files.length === 0)
    refuse("wrong-use", "`iam-expect decide` needs a file of cases, or `-` for standard input", {
      help: "as in `iam-expect decide cases.json`",
    });
  let missed = false;
  let refused = false;
  for (const file of files) {
    let cases = 0;
    try {
      for await (const item of readCases(file)) {
        cases++;
        if (item instanceof DiagnosticError) {
          refused = true;
          await print(refusal("", item));
          continue;
        }
        const { answer, status, why } = runCase(item);
        if (status === "missed") missed = true;
        if (status === "refused") refused = true;
        await print(answer);
        if (status === "missed") process.stderr.write(`${item.id}: ${why}\n`);
      }
      // Nothing decided is nothing checked: the command before a pipe may have failed.
      if (cases === 0) refuse("wrong-use", `there is no case in ${file === "-" ? "standard input" : file}`);
    } catch (error) {
      if (error instanceof DiagnosticError) {
        process.stderr.write(`${error.message}\n`);
        refused = true;
        continue;
      }
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      process.stderr.write(`${file}: ${(error as Error).message}\n`);
      refused = true;
    }
  }
  return refused ? 2 : missed ? 1 : 0;
}

const print = (answer: unknown): Promise<void> => printLine(JSON.stringify(answer));
