import { DiagnosticError, refuse } from "../diagnostic/diagnostic.ts";
import { judge } from "../evaluate/evaluate.ts";
import { explanationText } from "../report/explanation.ts";
import { readCases } from "./read-cases.ts";

export const EXPLAIN_HELP = `iam-expect explain FILE [ID]

Tells what every statement of every policy did, element by element: of the file's only case, or of the one with this id.

Ends with 0: told; 2: wrong input.
`;

/** Tells the whole account of one case: of the file's only one, or of the one with this id. */
export async function explainCommand([file, id]: readonly string[]): Promise<number> {
  if (file === undefined)
    return refuse("wrong-use", "`iam-expect explain` needs a file of cases, or `-` for standard input", {
      help: "as in `iam-expect explain case.json`",
    });
  for await (const item of readCases(file)) {
    if (item instanceof DiagnosticError) {
      process.stderr.write(`${item.message}\n`);
      return 2;
    }
    if (id !== undefined && item.id !== id) continue;
    try {
      const { set, facts } = item.question();
      process.stdout.write(`${explanationText(judge(set, facts))}\n`);
      return 0;
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      process.stderr.write(`${error.message}\n`);
      return 2;
    }
  }
  process.stderr.write(id === undefined ? `${file} holds no case\n` : `${file} holds no case ${id}\n`);
  return 2;
}
