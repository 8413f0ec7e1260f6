/**
 * Sets of requests as boxes: for each variable a set of its classes, as bits. A box names only the variables that it
 * restricts; a region has them all.
 */
export type Mask = Uint32Array;

export interface Box {
  readonly sides: readonly Side[];
}
export interface Side {
  readonly variable: number;
  readonly mask: Mask;
}
export type Region = readonly Mask[];

export const EVERYTHING: Box = { sides: [] };

export const emptyMask = (size: number): Mask => new Uint32Array((size + 31) >> 5);
export function maskOf(size: number, holds: (index: number) => boolean): Mask {
  const mask = emptyMask(size);
  for (let index = 0; index < size; index++) if (holds(index)) mask[index >> 5]! |= 1 << (index & 31);
  return mask;
}
export const has = (mask: Mask, index: number): boolean => ((mask[index >> 5]! >>> (index & 31)) & 1) === 1;

export function isEmpty(mask: Mask): boolean {
  for (const word of mask) if (word !== 0) return false;
  return true;
}
export function meets(a: Mask, b: Mask): boolean {
  for (let at = 0; at < a.length; at++) if ((a[at]! & b[at]!) !== 0) return true;
  return false;
}
/** Whether all of `a` is in `b`. */
export function within(a: Mask, b: Mask): boolean {
  for (let at = 0; at < a.length; at++) if ((a[at]! & ~b[at]!) !== 0) return false;
  return true;
}
export const and = (a: Mask, b: Mask): Mask => a.map((word, at) => word & b[at]!);
export const or = (a: Mask, b: Mask): Mask => a.map((word, at) => word | b[at]!);
export const minus = (a: Mask, b: Mask): Mask => a.map((word, at) => word & ~b[at]!);

export function* indexes(mask: Mask): Iterable<number> {
  for (let index = 0; index < mask.length * 32; index++) if (has(mask, index)) yield index;
}

export const full = (size: number): Mask => maskOf(size, () => true);

/** The requests in both; undefined when there are none. */
export function intersect(a: Box, b: Box): Box | undefined {
  const sides = [...a.sides];
  for (const side of b.sides) {
    const at = sides.findIndex(({ variable }) => variable === side.variable);
    const mask = at === -1 ? side.mask : and(sides[at]!.mask, side.mask);
    if (isEmpty(mask)) return undefined;
    if (at === -1) sides.push(side);
    else sides[at] = { variable: side.variable, mask };
  }
  return { sides };
}

/** Whether all of `a` is in `b`. */
export function boxWithin(a: Box, b: Box): boolean {
  return b.sides.every(({ variable, mask }) => {
    const own = a.sides.find((side) => side.variable === variable);
    return own !== undefined && within(own.mask, mask);
  });
}

/** Without the boxes that lie in another. Quadratic: long lists stay as they are. */
export function withoutSubsumed(boxes: readonly Box[]): readonly Box[] {
  if (boxes.length < 2 || boxes.length > 400) return boxes;
  return boxes.filter(
    (box, at) =>
      !boxes.some((other, index) => index !== at && boxWithin(box, other) && (index < at || !boxWithin(other, box))),
  );
}

/** Boxes that differ in one variable alone are one box. Long lists stay as they are. */
export function joined(boxes: readonly Box[]): readonly Box[] {
  if (boxes.length < 2 || boxes.length > 2_000) return boxes;
  let list = boxes.map(({ sides }): Box => ({ sides: [...sides].sort((a, b) => a.variable - b.variable) }));
  const variables = new Set(list.flatMap(({ sides }) => sides.map(({ variable }) => variable)));
  for (const variable of variables) {
    const groups = new Map<string, Box>();
    const kept: Box[] = [];
    for (const box of list) {
      const side = box.sides.find((one) => one.variable === variable);
      if (!side) {
        kept.push(box);
        continue;
      }
      const others = box.sides.filter((one) => one !== side);
      const key = others.map((one) => `${one.variable}:${one.mask.join()}`).join(";");
      const same = groups.get(key)?.sides.find((one) => one.variable === variable);
      const mask = same ? or(same.mask, side.mask) : side.mask;
      groups.set(key, { sides: box.sides.map((one) => (one === side ? { variable, mask } : one)) });
    }
    list = [...kept, ...groups.values()];
  }
  return list;
}
