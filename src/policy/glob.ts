/**
 * Text patterns in which `*` stands for any run of characters and `?` for any one, matched in time linear in the value
 * and without regular expressions: a pattern of 200 stars must not stall a test run.
 */

/** A run without stars. `holes` are the positions of `?`; undefined when there is none. */
interface Piece {
  readonly text: string;
  readonly holes: readonly number[] | undefined;
}

export interface Glob {
  matches(value: string): boolean;
  /** The text without wildcards, if the pattern has none. */
  readonly exact: string | undefined;
  readonly source: string;
}

/** A part of a pattern: text to be taken literally, or pattern text whose `*` and `?` are wildcards. */
export type GlobPart = { readonly literal: string } | { readonly pattern: string };

export function glob(pattern: string): Glob {
  return globOf([{ pattern }], pattern);
}

export function literalGlob(text: string): Glob {
  return { exact: text, source: text, matches: (value) => value === text };
}

export function globOf(parts: readonly GlobPart[], source: string): Glob {
  const pieces: Piece[] = [];
  let text = "";
  let holes: number[] = [];
  const close = () => {
    pieces.push({ text, holes: holes.length > 0 ? holes : undefined });
    text = "";
    holes = [];
  };
  for (const part of parts) {
    if ("literal" in part) text += part.literal;
    else
      for (const character of splitWildcards(part.pattern)) {
        if (character === "*") close();
        else if (character === "?") {
          holes.push(text.length);
          text += "?";
        } else text += character;
      }
  }
  close();
  return fromPieces(pieces, source);
}

/** Wildcards alone, other text in runs. */
function splitWildcards(pattern: string): string[] {
  return pattern.split(/([*?])/).filter((run) => run !== "");
}

function fromPieces(pieces: readonly Piece[], source: string): Glob {
  const first = pieces[0]!;
  const last = pieces[pieces.length - 1]!;
  if (pieces.length === 1) {
    const { text, holes } = first;
    if (!holes) return { exact: text, source, matches: (value) => value === text };
    return { exact: undefined, source, matches: (value) => value.length === text.length && pieceAt(first, value, 0) };
  }
  if (pieces.length === 2 && !first.holes && last.text === "") {
    const prefix = first.text;
    if (prefix === "") return { exact: undefined, source, matches: () => true };
    return { exact: undefined, source, matches: (value) => value.startsWith(prefix) };
  }
  const middle = pieces.slice(1, -1).filter((piece) => piece.text !== "");
  const least = first.text.length + last.text.length;
  return {
    exact: undefined,
    source,
    matches(value) {
      const end = value.length - last.text.length;
      if (value.length < least || !pieceAt(first, value, 0) || !pieceAt(last, value, end)) return false;
      // The leftmost place for each piece leaves the most room for the next: no backtracking is needed.
      let at = first.text.length;
      for (const piece of middle) {
        const found = findPiece(piece, value, at, end);
        if (found === -1) return false;
        at = found + piece.text.length;
      }
      return at <= end;
    },
  };
}

function pieceAt(piece: Piece, value: string, at: number): boolean {
  const { text, holes } = piece;
  if (!holes) return value.startsWith(text, at);
  let from = 0;
  for (const hole of holes) {
    if (!value.startsWith(text.slice(from, hole), at + from)) return false;
    from = hole + 1;
  }
  return value.startsWith(text.slice(from), at + from);
}

function findPiece(piece: Piece, value: string, from: number, end: number): number {
  const last = end - piece.text.length;
  if (!piece.holes) {
    const found = value.indexOf(piece.text, from);
    return found > last ? -1 : found;
  }
  for (let at = from; at <= last; at++) if (pieceAt(piece, value, at)) return at;
  return -1;
}

/** Whether some text matches both patterns. Quadratic, for findings only. */
export function globsOverlap(a: string, b: string): boolean {
  if (a.length > 4096 || b.length > 4096) return true;
  // reach[j]: a[0..i) and b[0..j) can match the same text.
  let reach = new Array<boolean>(b.length + 1).fill(false);
  reach[0] = true;
  for (let i = 0; i <= a.length; i++) {
    const next = new Array<boolean>(b.length + 1).fill(false);
    for (let j = 0; j <= b.length; j++) {
      if (!reach[j]) continue;
      const x = a[i];
      const y = b[j];
      if (y === "*" && x !== undefined) next[j] = true;
      if (y === "*" && j < b.length) reach[j + 1] = true;
      if (x === "*") {
        next[j] = true;
        if (y !== undefined) reach[j + 1] = true;
      }
      if (x !== undefined && y !== undefined && x !== "*" && y !== "*" && (x === y || x === "?" || y === "?"))
        next[j + 1] = true;
    }
    if (i === a.length) return reach[b.length]!;
    reach = next;
  }
  return false;
}
