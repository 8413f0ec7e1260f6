import { glob } from "../policy/glob.ts";
import type { Element } from "../policy/policy.ts";

export interface CompiledAction {
  /** `action`: folded, since action names do not depend on case (semantics A19). */
  matches(action: string): boolean;
  /** The services whose actions the element can match; undefined: any. */
  readonly services: ReadonlySet<string> | undefined;
}

/** The `Action` and `NotAction` elements. An empty list makes the statement apply to nothing (A9). */
export function compileAction(element: Element): CompiledAction {
  const patterns = element.values.map(({ value }) => value.toLowerCase());
  if (patterns.length === 0) return { matches: () => false, services: new Set() };
  if (patterns.includes("*")) return { matches: () => !element.not, services: element.not ? new Set() : undefined };
  const compiled = patterns.map(glob);
  const exact = new Set(compiled.flatMap((pattern) => pattern.exact ?? []));
  const globs = compiled.filter((pattern) => pattern.exact === undefined);
  const listed = (action: string) => exact.has(action) || globs.some((pattern) => pattern.matches(action));
  if (element.not) return { matches: (action) => !listed(action), services: undefined };
  return { matches: listed, services: new Set(patterns.map((pattern) => pattern.slice(0, pattern.indexOf(":")))) };
}
