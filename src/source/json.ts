/**
 * A JSON reader that keeps positions and duplicate keys, both of which `JSON.parse` throws away: it keeps the last of
 * two equal keys without a word, and in a policy that changes the decision (semantics A2).
 */
export type JsonNode = JsonObject | JsonArray | JsonString | JsonNumber | JsonBoolean | JsonNull;

interface Spanned {
  readonly start: number;
  readonly end: number;
}
export interface JsonMember {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: JsonNode;
}
export interface JsonObject extends Spanned {
  readonly type: "object";
  readonly members: readonly JsonMember[];
}
export interface JsonArray extends Spanned {
  readonly type: "array";
  readonly items: readonly JsonNode[];
}
export interface JsonString extends Spanned {
  readonly type: "string";
  readonly value: string;
}
export interface JsonNumber extends Spanned {
  readonly type: "number";
  readonly value: string;
}
export interface JsonBoolean extends Spanned {
  readonly type: "boolean";
  readonly value: boolean;
}
export interface JsonNull extends Spanned {
  readonly type: "null";
}

export interface JsonProblem extends Spanned {
  readonly sentence: string;
  readonly label?: string;
  /** Offset of a later token that the frame should show as well. */
  readonly through?: number;
}

export interface JsonReading {
  /** Absent when the text could not be read to its end. */
  readonly root: JsonNode | undefined;
  readonly problems: readonly JsonProblem[];
}

/** A policy nests six levels deep; this bound keeps hostile input off the call stack. */
const MAX_DEPTH = 100;

class Unreadable extends Error {}

/** Reads JSON text. A missing or superfluous comma is reported and read over; any other error ends the reading. */
export function readJson(text: string): JsonReading {
  const reader = new Reader(text);
  let root: JsonNode | undefined;
  try {
    root = reader.document();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
  }
  return { root, problems: reader.problems };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_$][\w$]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

class Reader {
  readonly problems: JsonProblem[] = [];
  private at = 0;

  constructor(private readonly text: string) {
    if (text.charCodeAt(0) === 0xfeff) this.at = 1;
  }

  document(): JsonNode {
    this.space();
    if (this.at >= this.text.length) this.fail("the text is empty: expected a JSON object");
    const root = this.value(0, "value");
    this.space();
    if (this.at < this.text.length) this.fail(`expected the end of the text, found ${this.found()}`);
    return root;
  }

  /** `role` names what is expected here, in messages: "after this statement" helps more than "after this value". */
  private value(depth: number, role: string): JsonNode {
    if (depth > MAX_DEPTH) this.fail(`nested more than ${MAX_DEPTH} levels deep`);
    const start = this.at;
    switch (this.text[start]) {
      case "{":
        return this.object(depth);
      case "[":
        return this.array(depth, role);
      case '"':
        return { type: "string", value: this.string(), start, end: this.at };
      case "t":
        return { type: "boolean", value: this.word("true", true), start, end: this.at };
      case "f":
        return { type: "boolean", value: this.word("false", false), start, end: this.at };
      case "n":
        this.word("null", null);
        return { type: "null", start, end: this.at };
    }
    NUMBER.lastIndex = start;
    const number = NUMBER.exec(this.text)?.[0];
    if (number === undefined) return this.fail(`expected a ${role}, found ${this.found()}`);
    this.at += number.length;
    return { type: "number", value: number, start, end: this.at };
  }

  private object(depth: number): JsonObject {
    const start = this.at++;
    const members: JsonMember[] = [];
    this.space();
    while (this.text[this.at] !== "}") {
      const keyStart = this.at;
      if (this.text[keyStart] !== '"') this.fail(`expected a key in double quotes or \`}\`, found ${this.found()}`);
      const key = this.string();
      const keyEnd = this.at;
      this.space();
      if (this.text[this.at] !== ":") this.fail(`expected \`:\` after the key, found ${this.found()}`);
      this.at++;
      this.space();
      const role = key === "Statement" ? "statement" : "value";
      const value = this.value(depth + 1, role);
      members.push({ key, keyStart, keyEnd, value });
      this.separator("}", "value", '"');
    }
    this.at++;
    return { type: "object", members, start, end: this.at };
  }

