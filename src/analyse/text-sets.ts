/**
 * Sets of texts of which too many overlap to list all classes: whether some text is in certain of them and not in certain
 * others is searched for each time that it is asked. A way is given up as soon as a set that is wanted can no longer
 * match, or one that is not wanted matches for certain.
 */
import { Automaton, keyOf, Sorted, type State, spelled } from "./automaton.ts";
import { Outside } from "./outside.ts";
import { matches, type Pattern } from "./tokens.ts";

export interface TextSetsOptions {
  /** Only texts in all of these sets, and in none of those. */
  readonly within: readonly (readonly Pattern[])[];
  readonly without: readonly (readonly Pattern[])[];
  /** Not the empty text. */
  readonly nonempty: boolean;
  readonly mostStates?: number | undefined;
}

/** A text is in these sets and not in those. Sets by their index, in order. */
export interface Literals {
  readonly inside: readonly number[];
  readonly outside: readonly number[];
}

interface Known {
  readonly text: string;
  readonly has: readonly boolean[];
}

export class TextSets {
  private readonly known: Known[] = [];
  private readonly answers = new Map<string, string | undefined>();

  constructor(
    /** The key, for the reason why a question is not decided. */
    private readonly name: string,
    private readonly sets: readonly (readonly Pattern[])[],
    private readonly options: TextSetsOptions,
  ) {}

  /** @throws Outside where the search grows beyond its budget */
  find(literals: Literals): string | undefined {
    const fitting = this.known.find(({ has }) => fits(has, literals));
    if (fitting) return fitting.text;
    const key = `${literals.inside.join()};${literals.outside.join()}`;
    if (!this.answers.has(key)) {
      const text = this.search(literals);
      this.answers.set(key, text);
      if (text !== undefined)
        this.known.push({ text, has: this.sets.map((patterns) => patterns.some((pattern) => matches(pattern, text))) });
    }
    return this.answers.get(key);
  }

  /** As few of the literals as no text fulfils together; undefined: some text fulfils all. @throws Outside */
  conflict({ inside, outside }: Literals): Literals | undefined {
    if (this.known.some(({ has }) => fits(has, { inside, outside }))) return undefined;
    const pair = this.conflictingPair({ inside, outside });
    if (pair) return pair;
    if (this.find({ inside, outside }) !== undefined) return undefined;
    return this.fewest({ inside, outside });
  }

  /** Most conflicts are of two sets: such are found by small searches. */
  private conflictingPair({ inside, outside }: Literals): Literals | undefined {
    for (const [at, one] of inside.entries()) {
      for (const other of inside.slice(at + 1))
        if (this.find({ inside: [one, other], outside: [] }) === undefined)
          return this.fewest({ inside: [one, other], outside: [] });
      for (const other of outside)
        if (this.find({ inside: [one], outside: [other] }) === undefined)
          return this.fewest({ inside: [one], outside: [other] });
    }
    return undefined;
  }

  /** Drops one literal after the other as long as no text fulfils the rest. */
  private fewest(literals: Literals): Literals {
    let { inside, outside } = literals;
    for (const set of literals.outside) {
      const fewer = { inside, outside: outside.filter((other) => other !== set) };
      if (this.isEmpty(fewer)) ({ inside, outside } = fewer);
    }
    for (const set of literals.inside) {
      const fewer = { inside: inside.filter((other) => other !== set), outside };
      if (this.isEmpty(fewer)) ({ inside, outside } = fewer);
    }
    return { inside, outside };
  }

  /** A search over the budget tells nothing: the literal then stays. */
  private isEmpty(literals: Literals): boolean {
    try {
      return this.find(literals) === undefined;
    } catch (error) {
      if (error instanceof Outside) return false;
      throw error;
    }
  }

  /** What asks for least first: so texts are found soon, and short. */
  private search({ inside, outside }: Literals): string | undefined {
    const { within, without, nonempty, mostStates = 50_000 } = this.options;
    const needed = [...inside.map((set) => this.sets[set]!), ...within];
    const forbidden = [...outside.map((set) => this.sets[set]!), ...without];
    const automaton = new Automaton(
      new Sorted([...needed, ...forbidden]),
      needed.map((_, at) => at),
      forbidden.map((_, at) => needed.length + at),
    );
    const seen = new Set<string>();
    const queue = new Queue();
    // A longer text may come back to the same state, and stands for it where the empty one is none.
    const start = automaton.start();
    if (start) queue.push(start, automaton.distance(start));
    for (let state = queue.pop(); state; state = queue.pop()) {
      if (automaton.accepts(state) && !(nonempty && state === start)) return spelled(state);
      automaton.steps(state, (next) => {
        if (!next) return;
        const key = keyOf(next);
        if (seen.has(key)) return;
        seen.add(key);
        queue.push(next, automaton.distance(next));
      });
      if (seen.size > mostStates) throw new Outside(`too many patterns of \`${this.name}\` overlap`);
    }
    return undefined;
  }
}

const fits = (has: readonly boolean[], { inside, outside }: Literals): boolean =>
  inside.every((set) => has[set]) && outside.every((set) => !has[set]);

/** States by their distance, those with the same in order. */
class Queue {
  private readonly buckets = new Map<number, { readonly states: State[]; next: number }>();
  private least = 0;
  private most = 0;

  push(state: State, distance: number): void {
    const bucket = this.buckets.get(distance);
    if (bucket) bucket.states.push(state);
    else this.buckets.set(distance, { states: [state], next: 0 });
    this.least = Math.min(this.least, distance);
    this.most = Math.max(this.most, distance);
  }

  pop(): State | undefined {
    for (; this.least <= this.most; this.least++) {
      const bucket = this.buckets.get(this.least);
      if (bucket && bucket.next < bucket.states.length) return bucket.states[bucket.next++];
    }
    return undefined;
  }
}
