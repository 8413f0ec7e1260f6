/**
 * AWS's actions, resource types and condition keys: the Service Authorization Reference of `catalog.txt`, which
 * `bake.ts` writes. A service's section is read when it is first asked for.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { everyActionCarries, GLOBAL_KEYS, isOidcProvider } from "./global-keys.ts";
import { parseSection, type Section } from "./section.ts";
import type { ActionFacts, KeyFacts, ServiceFacts } from "./types.ts";

export type { ActionFacts, ActionResource, KeyFacts, KeyType, ResourceTypeFacts, ServiceFacts } from "./types.ts";

interface Entry {
  readonly start: number;
  readonly end: number;
  readonly rcp: boolean;
  section: Section | undefined;
}

interface Index {
  /** The file's bytes: as one text it would cost an import more than all that is read of it. */
  readonly bytes: Buffer;
  readonly entries: ReadonlyMap<string, Entry>;
  /** Services that define keys with a prefix which is not theirs, by that prefix. */
  readonly homes: ReadonlyMap<string, readonly string[]>;
}

let index: Index | undefined;

function load(): Index {
  if (index) return index;
  const bytes = readFileSync(fileURLToPath(new URL("./catalog.txt", import.meta.url)));
  const entries = new Map<string, Entry>();
  const homes = new Map<string, readonly string[]>();
  const headEnd = bytes.indexOf("\n\n");
  let start = headEnd + 2;
  for (const line of textOf(bytes, 0, headEnd).split("\n")) {
    const [name = "", length = "", ...rest] = line.split(" ");
    if (name === "#") continue;
    if (length === ">") homes.set(name, rest);
    else {
      const end = start + Number(length);
      entries.set(name, { start, end, rcp: rest[0] === "rcp", section: undefined });
      start = end;
    }
  }
  index = { bytes, entries, homes };
  return index;
}

/** INVARIANT: the file is ASCII, so that a byte is a character. */
const textOf = (bytes: Buffer, start: number, end: number): string => bytes.toString("latin1", start, end);

function section(prefix: string): Section | undefined {
  const { bytes, entries } = load();
  const entry = entries.get(prefix);
  if (!entry) return undefined;
  entry.section ??= parseSection(prefix, textOf(bytes, entry.start, entry.end));
  return entry.section;
}

/** A service by its prefix, in any case. */
export function serviceFacts(prefix: string): ServiceFacts | undefined {
  return section(prefix.toLowerCase())?.facts;
}

export function servicePrefixes(): readonly string[] {
  return [...load().entries.keys()];
}

/** An action by its full name, such as `kms:Decrypt`, in any case. */
export function actionFacts(action: string): ActionFacts | undefined {
  const folded = action.toLowerCase();
  const colon = folded.indexOf(":");
  return section(folded.slice(0, colon))?.facts.actions.get(folded.slice(colon + 1));
}

/** Every action's full name, service by service. */
export function* actionNames(): Iterable<string> {
  for (const prefix of load().entries.keys())
    for (const { name } of section(prefix)!.facts.actions.values()) yield `${prefix}:${name}`;
}

/** A condition key in any case; its variable part may be anything: `aws:PrincipalTag/team`. */
export function keyFacts(key: string): KeyFacts | undefined {
  const folded = key.toLowerCase();
  const prefix = folded.slice(0, folded.indexOf(":"));
  if (prefix === "aws") return GLOBAL_KEYS.find(folded);
  for (const home of keyHomes(prefix)) {
    const facts = section(home)?.keys.find(folded);
    if (facts) return facts;
  }
  return undefined;
}

/** The services whose pages may define keys with this prefix, its own first. */
export function keyHomes(prefix: string): readonly string[] {
  return [prefix, ...(load().homes.get(prefix) ?? (isOidcProvider(prefix) ? ["sts"] : []))];
}

const carried = new WeakMap<ActionFacts, ReadonlySet<string>>();

/** Whether some request of the action carries the key: for all actions alike, for this action, or for a resource of it. */
export function actionCarriesKey(action: ActionFacts, key: string): boolean {
  if (everyActionCarries(key.toLowerCase())) return true;
  const facts = keyFacts(key);
  if (!facts) return false;
  let names = carried.get(action);
  if (!names) {
    const types = section(action.service)?.facts.resourceTypes;
    const resources = action.resources.flatMap(({ type, conditionKeys }) => [
      ...conditionKeys,
      ...(types?.get(type.toLowerCase())?.conditionKeys ?? []),
    ]);
    names = new Set([...action.conditionKeys, ...resources].map((name) => name.toLowerCase()));
    carried.set(action, names);
  }
  return names.has(facts.name.toLowerCase());
}

/** Whether resource control policies apply to the service. */
export function rcpSupports(prefix: string): boolean {
  return load().entries.get(prefix.toLowerCase())?.rcp ?? false;
}
