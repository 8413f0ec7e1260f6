import { wholeAccess } from "../analyse/whole-access.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import { accessText } from "../report/access.ts";
import { readArguments } from "./arguments.ts";
import { POLICY_HELP, POLICY_OPTIONS, readPolicies } from "./policy-files.ts";

export const ACCESS_HELP = `iam-expect access FILE... [options]

What the policies together allow: to whom, on what and when, a paragraph for each kind of request.

  --json                     the same as JSON

${POLICY_HELP}
Ends with 0: told; 2: wrong input; 3: not known.
`;

/** What do the policies of the files together allow? */
export async function accessCommand(args: readonly string[]): Promise<number> {
  const read = readArguments("access", args, { ...POLICY_OPTIONS, json: "flag" });
  if (read.files.length === 0)
    refuse("wrong-use", "`iam-expect access` needs a file of a policy", {
      help: "as in `iam-expect access policies/key.json`",
    });
  const access = wholeAccess(readPolicies(read.files, read));
  const { parts, exactly } = access;
  const boxes = parts.flatMap((part) => part.boxes);
  process.stdout.write(
    read.flag("json") ? `${JSON.stringify({ access: boxes, exactly })}\n` : `${accessText(access)}\n`,
  );
  return 0;
}
