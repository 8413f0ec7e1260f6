/** Patterns with `*` and `?` (semantics A19, A20, C4, C10). */
import {
  ANY_CHAR,
  either,
  type Formula,
  inRegex,
  literal,
  many,
  NO_COLON,
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

export const regexOf = (pieces: readonly Piece[], inField: boolean): string => {
  const one = inField ? NO_COLON : ANY_CHAR;
  return sequence(
    ...pieces.map((piece) => ("text" in piece ? regex(piece.text) : piece.wild === "?" ? one : many(one))),
  );
};

function jsRegex(pieces: readonly Piece[], inField: boolean): RegExp {
  const one = inField ? "[^:]" : "[\\s\\S]";
  const source = pieces.map((piece) =>
    "text" in piece ? piece.text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&") : piece.wild === "?" ? one : `${one}*`,
  );
  return new RegExp(`^${source.join("")}$`);
}

/** Whether the text is matched. `inField`: wildcards do not match colons; a text that holds none needs no such care. */
export function globs(text: Text, pieces: readonly Piece[], inField = false): Formula {
  if ("known" in text) return either(jsRegex(pieces, inField).test(text.known));
  const [first, second] = pieces;
  if (!first) return same(text, "");
  if (!second && "text" in first) return same(text, first.text);
  if (!inField && !second && "wild" in first && first.wild === "*") return TRUE;
  if (!inField && pieces.length === 2 && "text" in first && "wild" in second! && second.wild === "*")
    return `(str.prefixof ${literal(first.text)} ${text.term})`;
  if (!inField && pieces.length === 2 && "wild" in first && first.wild === "*" && "text" in second!)
    return `(str.suffixof ${literal(second.text)} ${text.term})`;
  return inRegex(text, regexOf(pieces, inField));
}

/** Any of the values, letter case aside. */
export function sameFolded(text: Text, value: string): Formula {
  if ("known" in text) return either(text.known.toLowerCase() === value.toLowerCase());
  const letters = [...value].map((char) => {
    const lower = char.toLowerCase();
    const upper = char.toUpperCase();
    return lower === upper ? regex(char) : `(re.union ${regex(lower)} ${regex(upper)})`;
  });
  return inRegex(text, sequence(...letters));
}
