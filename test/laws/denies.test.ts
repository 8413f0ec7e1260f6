import assert from "node:assert/strict";
import fc from "fast-check";
import { account } from "../../src/evaluate/explain.ts";
import type { Document } from "../../src/generate/documents.ts";
import { grants } from "../../src/generate/grants.ts";
import type { StatementDocument } from "../../src/generate/statements.ts";
import { KINDS, type PolicyKind } from "../../src/policy/kinds.ts";
import { GRANT_OPERATIONS, type GrantInput } from "../../src/request/grant.ts";
import type { Principal } from "../../src/request/principal.ts";
import { binds, decidedByCredentials } from "./binding.ts";
import { addStatement } from "./change.ts";
import { law } from "./law.ts";
import { judged, outcomeOf, type Question, questions } from "./questions.ts";

const RARELY_ENOUGH = { allowed: 0.05, explicitDeny: 0.05, implicitDeny: 0.1 };

law(
  "a request is explicitly denied exactly when a Deny applies in a policy that binds, and all of those decide",
  questions(),
  (question, note) => {
    const judgement = judged(question);
    const { outcome, statements } = judgement.decision;
    note(outcome);
    const byCredentials = decidedByCredentials(question);
    if (byCredentials) return assert.equal(outcome, byCredentials);
    const denies = account(judgement).statements.filter(
      ({ effect, applies, kind }) => effect === "Deny" && applies && binds(kind as PolicyKind, question),
    );
    assert.equal(outcome === "explicitDeny", denies.length > 0);
    if (denies.length === 0) return;
    const named = (list: readonly { policy: string; index: number }[]) =>
      list.map(({ policy, index }) => `${policy} ${index}`).sort();
    assert.deepEqual(named(statements), named(denies));
  },
  RARELY_ENOUGH,
);

law(
  "deny wins: a Deny of just this request, in any policy that binds, denies it",
  fc.record({
    question: questions(),
    drawn: fc.constantFrom(...(Object.keys(KINDS) as PolicyKind[])),
    everyone: fc.boolean(),
  }),
  ({ question, drawn, everyone }, note) => {
    const kind = KINDS[drawn].attachedToResource ? question.near : drawn;
    if (decidedByCredentials(question) || !binds(kind, question)) return note("does not bind");
    const before = outcomeOf(question);
    const after = withDeny(question, kind, everyone);
    note(before);
    assert.equal(outcomeOf(after), "explicitDeny", `a Deny in ${KINDS[kind].title} did not win`);
  },
  { allowed: 0.03, implicitDeny: 0.1 },
);

function withDeny(question: Question, kind: PolicyKind, everyone: boolean): Question {
  const { action, resource, principal } = question.request;
  const facts = KINDS[kind];
  const deny: StatementDocument = {
    Effect: "Deny",
    ...(facts.principal === "forbidden"
      ? {}
      : { Principal: everyone || facts.principal === "everyone" || kind === "vpcEndpoint" ? "*" : named(principal) }),
    Action: action,
    ...(facts.resource === "forbidden" ? {} : { Resource: resource! }),
  };
  const document: Document = { Version: "2012-10-17", Statement: deny };
  const { policies } = question;
  return (
    addStatement(question, kind, deny) ?? {
      ...question,
      policies: {
        ...policies,
        ...(kind === "serviceControl" || kind === "resourceControl"
          ? { [kind]: [[document]] }
          : kind === "vpcEndpoint"
            ? { vpcEndpoint: [{ document }] }
            : kind === question.near
              ? { resource: document }
              : { [kind]: [document] }),
      },
    }
  );
}

function named({ type, name }: Principal): StatementDocument["Principal"] & {} {
  if (type === "service") return { Service: name };
  if (type === "federated") return { Federated: name };
  return type === "anonymous" ? "*" : { AWS: name };
}

law(
  "a grant never overrides a Deny, and never takes access away",
  fc.record({ question: questions(), grant: grants(), fitting: fc.boolean() }),
  ({ question, grant, fitting }, note) => {
    const extra = fitting ? (fittingGrant(question) ?? grant) : grant;
    const before = outcomeOf(question);
    const { policies } = question;
    const after = outcomeOf({ ...question, policies: { ...policies, grants: [extra, ...policies.grants] } });
    note(before);
    if (before === "implicitDeny" && after === "allowed") note("opened by the grant");
    else assert.equal(after, before);
  },
  { ...RARELY_ENOUGH, "opened by the grant": 0.01 },
);

/** A grant of this request to its caller. */
function fittingGrant({ request }: Question): GrantInput | undefined {
  const { principal, resource, action } = request;
  const operation = GRANT_OPERATIONS.find((name) => action === `kms:${name}`);
  if (!principal.arn || !resource?.includes(":key/") || !operation) return undefined;
  return { key: resource, granteePrincipal: principal.arn, operations: [operation], retiringPrincipal: principal.arn };
}
