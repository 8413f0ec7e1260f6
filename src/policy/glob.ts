/**
 * Text patterns in which `*` stands for any run of characters and `?` for any one, matched in time linear in the value
 * and without regular expressions: a pattern of 200 stars must not stall a test run.
 */

/** A run without stars. */
interface Piece {
  readonly text: string;
  /** Its characters, where some are `?`; undefined when none is. */
  readonly codes: readonly number[] | undefined;
}

/** Any character. */
const HOLE = -1;

export interface Glob {
  readonly matches: (value: string) => boolean;
  /** The text without wildcards, if the pattern has none. */
  readonly exact: string | undefined;
  readonly source: string;
}

/** A part of a pattern: text to be taken literally, or pattern text whose `*` and `?` are wildcards. */
export type GlobPart = { readonly literal: string } | { readonly pattern: string };

export function glob(pattern: string): Glob {
  return globOf([{ pattern }], pattern);
}

export function literalGlob(text: string, source = text): Glob {
  return { exact: text, source, matches: (value) => value === text };
}

export function globOf(parts: readonly GlobPart[], source: string): Glob {
  const pieces: Piece[] = [];
  let text = "";
  let holes: Set<number> | undefined;
  const close = () => {
    const at = holes;
    pieces.push({
      text,
      codes: at && Array.from(text.split(""), (character, index) => (at.has(index) ? HOLE : character.charCodeAt(0))),
    });
    text = "";
    holes = undefined;
  };
  for (const part of parts) {
    if ("literal" in part) text += part.literal;
    else
      for (const run of splitWildcards(part.pattern)) {
        if (run === "*") close();
        else if (run === "?") {
          holes ??= new Set();
          holes.add(text.length);
          text += "?";
        } else text += run;
      }
  }
  close();
  return fromPieces(pieces, source);
}

/** Wildcards alone, other text in runs. */
function splitWildcards(pattern: string): readonly string[] {
  return /[*?]/.test(pattern) ? pattern.split(/([*?])/).filter((run) => run !== "") : [pattern];
}

function fromPieces(pieces: readonly Piece[], source: string): Glob {
  const first = pieces[0]!;
  const last = pieces[pieces.length - 1]!;
  if (pieces.length === 1) {
    const { text, codes } = first;
    if (!codes) return literalGlob(text, source);
    return { exact: undefined, source, matches: (value) => value.length === text.length && pieceAt(first, value, 0) };
  }
  if (pieces.length === 2 && !first.codes && last.text === "") {
    const prefix = first.text;
    if (prefix === "") return { exact: undefined, source, matches: () => true };
    // ARNs begin alike: where two differ, the last few characters mostly tell.
    const end = prefix.length - 1;
    const near = Math.max(0, prefix.length - 4);
    const matches = (value: string) => {
      for (let at = end; at >= near; at--) if (value.charCodeAt(at) !== prefix.charCodeAt(at)) return false;
      return value.startsWith(prefix);
    };
    return { exact: undefined, source, matches };
  }
  if (pieces.length === 2 && !first.codes && !last.codes) {
    const least = first.text.length + last.text.length;
    const matches = (value: string) =>
      value.length >= least && value.startsWith(first.text) && value.endsWith(last.text);
    return { exact: undefined, source, matches };
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

function pieceAt({ text, codes }: Piece, value: string, at: number): boolean {
  if (!codes) return value.startsWith(text, at);
  if (at + codes.length > value.length) return false;
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index]!;
    if (code !== HOLE && code !== value.charCodeAt(at + index)) return false;
  }
  return true;
}

function findPiece(piece: Piece, value: string, from: number, end: number): number {
  const last = end - piece.text.length;
  if (!piece.codes) {
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
