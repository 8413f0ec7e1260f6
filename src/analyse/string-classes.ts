/**
 * All texts, sorted by which sets of patterns they match: one short text for each answer that is possible at all. The
 * patterns are walked together, breadth first; a state is a range of the sorted plain texts, the live positions of the
 * other patterns, and the sets that match whatever follows. (The idea of AccessRefinery, FSE 2026, over sets of patterns.)
 */
import { type CharacterKind, type Pattern, spelledOut, type Token, takes } from "./tokens.ts";

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
  options: StringClassOptions = {},
): readonly StringClass[] | undefined {
  const key = keyOf(sets, options);
  if (key === undefined) return classesOf(sets, options);
  if (!KNOWN.has(key)) {
    if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
    KNOWN.set(key, classesOf(sets, options));
  }
  return KNOWN.get(key);
}

/** One subject is asked many questions. */
const KNOWN = new Map<string, readonly StringClass[] | undefined>();
const MOST_KNOWN = 500;
const LONGEST_KEY = 30_000;

/** Undefined: too long to be worth keeping. */
function keyOf(sets: readonly (readonly Pattern[])[], options: StringClassOptions): string | undefined {
  const { universe, nonempty, mostStates, mostClasses } = options;
  let key = `${universe !== undefined},${nonempty},${mostStates},${mostClasses}`;
  for (const patterns of universe ? [universe, ...sets] : [[], ...sets]) {
    key += "\u0001";
    for (const pattern of patterns) key += `\u0002${spelledOut(pattern)}`;
    if (key.length > LONGEST_KEY) return undefined;
  }
  return key;
}

function classesOf(
  sets: readonly (readonly Pattern[])[],
  { universe, nonempty = false, mostStates = 20_000, mostClasses = 4_000 }: StringClassOptions,
): StringClass[] | undefined {
  const sorted = new Sorted(universe ? [...sets, universe] : sets);
  if (!universe && sorted.walked.length === 0) return plainClasses(sorted, nonempty, mostClasses);
  return walk(sorted, universe ? sets.length : undefined, nonempty, mostStates, mostClasses);
}

const isAnything = (token: Token | undefined) =>
  token !== undefined && "some" in token && token.many && token.some === "any";
const isChar = (token: Token) => "char" in token;
const spell = (tokens: readonly Token[]) => tokens.map((token) => (token as { char: string }).char).join("");

/** Patterns by how they are matched: whole texts, beginnings, and those that must be walked. Sets by their index. */
class Sorted {
  readonly whole = new Map<string, number[]>();
  readonly beginnings = new Map<string, number[]>();
  readonly walked: { readonly tokens: Pattern; readonly set: number }[] = [];
  readonly sets: number;

  constructor(sets: readonly (readonly Pattern[])[]) {
    this.sets = sets.length;
    for (const [set, patterns] of sets.entries())
      for (const tokens of patterns) {
        const last = tokens.length - 1;
        if (tokens.every(isChar)) add(this.whole, spell(tokens), set);
        else if (isAnything(tokens[last]) && tokens.slice(0, last).every(isChar))
          add(this.beginnings, spell(tokens.slice(0, last)), set);
        else this.walked.push({ tokens, set });
      }
  }
}

function add(map: Map<string, number[]>, key: string, set: number): void {
  const sets = map.get(key);
  if (!sets) map.set(key, [set]);
  else if (sets.at(-1) !== set) sets.push(set);
}

const bitsOf = (sets: readonly number[] | undefined): bigint => {
  let bits = 0n;
  for (const set of sets ?? []) bits |= 1n << BigInt(set);
  return bits;
};

