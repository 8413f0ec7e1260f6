/** Where something is written: 1-based line and column, and the offsets that a code frame underlines. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly start: number;
  readonly end: number;
}

/** A text with a name, which turns offsets into lines and columns. Columns count UTF-16 units, as editors do. */
export class Source {
  readonly file: string;
  readonly text: string;
  #lineStarts: number[] | undefined;

  readonly #firstLine: number;

  /** `firstLine`: the number of the text's first line, where the text is a part of the file. */
  constructor(file: string, text: string, firstLine = 1) {
    this.file = file;
    this.text = text;
    this.#firstLine = firstLine;
  }

  place(start: number, end: number): Place {
    const starts = this.lineStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= start) low = middle;
      else high = middle - 1;
    }
    return { file: this.file, line: low + this.#firstLine, column: start - starts[low]! + 1, start, end };
  }

  /** The text of a line, by its number, without its line end. */
  line(number: number): string {
    const at = number - this.#firstLine;
    const start = this.lineStarts[at] ?? this.text.length;
    const next = this.lineStarts[at + 1] ?? this.text.length + 1;
    return this.text.slice(start, next - 1).replace(/\r$/, "");
  }

  private get lineStarts(): number[] {
    if (!this.#lineStarts) {
      const starts = [0];
      for (let at = this.text.indexOf("\n"); at !== -1; at = this.text.indexOf("\n", at + 1)) starts.push(at + 1);
      this.#lineStarts = starts;
    }
    return this.#lineStarts;
  }
}
