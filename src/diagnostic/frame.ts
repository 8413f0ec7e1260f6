import type { Place, Source } from "../source/source.ts";

/** A frame never shows more of a line than this: minified policies are one line. */
const WIDTH = 110;

/** Controls, format characters, lone surrogates, line separators, and all that is drawn as nothing. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Makes text safe to print on one line: a policy must not be able to move the cursor, colour the report, reorder it or
 * hide a letter in it. Each UTF-16 unit of what is not to be seen becomes one visible character, so columns stay.
 */
export function printable(text: string): string {
  return text.replace(UNSEEN, (c) => (c === "\t" ? " " : "\ufffd".repeat(c.length)));
}

/** Text quoted in a sentence: printable, shortened, in backticks. */
export function quoted(text: string, max = 80): string {
  return `\`${printable(shortened(text, max))}\``;
}

/** At most `max` units, the last an ellipsis where some are left out; a character of two units is not cut in half. */
export function shortened(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, max - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

export interface FrameOptions {
  readonly label?: string | undefined;
  /** Go on with the lines up to this offset. */
  readonly through?: number | undefined;
  /** Written after the line number: `ok` or `NO`. */
  readonly mark?: string | undefined;
  readonly underline?: boolean;
}

/** The lines of a code frame: the line of `place` with the text underlined, and an optional label beside it. */
export function frame(source: Source, place: Place, options: FrameOptions = {}): string[] {
  const line = source.line(place.line);
  const mark = options.mark ? ` ${options.mark}` : "";
  const from = place.column - 1;
  const length = Math.max(1, Math.min(place.end - place.start, line.length - from));
  const view = window(line, from, length);
  const gutter = `${String(place.line).padStart(5)}${mark}`;
  const lines = [`${gutter} | ${view.text}`];
  if (options.underline !== false) {
    const label = options.label ? ` ${printable(options.label)}` : "";
    lines.push(`${" ".repeat(gutter.length)} | ${" ".repeat(view.from)}${"^".repeat(view.length)}${label}`);
  }
  if (options.through !== undefined) {
    const last = Math.min(source.place(options.through, options.through).line, place.line + 3);
    for (let number = place.line + 1; number <= last; number++)
      lines.push(`${String(number).padStart(5)}${mark && "   "} | ${window(source.line(number), 0, 1).text}`);
  }
  return lines;
}

/** Cuts a long line to the part around the underlined text. */
function window(line: string, from: number, length: number): { text: string; from: number; length: number } {
  if (line.length <= WIDTH) return { text: printable(line), from, length };
  const start = Math.max(0, Math.min(from - 30, line.length - WIDTH));
  const cut = line.slice(start, start + WIDTH);
  const before = start > 0 ? "…" : "";
  const after = start + WIDTH < line.length ? "…" : "";
  return {
    text: printable(before + cut + after),
    from: from - start + before.length,
    length: Math.min(length, WIDTH - (from - start)),
  };
}