/** Without walked patterns a text is one of the listed, or goes on after its longest beginning as none of them does. */
function plainClasses(
  { whole, beginnings }: Sorted,
  nonempty: boolean,
  mostClasses: number,
): StringClass[] | undefined {
  const lengths = [...new Set([...beginnings.keys()].map(({ length }) => length))].sort((a, b) => a - b);
  const answers = (text: string) => {
    let bits = bitsOf(whole.get(text));
    for (const length of lengths) {
      if (length > text.length) break;
      bits |= bitsOf(beginnings.get(text.slice(0, length)));
    }
    return bits;
  };
  const classes = new Map<bigint, string>();
  for (const beginning of ["", ...beginnings.keys()]) {
    const text = goOn(beginning, whole, beginnings);
    const bits = answers(text);
    if (!classes.has(bits)) classes.set(bits, text);
  }
  for (const text of whole.keys()) {
    if (nonempty && text === "") continue;
    const bits = answers(text);
    if (!classes.has(bits)) classes.set(bits, text);
    if (classes.size > mostClasses) return undefined;
  }
  return [...classes].map(([bits, text]) => ({ text, bits }));
}

const LETTERS = "xyzabcdefghijklmnopqrstuvw";
const DIGITS = "9876543210";

/** The beginning with a character after it that no listed text has there. */
function goOn(
  beginning: string,
  whole: ReadonlyMap<string, unknown>,
  beginnings: ReadonlyMap<string, unknown>,
): string {
  const taken = new Set<string>();
  for (const other of beginnings.keys())
    if (other.length > beginning.length && other.startsWith(beginning)) taken.add(other[beginning.length]!);
  for (const letter of LETTERS) if (!taken.has(letter) && !whole.has(beginning + letter)) return beginning + letter;
  // All letters are taken: some character of the Latin-1 range, which policies may hold (semantics A25), or beyond.
  for (let code = 0xc0; ; code++) {
    const character = String.fromCharCode(code);
    if (!taken.has(character) && !whole.has(beginning + character)) return beginning + character;
  }
}

/** Sets that a text matches whatever follows. Interned: a state's are one object. */
class Certain {
  private readonly more = new Map<number, Certain>();

  constructor(
    private readonly interned: Map<bigint, Certain>,
    readonly id: number,
    readonly bits: bigint,
    readonly has: Uint8Array,
  ) {}

  static none(sets: number): Certain {
    const interned = new Map<bigint, Certain>();
    const none = new Certain(interned, 0, 0n, new Uint8Array(sets));
    interned.set(0n, none);
    return none;
  }

  with(set: number): Certain {
    if (this.has[set] === 1) return this;
    let found = this.more.get(set);
    if (!found) {
      const bits = this.bits | (1n << BigInt(set));
      found = this.interned.get(bits);
      if (!found) {
        const has = Uint8Array.from(this.has);
        has[set] = 1;
        found = new Certain(this.interned, this.interned.size, bits, has);
        this.interned.set(bits, found);
      }
      this.more.set(set, found);
    }
    return found;
  }
}

interface State {
  readonly lo: number;
  readonly hi: number;
  readonly depth: number;
  readonly positions: readonly number[];
  readonly certain: Certain;
  readonly before: State | undefined;
  readonly character: string;
}

function walk(
  sorted: Sorted,
  must: number | undefined,
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
    const { lo, hi, depth, positions, certain } = state;
    const key = `${hi > lo ? `${lo},${hi},${depth}` : ""}|${certain.id}|${packed(positions)}`;
    if (seen.has(key)) return;
    seen.add(key);
    queue.push(state);
  };
  // Not as seen: a longer text may come back to the same state, and stands for it where the empty one is none.
  const start = automaton.start();
  if (start) queue.push(start);
  const required = must === undefined ? 0n : 1n << BigInt(must);
  for (let at = 0; at < queue.length; at++) {
    if (queue.length > mostStates || classes.size > mostClasses) return undefined;
    const state = queue[at]!;
    const bits = automaton.bitsAt(state);
    const counts = (bits & required) === required && !(nonempty && state === start);
    if (counts && !classes.has(bits & ~required)) classes.set(bits & ~required, state);
    automaton.steps(state, visit);
  }
  return [...classes].map(([bits, state]) => ({ text: spelled(state), bits }));
}

/** Numbers as one short text. */
function packed(numbers: readonly number[]): string {
  let text = "";
  for (const number of numbers)
    text +=
      number < 0xd800 ? String.fromCharCode(number) : `\ud800${String.fromCharCode(number >> 15, number & 0x7fff)}`;
  return text;
}

