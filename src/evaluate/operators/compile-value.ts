/**
 * How one value of a policy compares with one value of a request, by family of operators: a row each (semantics C4-C10).
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import type { OperatorFamily } from "../../catalog/operators.ts";
import { arnValue } from "./arn.ts";
import type { CompileValue } from "./comparison.ts";
import { stringValue } from "./string.ts";
import { binaryValue, boolValue, dateValue, ipValue, numericValue } from "./typed.ts";

const FAMILIES: Readonly<Record<Exclude<OperatorFamily, "null">, CompileValue>> = {
  string: stringValue,
  numeric: numericValue,
  date: dateValue,
  bool: boolValue,
  binary: binaryValue,
  ip: ipValue,
  arn: arnValue,
};

export const compileValue: CompileValue = (text, operator, variables) =>
  FAMILIES[operator.family as Exclude<OperatorFamily, "null">](text, operator, variables);
