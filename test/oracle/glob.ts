/** Patterns with `*` and `?` (semantics A19, A20, C4, C10). */
import {
  ANY_CHAR,
  begins,
  choice,
  ends,
  type Formula,
  inRegex,
  many,
  NO_COLON,
  type Regex,
  regex,
  same,
  sequence,
  type Text,
  TRUE,
} from "./smt.ts";

/** A pattern as literals and wildcards. A known character stands for itself even when it is `*` (semantics D3). */
export type Piece = { readonly text: string } | { readonly wild: "*" | "?" };

/** `${*}`, `${?}` and `${$}` are those characters where variables are read. */
export function piecesOf(pattern: string, variables: boolean): Piece[] {
  const pieces: Piece[] = [];
  const push = (text: string) => {
    const last = pieces.at(-1);
    if (last && "text" in last) pieces[pieces.length - 1] = { text: last.text + text };
    else pieces.push({ text });
  };
  for (let at = 0; at < pattern.length; at++) {
    const escaped = variables ? /^\$\{([*?$])\}/.exec(pattern.slice(at)) : null;
    if (escaped) {
      push(escaped[1]!);
      at += 3;
    } else if (pattern[at] === "*" || pattern[at] === "?") pieces.push({ wild: pattern[at] as "*" | "?" });
    else push(pattern[at]!);
  }
  return pieces;
}

/** Without wildcards: the text that the value is. */
export const plainOf = (value: string, variables: boolean): string =>
  variables ? value.replace(/\$\{([*?$])\}/g, "$1") : value;

export const regexOf = (pieces: readonly Piece[], inField: boolean): Regex => {
  const one = inField ? NO_COLON : ANY_CHAR;
  return sequence(
    ...pieces.map((piece) => ("text" in piece ? regex(piece.text) : piece.wild === "?" ? one : many(one))),
  );
};

/** Whether the text is matched. `inField`: wildcards do not match colons; a text that holds none needs no such care. */
export function globs(text: Text, pieces: readonly Piece[], inField = false): Formula {
  const [first, second] = pieces;
  if (!first) return same(text, "");
  if (!second && "text" in first) return same(text, first.text);
  if (!inField && !second && "wild" in first && first.wild === "*") return TRUE;
  if (!inField && pieces.length === 2 && "text" in first && "wild" in second! && second.wild === "*")
    return begins(text, first.text);
  if (!inField && pieces.length === 2 && "wild" in first && first.wild === "*" && "text" in second!)
    return ends(text, second.text);
  return inRegex(text, regexOf(pieces, inField));
}

/** The value, letter case aside. */
export function sameFolded(text: Text, value: string): Formula {
  const letters = [...value].map((char) => {
    const [lower, upper] = [char.toLowerCase(), char.toUpperCase()];
    return lower === upper ? regex(char) : choice(regex(lower), regex(upper));
  });
  return inRegex(text, sequence(...letters));
}
