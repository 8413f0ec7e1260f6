import assert from "node:assert/strict";
import { DiagnosticError } from "../../src/diagnostic/diagnostic.ts";
import { evaluate, type StatementRef } from "../../src/evaluate/evaluate.ts";
import { account, explain } from "../../src/evaluate/explain.ts";
import type { PolicySet } from "../../src/evaluate/policy-set.ts";
import type { Policy } from "../../src/policy/policy.ts";
import type { Grant } from "../../src/request/grant.ts";
import { law } from "./law.ts";
import { judged, questions } from "./questions.ts";

law(
  "what decides applies: every deciding statement is in the account, applies, and has the effect of the outcome",
  questions(),
  (question, note) => {
    const judgement = judged(question);
    const { decision, statements, reason } = account(judgement);
    note(decision.outcome);
    assert.deepEqual(decision, judgement.decision);
    assert.ok(reason.length > 0);
    if (decision.outcome === "implicitDeny") return assert.deepEqual(decision.statements, []);
    for (const ref of decision.statements.filter(({ policy }) => policy !== "grant")) {
      note("decided by a statement");
      const found = statements.filter(({ policy, index }) => policy === ref.policy && index === ref.index);
      assert.equal(found.length, 1);
      const [{ applies, effect, elements, sid }] = found as [(typeof found)[number]];
      assert.ok(applies, `${ref.policy} ${ref.index} decided and does not apply`);
      assert.ok(elements.every(({ matches }) => matches));
      assert.equal(effect, decision.outcome === "allowed" ? "Allow" : "Deny");
      assert.equal(sid, ref.sid);
    }
  },
  { allowed: 0.05, explicitDeny: 0.05, implicitDeny: 0.1, "decided by a statement": 0.2 },
);

law(
  "`evaluate` and `explain` say the same, and say what the policies say when they are given as a list",
  questions(),
  (question, note) => {
    const { set, decision } = judged(question);
    const list = asList(set);
    if (!list) return note("no list says it");
    const evaluated = refusal(() => evaluate(list, question.request));
    const explained = refusal(() => explain(list, question.request).decision);
    assert.deepEqual(explained, evaluated);
    if (typeof evaluated === "string") return note(evaluated);
    note(evaluated.outcome);
    const names = (refs: readonly StatementRef[]) => refs.map(({ policy, index }) => `${policy} ${index}`).sort();
    assert.equal(evaluated.outcome, decision.outcome);
    assert.deepEqual(names(evaluated.statements), names(decision.statements));
    assert.deepEqual(evaluated.openKeys, decision.openKeys);
    assert.deepEqual(evaluated.openPolicies, decision.openPolicies);
  },
  { allowed: 0.03, explicitDeny: 0.05, implicitDeny: 0.05 },
);

/** The set as a list of policies and grants, where a list can say it: it has no levels and no "none of this kind". */
function asList(set: PolicySet): (Policy | Grant)[] | undefined {
  const levels = [set.serviceControl, set.resourceControl];
  if (set.identity?.length === 0 || set.resource === null || levels.some(({ length }) => length > 1)) return undefined;
  const list = [
    ...(set.identity ?? []),
    ...set.permissionsBoundary,
    ...set.session,
    ...(set.resource ? [set.resource] : []),
    ...set.grants,
    ...levels.flat(2),
    ...set.vpcEndpoint,
  ];
  return list.length === 0 ? undefined : list;
}

function refusal<T>(ask: () => T): T | string {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return `refused: ${error.code}`;
  }
}
