/**
 * All texts, sorted by which sets of patterns they match: one short text for each answer that is possible at all. The
 * patterns are walked together, breadth first; a state is a range of the sorted plain texts, the live positions of the
 * other patterns, and the sets that match whatever follows. (The idea of AccessRefinery, FSE 2026, over sets of patterns.)
 */
import { type Pattern, type Token, takes } from "./tokens.ts";

export interface StringClass {
  readonly text: string;
  /** Bit n: the text matches set n. */
  readonly bits: bigint;
}

export interface StringClassOptions {
  /** Only texts that match one of these. */
  readonly universe?: readonly Pattern[] | undefined;
  /** Not the empty text. */
  readonly nonempty?: boolean;
  readonly mostStates?: number;
  readonly mostClasses?: number;
}

/** Undefined: more states than the budget allows. */
export function stringClasses(
  sets: readonly (readonly Pattern[])[],
  { universe, nonempty = false, mostStates = 20_000, mostClasses = 4_000 }: StringClassOptions = {},
): StringClass[] | undefined {
  const sorted = new Sorted(universe ? [...sets, universe] : sets);
  if (!universe && sorted.walked.length === 0) return plainClasses(sorted, nonempty, mostClasses);
  return walk(sorted, universe ? 1n << BigInt(sets.length) : 0n, nonempty, mostStates, mostClasses);
}

const isAnything = (token: Token | undefined) =>
  token !== undefined && "some" in token && token.many && token.some === "any";
const isChar = (token: Token) => "char" in token;
const spell = (tokens: readonly Token[]) => tokens.map((token) => (token as { char: string }).char).join("");

/** Patterns by how they are matched: whole texts, beginnings, and those that must be walked. */
class Sorted {
  readonly whole = new Map<string, bigint>();
  readonly beginnings = new Map<string, bigint>();
  readonly walked: { readonly tokens: Pattern; readonly bit: bigint }[] = [];

  constructor(sets: readonly (readonly Pattern[])[]) {
    for (const [index, patterns] of sets.entries()) {
      const bit = 1n << BigInt(index);
      for (const tokens of patterns) {
        const last = tokens.length - 1;
        if (tokens.every(isChar)) add(this.whole, spell(tokens), bit);
        else if (isAnything(tokens[last]) && tokens.slice(0, last).every(isChar))
          add(this.beginnings, spell(tokens.slice(0, last)), bit);
        else this.walked.push({ tokens, bit });
      }
    }
  }
}

const add = (map: Map<string, bigint>, key: string, bit: bigint) => map.set(key, (map.get(key) ?? 0n) | bit);

/** Without walked patterns a text is one of the listed, or goes on after its longest beginning as none of them does. */
function plainClasses(
  { whole, beginnings }: Sorted,
  nonempty: boolean,
  mostClasses: number,
): StringClass[] | undefined {
  const lengths = [...new Set([...beginnings.keys()].map(({ length }) => length))].sort((a, b) => a - b);
  const bitsOf = (text: string) => {
    let bits = whole.get(text) ?? 0n;
    for (const length of lengths) {
      if (length > text.length) break;
      bits |= beginnings.get(text.slice(0, length)) ?? 0n;
    }
    return bits;
  };
  const classes = new Map<bigint, string>();
  const longest = Math.max(0, ...[...whole.keys(), ...beginnings.keys()].map(({ length }) => length));
  for (const beginning of ["", ...beginnings.keys()]) {
    const text = goOn(beginning, whole, beginnings, longest);
    const bits = bitsOf(text);
    if (!classes.has(bits)) classes.set(bits, text);
  }
  for (const text of whole.keys()) {
    if (nonempty && text === "") continue;
    const bits = bitsOf(text);
    if (!classes.has(bits)) classes.set(bits, text);
    if (classes.size > mostClasses) return undefined;
  }
  return [...classes].map(([bits, text]) => ({ text, bits }));
}

const LETTERS = "xyzabcdefghijklmnopqrstuvw";
const DIGITS = "9876543210";

