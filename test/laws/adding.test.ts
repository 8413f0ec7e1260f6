import assert from "node:assert/strict";
import fc from "fast-check";
import { type StatementDocument, statements } from "../../src/generate/statements.ts";
import { KINDS, type PolicyKind } from "../../src/policy/kinds.ts";
import { addStatement } from "./change.ts";
import { law, type Note } from "./law.ts";
import { outcomeOf, type Question, questions } from "./questions.ts";

/** A question, and a statement to add to one of its policies. */
const additions = (effect: "Allow" | "Deny") =>
  questions().chain((question) =>
    fc.constantFrom(...kindsOf(question, effect)).chain((kind) =>
      fc.record({
        question: fc.constant(question),
        kind: fc.constant(kind),
        statement: statements({ kind, near: question.near, effect }),
      }),
    ),
  );

/** The kinds that the question has a policy of, so that there is something to add to. */
function kindsOf(question: Question, effect: "Allow" | "Deny"): readonly PolicyKind[] {
  const probe: StatementDocument = { Effect: effect, Action: [] };
  const kinds = (Object.keys(KINDS) as PolicyKind[]).filter(
    (kind) => addStatement(question, kind, probe) && !(KINDS[kind].denyOnly && effect === "Allow"),
  );
  return kinds.length > 0 ? kinds : [question.near];
}

const outcomes = { allowed: 0.03, explicitDeny: 0.05, implicitDeny: 0.05 };

function compare(before: Question, after: Question | undefined, note: Note): [string, string] | undefined {
  if (!after) {
    note("no policy of the kind");
    return undefined;
  }
  const pair: [string, string] = [outcomeOf(before), outcomeOf(after)];
  note(pair[0]);
  if (pair[0] !== pair[1]) note(`${pair[0]} to ${pair[1]}`);
  return pair;
}

law(
  "adding an Allow statement never takes access away",
  additions("Allow"),
  ({ question, kind, statement }, note) => {
    const [before, after] = compare(question, addStatement(question, kind, statement), note) ?? [];
    if (before !== "implicitDeny") assert.equal(after, before);
    else assert.notEqual(after, "explicitDeny");
  },
  { ...outcomes, "implicitDeny to allowed": 0.003 },
);

law(
  "adding a Deny statement never gives access",
  additions("Deny"),
  ({ question, kind, statement }, note) => {
    const [before, after] = compare(question, addStatement(question, kind, statement), note) ?? [];
    if (after !== before) assert.equal(after, "explicitDeny");
  },
  { ...outcomes, "allowed to explicitDeny": 0.003 },
);
