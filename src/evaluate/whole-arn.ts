import type { GlobPart } from "../policy/glob.ts";

/** What one position of a pattern takes: this character, any one, any but a colon, or a run of either. */
type Token = { readonly char: number } | { readonly any: "one" | "oneInField" | "run" | "runInField" };

const COLON = 0x3a;

/**
 * Matches a pattern against the whole text of an ARN. Before the fifth colon a `*` at the end of a field may extend over
 * the colons that follow, any other `*` and every `?` stays in its field (the algorithm of semantics A20). Position sets,
 * so the time is bounded by the product of the lengths; only patterns that failed field by field come here.
 */
export function wholeMatch(fields: readonly string[], last: readonly GlobPart[], value: string): boolean {
  const tokens = tokensOf(fields, last);
  let states = new Uint8Array(tokens.length + 1);
  states[0] = 1;
  skipRuns(tokens, states);
  for (let at = 0; at < value.length; at++) {
    const char = value.charCodeAt(at);
    const next = new Uint8Array(tokens.length + 1);
    let alive = false;
    for (let state = 0; state < tokens.length; state++) {
      if (!states[state]) continue;
      const token = tokens[state]!;
      if ("char" in token ? token.char !== char : char === COLON && token.any.endsWith("InField")) continue;
      next["any" in token && token.any.startsWith("run") ? state : state + 1] = 1;
      alive = true;
    }
    if (!alive) return false;
    skipRuns(tokens, next);
    states = next;
  }
  return states[tokens.length] === 1;
}

/** A run may be empty. */
function skipRuns(tokens: readonly Token[], states: Uint8Array): void {
  for (let state = 0; state < tokens.length; state++) {
    const token = tokens[state]!;
    if (states[state] && "any" in token && token.any.startsWith("run")) states[state + 1] = 1;
  }
}

function tokensOf(fields: readonly string[], last: readonly GlobPart[]): Token[] {
  const tokens: Token[] = [];
  for (const field of fields.slice(0, 5)) {
    for (let at = 0; at < field.length; at++) {
      const text = field[at]!;
      if (text === "*") tokens.push({ any: at === field.length - 1 ? "run" : "runInField" });
      else if (text === "?") tokens.push({ any: "oneInField" });
      else tokens.push({ char: text.charCodeAt(0) });
    }
    tokens.push({ char: COLON });
  }
  for (const part of last) {
    const text = "literal" in part ? part.literal : part.pattern;
    for (const character of text.split("")) {
      if ("pattern" in part && character === "*") tokens.push({ any: "run" });
      else if ("pattern" in part && character === "?") tokens.push({ any: "one" });
      else tokens.push({ char: character.charCodeAt(0) });
    }
  }
  return tokens;
}
