import assert from "node:assert/strict";
import fc from "fast-check";
import type { ConditionBlock } from "../../src/generate/conditions.ts";
import type { Document } from "../../src/generate/documents.ts";
import type { StatementDocument } from "../../src/generate/statements.ts";
import { Principal } from "../../src/request/principal.ts";
import { Request } from "../../src/request/request.ts";
import { changeDocuments, statementsOf } from "./change.ts";
import { law } from "./law.ts";
import { judged, type Question, questions } from "./questions.ts";
import { randomOf, recased } from "./random.ts";

type Recase = (text: string) => string;

law(
  "the case of action names, of condition keys, of tag keys and of variables never matters",
  fc.record({ question: questions(), seed: fc.nat() }),
  ({ question, seed }, note) => {
    const random = randomOf(seed);
    const recase: Recase = (text) => recased(text, random);
    const answer = (asked: Question) => {
      const { findings: _, ...decision } = judged(asked).decision;
      // Whether the case of a grant's pairs counts is not settled (F15), which a decision may say of one spelling alone.
      return { ...decision, unverified: decision.unverified.filter((rule) => rule !== "F15") };
    };
    const wanted = answer(question);
    note(wanted.outcome);
    const changed = changeDocuments({ ...question, request: recasedRequest(question.request, recase) }, (document) =>
      recasedDocument(document, recase),
    );
    assert.deepEqual(answer(changed), wanted);
  },
  { allowed: 0.05, explicitDeny: 0.05, implicitDeny: 0.1 },
);

/** The names of a request's own tags and pairs are values too, of `aws:TagKeys` and `kms:EncryptionContextKeys`. */
const ownName = (key: string, recase: Recase): string => {
  const [, before, name] = /^(aws:RequestTag\/|kms:EncryptionContext:)(.*)$/.exec(key) ?? [];
  return before === undefined ? recase(key) : recase(before) + name;
};

const renamed = <T>(record: Readonly<Record<string, T>>, recase: Recase): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [recase(key), value]));

function recasedRequest(asked: Request, recase: Recase): Request {
  const { principal, action, context } = asked;
  return new Request({
    ...asked,
    principal: new Principal({ ...principal, tags: renamed(principal.tags, recase) }),
    action: recase(action),
    context: renamed(context, (key) => ownName(key, recase)),
  });
}

function recasedDocument(document: Document, recase: Recase): Document {
  // Under the old version `${…}` is literal text (A3), whose case counts.
  const variables = document.Version === "2012-10-17";
  const inTexts = <T>(value: T): T => {
    if (typeof value === "string")
      return (variables ? value.replace(/\$\{([^},]+)/g, (_, key: string) => `\${${recase(key)}`) : value) as T;
    return (Array.isArray(value) ? value.map(inTexts) : value) as T;
  };
  const list = <T>(value: T): T => (typeof value === "string" ? recase(value) : (value as string[]).map(recase)) as T;
  const block = (condition: ConditionBlock): ConditionBlock =>
    Object.fromEntries(
      Object.entries(condition).map(([operator, entries]) => [
        operator,
        Object.fromEntries(Object.entries(entries).map(([key, values]) => [recase(key), inTexts(values)])),
      ]),
    );
  const change = (statement: StatementDocument): StatementDocument => {
    const { Action, NotAction, Resource, NotResource, Condition } = statement;
    return {
      ...statement,
      ...(Action === undefined ? {} : { Action: list(Action) }),
      ...(NotAction === undefined ? {} : { NotAction: list(NotAction) }),
      ...(Resource === undefined ? {} : { Resource: inTexts(Resource) }),
      ...(NotResource === undefined ? {} : { NotResource: inTexts(NotResource) }),
      ...(Condition === undefined ? {} : { Condition: block(Condition) }),
    };
  };
  return { ...document, Statement: statementsOf(document).map(change) };
}
