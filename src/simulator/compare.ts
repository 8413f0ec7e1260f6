import { writeCase } from "../cases/write-case.ts";
import { readingText } from "../catalog/readings.ts";
import type { Judgement } from "../evaluate/evaluate.ts";
import type { Question as LocalQuestion } from "../evaluate/normalise.ts";
import type { Policy } from "../policy/policy.ts";
import type { DatedAnswer, MatchedStatement } from "./answer.ts";
import { NotSent } from "./call.ts";
import type { AwsAnswer, Comparison, LocalAnswer } from "./comparison.ts";
import { type Posed, type PrincipalScope, pose } from "./pose.ts";
import type { Question } from "./question.ts";
import { sentText, statementAt } from "./sent-text.ts";

export interface CompareOptions {
  /** Whether an explicit and an implicit deny are two answers. */
  readonly strict: boolean;
  /** Whose attached policies are simulated, in place of those of the subject. */
  readonly principal: PrincipalScope | undefined;
}

export async function compare(
  { set, facts }: LocalQuestion,
  ask: (question: Question, posed: Posed) => Promise<DatedAnswer>,
  { strict, principal }: CompareOptions,
): Promise<Comparison> {
  const written = writeCase(set, facts);
  const unasked = (verdict: "notModelled" | "needsContext", reason: string): Comparison => ({
    verdict,
    reason,
    remarks: [],
    local: null,
    aws: null,
    case: written,
  });
  const posed = pose(set, facts, principal, strict);
  if ("verdict" in posed) return unasked(posed.verdict, posed.reason);
  let answer: DatedAnswer;
  try {
    answer = await ask(posed.question, posed);
  } catch (error) {
    if (!(error instanceof NotSent)) throw error;
    return unasked(
      "notModelled",
      `the client of @aws-sdk/client-iam does not send ${error.parameter}; that of 3.1099.0 and later does`,
    );
  }
  return { ...judged(posed, answer, strict), case: written };
}

function judged(posed: Posed, answer: DatedAnswer, strict: boolean): Omit<Comparison, "case"> {
  const local = localAnswer(posed.local);
  const aws = awsAnswer(posed, answer);
  const sides = { local, aws };
  const [ours, theirs] = [WORDS[local.outcome], WORDS[aws.outcome]];
  if (ours === theirs) return { verdict: "agree", reason: `both say ${ours}`, remarks: [], ...sides };
  const bothDeny = local.outcome !== "allowed" && aws.outcome !== "allowed";
  if (bothDeny && !strict)
    return {
      verdict: "agree",
      reason: "both deny it",
      remarks: [`AWS says ${theirs}, iam-expect says ${ours}`],
      ...sides,
    };
  const differ = `AWS says ${theirs}, iam-expect says ${ours}`;
  const unsettled =
    posed.unsettled ??
    (answer.unexcluded
      ? "AWS may have decided by attached policies that the client is too old to leave out (3.1099.0 and later do)"
      : undefined);
  if (unsettled !== undefined) return { verdict: "notModelled", reason: unsettled, remarks: [differ], ...sides };
  const remarks = local.unverified.map((rule) => `iam-expect rests on what AWS does not settle: ${readingText(rule)}`);
  return { verdict: "disagree", reason: differ, remarks, ...sides };
}

const WORDS = { allowed: "allow", explicitDeny: "explicit deny", implicitDeny: "implicit deny" } as const;

const localAnswer = ({ decision, verdict }: Judgement): LocalAnswer => ({
  outcome: decision.outcome,
  reason: verdict.reason,
  statements: decision.statements,
  unverified: decision.unverified,
});

function awsAnswer({ local, question }: Posed, { decision, matched, missing, date }: DatedAnswer): AwsAnswer {
  const { set } = local;
  const own = question.scope.principal === null;
  const policies = new Map<string, Policy>();
  if (own) for (const [at, policy] of (set.identity ?? []).entries()) policies.set(`PolicyInputList.${at + 1}`, policy);
  if (set.resource) policies.set("ResourcePolicy", set.resource);
  for (const [at, policy] of set.permissionsBoundary.entries())
    policies.set(`PermissionsBoundaryPolicyInputList.${at + 1}`, policy);
  return {
    outcome: decision,
    statements: matched.map((statement) => refOf(statement, policies.get(statement.policy))),
    missingContextValues: missing,
    date,
  };
}

function refOf({ policy, start, end }: MatchedStatement, of: Policy | undefined): AwsAnswer["statements"][number] {
  const index = of && start && end ? statementAt(sentText(of), start, end) : undefined;
  const statement = index === undefined ? undefined : of?.statements[index];
  return { policy: of?.name ?? policy, index: index ?? null, sid: statement?.sid ?? null };
}
