/**
 * All texts, sorted by which sets of patterns they match: one short text for each answer that is possible at all. The
 * patterns are walked together, breadth first. (The idea of AccessRefinery, FSE 2026, over sets of patterns.)
 */
import { Automaton, bitsOf, keyOf, LETTERS, Sorted, type State, spelled } from "./automaton.ts";
import { type Pattern, spelledOut } from "./tokens.ts";

export interface StringClass {
  readonly text: string;
  /** Bit n: the text matches set n. */
  readonly bits: bigint;
}

/** More than these are not listed. */
export interface ClassLimits {
  readonly mostStates?: number;
  readonly mostClasses?: number;
}

export interface StringClassOptions extends ClassLimits {
  /** Only texts that match one of these. */
  readonly universe?: readonly Pattern[] | undefined;
  /** Not the empty text. */
  readonly nonempty?: boolean;
}

/** Undefined: more states than the budget allows. */
export function stringClasses(
  sets: readonly (readonly Pattern[])[],
  options: StringClassOptions = {},
): readonly StringClass[] | undefined {
  const key = textOf(sets, options);
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
function textOf(sets: readonly (readonly Pattern[])[], options: StringClassOptions): string | undefined {
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
  if (mostClasses === 0) return undefined;
  if (!universe && sorted.walked.length === 0) return plainClasses(sorted, nonempty, mostClasses);
  return walk(sorted, universe ? sets.length : undefined, nonempty, mostStates, mostClasses);
}

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

/** Positions looked at; many long patterns make few states dear. */
const MOST_WORK = 4_000_000;

function walk(
  sorted: Sorted,
  must: number | undefined,
  nonempty: boolean,
  mostStates: number,
  mostClasses: number,
): StringClass[] | undefined {
  const automaton = new Automaton(sorted, must === undefined ? [] : [must]);
  const classes = new Map<bigint, State>();
  const seen = new Set<string>();
  const queue: State[] = [];
  const visit = (state: State | undefined) => {
    if (!state) return;
    const key = keyOf(state);
    if (seen.has(key)) return;
    seen.add(key);
    queue.push(state);
  };
  // Not as seen: a longer text may come back to the same state, and stands for it where the empty one is none.
  const start = automaton.start();
  if (start) queue.push(start);
  const required = must === undefined ? 0n : 1n << BigInt(must);
  let work = 0;
  for (let at = 0; at < queue.length; at++) {
    if (queue.length > mostStates || classes.size > mostClasses || work > MOST_WORK) return undefined;
    const state = queue[at]!;
    const bits = automaton.bitsAt(state);
    const counts = (bits & required) === required && !(nonempty && state === start);
    if (counts && !classes.has(bits & ~required)) classes.set(bits & ~required, state);
    work += state.positions.length * automaton.steps(state, visit);
  }
  return [...classes].map(([bits, state]) => ({ text: spelled(state), bits }));
}
