import type { KeyFacts } from "./types.ts";

/** Condition keys, found by the name a policy writes, folded. */
export interface KeyTable {
  readonly keys: ReadonlyMap<string, KeyFacts>;
  find(folded: string): KeyFacts | undefined;
}

interface Template {
  readonly before: string;
  readonly after: string;
  readonly facts: KeyFacts;
}

/** INVARIANT: no key of AWS has more than one variable part; `bake.ts` checks it. */
export function keyTable(all: Iterable<KeyFacts>): KeyTable {
  const keys = new Map<string, KeyFacts>();
  const exact = new Map<string, KeyFacts>();
  const templates: Template[] = [];
  for (const facts of all) {
    const folded = facts.name.toLowerCase();
    keys.set(tableName(folded), facts);
    const [before = "", after] = folded.split(/\$\{.*?\}/);
    if (after === undefined) exact.set(folded, facts);
    else templates.push({ before, after, facts });
  }
  // The longest fixed text first: `events:Metadata/x/Matcher` is not the `Metadata` key of `x/Matcher`.
  templates.sort((a, b) => b.before.length + b.after.length - a.before.length - a.after.length);
  return {
    keys,
    find: (folded) => exact.get(folded) ?? templates.find((template) => fits(template, folded))?.facts,
  };
}

/** `aws:resourcetag/` for `aws:resourcetag/${tagkey}`; other names stay. */
const tableName = (folded: string) => folded.replace(/\$\{[^}]*\}$/, "");

function fits({ before, after }: Template, folded: string): boolean {
  return folded.length > before.length + after.length && folded.startsWith(before) && folded.endsWith(after);
}
