/** Random pattern sets: the classes of texts, against every short text, by the evaluator's own comparisons. */

import { stringClasses } from "../../src/analyse/string-classes.ts";
import { conditionPatterns, resourcePatterns } from "../../src/analyse/value-patterns.ts";
import { compile } from "../../src/evaluate/compile.ts";
import { Evaluation } from "../../src/evaluate/evaluation.ts";
import { toPolicy } from "../../src/generate/policies.ts";
import { buildFacts } from "../../src/request/build-facts.ts";
import { anonymous } from "../../src/request/principal.ts";
import { pick, type Random } from "./possible-requests.ts";

const facts = (context: Record<string, string>, resource = "*") =>
  buildFacts(
    { principal: anonymous, action: "none:None", resource, resourceAccount: null, context, givenIdentity: null },
    undefined,
  );
const KEY = "x:key";

function drawText(draw: Random, alphabet: string, most: number): string {
  let text = "";
  for (let length = Math.floor(draw() * (most + 1)); length > 0; length--) text += pick(draw, alphabet.split(""));
  return text;
}

/** All texts over an alphabet, up to a length. */
export function allTexts(alphabet: string, most: number): string[] {
  let last = [""];
  const all = [""];
  for (let length = 1; length <= most; length++) {
    last = last.flatMap((text) => alphabet.split("").map((letter) => text + letter));
    all.push(...last);
  }
  return all;
}

const SHORT = allTexts("abA:", 5);
const OPERATORS = ["StringEquals", "StringLike", "StringLike", "StringLike", "StringEqualsIgnoreCase"];

/** Every text's answers are the answers of some class, and each class's example has the answers of its class. */
export function fuzzStrings(draw: Random): number {
  const count = 1 + Math.floor(draw() * 4);
  const conditions = Array.from({ length: count }, () => ({
    operator: pick(draw, OPERATORS),
    values: Array.from({ length: 1 + Math.floor(draw() * 3) }, () => drawText(draw, "ab*?:A", 5)),
  }));
  const document = {
    Version: pick(draw, ["2012-10-17", "2008-10-17"] as const),
    Statement: conditions.map(({ operator, values }) => ({
      Effect: "Allow" as const,
      Action: "*",
      Resource: "*",
      Condition: { [operator]: { [KEY]: values } },
    })),
  };
  const policy = toPolicy(document, "identity", "fuzz");
  const compiled = compile(policy).statements.map(({ conditions: [one] }) => one!);
  const answers = (text: string) => {
    const run = new Evaluation(facts({ [KEY]: text }));
    return compiled.reduce((bits, condition, at) => (condition.matches(run) ? bits | (1n << BigInt(at)) : bits), 0n);
  };
  const told = new Evaluation(facts({}));
  const sets = compiled.map((condition) => conditionPatterns(condition, policy, told));
  const classes = stringClasses(sets)!;
  const known = new Set(classes.map(({ bits }) => bits));
  const wrong = (what: string, text: string) => {
    throw new Error(`${what} ${JSON.stringify(text)}: ${JSON.stringify(document)}`);
  };
  for (const { text, bits } of classes) if (answers(text) !== bits) wrong("a class that is not as its example", text);
  for (const text of SHORT) if (!known.has(answers(text))) wrong("no class has the answers of", text);
  return SHORT.length;
}

const FIELDS = allTexts("ab:", 3);

/** The same for ARNs: six fields of one or two letters, by Arn operators and by `Resource`. */
export function fuzzArns(draw: Random): number {
  const pattern = (first = pick(draw, ["arn", "arn", "*"])) =>
    [0, 1, 2, 3, 4, 5]
      .map((at) =>
        at === 0
          ? first
          : at === 2 && first === "arn"
            ? "a"
            : at === 1
              ? pick(draw, ["aws", "*", "aw?"])
              : drawText(draw, at === 5 ? "ab*?:" : "ab*?", 2),
      )
      .map((field, at) => (first === "arn" && at === 5 && field === "" ? "*" : field))
      .join(":");
  const values = (first?: string) => Array.from({ length: 1 + Math.floor(draw() * 3) }, () => pattern(first));
  const document = {
    Version: "2012-10-17" as const,
    Statement: [
      ...[0, 1].map(() => ({
        Effect: "Allow" as const,
        Action: "*",
        Resource: "*",
        Condition: { [pick(draw, ["ArnLike", "ArnEquals", "StringLike"])]: { [KEY]: values() } },
      })),
      ...[0, 1].map(() => ({ Effect: "Allow" as const, Action: "*", Resource: values("arn") })),
    ],
  };
  const policy = toPolicy(document, "identity", "fuzz");
  const [first, second, third, fourth] = compile(policy).statements;
  const told = new Evaluation(facts({}));
  const sets = [
    ...[first!, second!].map(({ conditions: [one] }) => conditionPatterns(one!, policy, told)),
    ...[third!, fourth!].map(({ statement }) => resourcePatterns(statement.resource!, policy, told)[0]!),
  ];
  const answers = (text: string) => {
    const run = new Evaluation(facts({ [KEY]: text }, text));
    return [
      first!.conditions[0]!.matches(run),
      second!.conditions[0]!.matches(run),
      third!.resource!(run),
      fourth!.resource!(run),
    ].reduce((bits, holds, at) => (holds ? bits | (1n << BigInt(at)) : bits), 0n);
  };
  const classes = stringClasses(sets)!;
  const known = new Set(classes.map(({ bits }) => bits));
  for (const { text, bits } of classes)
    if (text !== "*" && answers(text) !== bits)
      throw new Error(`a class that is not as its example ${text}: ${JSON.stringify(document)}`);
  let tried = 0;
  for (let count = 0; count < 400; count++) {
    const text = `arn:${[1, 2, 3, 4].map((at) => (at === 1 ? "aws" : at === 2 && draw() < 0.8 ? "a" : drawText(draw, "ab", 2))).join(":")}:${pick(draw, FIELDS)}`;
    tried++;
    if (!known.has(answers(text))) throw new Error(`no class has the answers of ${text}: ${JSON.stringify(document)}`);
  }
  return tried;
}
