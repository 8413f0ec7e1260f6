/** Policy texts with variables, made ready to resolve for a request (semantics D). */
import { type GlobPart, globOf } from "../policy/glob.ts";
import { parseTemplate } from "../policy/variables.ts";
import { contextKey, type Evaluation, type Key } from "./evaluation.ts";

type Part =
  | { readonly text: string }
  | { readonly literal: string }
  | { readonly key: Key; readonly fallback: string | undefined };

export interface Text {
  readonly source: string;
  /** The parts when they do not depend on the request. */
  readonly fixed: readonly GlobPart[] | undefined;
  readonly parts: readonly Part[];
}

/** `variables`: whether `${…}` is active here; otherwise it is literal text. */
export function compileText(source: string, variables: boolean): Text {
  if (!variables || !source.includes("${")) return { source, parts: [{ text: source }], fixed: [{ pattern: source }] };
  const parts = parseTemplate(source).parts.map((part) =>
    "key" in part ? { key: contextKey(part.key), fallback: part.fallback } : part,
  );
  const fixed = parts.every((part) => !("key" in part))
    ? parts.map((part) => ("text" in part ? { pattern: part.text } : (part as { literal: string })))
    : undefined;
  return { source, parts, fixed };
}

/** The text for this request; undefined when a variable has no value (D4). `wild`: wildcards mean something here. */
export function resolve(text: Text, run: Evaluation, wild: boolean): readonly GlobPart[] | undefined {
  if (text.fixed) return text.fixed;
  const parts: GlobPart[] = [];
  for (const part of text.parts) {
    if ("text" in part) parts.push({ pattern: part.text });
    else if ("literal" in part) parts.push(part);
    else {
      const value = variableValue(part.key, run) ?? part.fallback;
      if (value === undefined) return undefined;
      // The substituted text is literal (the reading of D6): `*` in a tag does not become a wildcard.
      const expands = wild && /[*?]/.test(value) && run.weak("D6", false, true);
      parts.push(expands ? { pattern: value } : { literal: value });
    }
  }
  return parts;
}

/** A key with several values counts as having none (D2). */
function variableValue(key: Key, run: Evaluation): string | undefined {
  const values = run.read(key);
  if (values === undefined || values.length === 0) return undefined;
  if (key.multiValued) return run.weak<string | undefined>("D2", undefined, values[0]);
  return values[0];
}

/** Parts as one exact text: wildcards are literal. */
export const joined = (parts: readonly GlobPart[]): string =>
  parts.map((part) => ("literal" in part ? part.literal : part.pattern)).join("");

export const matchesParts = (parts: readonly GlobPart[], value: string): boolean => globOf(parts, "").matches(value);
