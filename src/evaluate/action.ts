import { type Glob, glob } from "../policy/glob.ts";
import type { Element } from "../policy/policy.ts";

export interface CompiledAction {
  /** `action`: folded, since action names do not depend on case (semantics A19). */
  matches(action: string): boolean;
  /** The services whose actions the element can match; undefined: any. */
  readonly services: ReadonlySet<string> | undefined;
  /** All the actions that the element matches, where it spells them out. */
  readonly names: ReadonlySet<string> | undefined;
  /** The services some of whose actions it may match and others not; it matches all actions of any other, or none. */
  readonly toldApart: ReadonlySet<string>;
}

const NO_NAMES: ReadonlySet<string> = new Set();
export const NO_ACTION: CompiledAction = {
  matches: () => false,
  services: NO_NAMES,
  names: NO_NAMES,
  toldApart: NO_NAMES,
};
const EVERY_ACTION: CompiledAction = {
  matches: () => true,
  services: undefined,
  names: undefined,
  toldApart: NO_NAMES,
};

/** The `Action` and `NotAction` elements. An empty list makes the statement apply to nothing (A9). */
export function compileAction(
  element: Pick<Element, "not"> & { readonly values: readonly { readonly value: string }[] },
): CompiledAction {
  const patterns = element.values.map(({ value }) => value.toLowerCase());
  if (patterns.length === 0) return NO_ACTION;
  if (patterns.includes("*")) return element.not ? NO_ACTION : EVERY_ACTION;
  const compiled = patterns.map(glob);
  const exact = new Set(compiled.flatMap((pattern) => pattern.exact ?? []));
  const globs = compiled.filter((pattern) => pattern.exact === undefined);
  const listed = oneOf(exact, globs);
  const services = new Set(patterns.map((pattern) => pattern.slice(0, pattern.indexOf(":"))));
  if (element.not)
    return { matches: (action) => !listed(action), services: undefined, names: undefined, toldApart: services };
  return { matches: listed, services, names: globs.length === 0 ? exact : undefined, toldApart: services };
}

function oneOf(exact: ReadonlySet<string>, globs: readonly Glob[]): (action: string) => boolean {
  const [only] = globs;
  if (!only) return (action) => exact.has(action);
  if (exact.size === 0 && globs.length === 1) return only.matches;
  return (action) => {
    for (const pattern of globs) if (pattern.matches(action)) return true;
    return exact.has(action);
  };
}
