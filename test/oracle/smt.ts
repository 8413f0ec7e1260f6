/** Formulas of SMT-LIB as text, with constants folded: what z3 is asked need not hold what is plain. */

/** A Boolean term. */
export type Formula = string;
/** A text: known, or a term of sort String. */
export type Text = { readonly known: string } | { readonly term: string } | { readonly parts: readonly Text[] };

export const TRUE: Formula = "true";
export const FALSE: Formula = "false";

export function and(...parts: readonly Formula[]): Formula {
  const kept = [...new Set(parts)].filter((part) => part !== TRUE);
  if (kept.includes(FALSE)) return FALSE;
  if (kept.length === 0) return TRUE;
  return kept.length === 1 ? kept[0]! : `(and ${kept.join(" ")})`;
}

export function or(...parts: readonly Formula[]): Formula {
  const kept = [...new Set(parts)].filter((part) => part !== FALSE);
  if (kept.includes(TRUE)) return TRUE;
  if (kept.length === 0) return FALSE;
  return kept.length === 1 ? kept[0]! : `(or ${kept.join(" ")})`;
}

export const not = (part: Formula): Formula => (part === TRUE ? FALSE : part === FALSE ? TRUE : `(not ${part})`);
export const when = (premise: Formula, conclusion: Formula): Formula => or(not(premise), conclusion);
export const either = (holds: boolean): Formula => (holds ? TRUE : FALSE);

/** A string literal: quotes doubled, all but printable ASCII escaped; a backslash could begin an escape. */
export const literal = (text: string): string =>
  `"${[...text]
    .map((char) => {
      const code = char.codePointAt(0)!;
      if (char === '"') return '""';
      return code >= 0x20 && code < 0x7f && char !== "\\" ? char : `\\u{${code.toString(16)}}`;
    })
    .join("")}"`;

export const known = (text: string): Text => ({ known: text });
export const term = (name: string): Text => ({ term: name });
export const spelled = (text: Text): string =>
  "known" in text ? literal(text.known) : "term" in text ? text.term : `(str.++ ${text.parts.map(spelled).join(" ")})`;

/** Several texts, one after the other. */
export function joined(...texts: readonly Text[]): Text {
  const merged: Text[] = [];
  for (const text of texts) {
    const last = merged.at(-1);
    if (last && "known" in last && "known" in text) merged[merged.length - 1] = known(last.known + text.known);
    else merged.push(text);
  }
  if (merged.length === 1) return merged[0]!;
  return { parts: merged };
}

/** Variables whose values are looked for among these only; undefined: among all texts. */
let among: ReadonlyMap<string, readonly string[]> | undefined;

/** Builds formulas for a search among the given texts: all that is asked of a text is then decided here. */
export function searchingAmong<T>(values: ReadonlyMap<string, readonly string[]>, build: () => T): T {
  among = values;
  try {
    return build();
  } finally {
    among = undefined;
  }
}

export const selector = (name: string): string => `pick_${name}`;

/** The texts that it may be, each under a condition; undefined where it may be any. */
function choicesOf(text: Text): readonly { readonly of: Formula; readonly value: string }[] | undefined {
  if ("known" in text) return [{ of: TRUE, value: text.known }];
  if ("parts" in text) {
    let found: { of: Formula; value: string }[] = [{ of: TRUE, value: "" }];
    for (const part of text.parts) {
      const own = choicesOf(part);
      if (!own) return undefined;
      found = found.flatMap(({ of, value }) => own.map((one) => ({ of: and(of, one.of), value: value + one.value })));
    }
    return found;
  }
  const values = among?.get(text.term);
  return values?.map((value, at) => ({ of: `(= ${selector(text.term)} ${at})`, value }));
}

