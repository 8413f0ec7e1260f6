/**
 * Classes of a variable that sets of texts tell apart, too many to list: the texts of such a class stay together, and each
 * set is a variable of its own, of two classes: outside it, and inside it. Combinations of which no text is are found as
 * the search comes upon them.
 */
import type { RequestFields } from "../request/request.ts";
import type { Box, Mask, Region, Side } from "./box.ts";
import type { Literals, TextSets } from "./text-sets.ts";
import { type Pattern, spelledOut } from "./tokens.ts";

export const OUTSIDE = 0;
export const INSIDE = 1;

export interface OpenTexts {
  /** How many sets there are. */
  readonly count: number;
  /** The set of texts for which an element's patterns hold, by the element. */
  readonly setOf: (element: object, reading: string | undefined) => number | undefined;
  /** What a class holds, by its index; undefined: a class as any other. */
  readonly classAt: (index: number) => OpenClass | undefined;
}

export interface OpenClass {
  readonly texts: TextSets;
  /** What a request has with such a text. */
  readonly part: (text: string) => Partial<RequestFields>;
}

/** Sets of patterns, equal ones once, and which of them is each element's. */
export function distinctSets(listed: readonly (readonly [object, readonly Pattern[]])[]): {
  readonly sets: readonly (readonly Pattern[])[];
  readonly setOf: ReadonlyMap<object, number>;
} {
  const sets: (readonly Pattern[])[] = [];
  const known = new Map<string, number>();
  const setOf = new Map<object, number>();
  for (const [element, patterns] of listed) {
    const text = patterns.map(spelledOut).sort().join("\u0002");
    const set = known.get(text) ?? sets.push(patterns) - 1;
    known.set(text, set);
    setOf.set(element, set);
  }
  return { sets, setOf };
}

/** Open texts in a model: their variable, and the first of those of their sets. */
export interface Placed {
  readonly variable: number;
  readonly first: number;
  readonly texts: OpenTexts;
}

export class OpenVariables {
  /** Combinations that were found to be impossible. */
  readonly learned: Box[] = [];

  constructor(
    private readonly placed: readonly Placed[],
    private readonly sizes: readonly number[],
  ) {}

  at(variable: number): Placed | undefined {
    return this.placed.find((one) => one.variable === variable);
  }

  /** What a request of the region has for a variable; undefined: what its first class says. */
  partIn(region: Region, variable: number): Partial<RequestFields> | undefined {
    const placed = this.at(variable);
    const own = placed?.texts.classAt(firstOf(region[variable]!));
    if (!placed || !own) return undefined;
    const text = own.texts.find(literalsIn(region, placed));
    if (text === undefined) throw new Error("a region without a request was taken for a solution");
    return own.part(text);
  }

  /** Some part of the region, with its first classes, in which there is no request; undefined: there is one. */
  conflict(region: Region): Box | undefined {
    for (const placed of this.placed) {
      const index = firstOf(region[placed.variable]!);
      const found = placed.texts.classAt(index)?.texts.conflict(literalsIn(region, placed));
      if (found) return this.boxOf(placed, index, found);
    }
    return undefined;
  }

  private boxOf({ variable, first }: Placed, index: number, { inside, outside }: Literals): Box {
    const only = (at: number, wanted: number): Side => {
      const mask: Mask = new Uint32Array((this.sizes[at]! + 31) >> 5);
      mask[wanted >> 5]! |= 1 << (wanted & 31);
      return { variable: at, mask };
    };
    const box: Box = {
      sides: [
        only(variable, index),
        ...inside.map((set) => only(first + set, INSIDE)),
        ...outside.map((set) => only(first + set, OUTSIDE)),
      ],
    };
    this.learned.push(box);
    return box;
  }
}

/** The sets that the region leaves no choice of. */
function literalsIn(region: Region, { first, texts }: Placed): Literals {
  const inside: number[] = [];
  const outside: number[] = [];
  for (let set = 0; set < texts.count; set++) {
    const word = region[first + set]![0]!;
    if (word === 1 << INSIDE) inside.push(set);
    else if (word === 1 << OUTSIDE) outside.push(set);
  }
  return { inside, outside };
}

function firstOf(mask: Mask): number {
  for (let index = 0; ; index++) if (((mask[index >> 5]! >>> (index & 31)) & 1) === 1) return index;
}