/** The beginning with a letter after it that no listed text has there. */
function goOn(
  beginning: string,
  whole: ReadonlyMap<string, bigint>,
  beginnings: ReadonlyMap<string, bigint>,
  longest: number,
): string {
  for (const letter of LETTERS) {
    const text = beginning + letter;
    if (whole.has(text)) continue;
    let free = true;
    for (const other of beginnings.keys())
      if (other.length > beginning.length && other.startsWith(text)) {
        free = false;
        break;
      }
    if (free) return text;
  }
  return beginning + "x".repeat(longest + 1);
}

interface State {
  readonly lo: number;
  readonly hi: number;
  readonly depth: number;
  readonly positions: readonly number[];
  readonly certain: bigint;
  readonly before: State | undefined;
  readonly character: string;
}

function walk(
  sorted: Sorted,
  must: bigint,
  nonempty: boolean,
  mostStates: number,
  mostClasses: number,
): StringClass[] | undefined {
  const automaton = new Automaton(sorted, must);
  const classes = new Map<bigint, State>();
  const seen = new Set<string>();
  const queue: State[] = [];
  const visit = (state: State | undefined) => {
    if (!state) return;
    const key = `${state.lo},${state.hi},${state.hi > state.lo ? state.depth : 0}|${state.positions.join()}|${state.certain}`;
    if (seen.has(key)) return;
    seen.add(key);
    queue.push(state);
  };
  // Not as seen: a longer text may come back to the same state, and stands for it where the empty one is none.
  const start = automaton.start();
  if (start) queue.push(start);
  for (let at = 0; at < queue.length; at++) {
    if (queue.length > mostStates || classes.size > mostClasses) return undefined;
    const state = queue[at]!;
    const bits = automaton.bitsAt(state);
    const counts = (bits & must) === must && !(nonempty && state === start);
    if (counts && !classes.has(bits & ~must)) classes.set(bits & ~must, state);
    for (const character of automaton.characters(state)) visit(automaton.step(state, character));
  }
  return [...classes].map(([bits, state]) => ({ text: spelled(state), bits }));
}

function spelled(state: State): string {
  let text = "";
  for (let at: State | undefined = state; at?.before; at = at.before) text = at.character + text;
  return text;
}

class Automaton {
  /** All texts that are matched plainly, in order. */
  private readonly keys: string[];
  private readonly tokens: (Token | undefined)[] = [];
  private readonly bitOf: bigint[] = [];
  private readonly beginnings: number[] = [];

  constructor(
    private readonly sorted: Sorted,
    private readonly must: bigint,
  ) {
    this.keys = [...new Set([...sorted.whole.keys(), ...sorted.beginnings.keys()])].sort();
    for (const { tokens, bit } of sorted.walked) {
      this.beginnings.push(this.tokens.length);
      for (const token of [...tokens, undefined]) {
        this.tokens.push(token);
        this.bitOf.push(bit);
      }
    }
  }

  start(): State | undefined {
    const certain = this.sorted.beginnings.get("") ?? 0n;
    return this.settle(0, this.keys.length, 0, this.beginnings, certain, undefined, "");
  }

  step(state: State, character: string): State | undefined {
    const next: number[] = [];
    for (const position of state.positions) {
      const token = this.tokens[position];
      if (!token || !takes(token, character)) continue;
      next.push("some" in token && token.many ? position : position + 1);
    }
    let lo = state.lo;
    let hi = state.lo;
    let { certain } = state;
    const depth = state.depth + 1;
    if (state.hi > state.lo) {
      while (lo < state.hi && !(this.keys[lo]![state.depth] === character)) lo++;
      hi = lo;
      while (hi < state.hi && this.keys[hi]![state.depth] === character) hi++;
      if (lo < hi && this.keys[lo]!.length === depth) certain |= this.sorted.beginnings.get(this.keys[lo]!) ?? 0n;
    }
    return this.settle(lo, hi, depth, next, certain, state, character);
  }

