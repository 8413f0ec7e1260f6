import type { GlobPart } from "../policy/glob.ts";

/** What each position of a pattern takes: this character, or one of the four below. */
export type ArnTokens = readonly number[];

const ONE = -1;
const ONE_IN_FIELD = -2;
const RUN = -3;
const RUN_IN_FIELD = -4;

const COLON = 0x3a;

/**
 * Matches a pattern against the whole text of an ARN. Before the fifth colon a `*` at the end of a field may extend over
 * the colons that follow, any other `*` and every `?` stays in its field (the algorithm of semantics A20). Position sets,
 * so the time is bounded by the product of the lengths; only patterns that failed field by field come here.
 */
export function wholeMatch(tokens: ArnTokens, value: string): boolean {
  let states = new Uint8Array(tokens.length + 1);
  let next = new Uint8Array(tokens.length + 1);
  states[0] = 1;
  skipRuns(tokens, states);
  for (let at = 0; at < value.length; at++) {
    const char = value.charCodeAt(at);
    let alive = false;
    next.fill(0);
    for (let state = 0; state < tokens.length; state++) {
      if (!states[state]) continue;
      const token = tokens[state]!;
      if (token >= 0 ? token !== char : char === COLON && (token === ONE_IN_FIELD || token === RUN_IN_FIELD)) continue;
      next[isRun(token) ? state : state + 1] = 1;
      alive = true;
    }
    if (!alive) return false;
    skipRuns(tokens, next);
    [states, next] = [next, states];
  }
  return states[tokens.length] === 1;
}

const isRun = (token: number) => token <= RUN;

/** A run may be empty. */
function skipRuns(tokens: ArnTokens, states: Uint8Array): void {
  for (let state = 0; state < tokens.length; state++) if (states[state] && isRun(tokens[state]!)) states[state + 1] = 1;
}

/** `fields`: the five before the last; `last`: the sixth. */
export function arnTokens(fields: readonly string[], last: readonly GlobPart[]): ArnTokens {
  const tokens: number[] = [];
  for (const field of fields) {
    for (let at = 0; at < field.length; at++) {
      const text = field[at]!;
      if (text === "*") tokens.push(at === field.length - 1 ? RUN : RUN_IN_FIELD);
      else tokens.push(text === "?" ? ONE_IN_FIELD : text.charCodeAt(0));
    }
    tokens.push(COLON);
  }
  for (const part of last) {
    const text = "literal" in part ? part.literal : part.pattern;
    for (const character of text.split("")) {
      if ("pattern" in part && character === "*") tokens.push(RUN);
      else if ("pattern" in part && character === "?") tokens.push(ONE);
      else tokens.push(character.charCodeAt(0));
    }
  }
  return tokens;
}
