/**
 * All requests of a space as a few large boxes: one that was found is grown, class by class, while all of it stays inside;
 * the next is looked for outside of those that are known. Requests that AWS never sees may be in a box: they change nothing.
 */
import { and, type Box, emptyMask, has, indexes, isEmpty, type Mask, meets, or, type Region } from "./box.ts";
import type { Space, Target } from "./found.ts";
import { ACTION, PRINCIPAL, RESOURCE } from "./model.ts";
import { Budget, fewer, OverBudget, reachesBeyond, solve } from "./solve.ts";

/** Words may say anything from what is needed to what is inside. */
export interface FoundBox {
  readonly inside: Region;
  /** What the boxes before it do not have, of requests that AWS can see. */
  readonly needed: Region;
}

export interface Boxes {
  readonly boxes: readonly FoundBox[];
  /** False: there are more. */
  readonly complete: boolean;
}

export interface BoxesOptions {
  /** More boxes than this are not looked for. */
  readonly mostBoxes?: number;
  readonly mostNodes?: number;
  /** Requests that are told already. */
  readonly known?: readonly Region[];
}

/** Words of boxes that are looked at before the telling stops: about a second. */
const MOST_WORK = 100_000_000;
const FEWEST_NODES = 2_000;

/** A node looks at every box, and at each side of it. */
function nodesFor({ model, targets, impossible }: Space): number {
  const boxes = targets.reduce(
    (sum, { groups, excluded }) => sum + excluded.length + groups.reduce((all, group) => all + group.length, 0),
    impossible.length,
  );
  const words = Math.max(...model.sizes) / 32 + 8;
  return Math.max(FEWEST_NODES, Math.floor(MOST_WORK / ((boxes + 1) * words)));
}

export function boxesOf(space: Space, { mostBoxes = 24, mostNodes, known = [] }: BoxesOptions = {}): Boxes {
  const boxes: FoundBox[] = [];
  const simple: Space = {
    ...space,
    impossible: fewer(space.impossible),
    targets: space.targets.map(({ groups, excluded }) => ({ groups: groups.map(fewer), excluded: fewer(excluded) })),
  };
  const budget = new Budget(mostNodes ?? nodesFor(simple));
  let begun: Region | undefined;
  try {
    for (;;) {
      const told = [...known, ...boxes.map(({ inside }) => inside)].map(asBox);
      const found = firstIn(simple, told, budget);
      if (!found) return { boxes, complete: true };
      if (boxes.length === mostBoxes) return { boxes, complete: false };
      begun = found;
      const inside = grown(simple, found, budget);
      boxes.push({ inside, needed: shrunk(simple, inside, told, budget) });
      begun = undefined;
    }
  } catch (error) {
    // Some of it is more than nothing.
    if (error instanceof OverBudget && begun) boxes.push({ inside: begun, needed: begun });
    if (error instanceof OverBudget) return { boxes, complete: false };
    throw error;
  }
}

const asBox = (region: Region): Box => ({ sides: region.map((mask, variable) => ({ variable, mask })) });

function firstIn({ model, targets, impossible }: Space, known: readonly Box[], budget: Budget): Region | undefined {
  for (const { groups, excluded } of targets) {
    const region = solve(
      { region: model.everything, groups, excluded: [...excluded, ...impossible, ...known] },
      budget,
    );
    if (region) return region;
  }
  return undefined;
}

/** What does not matter first, who it is last: so boxes go along statements. */
function grown(space: Space, found: Region, budget: Budget): Region {
  const region = [...found];
  const keys = region.map((_, variable) => variable).filter((variable) => variable > PRINCIPAL);
  for (const variable of [...keys, ACTION, RESOURCE, PRINCIPAL]) {
    const all = space.model.everything[variable]!;
    const added = slab(region, variable, minusMask(all, region[variable]!));
    if (isEmpty(added[variable]!)) continue;
    // Often all of it may be in.
    if (isInside(space, added, budget)) region[variable] = all;
    else
      for (const index of indexes(added[variable]!)) {
        const one = single(region[variable]!, index);
        if (isInside(space, slab(region, variable, one), budget)) region[variable] = or(region[variable]!, one);
      }
  }
  return region;
}

/** Without the classes that add nothing. */
function shrunk({ impossible }: Space, inside: Region, told: readonly Box[], budget: Budget): Region {
  const region = [...inside];
  const near = [...impossible, ...told].filter((box) => touches(box, region));
  const keys = region.map((_, variable) => variable).filter((variable) => variable > PRINCIPAL);
  for (const variable of [ACTION, ...keys, RESOURCE, PRINCIPAL]) {
    const kept = emptyMask(region[variable]!.length * 32);
    for (const index of indexes(region[variable]!)) {
      const part = slab(region, variable, single(kept, index));
      if (reachesBeyond(part, near, budget)) kept[index >> 5]! |= 1 << (index & 31);
    }
    region[variable] = kept;
  }
  return region;
}

const minusMask = (a: Mask, b: Mask): Mask => a.map((word, at) => word & ~b[at]!);
const slab = (region: Region, variable: number, mask: Mask): Region =>
  region.map((own, at) => (at === variable ? mask : own));
function single(like: Mask, index: number): Mask {
  const mask = emptyMask(like.length * 32);
  mask[index >> 5]! |= 1 << (index & 31);
  return mask;
}

/** Whether all possible requests of the region are looked for. */
function isInside({ targets, impossible }: Space, region: Region, budget: Budget): boolean {
  return targets.some((target) => isWithin(region, target, impossible, budget));
}

function isWithin(region: Region, { groups, excluded }: Target, impossible: readonly Box[], budget: Budget): boolean {
  const near = impossible.filter((box) => touches(box, region));
  const isPossible = (part: Region, but: readonly Box[]) => reachesBeyond(part, [...near, ...but], budget);
  for (const box of excluded) {
    const part = clipped(region, box);
    if (part && isPossible(part, [])) return false;
  }
  return groups.every((group) => !isPossible(region, group));
}

const touches = ({ sides }: Box, region: Region) => sides.every(({ variable, mask }) => meets(region[variable]!, mask));

function clipped(region: Region, { sides }: Box): Region | undefined {
  const part = [...region];
  for (const { variable, mask } of sides) {
    part[variable] = and(part[variable]!, mask);
    if (isEmpty(part[variable]!)) return undefined;
  }
  return part;
}

export const first = (mask: Mask): number => {
  for (let index = 0; ; index++) if (has(mask, index)) return index;
};
