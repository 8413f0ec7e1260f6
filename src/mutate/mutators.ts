/**
 * Slips that people make in policies, a row each: what they change of a statement. Most let more through than was meant;
 * a test suite, or a hunt, is as good as the slips that it notices.
 */
import { parseOperator } from "../catalog/operators.ts";
import { isAccountId, parseArn } from "../policy/arn.ts";

/** A statement as `printPolicy` writes it: every list a list. */
export interface StatementText {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: Readonly<Record<string, readonly string[]>>;
  readonly NotPrincipal?: Readonly<Record<string, readonly string[]>>;
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export interface Slip {
  /** Undefined: the statement is gone. */
  readonly statement: StatementText | undefined;
  readonly what: string;
}

export interface Mutator {
  readonly name: string;
  slips(statement: StatementText): Iterable<Slip>;
}

interface Entry {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

const entriesOf = ({ Condition = {} }: StatementText): Entry[] =>
  Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values })),
  );

/** The statement with one of its conditions replaced, or left out. */
function withEntry(statement: StatementText, at: number, entry: Entry | undefined): StatementText {
  const block: Record<string, Record<string, readonly string[]>> = {};
  for (const [index, own] of entriesOf(statement).entries()) {
    const one = index === at ? entry : own;
    if (!one) continue;
    block[one.operator] ??= {};
    // Two conditions may not share an operator and a key.
    if (block[one.operator]![one.key] !== undefined) return statement;
    block[one.operator]![one.key] = one.values;
  }
  const { Condition: _, ...rest } = statement;
  return Object.keys(block).length === 0 ? rest : { ...rest, Condition: block };
}

const eachEntry = (change: (entry: Entry) => Entry | undefined | "same", what: string): Mutator["slips"] =>
  function* (statement) {
    for (const [at, entry] of entriesOf(statement).entries()) {
      const changed = change(entry);
      if (changed === "same") continue;
      const slip = withEntry(statement, at, changed);
      if (slip !== statement) yield { statement: slip, what: `${what} ${entry.operator} ${entry.key}` };
    }
  };

const REGION = /\b[a-z]{2}(-[a-z]+)+-\d\b/;

/** The operator with wildcards; undefined where it has none. */
const LIKE: Readonly<Record<string, string>> = {
  StringEquals: "StringLike",
  StringNotEquals: "StringNotLike",
  StringLike: "StringLike",
  StringNotLike: "StringNotLike",
  ArnEquals: "ArnLike",
  ArnNotEquals: "ArnNotLike",
  ArnLike: "ArnLike",
  ArnNotLike: "ArnNotLike",
};

/** A name in an ARN, what follows the first dot, or the last character becomes a star. */
function withStar(value: string): string {
  if (value.endsWith("*")) return value;
  const cut = value.startsWith("arn:")
    ? Math.max(value.lastIndexOf("/"), value.lastIndexOf(":"))
    : value.includes(".")
      ? value.indexOf(".")
      : value.length - 2;
  return value === "" ? value : `${value.slice(0, cut + 1)}*`;
}

/** Splits `ForAnyValue:StringEqualsIfExists` in three. */
function partsOf(operator: string): { before: string; name: string; after: string } {
  const [, before = "", name = "", after = ""] = /^(For\w+:)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  return { before, name, after };
}

function renamed(operator: string, names: Readonly<Record<string, string>>): string | undefined {
  const { before, name, after } = partsOf(operator);
  return Object.hasOwn(names, name) ? `${before}${names[name]}${after}` : undefined;
}

