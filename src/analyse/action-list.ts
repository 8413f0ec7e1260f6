/** Actions as people write them: all of a service, all that begin with a word, or name by name. */
import { actionFacts } from "../catalog/catalog.ts";

/**
 * The shortest list that says exactly these among those that there are.
 *
 * @param actions folded
 * @param among all actions that count, by the prefix of their service, folded
 */
export function actionList(actions: readonly string[], among: (prefix: string) => readonly string[]): string[] {
  const byService = new Map<string, string[]>();
  for (const action of actions) {
    const prefix = action.slice(0, action.indexOf(":"));
    byService.set(prefix, [...(byService.get(prefix) ?? []), action]);
  }
  return [...byService.keys()].sort().flatMap((prefix) => ofService(prefix, byService.get(prefix)!, among(prefix)));
}

function ofService(prefix: string, actions: readonly string[], all: readonly string[]): string[] {
  const wanted = new Set(actions);
  if (all.every((action) => wanted.has(action))) return [`${prefix}:*`];
  const words = new Map<string, string[]>();
  for (const action of all) {
    const word = firstWord(spelled(action));
    words.set(word, [...(words.get(word) ?? []), action]);
  }
  const found: string[] = [];
  for (const [word, own] of words) {
    const covered = own.filter((action) => wanted.has(action));
    // What begins with `Get` may go on with another word, as `Getaway` does not: the pattern must say no more.
    const exact = all.filter((action) => spelled(action).startsWith(word)).every((action) => wanted.has(action));
    if (covered.length > 1 && covered.length === own.length && exact) found.push(`${prefix}:${word}*`);
    else found.push(...covered.map((action) => `${prefix}:${spelled(action)}`));
  }
  const known = new Set(all);
  found.push(...actions.filter((action) => !known.has(action)));
  return found.sort();
}

const spelled = (action: string): string => actionFacts(action)?.name ?? action.slice(action.indexOf(":") + 1);
const firstWord = (name: string): string => /^[A-Z]+(?=[A-Z][a-z])|^[A-Z]?[a-z0-9]+|^[A-Z0-9]+/.exec(name)?.[0] ?? name;
