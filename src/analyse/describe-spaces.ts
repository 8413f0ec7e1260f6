/** All requests of spaces, as few readable boxes. */
import { type AccessBox, BRIEF, boxText, describeBox, type Telling } from "./describe-box.ts";
import { boxesOf } from "./excess.ts";
import type { Found, Space } from "./found.ts";
import type { Scope } from "./scopes.ts";

/** Access of one caller and one resource of an environment; of policies there is one such part. */
export interface AccessPart {
  /** The caller and the resource in words. */
  readonly about: string;
  readonly boxes: readonly AccessBox[];
  /** False: there is more than is told here. */
  readonly complete: boolean;
  readonly text: string;
}

/** What a question finds in each scope. */
export function describeAll(scopes: Iterable<Scope>, ask: (scope: Scope) => Found): AccessPart[] {
  const parts: AccessPart[] = [];
  for (const scope of scopes) {
    const found = ask(scope);
    if (found.verdict === "refuted") parts.push(describeSpaces(scope, found.spaces()));
  }
  return parts;
}

export function describeSpaces(
  scope: Scope,
  spaces: readonly Space[],
  { mostBoxes = 24, telling = BRIEF }: { readonly mostBoxes?: number; readonly telling?: Telling } = {},
): AccessPart {
  const boxes: AccessBox[] = [];
  const texts = new Set<string>();
  let complete = true;
  for (const space of spaces) {
    // Classes that are not listed have no words.
    if (space.model.open) {
      complete = false;
      continue;
    }
    const known = outright(space, spaces, mostBoxes);
    const found = boxesOf(space, { known, mostBoxes });
    complete &&= found.complete;
    for (const region of found.boxes) {
      const box = describeBox(region, space, scope.set.resource, telling);
      const text = telling.whole ? JSON.stringify(box) : boxText(box);
      if (!texts.has(text)) boxes.push(box);
      texts.add(text);
    }
  }
  return {
    about: scope.about,
    boxes,
    complete,
    text: [...boxes.map(boxText), ...(complete ? [] : [boxes.length > 0 ? "… and more" : "…"])].join("\n"),
  };
}

/** What is allowed without identity policies that were not given need not be told again for those with them. */
function outright(space: Space, spaces: readonly Space[], mostBoxes: number) {
  if (!space.identityAllows) return [];
  return spaces
    .filter((other) => !other.identityAllows && other.model === space.model)
    .flatMap((other) => boxesOf(other, { mostBoxes }).boxes.map(({ inside }) => inside));
}
