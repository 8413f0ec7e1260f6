import fc from "fast-check";
import type { OperatorFamily } from "../catalog/operators.ts";
import { KEY_ROWS, type KeyRow } from "./keys.ts";

type Scalar = string | number | boolean;
/** A `Condition` block as a policy document writes it. */
export type ConditionBlock = Readonly<Record<string, Readonly<Record<string, Scalar | readonly Scalar[]>>>>;

const ordered = (prefix: string) =>
  ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"].map(
    (name) => `${prefix}${name}`,
  );

const OPERATORS: Readonly<Record<OperatorFamily, readonly string[]>> = {
  string: [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
  ],
  numeric: ordered("Numeric"),
  date: ordered("Date"),
  bool: ["Bool"],
  binary: ["BinaryEquals"],
  ip: ["IpAddress", "NotIpAddress"],
  arn: ["ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"],
  null: ["Null"],
};

interface Entry {
  readonly operator: string;
  readonly key: string;
  readonly values: Scalar | readonly Scalar[];
}

/** Blocks of no, one or two entries; every operator, with and without `IfExists`, `ForAllValues`, `ForAnyValue`. */
export function conditionBlocks(rows: readonly KeyRow[] = KEY_ROWS): fc.Arbitrary<ConditionBlock> {
  return fc.array(fc.constantFrom(...rows).chain(entries), { maxLength: 2, size: "max" }).map(toBlock);
}

/** Mostly the operators of the key's own family; text operators fit any key, and AWS takes the rest too. */
function entries(row: KeyRow): fc.Arbitrary<Entry> {
  const operator = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...OPERATORS[row.family]) },
    { weight: 1, arbitrary: fc.constantFrom(...OPERATORS.string) },
    { weight: 1, arbitrary: fc.constantFrom(...Object.values(OPERATORS).flat()) },
    { weight: 1, arbitrary: fc.constant("Null") },
  );
  const qualifier = row.many
    ? fc.constantFrom("ForAllValues:", "ForAnyValue:", "ForAnyValue:", "")
    : fc.constantFrom("", "", "", "", "", "", "ForAllValues:", "ForAnyValue:");
  return fc
    .record({
      operator,
      qualifier,
      ifExists: fc.constantFrom("", "", "IfExists"),
      values: fc.uniqueArray(fc.constantFrom(...row.wanted), { minLength: 1, maxLength: 2 }),
      absent: fc.boolean(),
      shape: fc.constantFrom("list", "scalar", "unquoted", "empty", "list"),
    })
    .map(({ operator, qualifier, ifExists, values, absent, shape }) =>
      operator === "Null"
        ? { operator: qualifier + operator, key: row.key, values: String(absent) }
        : { operator: qualifier + operator + ifExists, key: row.key, values: written(values, shape) },
    );
}

/** A scalar is a list of one, and numbers and booleans need no quotes (semantics A1, A27). An empty list matches nothing. */
function written(values: readonly string[], shape: string): Scalar | readonly Scalar[] {
  if (shape === "scalar") return values[0]!;
  if (shape === "unquoted") return values.map(unquoted);
  return shape === "empty" && values.length === 2 ? [] : values;
}

function unquoted(value: string): Scalar {
  if (value === "true" || value === "false") return value === "true";
  return /^-?\d{1,10}(\.\d+)?$/.test(value) ? Number(value) : value;
}

function toBlock(list: readonly Entry[]): ConditionBlock {
  const block: Record<string, Record<string, Entry["values"]>> = {};
  for (const { operator, key, values } of list) block[operator] = { ...block[operator], [key]: values };
  return block;
}
