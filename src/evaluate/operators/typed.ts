import type { OperatorFacts } from "../../catalog/operators.ts";
import { cidrHolds, isYearLike, parseBinary, parseBool, parseCidr, parseDate, parseNumber } from "../../policy/values.ts";
import { compileText, joined, resolve } from "../template.ts";
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

/** Semantics C6: ISO dates and epoch seconds compare as instants. */
export const dateValue: CompileValue = (source, { compare }) => {
  const wanted = parseDate(source);
  if (wanted === undefined) return never;
  const order = ORDERS[compare];
  const asYear = isYearLike(source) ? Date.UTC(Number(source), 0) : undefined;
  return (value, run) => {
    const seen = parseDate(value);
    if (seen === undefined) return undefined;
    const holds = order(seen, wanted);
    return asYear === undefined ? holds : run.weak("C6", holds, order(seen, asYear));
  };
};

/** Semantics C7. AWS's pages differ on variables here (D1); we substitute them. */
export const boolValue: CompileValue = (source, _operator, variables) => {
  const text = compileText(source, variables);
  return (value, run) => {
    const parts = resolve(text, run, false);
    const resolved = parts && joined(parts);
    const wanted = resolved === undefined ? undefined : parseBool(resolved);
    const seen = parseBool(value);
    const holds = wanted !== undefined && wanted === seen;
    if (text.fixed === undefined) return run.weak("D1", holds, false);
    // Whether `"True"` equals `"true"` is known from observation only.
    return holds && resolved !== value ? run.weak("C7", true, false) : holds;
  };
};

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
