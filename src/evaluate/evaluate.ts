import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import type { Facts } from "../request/facts.ts";
import type { Request } from "../request/request.ts";
import type { CompiledStatement } from "./compile.ts";
import { decide } from "./decide.ts";
import { Evaluation } from "./evaluation.ts";
import { requestFindings } from "./findings.ts";
import { type Subject, toQuestion } from "./normalise.ts";
import { CLOSED, findOpen, type Openness, policiesOf } from "./open.ts";
import type { PolicySet } from "./policy-set.ts";
import type { Outcome, Verdict } from "./verdict.ts";

/** A statement by the policy it is in. */
export interface StatementRef {
  readonly policy: string;
  readonly index: number;
  readonly sid: string | null;
}

/** What AWS decides, and what the answer rests on. Plain data. */
export interface Decision {
  readonly outcome: Outcome;
  /** The statements that decided: every Deny that applies, or the Allows that granted. */
  readonly statements: readonly StatementRef[];
  /** Keys that AWS sends, that nobody told, and of which another value changes the outcome. */
  readonly openKeys: readonly string[];
  /** Kinds of policy that were not given and whose content changes the outcome. */
  readonly openPolicies: readonly ("identity" | "resource")[];
  /** Rules that AWS does not settle and on which the outcome rests (semantics.md, section J). */
  readonly unverified: readonly string[];
  readonly findings: readonly Diagnostic[];
  /** The names of the policies that were weighed. */
  readonly policies: readonly string[];
}

/** A decision with what explanations and matchers need of it. */
export interface Judgement {
  readonly decision: Decision;
  readonly verdict: Verdict;
  readonly openness: Openness;
  readonly set: PolicySet;
  readonly facts: Facts;
}

/**
 * Does AWS allow this request under these policies?
 *
 * @param subject a policy, a grant, a list of them, or an environment
 * @param request made by `request(principal, action, resource?)` and its links
 * @returns the outcome, the deciding statements, and what was open or unverified
 * @throws DiagnosticError `unknown-owner`, `unknown-resource`, `missing-resource`, `ambiguous-tags`, `contradiction`, `wrong-use`
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * @example
 * const policy = keyPolicy({
 *   Version: "2012-10-17",
 *   Statement: [{ Effect: "Allow", Principal: { AWS: "arn:aws:iam::111122223333:role/app" }, Action: "kms:Decrypt", Resource: "*" }],
 * });
 * evaluate(policy, request("arn:aws:iam::111122223333:role/app", "kms:Decrypt")).outcome; // "allowed"
 */
export function evaluate(subject: Subject, request: Request): Decision {
  const { set, facts } = toQuestion(subject, request);
  return judge(set, facts).decision;
}

export function judge(set: PolicySet, facts: Facts): Judgement {
  const run = new Evaluation(facts);
  const verdict = decide(set, run);
  const open = run.openKeys.size > 0 || run.sessionNames.size > 0 || run.identityOpen || run.resourceOpen;
  const openness = open ? findOpen(set, facts, run) : CLOSED;
  const policies = policiesOf(set);
  const decision: Decision = {
    outcome: verdict.outcome,
    statements: refs(verdict),
    openKeys: openness.keys,
    openPolicies: openness.policies,
    unverified: unverified(set, facts, run, verdict.outcome),
    findings: requestFindings(policies, facts),
    policies: policies.map(({ name }) => name),
  };
  return { decision, verdict, openness, set, facts };
}

/** A rule is rested on when its other reading gives another outcome. */
function unverified(set: PolicySet, facts: Facts, run: Evaluation, outcome: Outcome): string[] {
  const rules: string[] = [];
  if (run.touched.size === 0) return rules;
  for (const rule of run.touched)
    if (decide(set, new Evaluation(facts, undefined, rule)).outcome !== outcome) rules.push(rule);
  return rules.sort();
}

function refs({ statements, grants }: Verdict): StatementRef[] {
  const refs = statements.map(ref);
  for (const [index, grant] of grants.entries()) refs.push({ policy: "grant", index, sid: grant.name });
  return refs;
}

export const ref = ({ policy, statement }: CompiledStatement): StatementRef => ({
  policy: policy.name,
  index: statement.index,
  sid: statement.sid ?? null,
});
