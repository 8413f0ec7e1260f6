import { globOf } from "../../policy/glob.ts";
import { compileText, joined, matchesParts, resolve } from "../template.ts";
import type { CompileValue } from "./comparison.ts";

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
  const fold = compare === "ignoreCase" ? (value: string) => value.toLowerCase() : (value: string) => value;
  if (text.fixed) {
    const wanted = fold(joined(text.fixed));
    return (value) => fold(value) === wanted;
  }
  return (value, run) => {
    const parts = resolve(text, run, false);
    return parts !== undefined && fold(value) === fold(joined(parts));
  };
};
