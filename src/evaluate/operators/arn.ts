import { arnFields } from "../../policy/arn.ts";
import { type Glob, globOf } from "../../policy/glob.ts";
import { splitArnPattern } from "../../policy/variables.ts";
import { compileText, matchesParts, resolve } from "../template.ts";
import type { CompareValue, CompileValue } from "./comparison.ts";

/**
 * Arn operators compare six fields one by one; unlike in `Resource`, `*` never crosses a colon of the first five
 * (semantics C10). `ArnEquals` is `ArnLike`.
 */
export const arnValue: CompileValue = (source, _operator, variables) => {
  const fields = variables ? splitArnPattern(source) : arnFields(source);
  // A lone `*` is no ARN by our reading; AWS does not say.
  if (source === "*") return (_value, run) => run.weak("C10", false, true);
  if (fields.length < 6) return () => false;
  const matchers = fields.map((field) => fieldMatcher(field, variables));
  return (value, run) => {
    const seen = arnFields(value);
    if (seen.length < 6) return false;
    for (let at = 0; at < 6; at++) if (!matchers[at]!(seen[at]!, run)) return false;
    return true;
  };
};

function fieldMatcher(source: string, variables: boolean): CompareValue {
  const text = compileText(source, variables);
  if (text.fixed) {
    const pattern: Glob = globOf(text.fixed, source);
    return (value) => pattern.matches(value);
  }
  return (value, run) => {
    const parts = resolve(text, run, true);
    return parts !== undefined && matchesParts(parts, value);
  };
}
