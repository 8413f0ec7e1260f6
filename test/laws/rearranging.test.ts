import assert from "node:assert/strict";
import fc from "fast-check";
import type { Document } from "../../src/generate/documents.ts";
import type { StatementDocument } from "../../src/generate/statements.ts";
import { changeDocuments, changeLists, changeStatements, marked, statementsOf } from "./change.ts";
import { law, type Note } from "./law.ts";
import { judged, type Question, questions } from "./questions.ts";
import { randomOf, shuffled } from "./random.ts";

const outcomes = { allowed: 0.05, explicitDeny: 0.05, implicitDeny: 0.1 };

/** The decision, with the deciding statements by their marks: a change moves them, and may write them twice. */
function answer(question: Question) {
  const { outcome, statements, openKeys, openPolicies, unverified } = judged(question).decision;
  return {
    outcome,
    openKeys,
    openPolicies,
    unverified,
    statements: [...new Set(statements.map(({ sid }) => sid))].sort(),
  };
}

function sameAfter(question: Question, change: (question: Question) => Question, note: Note): void {
  const before = marked(question);
  const wanted = answer(before);
  note(wanted.outcome);
  assert.deepEqual(answer(change(before)), wanted);
}

const many = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

law(
  "the order of statements, of policies and of the values in a list does not matter",
  fc.record({ question: questions(), seed: fc.nat() }),
  ({ question, seed }, note) => {
    const random = randomOf(seed);
    const lists = <T>(value: T): T =>
      Array.isArray(value)
        ? (shuffled(value.map(lists), random) as T)
        : typeof value === "object" && value !== null
          ? (Object.fromEntries(shuffled(Object.entries(value), random).map(([key, item]) => [key, lists(item)])) as T)
          : value;
    // The levels of an organization are policies over policies: their order does not matter either.
    sameAfter(question, (marked) => ({ ...marked, policies: lists(marked.policies) }), note);
  },
  outcomes,
);

law(
  "a statement or a policy written twice counts once",
  questions(),
  (question, note) => {
    const twice = <T>(list: readonly T[]) => [...list, ...list];
    sameAfter(question, (marked) => changeLists(changeStatements(marked, twice), twice), note);
  },
  outcomes,
);

law(
  "a statement of several actions, resources or principals is as good as one for each",
  questions(),
  (question, note) => {
    if (question.policies.resource && statementsOf(question.policies.resource).some((one) => split(one).length > 1))
      note("split in the resource's policy");
    sameAfter(question, (marked) => changeStatements(marked, (list) => list.flatMap(split)), note);
  },
  { ...outcomes, "split in the resource's policy": 0.1 },
);

/** One statement for each action, resource and principal; `Not…` elements are about all of their values at once. */
function split(statement: StatementDocument): StatementDocument[] {
  const { Action, Resource, Principal } = statement;
  const actions = Action === undefined ? [{}] : many(Action).map((one) => ({ Action: one }));
  const resources = Resource === undefined ? [{}] : many(Resource).map((one) => ({ Resource: one }));
  const principals =
    Principal === undefined || Principal === "*"
      ? [{}]
      : Object.entries(Principal).flatMap(([type, names]) =>
          many(names).map((one) => ({ Principal: { [type]: one } })),
        );
  const parts = principals.flatMap((principal) =>
    actions.flatMap((action) => resources.map((resource) => ({ ...statement, ...principal, ...action, ...resource }))),
  );
  return parts.length === 0 ? [statement] : parts;
}

law(
  "it does not matter which of several policies of a kind a statement stands in",
  questions(),
  (question, note) => {
    const apart = (document: Document): Document[] => {
      const list = statementsOf(document);
      return list.length < 2 ? [document] : list.map((statement) => ({ ...document, Statement: statement }));
    };
    sameAfter(
      question,
      (marked) =>
        changeLists(marked, (list) =>
          list.flatMap((entry) =>
            "document" in entry
              ? apart(entry.document).map((document) => ({ ...entry, document }))
              : (apart(entry) as (typeof entry)[]),
          ),
        ),
      note,
    );
  },
  outcomes,
);

law(
  "a list of one is as good as its value, and an absent Id or Sid as good as any",
  questions(),
  (question, note) => {
    const before = judged(question).decision.outcome;
    note(before);
    const wrap = <T>(value: T | readonly T[] | undefined) => (value === undefined ? {} : many(value));
    const plain = changeDocuments(question, ({ Id: _, ...document }) => ({
      ...document,
      Statement: statementsOf(document).map(({ Sid: _, ...statement }) => ({
        ...statement,
        ...(statement.Action === undefined ? {} : { Action: wrap(statement.Action) as string[] }),
        ...(statement.Resource === undefined ? {} : { Resource: wrap(statement.Resource) as string[] }),
      })),
    }));
    assert.equal(judged(plain).decision.outcome, before);
  },
  outcomes,
);
