import type { OperatorFacts } from "../../catalog/operators.ts";
import {
  cidrHolds,
  isYearLike,
  parseBinary,
  parseBool,
  parseCidr,
  parseDate,
  parseNumber,
} from "../../policy/values.ts";
import type { Evaluation } from "../evaluation.ts";
import { compileText, joined, resolve, type Text } from "../template.ts";
import type { CompareValue, CompileValue } from "./comparison.ts";

const ORDERS: Readonly<Record<OperatorFacts["compare"], (seen: number, wanted: number) => boolean>> = {
  equals: (seen, wanted) => seen === wanted,
  ignoreCase: (seen, wanted) => seen === wanted,
  like: (seen, wanted) => seen === wanted,
  less: (seen, wanted) => seen < wanted,
  lessEquals: (seen, wanted) => seen <= wanted,
  greater: (seen, wanted) => seen > wanted,
  greaterEquals: (seen, wanted) => seen >= wanted,
};

const never: CompareValue = () => undefined;

/** Semantics C5. */
export const numericValue: CompileValue = (source, { compare }) => {
  const wanted = parseNumber(source);
  if (wanted === undefined) return never;
  const order = ORDERS[compare];
  return (value) => {
    const seen = parseNumber(value);
    return seen === undefined ? undefined : order(seen, wanted);
  };
};

const yearOf = (text: string) => Date.UTC(Number(text), 0);

/** Semantics C6: ISO dates and epoch seconds compare as instants. */
export const dateValue: CompileValue = (source, { compare }) => {
  const wanted = parseDate(source);
  if (wanted === undefined) return never;
  const order = ORDERS[compare];
  const asYear = isYearLike(source) ? yearOf(source) : undefined;
  return (value, run) => {
    const seen = parseDate(value);
    if (seen === undefined) return undefined;
    const holds = order(seen, wanted);
    if (asYear === undefined && !isYearLike(value)) return holds;
    return run.weak("C6", holds, order(isYearLike(value) ? yearOf(value) : seen, asYear ?? wanted));
  };
};

/** Semantics C7. AWS's pages differ on variables here (D1); we substitute them. */
export const boolValue: CompileValue = (source, _operator, variables) => {
  const text = compileText(source, variables);
  const fixed = text.fixed && joined(text.fixed);
  return (value, run) => {
    const resolved = fixed ?? resolvedText(text, run);
    const wanted = resolved === undefined ? undefined : parseBool(resolved);
    const seen = parseBool(value);
    const holds = wanted !== undefined && wanted === seen;
    if (text.fixed === undefined) return run.weak("D1", holds, false);
    // Whether `"True"` equals `"true"`, and that `"yes"` does not equal `"yes"`, is known from observation only.
    return run.weak("C7", holds, resolved === value);
  };
};

function resolvedText(text: Text, run: Evaluation): string | undefined {
  const parts = resolve(text, run, false);
  return parts && joined(parts);
}

/** Semantics C8. */
export const binaryValue: CompileValue = (source) => {
  const wanted = parseBinary(source);
  if (wanted === undefined) return never;
  return (value) => {
    const seen = parseBinary(value);
    return seen === undefined ? undefined : seen === wanted;
  };
};

/** Semantics C9. */
export const ipValue: CompileValue = (source) => {
  const block = parseCidr(source);
  if (!block) return never;
  return (value, run) => {
    const address = parseCidr(value);
    if (!address || address.written) return undefined;
    const holds = cidrHolds(block, address);
    // AWS says that an address without a prefix means /32, which it cannot mean for IPv6.
    if (block.version === 6 && !block.written) return run.weak("C9", holds, cidrHolds(block, address, 32));
    return holds;
  };
};