function spelled(state: State): string {
  let text = "";
  for (let at: State | undefined = state; at?.before; at = at.before) text = at.character + text;
  return text;
}

/** The positions of a state by what they wait for. */
interface Waiting {
  /** Those that wait for one character. */
  readonly byCharacter: ReadonlyMap<string, readonly number[]>;
  readonly others: readonly number[];
}

class Automaton {
  /** All texts that are matched plainly, in order. */
  private readonly keys: string[];
  private readonly tokens: (Token | undefined)[] = [];
  private readonly setOf: number[] = [];
  private readonly beginnings: number[] = [];
  private readonly firstAt: number[] = [];
  private readonly none: Certain;
  /** When each position was last opened. */
  private readonly opened: Uint32Array;
  private round = 0;

  constructor(
    private readonly sorted: Sorted,
    private readonly must: number | undefined,
  ) {
    this.keys = [...new Set([...sorted.whole.keys(), ...sorted.beginnings.keys()])].sort();
    this.none = Certain.none(sorted.sets);
    for (const { tokens, set } of sorted.walked) {
      const first = this.tokens.length;
      this.beginnings.push(first);
      for (const token of [...tokens, undefined]) {
        this.tokens.push(token);
        this.setOf.push(set);
        this.firstAt.push(first);
      }
    }
    this.opened = new Uint32Array(this.tokens.length);
  }

  start(): State | undefined {
    let certain = this.none;
    for (const set of this.sorted.beginnings.get("") ?? []) certain = certain.with(set);
    return this.settle(0, this.keys.length, 0, this.beginnings, [], certain, undefined, "");
  }

  /** The states that follow, one for each way on. */
  steps(state: State, visit: (next: State | undefined) => void): void {
    const waiting = this.waiting(state);
    for (const character of this.characters(state, waiting)) visit(this.step(state, waiting, character));
  }

  private waiting({ positions }: State): Waiting {
    const byCharacter = new Map<string, number[]>();
    const others: number[] = [];
    const wait = (character: string, position: number) => {
      const list = byCharacter.get(character);
      if (list) list.push(position);
      else byCharacter.set(character, [position]);
    };
    for (const position of positions) {
      const token = this.tokens[position];
      if (!token) continue;
      if ("char" in token) wait(token.char, position);
      else if ("fold" in token) {
        wait(token.fold, position);
        wait(token.fold.toUpperCase(), position);
      } else others.push(position);
    }
    return { byCharacter, others };
  }

  private step(state: State, { byCharacter, others }: Waiting, character: string): State | undefined {
    const stays: number[] = [];
    for (const position of others) {
      const token = this.tokens[position]!;
      if (takes(token, character)) stays.push("some" in token && token.many ? position : position + 1);
    }
    const moves: number[] = [];
    for (const position of byCharacter.get(character) ?? []) moves.push(position + 1);
    let lo = state.lo;
    let hi = state.lo;
    let { certain } = state;
    const depth = state.depth + 1;
    if (state.hi > state.lo) {
      while (lo < state.hi && !(this.keys[lo]![state.depth] === character)) lo++;
      hi = lo;
      while (hi < state.hi && this.keys[hi]![state.depth] === character) hi++;
      if (lo < hi && this.keys[lo]!.length === depth)
        for (const set of this.sorted.beginnings.get(this.keys[lo]!) ?? []) certain = certain.with(set);
    }
    return this.settle(lo, hi, depth, stays, moves, certain, state, character);
  }

