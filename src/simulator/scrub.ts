/**
 * Account ids, unique ids and access key ids replaced by made-up ones of the same length, the same one everywhere. The
 * replacement of a question depends on the question alone: a replay makes it again, so nothing has to be kept.
 */
import type { Question, Scope } from "./question.ts";

export interface Scrubbed {
  readonly question: Question;
  /** The same replacement for another text about the question, as the case that it was made from. */
  readonly text: (text: string) => string;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids */
const ID =
  /(?<![A-Za-z0-9])A(?:BIA|CCA|GPA|IDA|IPA|KIA|NPA|NVA|PKA|ROA|SCA|SIA)[A-Z0-9]{8,}(?![A-Za-z0-9])|(?<![0-9])[0-9]{12}(?![0-9])/g;

export function scrubQuestion({ scope, action, resource, context, names }: Question): Scrubbed {
  const ids = new Replacements();
  // The policies first: their ids are replaced alike whatever is asked of them.
  ids.learn(scopeTexts(scope));
  const values = context.flatMap(({ type, values }) => (/^(numeric|date)/.test(type) ? [] : values));
  ids.learn([resource, ...context.map(({ key }) => key), ...values]);
  ids.learn(names);
  return {
    question: {
      scope: scrubScope(scope, ids),
      action,
      resource: ids.replace(resource),
      context: context.map(({ key, type, values }) => ({
        key: ids.replace(key),
        type,
        values: values.map((value) => ids.replace(value)),
      })),
      names: names.map((name) => ids.replace(name)),
    },
    text: (other) => {
      ids.learn([other]);
      return ids.replace(other);
    },
  };
}

class Replacements {
  readonly #made = new Map<string, string>();
  #number = 0;

  /** Gives each new id of the texts its replacement, in the order in which they come. */
  learn(texts: readonly string[]): void {
    const found = new Set<string>();
    for (const text of texts) collectFrom(text, found);
    for (const id of found) {
      if (this.#made.has(id)) continue;
      let made: string;
      do made = madeUp(id, ++this.#number);
      while (found.has(made));
      this.#made.set(id, made);
    }
  }

  replace(text: string): string {
    return text.replace(ID, (id) => this.#made.get(id) ?? id);
  }
}

const SCOPES = new WeakMap<Scope, Scope>();

function scrubScope(scope: Scope, ids: Replacements): Scope {
  let scrubbed = SCOPES.get(scope);
  if (!scrubbed) {
    const one = (text: string) => ids.replace(text);
    const maybe = (text: string | null) => (text === null ? null : one(text));
    scrubbed = {
      identity: scope.identity.map(one),
      permissionsBoundary: scope.permissionsBoundary.map(one),
      serviceControl: scope.serviceControl.map((level) => level.map(one)),
      resource: maybe(scope.resource),
      caller: maybe(scope.caller),
      owner: maybe(scope.owner),
      principal: maybe(scope.principal),
      exclude: JSON.parse(one(JSON.stringify(scope.exclude))) as Scope["exclude"],
    };
    SCOPES.set(scope, scrubbed);
  }
  return scrubbed;
}

function scopeTexts(scope: Scope): string[] {
  const { identity, permissionsBoundary, serviceControl, resource, caller, owner, principal, exclude } = scope;
  return [
    ...identity,
    ...permissionsBoundary,
    ...serviceControl.flat(),
    ...[resource, caller, owner, principal].flatMap((text) => text ?? []),
    JSON.stringify(exclude),
  ];
}

/** A number of twelve digits that is compared as a number or a date is no account id. */
function collectFrom(text: string, found: Set<string>): void {
  const collect = (plain: string) => {
    for (const [id] of plain.matchAll(ID)) found.add(id);
  };
  const walk = (value: unknown): void => {
    if (typeof value === "string") collectFrom(value, found);
    else if (typeof value === "number") collect(String(value));
    else if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === "object" && value !== null)
      for (const [key, part] of Object.entries(value)) {
        collect(key);
        if (!/^(For(All|Any)Values?:)?(Numeric|Date)/.test(key)) walk(part);
      }
  };
  // A policy is an object; any other text is an ARN or a value.
  const object = /^\s*[{[]/.test(text) ? parsed(text) : undefined;
  if (object === undefined) collect(text);
  else walk(object);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Of the same length, so that places in a text stay, and of no form that an id of AWS has. */
function madeUp(id: string, number: number): string {
  if (/^\d/.test(id)) return String(number).padStart(12, "0");
  return `X${id.slice(1, 4)}${String(number).padStart(id.length - 4, "0")}`;
}

const MADE_UP = /X(BIA|CCA|GPA|IDA|IPA|KIA|NPA|NVA|PKA|ROA|SCA|SIA)(0[0-9]{7,})/g;

/** The same with ids of AWS's form, which a policy may name as a principal. */
export const withIdsOfAws = (text: string): string => text.replace(MADE_UP, "A$1$2");
