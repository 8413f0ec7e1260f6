import { askCompare } from "../analyse/compare-access.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import { printAnswer } from "./answer.ts";
import { readArguments } from "./arguments.ts";
import { commandLine } from "./command-line.ts";
import { namesOf, POLICY_HELP, POLICY_OPTIONS, readPolicies } from "./policy-files.ts";

export const DIFF_HELP = `iam-expect diff OLD NEW [options]

Does the new policy allow anything that the old one does not? Prints such a request, and all new access in words.
OLD and NEW are files, or of a revision, as git writes it: main:policies/key.json

  --json                     the answer as JSON: verdict, request (as in cases), needs, excess, assumptions, reason

${POLICY_HELP}
Ends with 0: nothing new is allowed; 1: something is; 2: wrong input; 3: not known.
`;

/** Does the second file's policy allow anything that the first's does not? */
export async function diffCommand(args: readonly string[]): Promise<number> {
  const read = readArguments("diff", args, { ...POLICY_OPTIONS, json: "flag" });
  const [old, next, ...more] = read.files;
  if (old === undefined || next === undefined || more.length > 0)
    refuse("wrong-use", `\`iam-expect diff\` takes two files, not ${read.files.length}`, {
      help: "as in `iam-expect diff main:policies/key.json policies/key.json`",
    });
  const before = readPolicies([old!], read);
  const after = readPolicies([next!], read);
  const words = {
    command: commandLine("diff", args),
    wanted: `nothing that ${old} does not allow`,
    proved: `${next} allows nothing that ${old} does not`,
    all: "all new access",
    subject: namesOf(after),
  };
  return printAnswer(askCompare(after, before, {}), words, read.flag("json"));
}
