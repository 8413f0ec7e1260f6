import { contextId, type Question, scopeHash } from "./question.ts";

/** Questions that one call asks: every action on every resource, of which these were wanted. */
export interface Batch {
  readonly questions: readonly Question[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** Rows of an answer; AWS evaluates each, so a call is not made of few wanted among many. */
const MOST_CELLS = 1000;
const MOST_RESOURCES = 100;

/**
 * Questions in as few calls as they fit in: of one set of policies and one context. Those without a resource (`*`) go
 * apart, because their result comes by action alone.
 */
export function batches(questions: readonly Question[]): Batch[] {
  const groups = new Map<string, Question[]>();
  for (const question of questions) {
    const id = JSON.stringify([scopeHash(question.scope), contextId(question.context), question.resource === "*"]);
    const group = groups.get(id);
    if (group) group.push(question);
    else groups.set(id, [question]);
  }
  return [...groups.values()].flatMap(split);
}

function split(group: readonly Question[]): Batch[] {
  const sorted = [...group].sort((a, b) => compare(a.resource, b.resource) || compare(a.action, b.action));
  const found: Batch[] = [];
  let from = 0;
  while (from < sorted.length) {
    const actions = new Map<string, string>();
    const resources = new Set<string>();
    let to = from;
    for (; to < sorted.length; to++) {
      const { action, resource } = sorted[to]!;
      const width = actions.size + (actions.has(action.toLowerCase()) ? 0 : 1);
      const height = resources.size + (resources.has(resource) ? 0 : 1);
      if (to > from && (width * height > MOST_CELLS || height > MOST_RESOURCES)) break;
      actions.set(action.toLowerCase(), actions.get(action.toLowerCase()) ?? action);
      resources.add(resource);
    }
    found.push({
      questions: sorted.slice(from, to),
      actions: [...actions.values()].sort(),
      resources: [...resources],
    });
    from = to;
  }
  return found;
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** The same questions in two calls, to find the one that AWS refuses. */
export function halves({ questions }: Batch): Batch[] {
  const middle = questions.length >> 1;
  return [questions.slice(0, middle), questions.slice(middle)].flatMap((half) => batches(half));
}
