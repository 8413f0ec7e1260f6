import { describe, expect, test } from "vitest";
import { type Case, readCase } from "../../src/cases/read-case.ts";
import { runCase } from "../../src/cases/run-case.ts";
import { writeCase } from "../../src/cases/write-case.ts";
import { DiagnosticError } from "../../src/diagnostic/diagnostic.ts";
import { toQuestion } from "../../src/evaluate/normalise.ts";
import { evaluate, identityPolicy, request, role, session } from "../../src/index.ts";
import { readJson } from "../../src/source/json.ts";
import { Source } from "../../src/source/source.ts";
import { casesOf, corpusFiles } from "../conformance/corpus.ts";

function readBack(written: object): Case {
  const source = new Source("written", JSON.stringify({ id: "written", ...written }));
  return readCase(source, readJson(source.text).root!);
}

describe.each(corpusFiles)("%s", (file) => {
  test("a case that is written and read again is decided alike", () => {
    let compared = 0;
    for (const item of casesOf(file)) {
      let question: ReturnType<Case["question"]>;
      try {
        question = item.question();
      } catch (error) {
        if (!(error instanceof DiagnosticError)) throw error;
        continue;
      }
      compared++;
      const before = runCase({ ...item, expect: undefined }).answer;
      const after = runCase(readBack(writeCase(question.set, question.facts))).answer;
      expect({ ...after, id: item.id }).toEqual(before);
    }
    if (compared === 0) expect(casesOf(file).every(({ expect }) => expect?.error !== undefined)).toBe(true);
  });
});

const policy = identityPolicy({ Version: "2012-10-17", Statement: { Effect: "Deny", Action: "s3:*", Resource: "*" } });

test("a policy keeps its text and its name", () => {
  const { set, facts } = toQuestion(policy, request(role("arn:aws:iam::111122223333:role/app"), "sqs:ListQueues"));
  expect(writeCase(set, facts)).toEqual({
    request: {
      principal: "arn:aws:iam::111122223333:role/app",
      action: "sqs:ListQueues",
      resource: "*",
      resourceAccount: "111122223333",
    },
    policies: {
      identity: [
        {
          name: "identity policy",
          document: JSON.stringify(
            { Version: "2012-10-17", Statement: { Effect: "Deny", Action: "s3:*", Resource: "*" } },
            null,
            2,
          ),
        },
      ],
    },
  });
});

test("what was said of policies that were not given becomes a policy, or none", () => {
  const asked = request("arn:aws:iam::111122223333:role/app", "sqs:ListQueues");
  const outcomes = [asked.givenIdentityAllows(), asked.givenNoIdentityPolicies()].map((one) => {
    const { set, facts } = toQuestion([], one);
    return runCase(readBack(writeCase({ ...set, identity: undefined }, facts))).answer;
  });
  expect(outcomes).toMatchObject([{ outcome: "allowed" }, { outcome: "implicitDeny" }]);
});

test("a session keeps the path of its role", () => {
  const caller = session("arn:aws:iam::111122223333:role/team/app", "today");
  const pinned = identityPolicy({
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Action: "sqs:ListQueues",
      Resource: "*",
      Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/team/*" } },
    },
  });
  const asked = request(caller, "sqs:ListQueues");
  const { set, facts } = toQuestion(pinned, asked);
  expect(evaluate(pinned, asked).outcome).toBe("allowed");
  expect(runCase(readBack(writeCase(set, facts))).answer).toMatchObject({ outcome: "allowed", openKeys: [] });
});
