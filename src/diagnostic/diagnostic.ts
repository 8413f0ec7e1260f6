import type { Place, Source } from "../source/source.ts";
import { frame, printable } from "./frame.ts";

const SOURCE = Symbol("source");

export interface DiagnosticFields {
  readonly code: string;
  readonly sentence: string;
  readonly place?: Place | undefined;
  /** Words beside the underlined text. */
  readonly label?: string | undefined;
  /** Offset up to which the frame goes on after the underlined line. */
  readonly through?: number | undefined;
  readonly help?: string | undefined;
  readonly note?: string | undefined;
  readonly see?: string | undefined;
}

/**
 * What is wrong with an input (severity `error`: refused) or looks wrong in one that AWS accepts (severity `finding`:
 * evaluated all the same). Its own enumerable properties are JSON-safe; `toString()` is the text people read, and safe to print.
 */
export class Diagnostic {
  readonly severity: "error" | "finding";
  readonly code: string;
  readonly sentence: string;
  declare readonly place?: Place;
  declare readonly label?: string;
  declare readonly help?: string;
  declare readonly note?: string;
  declare readonly see?: string;
  declare private readonly [SOURCE]: { readonly source: Source | undefined; readonly through: number | undefined };

  constructor(severity: "error" | "finding", fields: DiagnosticFields, source?: Source) {
    this.severity = severity;
    this.code = fields.code;
    this.sentence = fields.sentence;
    const self = this as { -readonly [K in keyof Diagnostic]: Diagnostic[K] };
    if (fields.place) self.place = fields.place;
    if (fields.label) self.label = fields.label;
    if (fields.help) self.help = fields.help;
    if (fields.note) self.note = fields.note;
    if (fields.see) self.see = fields.see;
    Object.defineProperty(this, SOURCE, { value: { source, through: fields.through } });
  }

  toString(): string {
    const at = this.place ? ` ${printable(this.place.file)}:${this.place.line}:${this.place.column}` : "";
    const lines = [`${this.severity}[${this.code}]${at}`, `  ${printable(this.sentence)}`];
    const { source, through } = this[SOURCE];
    if (this.place && source) lines.push(...frame(source, this.place, { label: this.label, through }));
    if (this.help) lines.push(`  help: ${printable(this.help)}`);
    if (this.note) lines.push(`  note: ${printable(this.note)}`);
    if (this.see) lines.push(`  see: ${printable(this.see)}`);
    return lines.join("\n");
  }
}

/** How many problems one message spells out; `diagnostics` holds them all. */
const SHOWN = 50;

/** Thrown for input that is refused. `code` is the first problem's; `diagnostics` are all problems, in file order. */
export class DiagnosticError extends Error {
  readonly code: string;
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly [Diagnostic, ...Diagnostic[]] | readonly Diagnostic[]) {
    const shown = diagnostics.slice(0, SHOWN).map(String);
    if (diagnostics.length > SHOWN) shown.push(`and ${diagnostics.length - SHOWN} more problems`);
    super(shown.join("\n\n"));
    this.name = "DiagnosticError";
    this.code = diagnostics[0]?.code ?? "unknown";
    this.diagnostics = diagnostics;
  }
}

/** Refuses an input that has no place in a file. */
export function refuse(code: string, sentence: string, more: Omit<DiagnosticFields, "code" | "sentence"> = {}): never {
  throw new DiagnosticError([new Diagnostic("error", { code, sentence, ...more })]);
}
