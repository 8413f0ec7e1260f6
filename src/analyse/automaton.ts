/**
 * Patterns walked together, character by character: a state is a range of the sorted plain texts, the live positions of
 * the other patterns, and the sets that match whatever follows. Sets are known by their index.
 */
import { type CharacterKind, isRun, type Pattern, type Token, takes } from "./tokens.ts";

const isAnything = (token: Token | undefined) =>
  token !== undefined && "some" in token && token.many && token.some === "any";
const isChar = (token: Token) => "char" in token;
const spell = (tokens: readonly Token[]) => tokens.map((token) => (token as { char: string }).char).join("");

/** Patterns by how they are matched: whole texts, beginnings, and those that must be walked. Sets by their index. */
export class Sorted {
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

export const bitsOf = (sets: readonly number[] | undefined): bigint => {
  let bits = 0n;
  for (const set of sets ?? []) bits |= 1n << BigInt(set);
  return bits;
};

export const LETTERS = "xyzabcdefghijklmnopqrstuvw";
const DIGITS = "9876543210";

/** Sets that a text matches whatever follows. Interned: a state's are one object. */
export class Certain {
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

export interface State {
  readonly lo: number;
  readonly hi: number;
  readonly depth: number;
  readonly positions: readonly number[];
  readonly certain: Certain;
  readonly before: State | undefined;
  readonly character: string;
}

/** Two states with the same key go on in the same way. */
export function keyOf({ lo, hi, depth, positions, certain }: State): string {
  return `${hi > lo ? `${lo},${hi},${depth}` : ""}|${certain.id}|${packed(positions)}`;
}

/** Numbers as one short text. */
function packed(numbers: readonly number[]): string {
  let text = "";
  for (const number of numbers)
    text +=
      number < 0xd800 ? String.fromCharCode(number) : `\ud800${String.fromCharCode(number >> 15, number & 0x7fff)}`;
  return text;
}

export function spelled(state: State): string {
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

export class Automaton {
  /** All texts that are matched plainly, in order. */
  private readonly keys: string[];
  private readonly tokens: (Token | undefined)[] = [];
  private readonly setOf: number[] = [];
  private readonly beginnings: number[] = [];
  private readonly firstAt: number[] = [];
  /** From each position, the fewest characters to the end of its pattern. */
  private readonly left: number[] = [];
  private readonly least: Float64Array;
  private readonly none: Certain;
  /** When each position was last opened. */
  private readonly opened: Uint32Array;
  private round = 0;

  constructor(
    private readonly sorted: Sorted,
    /** Sets that must match, and sets that must not: what can no longer do so is not followed. */
    private readonly needed: readonly number[] = [],
    private readonly forbidden: readonly number[] = [],
  ) {
    this.keys = [...new Set([...sorted.whole.keys(), ...sorted.beginnings.keys()])].sort();
    this.none = Certain.none(sorted.sets);
    this.least = new Float64Array(sorted.sets);
    for (const { tokens, set } of sorted.walked) {
      const first = this.tokens.length;
      this.beginnings.push(first);
      let left = tokens.filter((token) => !isRun(token)).length;
      for (const token of [...tokens, undefined]) {
        this.tokens.push(token);
        this.setOf.push(set);
        this.firstAt.push(first);
        this.left.push(left);
        if (token && !isRun(token)) left--;
      }
    }
    this.opened = new Uint32Array(this.tokens.length);
  }

  start(): State | undefined {
    let certain = this.none;
    for (const set of this.sorted.beginnings.get("") ?? []) certain = certain.with(set);
    return this.settle(0, this.keys.length, 0, this.beginnings, [], certain, undefined, "");
  }

  /** The states that follow, one for each way on. How many ways there are. */
  steps(state: State, visit: (next: State | undefined) => void): number {
    const waiting = this.waiting(state);
    const characters = this.characters(state, waiting);
    for (const character of characters) visit(this.step(state, waiting, character));
    return characters.size;
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
    for (const set of this.forbidden) if (has[set] === 1) return undefined;
    if (this.needed.length > 0 && this.distanceOf(certain, kept, lo, hi, depth) === Number.POSITIVE_INFINITY)
      return undefined;
    const live = hi > lo && !(hi - lo === 1 && this.keys[lo]!.length < depth);
    return { lo: live ? lo : 0, hi: live ? hi : 0, depth, positions: kept, certain, before: back, character };
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

  /** Whether the text so far is in all that are needed, and in none that is forbidden. */
  accepts(state: State): boolean {
    const { has } = this.certainAt(state);
    return this.needed.every((set) => has[set] === 1) && this.forbidden.every((set) => has[set] === 0);
  }

  /** How many characters the needed sets still ask for, each by itself; infinite: one of them can no longer match. */
  distance({ lo, hi, depth, positions, certain }: State): number {
    return this.distanceOf(certain, positions, lo, hi, depth);
  }

  private distanceOf({ has }: Certain, positions: readonly number[], lo: number, hi: number, depth: number): number {
    const { least } = this;
    for (const set of this.needed) least[set] = has[set] === 1 ? 0 : Number.POSITIVE_INFINITY;
    for (const position of positions) {
      const set = this.setOf[position]!;
      if (this.left[position]! < least[set]!) least[set] = this.left[position]!;
    }
    for (let at = lo; at < hi; at++) {
      const key = this.keys[at]!;
      const more = key.length - depth;
      for (const sets of [this.sorted.whole.get(key), this.sorted.beginnings.get(key)])
        for (const set of sets ?? []) if (more < least[set]!) least[set] = more;
    }
    let distance = 0;
    for (const set of this.needed) distance += least[set]!;
    return distance;
  }

  bitsAt(state: State): bigint {
    return this.certainAt(state).bits;
  }

  private certainAt({ lo, hi, depth, positions, certain }: State): Certain {
    let at = certain;
    if (hi > lo && this.keys[lo]!.length === depth)
      for (const set of this.sorted.whole.get(this.keys[lo]!) ?? []) at = at.with(set);
    for (const position of positions) if (this.tokens[position] === undefined) at = at.with(this.setOf[position]!);
    return at;
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
