/**
 * A service's section of `catalog.txt`. Line by line, with `|` between fields:
 *
 *     AWS KMS|awskeymanagementservice                    title, page of the reference
 *     String :CallerAccount :ViaService …                keys of a type, `*` after it: multi-valued; `:` is the own prefix
 *     @key|~key/${KeyId}|0,4-9                           resource type, its ARNs, its keys; `~` is the usual start
 *     W|0! 1!|0,12|Create(Alias Grant) Decrypt           access level, resources, keys, then all such actions
 *
 * Keys and resource types are counted from 0 in the order of their lines. A resource is `type`, `!` if it is required, and
 * `[keys]` of its own. `Create(Alias Grant)` is `CreateAlias CreateGrant`.
 */
import { type KeyTable, keyTable } from "./key-table.ts";
import type { ActionFacts, ActionResource, KeyFacts, KeyType, ResourceTypeFacts, ServiceFacts } from "./types.ts";

export const ACCESS_LEVELS: Readonly<Record<string, string>> = {
  L: "List",
  R: "Read",
  W: "Write",
  T: "Tagging",
  P: "Permissions management",
};

export const arnStart = (prefix: string): string => `arn:\${Partition}:${prefix}:\${Region}:\${Account}:`;

const PAGES = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_";

export interface Section {
  readonly facts: ServiceFacts;
  readonly keys: KeyTable;
}

export function parseSection(prefix: string, text: string): Section {
  const [head = "", ...lines] = text.split("\n");
  const [title = "", page = ""] = head.split("|");
  const keys: KeyFacts[] = [];
  const types: ResourceTypeFacts[] = [];
  const actions = new Map<string, ActionFacts>();
  const keyNames = keyLists(keys);
  const resources = resourceLists(types, keyNames);
  for (const line of lines) {
    if (line === "") continue;
    const fields = line.split("|");
    if (fields.length === 1) readKeys(prefix, line, keys);
    else if (line.startsWith("@")) types.push(readType(prefix, fields, keyNames));
    else readActions(prefix, fields, resources, keyNames, actions);
  }
  const table = keyTable(keys);
  const resourceTypes = new Map(types.map((facts) => [facts.type.toLowerCase(), facts]));
  return {
    facts: { prefix, title, url: `${PAGES}${page}.html`, actions, resourceTypes, keys: table.keys },
    keys: table,
  };
}

function readKeys(prefix: string, line: string, keys: KeyFacts[]): void {
  const [written = "", ...names] = line.split(" ");
  const multiValued = written.endsWith("*");
  const type = (multiValued ? written.slice(0, -1) : written) as KeyType;
  for (const name of names) keys.push({ name: name.startsWith(":") ? prefix + name : name, type, multiValued });
}

type Lists<T> = (list: string) => readonly T[];

function readType(prefix: string, fields: readonly string[], keyNames: Lists<string>): ResourceTypeFacts {
  const [type = "", written = "", list = ""] = fields;
  const arns = written.split(" ").map((arn) => (arn.startsWith("~") ? arnStart(prefix) + arn.slice(1) : arn));
  return { type: type.slice(1), arn: arns[0]!, arns, conditionKeys: keyNames(list) };
}

function readActions(
  service: string,
  fields: readonly string[],
  resourceList: Lists<ActionResource>,
  keyNames: Lists<string>,
  actions: Map<string, ActionFacts>,
): void {
  const [letter = "", resourceText = "", keyText = "", names = ""] = fields;
  const access = ACCESS_LEVELS[letter]!;
  const resources = resourceList(resourceText);
  const conditionKeys = keyNames(keyText);
  let verb = "";
  for (let word of names.split(" ")) {
    const open = word.indexOf("(");
    if (open !== -1) {
      verb = word.slice(0, open);
      word = word.slice(open + 1);
    }
    const last = word.endsWith(")");
    const name = verb + (last ? word.slice(0, -1) : word);
    actions.set(name.toLowerCase(), { service, name, access, resources, conditionKeys });
    if (last) verb = "";
  }
}

/** A section says the same list again and again; reading each once halves the time for EC2. */
function remembered<T>(read: Lists<T>): Lists<T> {
  const seen = new Map<string, readonly T[]>([["", []]]);
  return (list) => {
    let found = seen.get(list);
    if (!found) {
      found = read(list);
      seen.set(list, found);
    }
    return found;
  };
}

const RESOURCE = /^(\d+)(!?)(?:\[(.*)\])?$/;

const resourceLists = (types: readonly ResourceTypeFacts[], keyNames: Lists<string>): Lists<ActionResource> => {
  const resource = remembered((text) => {
    const [, at, required, own = ""] = RESOURCE.exec(text)!;
    return [{ type: types[Number(at)]!.type, required: required === "!", conditionKeys: keyNames(own) }];
  });
  return remembered((list) => list.split(" ").flatMap(resource));
};

/** `0,4-6` to the names of keys 0, 4, 5 and 6. */
const keyLists = (keys: readonly KeyFacts[]): Lists<string> =>
  remembered((list) => {
    const names: string[] = [];
    for (const range of list.split(",")) {
      const [first = "", last = first] = range.split("-");
      for (let at = Number(first); at <= Number(last); at++) names.push(keys[at]!.name);
    }
    return names;
  });