  private array(depth: number, role: string): JsonArray {
    const start = this.at++;
    const items: JsonNode[] = [];
    this.space();
    while (this.text[this.at] !== "]") {
      const item = this.value(depth + 1, role);
      items.push(item);
      this.separator("]", role, item.type === "object" ? "{" : '"');
    }
    this.at++;
    return { type: "array", items, start, end: this.at };
  }

  /** Between two members or items: a comma, or the closing bracket. `opens` is what a further one would begin with. */
  private separator(close: string, role: string, opens: string): void {
    const end = this.at;
    this.space();
    const next = this.text[this.at];
    if (next === close) return;
    if (next === ",") {
      const comma = this.at++;
      this.space();
      if (this.text[this.at] === close)
        this.problems.push({
          sentence: `expected a further ${role} after \`,\`, found \`${close}\``,
          label: "this comma is one too many",
          start: comma,
          end: comma + 1,
        });
      return;
    }
    const problem: JsonProblem = {
      sentence: `expected \`,\` or \`${close}\` after this ${role}, found ${this.found()}`,
      start: end,
      end: end + 1,
    };
    if (next !== opens) {
      this.problems.push(problem);
      throw new Unreadable();
    }
    this.problems.push({ ...problem, label: "a comma is missing here", through: this.at });
  }

  private string(): string {
    const start = this.at++;
    let plainFrom = this.at;
    let value = "";
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (Number.isNaN(code))
        return this.fail("this string has no closing quote", start, Math.min(this.text.length, start + 20));
      if (code === QUOTE) break;
      if ((code === 0x0a || code === 0x0d) && this.endsHere(this.at))
        return this.fail("this string has no closing quote", start, this.at);
      if (code < 0x20) {
        const name = code === 0x0a || code === 0x0d ? "a line break" : code === 0x09 ? "a tab" : "a control character";
        return this.fail(`${name} inside a string must be written as an escape`, this.at, this.at + 1);
      }
      if (code === BACKSLASH) {
        value += this.text.slice(plainFrom, this.at) + this.escape();
        plainFrom = this.at;
      } else this.at++;
    }
    value += this.text.slice(plainFrom, this.at++);
    return value;
  }

  /** Whether the line after a line break begins as a line of JSON does, so that the break is none of a string's. */
  private endsHere(at: number): boolean {
    const next = /[^ \t\r\n]/g;
    next.lastIndex = at;
    const found = next.exec(this.text)?.[0];
    return found !== undefined && '"}]{['.includes(found);
  }

  private escape(): string {
    const start = this.at;
    const letter = this.text[start + 1] ?? "";
    if (letter === "u") {
      const hex = this.text.slice(start + 2, start + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) this.fail("`\\u` needs four hexadecimal digits", start, start + 2);
      this.at += 6;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    const plain = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    if (plain === undefined) this.fail("this escape does not exist in JSON", start, start + 2);
    this.at += 2;
    return plain!;
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) this.fail(`expected a value, found ${this.found()}`);
    this.at += word.length;
    return value;
  }

  private space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) this.at++;
      else if (code === 0x23 || (code === 0x2f && /[/*]/.test(this.text[this.at + 1] ?? "")))
        this.fail("JSON has no comments", this.at, Math.min(this.text.length, this.at + 2));
      else return;
    }
  }

  private found(): string {
    if (this.at >= this.text.length) return "the end of the text";
    WORD.lastIndex = this.at;
    const word = WORD.exec(this.text)?.[0];
    if (word !== undefined) return `\`${word.slice(0, 30)}\``;
    const character = String.fromCodePoint(this.text.codePointAt(this.at)!);
    if (/\p{Zs}/u.test(character)) {
      const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
      return `${character === "\u00a0" ? "a no-break space" : "a space that JSON does not know"} (U+${code})`;
    }
    // What cannot be seen, or would act on a terminal.
    return `\`${/[\p{C}\p{Zl}\p{Zp}]/u.test(character) ? "\ufffd" : character}\``;
  }

  private fail(sentence: string, start = this.at, end = start + 1): never {
    this.problems.push({ sentence, start, end });
    throw new Unreadable();
  }
}