const pair = (a: string, b: string): [string, string][] => [
  [a, b],
  [b, a],
];
const OPPOSITE: Readonly<Record<string, string>> = Object.fromEntries([
  ...pair("StringEquals", "StringNotEquals"),
  ...pair("StringLike", "StringNotLike"),
  ...pair("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
  ...pair("ArnEquals", "ArnNotEquals"),
  ...pair("ArnLike", "ArnNotLike"),
  ...pair("IpAddress", "NotIpAddress"),
  ...["Numeric", "Date"].flatMap((prefix) => [
    ...pair(`${prefix}Equals`, `${prefix}NotEquals`),
    ...pair(`${prefix}LessThan`, `${prefix}GreaterThanEquals`),
    ...pair(`${prefix}GreaterThan`, `${prefix}LessThanEquals`),
  ]),
]);

export const MUTATORS: readonly Mutator[] = [
  { name: "a condition dropped", slips: eachEntry(() => undefined, "without") },
  {
    name: "a condition's Region dropped",
    slips: eachEntry(({ operator, key, values }) => {
      const like = renamed(operator, LIKE);
      if (!like || !values.some((value) => REGION.test(value))) return "same";
      return { operator: like, key, values: values.map((value) => value.replace(REGION, "*")) };
    }, "any Region in"),
  },
  {
    name: "equals become like, with a star",
    slips: eachEntry(({ operator, key, values }) => {
      const like = renamed(operator, LIKE);
      const [first = "", ...rest] = values;
      const starred = withStar(first);
      if (!like || starred === first) return "same";
      return { operator: like, key, values: [starred, ...rest] };
    }, "a star in"),
  },
  {
    name: "a principal becomes its account",
    *slips(statement) {
      for (const [element, value, set] of principalsIn(statement)) {
        const arn = parseArn(value);
        const root = arn && isAccountId(arn.account) ? `arn:${arn.partition}:iam::${arn.account}:root` : undefined;
        if (root && root !== value) yield { statement: set(root), what: `${element} ${value} becomes the account` };
      }
    },
  },
  {
    name: "a principal becomes everyone",
    *slips(statement) {
      for (const [element, value, set] of principalsIn(statement))
        if (value !== "*") yield { statement: set("*"), what: `${element} ${value} becomes *` };
    },
  },
  {
    name: "an action becomes its service's",
    *slips(statement) {
      for (const element of ["Action", "NotAction"] as const) {
        const values = statement[element] ?? [];
        const seen = new Set<string>();
        for (const value of values) {
          const service = value.split(":")[0]!;
          const all = `${service}:*`;
          if (value === "*" || value === all || seen.has(all)) continue;
          seen.add(all);
          yield {
            statement: { ...statement, [element]: replaced(values, value, all) },
            what: `${value} becomes ${all}`,
          };
        }
      }
    },
  },
  {
    name: "a Deny removed",
    *slips(statement) {
      if (statement.Effect === "Deny") yield { statement: undefined, what: "the Deny is gone" };
    },
  },
  {
    name: "a resource becomes any",
    *slips(statement) {
      for (const element of ["Resource", "NotResource"] as const)
        if (statement[element] && !statement[element].includes("*"))
          yield { statement: { ...statement, [element]: ["*"] }, what: `${element} becomes *` };
    },
  },
  {
    name: "IfExists added",
    slips: eachEntry(({ operator, key, values }) => {
      const added = `${operator}IfExists`;
      return parseOperator(added) ? { operator: added, key, values } : "same";
    }, "IfExists at"),
  },
  {
    name: "ForAnyValue and ForAllValues swapped",
    slips: eachEntry(({ operator, key, values }) => {
      const swapped = operator.startsWith("ForAnyValue:")
        ? operator.replace("ForAnyValue:", "ForAllValues:")
        : operator.replace("ForAllValues:", "ForAnyValue:");
      return swapped === operator ? "same" : { operator: swapped, key, values };
    }, "the other of"),
  },
  {
    name: "an operator negated",
    slips: eachEntry(({ operator, key, values }) => {
      const opposite = renamed(operator, OPPOSITE);
      if (opposite) return { operator: opposite, key, values };
      const { name } = partsOf(operator);
      if (name !== "Bool" && name !== "Null") return "same";
      return { operator, key, values: values.map((value) => (value.toLowerCase() === "true" ? "false" : "true")) };
    }, "not"),
  },
];

const replaced = (values: readonly string[], value: string, by: string): string[] => [
  ...new Set(values.map((one) => (one === value ? by : one))),
];

type Place = readonly [element: string, value: string, set: (value: string) => StatementText];

function* principalsIn(statement: StatementText): Iterable<Place> {
  for (const element of ["Principal", "NotPrincipal"] as const)
    for (const [type, values] of Object.entries(statement[element] ?? {}))
      for (const value of values)
        yield [
          element,
          value,
          (by) => {
            const { [type]: own = [], ...others } = statement[element]!;
            const left = own.filter((one) => one !== value);
            const aws = [...(type === "AWS" ? left : (others.AWS ?? [])), by];
            const rest = type === "AWS" || left.length === 0 ? {} : { [type]: left };
            return { ...statement, [element]: { ...others, ...rest, AWS: [...new Set(aws)] } };
          },
        ];
}