  /** Follows empty runs, and drops what can no longer change the answer. */
  private settle(
    lo: number,
    hi: number,
    depth: number,
    stays: readonly number[],
    moves: readonly number[],
    before: Certain,
    back: State | undefined,
    character: string,
  ): State | undefined {
    let certain = before;
    this.round++;
    const open: number[] = [];
    const follow = (from: number) => {
      for (let position = from; ; position++) {
        if (this.opened[position] === this.round) break;
        this.opened[position] = this.round;
        open.push(position);
        const token = this.tokens[position];
        if (!token || !("some" in token) || !token.many) break;
        if (token.some === "any" && this.tokens[position + 1] === undefined)
          certain = certain.with(this.setOf[position]!);
      }
    };
    for (const position of stays) follow(position);
    for (const position of moves) follow(position);
    const { has } = certain;
    const positions = open.filter((position) => has[this.setOf[position]!] === 0);
    if (moves.length > 0 && stays.length > 0) positions.sort((a, b) => a - b);
    const kept = this.withoutSubsumed(positions);
    if (this.must !== undefined && has[this.must] === 0 && !this.canStillMatch(this.must, kept, lo, hi))
      return undefined;
    const live = hi > lo && !(hi - lo === 1 && this.keys[lo]!.length < depth);
    return { lo: live ? lo : 0, hi: live ? hi : 0, depth, positions: kept, certain, before: back, character };
  }

  private canStillMatch(must: number, positions: readonly number[], lo: number, hi: number): boolean {
    for (const position of positions) if (this.setOf[position] === must) return true;
    for (let at = lo; at < hi; at++) {
      const key = this.keys[at]!;
      if (this.sorted.whole.get(key)?.includes(must) || this.sorted.beginnings.get(key)?.includes(must)) return true;
    }
    return false;
  }

  /** Whatever is matched from before a live `*` is matched from that `*` as well. */
  private withoutSubsumed(positions: readonly number[]): number[] {
    const kept: number[] = [];
    let from = -1;
    for (let at = positions.length - 1; at >= 0; at--) {
      const position = positions[at]!;
      if (from !== -1 && position < from && position >= this.firstAt[from]!) continue;
      kept.push(position);
      if (isAnything(this.tokens[position])) from = position;
    }
    return kept.reverse();
  }

  bitsAt({ lo, hi, depth, positions, certain }: State): bigint {
    let at = certain;
    if (hi > lo && this.keys[lo]!.length === depth)
      for (const set of this.sorted.whole.get(this.keys[lo]!) ?? []) at = at.with(set);
    for (const position of positions) if (this.tokens[position] === undefined) at = at.with(this.setOf[position]!);
    return at.bits;
  }

  /** One character for each way on: those that are spelled here, and one for all others of each kind. */
  private characters({ lo, hi, depth }: State, { byCharacter, others }: Waiting): Set<string> {
    const spelled = new Set<string>();
    for (let at = lo; at < hi; at++) {
      const character = this.keys[at]![depth];
      if (character !== undefined) spelled.add(character);
    }
    for (const character of byCharacter.keys()) spelled.add(character);
    const kinds = new Set<CharacterKind>();
    for (const position of others) {
      const token = this.tokens[position]!;
      if ("some" in token && token.some !== "any") kinds.add(token.some);
    }
    const characters = new Set<string>();
    if (kinds.size === 0) characters.add(other(LETTERS, spelled));
    else {
      // Of those that are not spelled, one for each way in which the kinds can take it.
      const seen = new Set<string>();
      for (const group of ALIKE) {
        const character = group === "" ? other("", spelled) : [...group].find((one) => !spelled.has(one));
        if (character === undefined) continue;
        const taken = [...kinds].map((some) => takes({ some, many: false }, character)).join();
        if (seen.has(taken)) continue;
        seen.add(taken);
        characters.add(character);
      }
    }
    for (const character of spelled) characters.add(character);
    return characters;
  }
}

/** Characters that every kind takes alike; the empty group is all others. */
const ALIKE: readonly string[] = [`${LETTERS}-`, "XYZABCDEFGHIJKLMNOPQRSTUVW_+=,.@", DIGITS, "", "*?", ":", "/"];

function other(among: string, spelled: ReadonlySet<string>): string {
  for (const character of among) if (!spelled.has(character)) return character;
  // All letters are spelled: some character of the Latin-1 range, which policies may hold (semantics A25).
  for (let code = 0xc0; ; code++) if (!spelled.has(String.fromCharCode(code))) return String.fromCharCode(code);
}
