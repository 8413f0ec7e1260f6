import assert from "node:assert/strict";
import fc from "fast-check";
import { type Document, documents } from "../../src/generate/documents.ts";
import { binds, decidedByCredentials } from "./binding.ts";
import { law } from "./law.ts";
import { outcomeOf, type Question, questions } from "./questions.ts";

const LIMITS = ["permissionsBoundary", "session", "serviceControl", "resourceControl", "vpcEndpoint"] as const;
type Limit = (typeof LIMITS)[number];

/** One more limit: a policy of a kind that only restricts, in the place of the one there, or one more level of an organization. */
function limited(question: Question, kind: Limit, document: Document, root: boolean): Question {
  const { policies } = question;
  const changed =
    kind === "serviceControl" || kind === "resourceControl"
      ? { [kind]: root ? [[document], ...policies[kind]] : [...policies[kind], [document]] }
      : { [kind]: kind === "vpcEndpoint" ? [{ document }] : [document] };
  return { ...question, policies: { ...policies, ...changed } };
}

/** Questions without a limit of the kind, unless it has levels. */
const unlimited = questions().chain((question) =>
  fc.constantFrom(...LIMITS).chain((kind) =>
    fc.record({
      question: fc.constant(
        kind === "serviceControl" || kind === "resourceControl"
          ? question
          : { ...question, policies: { ...question.policies, [kind]: [] } },
      ),
      kind: fc.constant(kind),
      document: documents({ kind, near: question.near }),
      root: fc.boolean(),
    }),
  ),
);

law(
  "a boundary, a session policy, a service or resource control policy, an endpoint policy never gives access",
  unlimited,
  ({ question, kind, document, root }, note) => {
    const after = limited(question, kind, document, root);
    const [from, to] = [outcomeOf(question), outcomeOf(after)];
    note(from);
    if (from === to) return;
    note(`${from} to ${to}`);
    if (from === "allowed") note("takes access away");
    // A federated user without a session policy can do nothing; with one, what both it and the user's policies allow (E7).
    if (kind === "session" && question.request.principal.type === "federatedUser") return note("the exception of E7");
    assert.notEqual(to, "allowed");
    assert.notEqual(from, "explicitDeny");
  },
  {
    allowed: 0.05,
    explicitDeny: 0.05,
    implicitDeny: 0.1,
    "takes access away": 0.003,
  },
);

/** A limit that lets nothing through: it allows nothing, or where it can only deny, denies all. */
const nothing = (kind: Limit): Document => ({
  Version: "2012-10-17",
  Statement:
    kind === "resourceControl"
      ? { Effect: "Deny", Principal: "*", Action: ["kms:*", "s3:*", "sts:*", "sqs:*", "sns:*"], Resource: "*" }
      : [],
});

law(
  "a limit that allows nothing stops all that it binds, and leaves alone what it does not",
  unlimited,
  ({ question, kind, root }, note) => {
    const from = outcomeOf(question);
    const to = outcomeOf(limited(question, kind, nothing(kind), root));
    note(from);
    if (decidedByCredentials(question) || !binds(kind, question)) {
      note("does not bind");
      return assert.equal(to, from);
    }
    if (from === "allowed") note("stops access");
    if (kind !== "permissionsBoundary" && kind !== "session") return assert.notEqual(to, "allowed");
    // Whom the resource's policy or a grant names, boundaries and session policies do not limit (E3.2, F17).
    const { resource, grants } = question.policies;
    if (!resource && grants.length === 0) assert.notEqual(to, "allowed");
  },
  {
    allowed: 0.05,
    "does not bind": 0.1,
    "stops access": 0.02,
  },
);
