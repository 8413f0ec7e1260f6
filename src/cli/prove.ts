import { askFind } from "../analyse/find-access.ts";
import type { AccessQuestion } from "../analyse/finding.ts";
import { type Intended, type IntendedRequests, intendedRequests } from "../analyse/intended.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { ENDS, printAnswer } from "./answer.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { commandLine } from "./command-line.ts";
import { namesOf, POLICY_HELP, POLICY_OPTIONS, readPolicies } from "./policy-files.ts";

export const PROVE_HELP = `iam-expect prove FILE... --never ACTIONS [options]

Proves that the policies together never allow the actions: by anyone, in any context. Else prints such a request.

  --never ACTIONS            names with commas between them, as in kms:ScheduleKeyDeletion,kms:Disable*
  --by WHO                   by these callers: an ARN, an account id, a service, anonymous; may be repeated
  --via SERVICE              through this service, as in ec2.us-west-2.amazonaws.com or "ec2.*"; may be repeated
  --on ARN                   on these resources; may be repeated
  --when JSON                where this holds: a Condition block, or context keys with their values
  --except WHO|JSON          apart from these callers, or from {"by", "viaService", "when", "on", "actions", "outside"} or a
                             statement; may be repeated
  --json                     the answer as JSON: verdict, request (as in cases), needs, excess, assumptions, reason

${POLICY_HELP}
${ENDS}`;

/** Do the policies of the files together never allow the actions? */
export async function proveCommand(args: readonly string[]): Promise<number> {
  const read = readArguments("prove", args, {
    ...POLICY_OPTIONS,
    never: "text",
    by: "text",
    via: "text",
    on: "text",
    when: "text",
    except: "text",
    json: "flag",
  });
  if (read.files.length === 0) refuse("wrong-use", "`iam-expect prove` needs a file of a policy", { help: LIKE });
  const actions = read.texts("never").flatMap((text) => text.split(",").map((one) => one.trim()));
  if (actions.length === 0) refuse("wrong-use", "`iam-expect prove` needs `--never`", { help: LIKE });
  const given = readPolicies(read.files, read);
  const words = {
    command: commandLine("prove", args),
    wanted: "never allow it: no such request, by anyone, in any context",
    proved: `no request for ${actions.join(", ")} is allowed${narrowed(read)}`,
    all: "all such access",
    subject: namesOf(given),
  };
  return printAnswer(askFind(given, questionOf(actions, read)), words, read.flag("json"));
}

const LIKE = "as in `iam-expect prove policies/key.json --never kms:ScheduleKeyDeletion`";

function questionOf(actions: readonly string[], args: Arguments): AccessQuestion {
  const some = (name: string) => (args.texts(name).length === 0 ? undefined : args.texts(name));
  const asked: Record<string, unknown> = {
    actions,
    by: some("by"),
    on: some("on"),
    viaService: some("via"),
    when: args.text("when") === undefined ? undefined : json("--when", args.text("when")!),
  };
  const said = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  const except = args
    .texts("except")
    .map((text) => intendedRequests(/^\s*\{/.test(text) ? (json("--except", text) as Intended) : { by: text }));
  return { ...intendedRequests(said as IntendedRequests), ...(except.length > 0 ? { except } : {}) };
}

function json(option: string, text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    refuse("wrong-use", `the value of \`${option}\` is not JSON: ${quoted((error as Error).message)}`, { help: BLOCK });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    refuse("wrong-use", `the value of \`${option}\` is not a JSON object`, { help: BLOCK });
  return value as object;
}

const BLOCK = `as in '{"StringEquals": {"aws:PrincipalTag/team": "red"}}'`;

/** What was asked for, as the sentence goes on. */
function narrowed(args: Arguments): string {
  const parts = [
    ...["by", "via", "on", "when"].map((name) => [name, args.texts(name)] as const),
    ["except", args.texts("except")] as const,
  ];
  return parts
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => ` ${name} ${values.join(", ")}`)
    .join("");
}