/** What holds of a text: decided here where its values are known, else by z3. */
function holdsOf(text: Text, here: (value: string) => boolean, there: (spelled: string) => Formula): Formula {
  const choices = choicesOf(text);
  if (!choices) return there(spelled(text));
  const fitting = choices.filter(({ value }) => here(value));
  return fitting.length === choices.length ? TRUE : or(...fitting.map(({ of }) => of));
}

export const same = (text: Text, value: string): Formula =>
  holdsOf(
    text,
    (one) => one === value,
    (term) => `(= ${term} ${literal(value)})`,
  );
export const begins = (text: Text, value: string): Formula =>
  holdsOf(
    text,
    (one) => one.startsWith(value),
    (term) => `(str.prefixof ${literal(value)} ${term})`,
  );
export const ends = (text: Text, value: string): Formula =>
  holdsOf(
    text,
    (one) => one.endsWith(value),
    (term) => `(str.suffixof ${literal(value)} ${term})`,
  );

/** Two texts that are the same. */
export function equal(one: Text, other: Text): Formula {
  const [left, right] = [choicesOf(one), choicesOf(other)];
  if (!left || !right) return `(= ${spelled(one)} ${spelled(other)})`;
  return or(...left.flatMap((a) => right.filter(({ value }) => value === a.value).map((b) => and(a.of, b.of))));
}

// Regular expressions: for z3, and for here.

export interface Regex {
  readonly smt: string;
  readonly js: string;
}

export const ANY_CHAR: Regex = { smt: "re.allchar", js: "[\\s\\S]" };
/** Written as ranges: z3 does not get far with complements. */
export const NO_COLON: Regex = {
  smt: '(re.union (re.range "\\u{0}" "9") (re.range ";" "\\u{ffff}"))',
  js: "[^:]",
};
export const DIGIT: Regex = { smt: '(re.range "0" "9")', js: "\\d" };

export const regex = (text: string): Regex => ({
  smt: `(str.to_re ${literal(text)})`,
  js: text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"),
});
export function sequence(...parts: readonly Regex[]): Regex {
  const kept = parts.filter(({ js }) => js !== "");
  const js = kept.map((part) => part.js).join("");
  if (kept.length === 0) return regex("");
  return { smt: kept.length === 1 ? kept[0]!.smt : `(re.++ ${kept.map(({ smt }) => smt).join(" ")})`, js };
}
export const choice = (...parts: readonly Regex[]): Regex => ({
  smt: parts.length === 1 ? parts[0]!.smt : `(re.union ${parts.map(({ smt }) => smt).join(" ")})`,
  js: `(?:${parts.map(({ js }) => js).join("|")})`,
});
export const many = ({ smt, js }: Regex): Regex => ({ smt: `(re.* ${smt})`, js: `(?:${js})*` });
export const some = ({ smt, js }: Regex): Regex => ({ smt: `(re.+ ${smt})`, js: `(?:${js})+` });
export const times = (count: number, { smt, js }: Regex): Regex => ({
  smt: `((_ re.loop ${count} ${count}) ${smt})`,
  js: `(?:${js}){${count}}`,
});

/** Characters of a class that is written as `a-z0-9+=`. */
export function oneOf(characters: string): Regex {
  const parts: Regex[] = [];
  for (let at = 0; at < characters.length; at++)
    if (characters[at + 1] === "-" && characters[at + 2] !== undefined) {
      const [low, high] = [characters[at]!, characters[at + 2]!];
      parts.push({ smt: `(re.range ${literal(low)} ${literal(high)})`, js: `[\\u${hex(low)}-\\u${hex(high)}]` });
      at += 2;
    } else parts.push(regex(characters[at]!));
  return choice(...parts);
}
const hex = (char: string) => char.charCodeAt(0).toString(16).padStart(4, "0");

export const inRegex = (text: Text, { smt, js }: Regex): Formula => {
  const own = new RegExp(`^(?:${js})$`);
  return holdsOf(
    text,
    (one) => own.test(one),
    (term) => `(str.in_re ${term} ${smt})`,
  );
};
