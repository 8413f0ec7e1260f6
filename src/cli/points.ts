import { type TestPoint, testPoints } from "../analyse/test-points.ts";
import { writeCase } from "../cases/write-case.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import { evaluate } from "../evaluate/evaluate.ts";
import { toQuestion } from "../evaluate/normalise.ts";
import type { Policy } from "../policy/policy.ts";
import { requestLines } from "../report/words.ts";
import type { Grant } from "../request/grant.ts";
import { readArguments } from "./arguments.ts";
import { isCase, POLICY_HELP, POLICY_OPTIONS, readPolicies } from "./policy-files.ts";
import { printLine } from "./print-line.ts";

export const POINTS_HELP = `iam-expect points FILE... [options]

Requests at the edges of the policies: for each statement one that it decides (on), and those that just miss it (off, near).

  --json                     a case a line, with what is decided now as what is expected; for \`iam-expect decide -\`

${POLICY_HELP}
Ends with 0: told; 2: wrong input.
`;

/** Which requests show what each element of the policies does? */
export async function pointsCommand(args: readonly string[]): Promise<number> {
  const read = readArguments("points", args, { ...POLICY_OPTIONS, json: "flag" });
  if (read.files.length === 0)
    refuse("wrong-use", "`iam-expect points` needs a file of a policy", {
      help: "as in `iam-expect points policies/key.json --json | iam-expect decide -`",
    });
  const given = readPolicies(read.files, read);
  const subject = isCase(given) ? partsOfCase(given) : given;
  const json = read.flag("json");
  for (const [at, point] of testPoints(subject).entries())
    await printLine(json ? JSON.stringify(caseOf(subject, point, at)) : textOf(subject, point));
  return 0;
}

function partsOfCase(set: Exclude<ReturnType<typeof readPolicies>, readonly unknown[]>): readonly (Policy | Grant)[] {
  if (set.serviceControl.length > 1 || set.resourceControl.length > 1)
    refuse("wrong-use", "the case has several levels of an organization, and points are of one");
  return [
    ...(set.identity ?? []),
    ...set.permissionsBoundary,
    ...set.session,
    ...(set.resource ? [set.resource] : []),
    ...set.grants,
    ...set.serviceControl.flat(),
    ...set.resourceControl.flat(),
    ...set.vpcEndpoint,
  ];
}

type Parts = readonly (Policy | Grant)[];

function caseOf(subject: Parts, { request, kind, flips }: TestPoint, at: number): object {
  const { set, facts } = toQuestion(subject, request);
  const about = flips ? `: ${flips.element} of ${flips.sid ?? `statement ${flips.statement}`}` : "";
  return {
    id: `${at + 1} ${kind}${about}`,
    ...writeCase(set, facts),
    expect: { outcome: evaluate(subject, request).outcome },
  };
}

function textOf(subject: Parts, { request, allowed, kind, flips }: TestPoint): string {
  const lines = requestLines(toQuestion(subject, request).facts).join("; ");
  const what = flips ? `  [${flips.sid ?? `statement ${flips.statement}`}, ${flips.element}]` : "";
  return `${kind.padEnd(4)}  ${(allowed ? "allow" : "deny").padEnd(5)}  ${lines}${what}`;
}
