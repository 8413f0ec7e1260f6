import type { OperatorFacts } from "../../catalog/operators.ts";
import { globOf } from "../../policy/glob.ts";
import { compileText, joined, matchesParts, resolve } from "../template.ts";
import type { CompileValue } from "./comparison.ts";

type Fold = (value: string) => string;
const folding = (compare: OperatorFacts["compare"]): Fold =>
  compare === "ignoreCase" ? (value) => value.toLowerCase() : (value) => value;

/** Many texts without wildcards or variables, looked up at once; undefined: they must be asked one by one. */
export function stringValues(
  sources: readonly string[],
  { family, compare }: OperatorFacts,
  variables: boolean,
): ((value: string) => boolean) | undefined {
  if (family !== "string" || compare === "like" || sources.length < 3) return undefined;
  const fold = folding(compare);
  const wanted = new Set<string>();
  for (const source of sources) {
    const { fixed } = compileText(source, variables);
    if (!fixed) return undefined;
    wanted.add(fold(joined(fixed)));
  }
  return (value) => wanted.has(fold(value));
}

/** String operators (semantics C4): only `StringLike` and `StringNotLike` have wildcards. */
export const stringValue: CompileValue = (source, { compare }, variables) => {
  const text = compileText(source, variables);
  if (compare === "like") {
    if (text.fixed) {
      const pattern = globOf(text.fixed, source);
      return (value) => pattern.matches(value);
    }
    return (value, run) => {
      const parts = resolve(text, run, true);
      return parts !== undefined && matchesParts(parts, value);
    };
  }
  const fold = folding(compare);
  if (text.fixed) {
    const wanted = fold(joined(text.fixed));
    return compare === "equals" ? (value) => value === wanted : (value) => fold(value) === wanted;
  }
  return (value, run) => {
    const parts = resolve(text, run, false);
    return parts !== undefined && fold(value) === fold(joined(parts));
  };
};
