/** Formulas of SMT-LIB as text, with constants folded: what z3 is asked need not hold what is plain. */

/** A Boolean term. */
export type Formula = string;
/** A text: known, or a term of sort String. */
export type Text = { readonly known: string } | { readonly term: string };

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
export const spelled = (text: Text): string => ("known" in text ? literal(text.known) : text.term);

/** Several texts, one after the other. */
export function joined(...texts: readonly Text[]): Text {
  const merged: Text[] = [];
  for (const text of texts) {
    const last = merged.at(-1);
    if (last && "known" in last && "known" in text) merged[merged.length - 1] = known(last.known + text.known);
    else merged.push(text);
  }
  if (merged.length === 1) return merged[0]!;
  return term(`(str.++ ${merged.map(spelled).join(" ")})`);
}

export function same(text: Text, value: string): Formula {
  return "known" in text ? either(text.known === value) : `(= ${text.term} ${literal(value)})`;
}

// Regular expressions.

export const ANY_CHAR = "re.allchar";
/** Written as ranges: z3 does not get far with complements. */
export const NO_COLON = '(re.union (re.range "\\u{0}" "9") (re.range ";" "\\u{ffff}"))';
export const DIGIT = '(re.range "0" "9")';

export const regex = (text: string): string => `(str.to_re ${literal(text)})`;
export function sequence(...parts: readonly string[]): string {
  const kept = parts.filter((part) => part !== '(str.to_re "")');
  return kept.length === 0 ? regex("") : kept.length === 1 ? kept[0]! : `(re.++ ${kept.join(" ")})`;
}
export const choice = (...parts: readonly string[]): string =>
  parts.length === 1 ? parts[0]! : `(re.union ${parts.join(" ")})`;
export const many = (part: string): string => `(re.* ${part})`;
export const some = (part: string): string => `(re.+ ${part})`;

/** Characters of a class that is written as `a-z0-9+=`. */
export function oneOf(characters: string): string {
  const parts: string[] = [];
  for (let at = 0; at < characters.length; at++)
    if (characters[at + 1] === "-" && characters[at + 2] !== undefined) {
      parts.push(`(re.range ${literal(characters[at]!)} ${literal(characters[at + 2]!)})`);
      at += 2;
    } else parts.push(regex(characters[at]!));
  return choice(...parts);
}

export function inRegex(text: Text, expression: string): Formula {
  return `(str.in_re ${spelled(text)} ${expression})`;
}