  /** Follows empty runs, and drops what can no longer change the answer. */
  private settle(
    lo: number,
    hi: number,
    depth: number,
    from: readonly number[],
    before: bigint,
    back: State | undefined,
    character: string,
  ): State | undefined {
    let certain = before;
    const open = new Set<number>();
    for (let position of from)
      for (;;) {
        open.add(position);
        const token = this.tokens[position];
        if (!token || !("some" in token) || !token.many) break;
        if (token.some === "any" && this.tokens[position + 1] === undefined) certain |= this.bitOf[position]!;
        position++;
      }
    const positions = [...open].filter((position) => (this.bitOf[position]! & ~certain) !== 0n).sort((a, b) => a - b);
    const kept = this.withoutSubsumed(positions);
    if (this.must !== 0n && (certain & this.must) === 0n && !this.canStillMatch(kept, lo, hi)) return undefined;
    const live = hi > lo && !(hi - lo === 1 && this.keys[lo]!.length < depth);
    return { lo: live ? lo : 0, hi: live ? hi : 0, depth, positions: kept, certain, before: back, character };
  }

  private canStillMatch(positions: readonly number[], lo: number, hi: number): boolean {
    for (const position of positions) if ((this.bitOf[position]! & this.must) !== 0n) return true;
    for (let at = lo; at < hi; at++) {
      const key = this.keys[at]!;
      if ((((this.sorted.whole.get(key) ?? 0n) | (this.sorted.beginnings.get(key) ?? 0n)) & this.must) !== 0n)
        return true;
    }
    return false;
  }

  /** Whatever is matched from before a live `*` is matched from that `*` as well. */
  private withoutSubsumed(positions: readonly number[]): number[] {
    const kept: number[] = [];
    let from = -1;
    for (let at = positions.length - 1; at >= 0; at--) {
      const position = positions[at]!;
      if (from !== -1 && position < from && position >= this.firstOf(from)) continue;
      kept.push(position);
      if (isAnything(this.tokens[position])) from = position;
    }
    return kept.reverse();
  }

  private firstOf(position: number): number {
    let lo = 0;
    let hi = this.beginnings.length - 1;
    while (lo < hi) {
      const middle = (lo + hi + 1) >> 1;
      if (this.beginnings[middle]! <= position) lo = middle;
      else hi = middle - 1;
    }
    return this.beginnings[lo]!;
  }

  bitsAt({ lo, hi, depth, positions, certain }: State): bigint {
    let bits = certain;
    if (hi > lo && this.keys[lo]!.length === depth) bits |= this.sorted.whole.get(this.keys[lo]!) ?? 0n;
    for (const position of positions) if (this.tokens[position] === undefined) bits |= this.bitOf[position]!;
    return bits;
  }

  /** One character for each way on: those that are spelled here, and one for all others of each kind. */
  characters({ lo, hi, depth, positions }: State): Set<string> {
    const spelled = new Set<string>();
    for (let at = lo; at < hi; at++) {
      const character = this.keys[at]![depth];
      if (character !== undefined) spelled.add(character);
    }
    let kinds = false;
    let digits = false;
    for (const position of positions) {
      const token = this.tokens[position];
      if (!token) continue;
      if ("char" in token) spelled.add(token.char);
      else if ("fold" in token) {
        spelled.add(token.fold);
        spelled.add(token.fold.toUpperCase());
      } else if (token.some !== "any") {
        kinds = true;
        digits ||= token.some === "digit";
      }
    }
    const characters = new Set<string>();
    characters.add(other(LETTERS, spelled));
    if (digits) {
      const digit = other(DIGITS, spelled);
      if (DIGITS.includes(digit)) characters.add(digit);
    }
    for (const character of spelled) characters.add(character);
    if (kinds) characters.add(":").add("/");
    return characters;
  }
}

function other(among: string, spelled: ReadonlySet<string>): string {
  for (const character of among) if (!spelled.has(character)) return character;
  // All letters are spelled: some character of the Latin-1 range, which policies may hold (semantics A25).
  for (let code = 0xc0; ; code++) if (!spelled.has(String.fromCharCode(code))) return String.fromCharCode(code);
}
