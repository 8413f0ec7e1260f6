import assert from "node:assert/strict";
import { binds, decidedByCredentials, ownerIn } from "./binding.ts";
import { changeStatements } from "./change.ts";
import { law } from "./law.ts";
import { outcomeOf, type Question, questions, verdictOf } from "./questions.ts";

/** E14: the root user is allowed in its own account, but for keys and roles (E12) whose policy was given. */
function isRootAtHome(question: Question): boolean {
  const { principal, resource } = question.request;
  if (principal.type !== "root" || ownerIn(question) !== principal.account) return false;
  return question.policies.resource === undefined || !/:(key|role)\//.test(resource!);
}

law(
  "default deny: where nothing allows, nothing is allowed",
  questions(),
  (question, note) => {
    const before = outcomeOf(question);
    const { request, policies, near } = question;
    const nothing = changeStatements(
      { near, request: { ...request, givenIdentity: null } as typeof request, policies: { ...policies, grants: [] } },
      (list) => list.filter(({ Effect }) => Effect === "Deny"),
    );
    const outcome = outcomeOf(nothing);
    note(`before ${before}`);
    note(outcome);
    if (decidedByCredentials(question)) return note("by credentials");
    if (!isRootAtHome(question)) return assert.notEqual(outcome, "allowed");
    note("root user at home");
    // An organization's policies must allow even that (E18), and so must an endpoint's.
    const capped =
      (policies.serviceControl.length > 0 && binds("serviceControl", question)) ||
      (policies.vpcEndpoint.length > 0 && binds("vpcEndpoint", question));
    if (capped) assert.notEqual(outcome, "allowed");
  },
  { "before allowed": 0.05, explicitDeny: 0.05, implicitDeny: 0.3, "root user at home": 0.003 },
);

law(
  "access always comes from a statement, a grant, or what the request says of the caller's own policies",
  questions(),
  (question, note) => {
    const { outcome, statements, grants } = verdictOf(question);
    note(outcome);
    if (outcome !== "allowed" || decidedByCredentials(question)) return;
    for (const { statement } of statements) assert.equal(statement.effect, "Allow");
    if (statements.length + grants.length > 0) return note("allowed by statements or grants");
    assert.ok(isRootAtHome(question) || question.request.givenIdentity === "allows", "nothing allows it");
    note("allowed by neither");
  },
  { "allowed by statements or grants": 0.05, explicitDeny: 0.05, implicitDeny: 0.1 },
);
