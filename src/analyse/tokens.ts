/**
 * Patterns as rows of tokens, so that texts can be told apart by all of them at once. What a pattern of a policy means
 * is the evaluator's to say; these are the same words in a form that can be walked character by character, and
 * `test/analyse` holds the two side by side.
 */
import { arnFields } from "../policy/arn.ts";
import type { GlobPart } from "../policy/glob.ts";

/** `inField`: all but a colon; `plain`: neither colon nor slash; `name`: what paths and names of principals are made of, `nameEnd`: what they end in. */
export type CharacterKind = "any" | "inField" | "plain" | "name" | "nameEnd" | "digit" | "region";

export type Token =
  | { readonly char: string }
  /** The character in either case; written small. */
  | { readonly fold: string }
  | { readonly some: CharacterKind; readonly many: boolean };

export type Pattern = readonly Token[];

const KINDS: Readonly<Record<CharacterKind, (character: string) => boolean>> = {
  any: () => true,
  inField: (character) => character !== ":",
  plain: (character) => character !== ":" && character !== "/" && character !== "*" && character !== "?",
  name: (character) => /^[\w+=,.@/-]$/.test(character),
  nameEnd: (character) => /^[\w+=,.@-]$/.test(character),
  digit: (character) => character >= "0" && character <= "9",
  region: (character) => /^[a-z0-9-]$/.test(character),
};

export function takes(token: Token, character: string): boolean {
  if ("char" in token) return token.char === character;
  if ("fold" in token) return token.fold === character.toLowerCase();
  return KINDS[token.some](character);
}

export const one = (some: CharacterKind): Token => ({ some, many: false });
export const run = (some: CharacterKind): Token => ({ some, many: true });
export const text = (literal: string): Token[] => literal.split("").map((char) => ({ char }));
const folded = (literal: string): Token[] =>
  literal.split("").map((char) => {
    const fold = char.toLowerCase();
    return fold === char.toUpperCase() ? { char } : { fold };
  });

/** At least one character of a kind. */
export const some = (kind: CharacterKind): Token[] => [one(kind), run(kind)];
export const ACCOUNT: readonly Token[] = Array.from({ length: 12 }, () => one("digit"));
export const ANYTHING: Pattern = [run("any")];

/** The pattern as one text: two have the same only if they are the same. */
export function spelledOut(pattern: Pattern): string {
  let text = "";
  for (const token of pattern) {
    if ("char" in token) text += token.char < " " ? `\u0003c${token.char}` : token.char;
    else if ("fold" in token) text += `\u0003f${token.fold}`;
    else text += `\u0003${token.many ? "m" : "o"}${token.some}\u0003`;
  }
  return text;
}

/** Whether a pattern matches a whole text. */
export function matches(pattern: Pattern, text: string): boolean {
  const last = pattern.length;
  let live = new Uint8Array(last + 1);
  live[0] = 1;
  // A run may be empty.
  const passRuns = () => {
    for (let at = 0; at < last; at++) if (live[at] === 1 && isRun(pattern[at]!)) live[at + 1] = 1;
  };
  passRuns();
  for (const character of text.split("")) {
    const next = new Uint8Array(last + 1);
    for (let at = 0; at < last; at++)
      if (live[at] === 1 && takes(pattern[at]!, character)) next[isRun(pattern[at]!) ? at : at + 1] = 1;
    live = next;
    passRuns();
  }
  return live[last] === 1;
}

export const isRun = (token: Token): boolean => "some" in token && token.many;

/** `*` and `?` as wildcards, within `kind`. */
function wild(pattern: string, kind: CharacterKind): Token[] {
  return pattern.split("").map((char) => (char === "*" ? run(kind) : char === "?" ? one(kind) : { char }));
}

export function partsPattern(parts: readonly GlobPart[], kind: CharacterKind = "any"): Token[] {
  return parts.flatMap((part) => ("literal" in part ? text(part.literal) : wild(part.pattern, kind)));
}

/** Parts whose wildcards are plain characters. */
export function exactPattern(parts: readonly GlobPart[], ignoreCase: boolean): Token[] {
  const whole = parts.map((part) => ("literal" in part ? part.literal : part.pattern)).join("");
  return ignoreCase ? folded(whole) : text(whole);
}

/** Six fields, each with parts of its own; wildcards stay in theirs, but for the sixth (semantics C10). */
export function fieldsPattern(fields: readonly (readonly GlobPart[])[]): Token[] {
  return fields.flatMap((parts, at) => [
    ...(at > 0 ? text(":") : []),
    ...partsPattern(parts, at < 5 ? "inField" : "any"),
  ]);
}

/** The pattern of a `Resource`, with a `*` at the end of a field that may reach over colons (semantics A20), or not. */
export function resourcePattern(fields: readonly string[], last: readonly GlobPart[], crossing: boolean): Token[] {
  const early = fields
    .slice(0, 5)
    .flatMap((field) => [
      ...(crossing && field.endsWith("*")
        ? [...wild(field.slice(0, -1), "inField"), run("any")]
        : wild(field, "inField")),
      ...text(":"),
    ]);
  return [...early, ...partsPattern(last)];
}

/** The ARNs of a resource type, as `arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}` says it. */
export function templatePattern(template: string, partition: string, account: string): Token[] {
  const filled = template.replace("${Partition}", partition).replace("${Account}", account);
  const fields = arnFields(filled);
  return fields.flatMap((field, at) => {
    const tokens: Token[] = at > 0 ? text(":") : [];
    const pieces = field.split(/(\$\{[^}]*\}|\*)/);
    for (const [index, piece] of pieces.entries()) {
      if (piece === "") continue;
      if (piece === "*") tokens.push(run("any"));
      else if (!piece.startsWith("${")) tokens.push(...text(piece));
      else if (piece === "${Region}") tokens.push(...some("region"));
      // Only what stands last may hold further slashes; a bucket's name holds none.
      else if (at === 5 && index >= pieces.length - 2 && piece !== "${BucketName}") tokens.push(...some("any"));
      // Log groups have slashes in their names.
      else tokens.push(...some(piece === "${LogGroupName}" ? "inField" : "plain"));
    }
    return tokens;
  });
}
