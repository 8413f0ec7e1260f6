/**
 * The condition operators.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export type OperatorFamily = "string" | "numeric" | "date" | "bool" | "binary" | "ip" | "arn" | "null";

export interface OperatorFacts {
  readonly name: string;
  readonly family: OperatorFamily;
  /** Matches when no listed value does (semantics C1), and when the key is absent (C2). */
  readonly negated: boolean;
  /** The comparison within the family. */
  readonly compare: "equals" | "ignoreCase" | "like" | "less" | "lessEquals" | "greater" | "greaterEquals";
}

const row = (
  name: string,
  family: OperatorFamily,
  compare: OperatorFacts["compare"] = "equals",
  negated = false,
): OperatorFacts => ({ name, family, negated, compare });

const ordered = (prefix: "Numeric" | "Date", family: "numeric" | "date"): OperatorFacts[] => [
  row(`${prefix}Equals`, family),
  row(`${prefix}NotEquals`, family, "equals", true),
  row(`${prefix}LessThan`, family, "less"),
  row(`${prefix}LessThanEquals`, family, "lessEquals"),
  row(`${prefix}GreaterThan`, family, "greater"),
  row(`${prefix}GreaterThanEquals`, family, "greaterEquals"),
];

const OPERATORS: readonly OperatorFacts[] = [
  row("StringEquals", "string"),
  row("StringNotEquals", "string", "equals", true),
  row("StringEqualsIgnoreCase", "string", "ignoreCase"),
  row("StringNotEqualsIgnoreCase", "string", "ignoreCase", true),
  row("StringLike", "string", "like"),
  row("StringNotLike", "string", "like", true),
  ...ordered("Numeric", "numeric"),
  ...ordered("Date", "date"),
  row("Bool", "bool"),
  row("BinaryEquals", "binary"),
  row("IpAddress", "ip"),
  row("NotIpAddress", "ip", "equals", true),
  row("ArnEquals", "arn", "like"),
  row("ArnNotEquals", "arn", "like", true),
  row("ArnLike", "arn", "like"),
  row("ArnNotLike", "arn", "like", true),
  row("Null", "null"),
];

const BY_NAME: ReadonlyMap<string, OperatorFacts> = new Map(OPERATORS.map((facts) => [facts.name, facts]));

export type SetQualifier = "ForAllValues" | "ForAnyValue";

export interface Operator {
  readonly facts: OperatorFacts;
  readonly qualifier: SetQualifier | undefined;
  readonly ifExists: boolean;
}

/** Reads an operator as written in a policy: `[ForAllValues:|ForAnyValue:]Name[IfExists]`. Undefined for any other text. */
export function parseOperator(text: string): Operator | undefined {
  const colon = text.indexOf(":");
  const qualifier = colon === -1 ? undefined : text.slice(0, colon);
  if (qualifier !== undefined && qualifier !== "ForAllValues" && qualifier !== "ForAnyValue") return undefined;
  const rest = text.slice(colon + 1);
  const ifExists = rest.endsWith("IfExists");
  const facts = BY_NAME.get(ifExists ? rest.slice(0, -"IfExists".length) : rest);
  // `Null` asks whether the key exists: IfExists beside it is a syntax error (semantics A27).
  if (!facts || (facts.family === "null" && ifExists)) return undefined;
  return { facts, qualifier, ifExists };
}

/** Every spelling that `parseOperator` accepts, for nearest-name help. */
export function* operatorNames(): Iterable<string> {
  for (const qualifier of ["", "ForAllValues:", "ForAnyValue:"])
    for (const { name, family } of OPERATORS) {
      yield `${qualifier}${name}`;
      if (family !== "null") yield `${qualifier}${name}IfExists`;
    }
}
