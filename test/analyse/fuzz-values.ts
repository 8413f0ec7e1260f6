/** Random conditions on one key: every value, or list of values, must have the answers of one of the classes. */
import { valuesOf } from "../../src/analyse/key-values.ts";
import { conditionsOf, statementsOf } from "../../src/analyse/statements.ts";
import { contextKey, Evaluation } from "../../src/evaluate/evaluation.ts";
import { toPolicy } from "../../src/generate/policies.ts";
import { buildFacts } from "../../src/request/build-facts.ts";
import type { ContextValue } from "../../src/request/context.ts";
import { anonymous } from "../../src/request/principal.ts";
import { pick, type Random } from "./possible-requests.ts";

interface Domain {
  readonly key: string;
  readonly operators: readonly string[];
  readonly listed: (draw: Random) => string;
  readonly seen: (draw: Random) => ContextValue;
}

const number = (draw: Random, most: number) => Math.floor(draw() * most);
const numeric = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"];
const date = (draw: Random) => new Date(Date.UTC(2026, 0, 1 + number(draw, 6), number(draw, 2))).toISOString();
const octets = (draw: Random) => `10.${number(draw, 2)}.${number(draw, 3)}.${number(draw, 3)}`;
const ipv6 = (draw: Random) => `2001:db8:${number(draw, 3)}::${number(draw, 3)}`;
const name = (draw: Random) => pick(draw, ["a", "b", "ab", "ba", "c", "A"]);

const DOMAINS: readonly Domain[] = [
  {
    key: "aws:MultiFactorAuthAge",
    operators: numeric.map((operator) => `Numeric${operator}`),
    listed: (draw) => String(number(draw, 5) - (draw() < 0.2 ? 0.5 : 0)),
    seen: (draw) => String(number(draw, 15) - 3),
  },
  { key: "aws:CurrentTime", operators: numeric.map((operator) => `Date${operator}`), listed: date, seen: date },
  {
    key: "aws:SourceIp",
    operators: ["IpAddress", "NotIpAddress"],
    listed: (draw) =>
      draw() < 0.7
        ? `${octets(draw)}/${pick(draw, [0, 8, 15, 16, 24, 30, 31, 32])}`
        : `${ipv6(draw)}/${pick(draw, [0, 32, 46, 48, 127, 128])}`,
    seen: (draw) => (draw() < 0.7 ? octets(draw) : ipv6(draw)),
  },
  {
    key: "aws:TagKeys",
    operators: ["ForAnyValue:", "ForAllValues:"].flatMap((qualifier) =>
      ["StringLike", "StringNotLike", "StringEquals", "StringEqualsIgnoreCase"].map((operator) => qualifier + operator),
    ),
    listed: (draw) => pick(draw, ["a", "b", "a*", "*b", "?", "A", "*"]),
    seen: (draw) => Array.from({ length: 1 + number(draw, 4) }, () => name(draw)),
  },
];

export function fuzzValues(draw: Random): number {
  const { key, operators, listed, seen } = pick(draw, DOMAINS);
  const document = {
    Version: "2012-10-17" as const,
    Statement: Array.from({ length: 1 + number(draw, 4) }, () => ({
      Effect: "Allow" as const,
      Action: "*",
      Resource: "*",
      Condition: {
        [pick(draw, operators) + pick(draw, ["", "", "IfExists"])]: {
          [key]: Array.from({ length: 1 + number(draw, 2) }, () => listed(draw)),
        },
      },
    })),
  };
  const tested = conditionsOf(statementsOf([toPolicy(document, "identity", "fuzz")]));
  const run = (value: ContextValue) =>
    new Evaluation(
      buildFacts(
        {
          principal: anonymous,
          action: "none:None",
          resource: "*",
          resourceAccount: null,
          context: { [key]: value },
          givenIdentity: null,
        },
        undefined,
      ),
    );
  const answers = (value: ContextValue) => tested.map(({ condition }) => condition.matches(run(value))).join();
  const { folded, multiValued } = contextKey(key);
  const { values: classes } = valuesOf({ folded, name: key, multiValued, tested, also: [], told: run(null) });
  const known = new Set(classes.map(answers));
  for (let count = 0; count < 60; count++) {
    const value = seen(draw);
    if (!known.has(answers(value)))
      throw new Error(
        `no class has the answers of ${JSON.stringify(value)}: ${JSON.stringify(document)} ${JSON.stringify(classes)}`,
      );
  }
  return 60;
}
