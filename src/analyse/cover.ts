/** A set of classes in words: as sets that have a name, with exceptions that have one. */
import { and, emptyMask, indexes, isEmpty, type Mask, meets, minus, within } from "./box.ts";

/** A set that has a name. */
export interface Named {
  readonly mask: Mask;
  readonly words: string;
}

export interface Part {
  readonly words: string;
  readonly except: readonly string[];
}

/** More exceptions than this say less than a list would. */
const MOST_EXCEPTIONS = 4;

/**
 * The fewest parts that a greedy choice finds, that have all that is needed and nothing that is not in the mask; `example`
 * names a class that no name isolates.
 */
export function cover(mask: Mask, needed: Mask, named: readonly Named[], example: (index: number) => string): Part[] {
  const parts: Part[] = [];
  let left = needed;
  while (!isEmpty(left)) {
    let best: (Part & { readonly mask: Mask }) | undefined;
    let most = 0;
    for (const one of named) {
      if (!meets(one.mask, left)) continue;
      const candidate = without(one, mask, named);
      if (!candidate) continue;
      const beside = count(minus(candidate.mask, needed));
      const worth = count(and(candidate.mask, left)) - candidate.except.length * 0.75 - beside / 1000;
      if (worth > most) [best, most] = [candidate, worth];
    }
    if (best) {
      parts.push({ words: best.words, except: best.except });
      left = minus(left, best.mask);
      continue;
    }
    const index = [...indexes(left)][0]!;
    parts.push({ words: example(index), except: [] });
    left = minus(left, single(left, index));
  }
  return parts;
}

/** The named set without what is not in the mask, where that has names, too. */
function without(one: Named, mask: Mask, named: readonly Named[]): (Part & { readonly mask: Mask }) | undefined {
  let beyond = minus(one.mask, mask);
  const except: Named[] = [];
  while (!isEmpty(beyond)) {
    if (except.length === MOST_EXCEPTIONS) return undefined;
    let best: Named | undefined;
    let most = 0;
    for (const other of named) {
      // An exception takes away nothing that is meant.
      if (meets(and(other.mask, one.mask), mask)) continue;
      const worth = count(and(other.mask, beyond));
      if (worth > most) [best, most] = [other, worth];
    }
    if (!best) return undefined;
    except.push(best);
    beyond = minus(beyond, best.mask);
  }
  return { words: one.words, except: except.map(({ words }) => words), mask: and(one.mask, mask) };
}

export const partText = ({ words, except }: Part): string =>
  except.length === 0
    ? words
    : `${words} except ${listed(
        except.map((one) => one.replace(/^= /, "")),
        "and",
      )}`;

export function listed(words: readonly string[], joint: "and" | "or"): string {
  if (words.length < 2) return words[0] ?? "";
  return `${words.slice(0, -1).join(", ")} ${joint} ${words.at(-1)}`;
}

export const isAll = (mask: Mask, all: Mask): boolean => within(all, mask);

function count(mask: Mask): number {
  let bits = 0;
  for (let word of mask) for (; word !== 0; word &= word - 1) bits++;
  return bits;
}

function single(like: Mask, index: number): Mask {
  const mask = emptyMask(like.length * 32);
  mask[index >> 5]! |= 1 << (index & 31);
  return mask;
}
