/**
 * Is there a request inside every group, where a group is a choice of boxes, and outside every excluded box? Splits
 * regions of requests; every request of the region it returns is such a request.
 */
import {
  and,
  type Box,
  isEmpty,
  joined,
  type Mask,
  meets,
  minus,
  type Region,
  within,
  withoutSubsumed,
} from "./box.ts";

export interface Problem {
  /** The variables' sets of classes to begin with. */
  readonly region: Region;
  readonly groups: readonly (readonly Box[])[];
  readonly excluded: readonly Box[];
  /** Regions in which there may be no request, and boxes in which there is none. */
  readonly open?: Openness | undefined;
}

export interface Openness {
  readonly learned: readonly Box[];
  /** A box with some of the region, without a request, which is then learned; undefined: there is one in the region. */
  conflict(region: Region): Box | undefined;
}

/** Pigeonhole-shaped exclusions grow factorially: a search stops at so many nodes. */
export const MOST_NODES = 200_000;

export class Budget {
  nodes = 0;
  constructor(readonly most: number = MOST_NODES) {}
}

export class OverBudget extends Error {}

/** @throws OverBudget */
export function solve({ region, groups, excluded, open }: Problem, budget: Budget = new Budget()): Region | undefined {
  const learned = open?.learned ?? [];
  return search([...region], groups.map(fewer), [...fewer(excluded), ...learned], budget, open, learned.length);
}

const FEWER = new WeakMap<readonly Box[], readonly Box[]>();

/** The same set of requests, of fewer boxes. One list is in many problems. */
export function fewer(boxes: readonly Box[]): readonly Box[] {
  let found = FEWER.get(boxes);
  if (!found) {
    found = withoutSubsumed(joined(boxes));
    FEWER.set(boxes, found);
  }
  return found;
}

/** Whether some request of the region is in none of the boxes, of which there are few. @throws OverBudget */
export const reachesBeyond = (region: Region, boxes: readonly Box[], budget: Budget, open?: Openness): boolean =>
  search([...region], [], boxes, budget, open, 0) !== undefined;

type Open = Mask[];

/** A region that is still to be looked at, with what bears on it. */
interface Task {
  readonly region: Open;
  readonly groups: readonly (readonly Box[])[];
  readonly excluded: readonly Box[];
  /** How many of the learned boxes are among them. */
  readonly known: number;
}

/** Depth first, without recursion: a search may go as deep as there are classes, which is deeper than a stack is. */
function search(
  region: Open,
  groups: readonly (readonly Box[])[],
  excluded: readonly Box[],
  budget: Budget,
  open: Openness | undefined,
  known: number,
): Region | undefined {
  const stack: Iterator<Task>[] = [[{ region, groups, excluded, known }].values()];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const next = top.next();
    if (next.done) {
      stack.pop();
      continue;
    }
    const task = next.value;
    budget.nodes++;
    if (budget.nodes > budget.most) throw new OverBudget();
    // What was learned elsewhere holds here as well.
    const learned = open?.learned.length ?? 0;
    const all = open && learned > task.known ? [...task.excluded, ...open.learned.slice(task.known)] : task.excluded;
    const left = propagate(task.region, task.groups, all);
    if (!left) continue;
    if (left.groups.length > 0) {
      stack.push(choices(task.region, left, learned));
      continue;
    }
    const box = fewestWays(task.region, left.excluded) ?? open?.conflict(task.region);
    if (!box) return task.region;
    stack.push(parts(task.region, box, left.excluded, learned));
  }
  return undefined;
}

/** Inside each box of the first group. */
function* choices(region: Region, { groups, excluded }: Left, known: number): Iterator<Task> {
  const rest = groups.slice(1);
  for (const box of groups[0]!) {
    const inside = clip(region, box);
    if (inside) yield { region: inside, groups: rest, excluded, known };
  }
}

/** The parts of a region outside a box, disjoint. */
function* parts(region: Region, { sides }: Box, excluded: readonly Box[], known: number): Iterator<Task> {
  const inside = [...region];
  for (const { variable, mask } of sides) {
    const own = inside[variable]!;
    const beyond = minus(own, mask);
    if (!isEmpty(beyond)) {
      const part = [...inside];
      part[variable] = beyond;
      yield { region: part, groups: [], excluded, known };
    }
    const both = and(own, mask);
    if (isEmpty(both)) return;
    inside[variable] = both;
  }
}

interface Left {
  readonly groups: readonly (readonly Box[])[];
  readonly excluded: readonly Box[];
}

/** Narrows the region in place by what follows at once; undefined where nothing is left. */
function propagate(
  region: Open,
  allGroups: readonly (readonly Box[])[],
  allExcluded: readonly Box[],
): Left | undefined {
  let groups = allGroups;
  let excluded = allExcluded;
  for (let changed = true; changed; ) {
    changed = false;
    const keptExcluded: Box[] = [];
    for (const box of excluded) {
      const ways = exceeding(region, box);
      if (ways === "apart") continue;
      if (ways.length === 0) return undefined;
      if (ways.length > 1) {
        keptExcluded.push(box);
        continue;
      }
      const { variable, mask } = ways[0]!;
      region[variable] = minus(region[variable]!, mask);
      changed = true;
    }
    excluded = keptExcluded;
    const keptGroups: (readonly Box[])[] = [];
    for (const group of groups) {
      const fitting = group.filter((box) => box.sides.every(({ variable, mask }) => meets(region[variable]!, mask)));
      if (fitting.length === 0) return undefined;
      if (fitting.some((box) => contains(box, region))) continue;
      if (fitting.length > 1) {
        keptGroups.push(fitting);
        continue;
      }
      for (const { variable, mask } of fitting[0]!.sides) region[variable] = and(region[variable]!, mask);
      changed = true;
    }
    groups = keptGroups;
  }
  // The smallest choice first, exclusions last: the other order takes a hundred times as many nodes.
  return { groups: [...groups].sort((a, b) => a.length - b.length), excluded };
}

const contains = ({ sides }: Box, region: Region) =>
  sides.every(({ variable, mask }) => within(region[variable]!, mask));

/** The sides in which the region reaches beyond the box. */
function exceeding(region: Region, { sides }: Box): readonly { variable: number; mask: Mask }[] | "apart" {
  const ways: { variable: number; mask: Mask }[] = [];
  for (const side of sides) {
    const own = region[side.variable]!;
    if (!meets(own, side.mask)) return "apart";
    if (!within(own, side.mask)) ways.push(side);
  }
  return ways;
}

function clip(region: Region, { sides }: Box): Open | undefined {
  const inside = [...region];
  for (const { variable, mask } of sides) {
    const both = and(inside[variable]!, mask);
    if (isEmpty(both)) return undefined;
    inside[variable] = both;
  }
  return inside;
}

function fewestWays(region: Region, excluded: readonly Box[]): Box | undefined {
  let best: Box | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const box of excluded) {
    const ways = exceeding(region, box).length;
    if (ways < fewest) [best, fewest] = [box, ways];
  }
  return best;
}
