/** A condition key's values, one (or one list) for each way in which the conditions on it can tell them apart. */
import { keyFacts } from "../catalog/catalog.ts";
import { type OperatorFamily, parseOperator } from "../catalog/operators.ts";
import type { Evaluation } from "../evaluate/evaluation.ts";
import type { ContextValue } from "../request/context.ts";
import { distinctSets, type OpenTexts } from "./open-texts.ts";
import { Outside } from "./outside.ts";
import type { Tested } from "./statements.ts";
import { type ClassLimits, stringClasses } from "./string-classes.ts";
import { TextSets } from "./text-sets.ts";
import { matches, type Pattern } from "./tokens.ts";
import { addressPoints, datePoints, numberPoints } from "./typed-points.ts";
import { conditionPatterns } from "./value-patterns.ts";
import { formOf } from "./world.ts";

export interface KeyAsked {
  readonly folded: string;
  readonly name: string;
  readonly multiValued: boolean;
  readonly tested: readonly Tested[];
  /** Sets of texts beside those of conditions. */
  readonly also: readonly (readonly Pattern[])[];
  readonly told: Evaluation;
  readonly limits?: ClassLimits | undefined;
}

export interface KeyValues {
  /** The first is `null`: absent. */
  readonly values: readonly ContextValue[];
  /** The last of the values stands for more than one class. */
  readonly open?: OpenTexts;
}

export function valuesOf(asked: KeyAsked): KeyValues {
  if (asked.multiValued) refuseTooMany(asked);
  const single = singleValues(asked);
  if (!single) return openValues(asked);
  if (!asked.multiValued) return { values: [null, ...single] };
  return { values: [null, ...lists(asked, single)] };
}

const familyOf = ({ condition }: Tested): OperatorFamily => parseOperator(condition.condition.operator)!.facts.family;
const TEXTS: ReadonlySet<OperatorFamily> = new Set(["string", "arn", "bool"]);

/** Undefined: too many patterns overlap. */
function singleValues(asked: KeyAsked): readonly string[] | undefined {
  const { folded, tested, name } = asked;
  const type = keyFacts(name)?.type ?? "String";
  const families = new Set(tested.map(familyOf).filter((family) => family !== "null"));
  // A key of this type has no other values, whatever operators ask for.
  if (type === "Bool") return ["true", "false"];
  const listed = tested.flatMap(({ condition }) => condition.condition.values.map(({ value }) => value));
  const only = (...some: OperatorFamily[]) => [...families].every((family) => some.includes(family));
  const mixed = () => new Outside(`\`${name}\` is compared by operators of several types`);
  const isText = type === "String" || type === "ARN" || type === "Binary";
  if (families.size === 0 && asked.also.length === 0 && isText) return [someValue(folded, type)];
  if (only("string", "arn", "bool") && isText) return texts(asked, type);
  if (asked.also.length > 0) throw mixed();
  // A value that is none of the type compares with nothing (C17): keys of the type have none such.
  const strange = isText ? [...empty(asked, type), "x"] : [];
  if (type === "Numeric" || (isText && only("numeric"))) {
    if (!only("numeric")) throw mixed();
    return [...numberPoints(listed), ...strange];
  }
  if (type === "Date" || (isText && only("date"))) {
    if (folded === "aws:epochtime" || !only("date")) {
      if (!only("numeric", "date")) throw mixed();
      return epochs(listed);
    }
    return [...datePoints(listed), ...strange];
  }
  if (type === "IPAddress" || (isText && only("ip"))) {
    if (!only("ip")) throw mixed();
    return [...addressPoints(listed), ...strange];
  }
  if (isText && only("binary")) return [...new Set([...listed, "eA==", "eHg=", "no base64", ...strange])];
  throw mixed();
}

function epochs(listed: readonly string[]): string[] {
  const seconds = datePoints(listed).map((text) => Math.floor(Date.parse(text) / 1000));
  return [...new Set(seconds)].filter((second) => second >= 0).map(String);
}

function someValue(folded: string, type: string): string {
  const form = formOf(folded, type);
  return stringClasses([], { universe: form ? [form] : [[{ char: "x" }]] })![0]!.text;
}

function texts(asked: KeyAsked, type: string): readonly string[] | undefined {
  const { tested, told, also, limits, multiValued } = asked;
  const sets = tested
    .filter((one) => TEXTS.has(familyOf(one)))
    .map(({ condition, policy }) => conditionPatterns(condition, policy, told));
  const maySearch = !multiValued && also.length === 0;
  const among = { ...formed(asked, type), nonempty: true };
  const classes = stringClasses([...sets, ...also], { ...among, ...(maySearch ? limits : {}) });
  return classes && [...empty(asked, type), ...classes.map(({ text }) => text)];
}

/** The empty text, where the key can have it, is a class by itself: rules of its own are about it (semantics C12). */
function empty(asked: KeyAsked, type: string): readonly string[] {
  const { universe, nonempty } = formed(asked, type);
  return universe || nonempty ? [] : [""];
}

/** Any text but the empty one needs no walk. */
function formed({ folded }: KeyAsked, type: string): { universe: readonly Pattern[] | undefined; nonempty: boolean } {
  const form = formOf(folded, type);
  const plain = form?.length === 2 && "some" in form[0]! && form[0].some === "any";
  return { universe: form && !plain ? [form] : undefined, nonempty: plain === true };
}

function openValues(asked: KeyAsked): KeyValues {
  const { tested, told, also, name, multiValued } = asked;
  if (multiValued || also.length > 0) throw new Outside(`too many patterns of \`${name}\` overlap`);
  const { universe } = formed(asked, keyFacts(name)?.type ?? "String");
  const texts = tested.filter((one) => TEXTS.has(familyOf(one)));
  const { sets, setOf } = distinctSets(
    texts.map(({ condition, policy }) => [condition, conditionPatterns(condition, policy, told)]),
  );
  const found = new TextSets(name, sets, { within: universe ? [universe] : [], without: [], nonempty: true });
  const example = found.find({ inside: [], outside: [] });
  const plain: ContextValue[] = [null, ...empty(asked, keyFacts(name)?.type ?? "String")];
  if (example === undefined) return { values: plain };
  const open = plain.length;
  return {
    values: [...plain, example],
    open: {
      count: sets.length,
      setOf: (condition) => setOf.get(condition),
      classAt: (index) =>
        index === open ? { texts: found, part: (text) => ({ context: { [name]: text } }) } : undefined,
    },
  };
}

/** More conditions on one key with several values than this are not told apart. */
const MOST_TESTS = 14;
const MOST_LISTS = 4_000;

function refuseTooMany({ tested, also, name }: KeyAsked): void {
  const sets = tested.filter((one) => TEXTS.has(familyOf(one)));
  if (sets.length + also.length > MOST_TESTS)
    throw new Outside(`\`${name}\` has several values, and ${sets.length} conditions test it`);
}

/**
 * Lists of values: `ForAnyValue` asks for the union of what its values match, `ForAllValues` for the intersection. So two
 * lists with the same of both are one class, and joining single values until nothing new comes gives all.
 */
function lists({ tested, told, name, also }: KeyAsked, single: readonly string[]): string[][] {
  const sets = tested.filter((one) => TEXTS.has(familyOf(one)));
  if (tested.some((one) => !TEXTS.has(familyOf(one)) && familyOf(one) !== "null"))
    throw new Outside(`\`${name}\` has several values, and a condition compares them by type`);
  const patterns = [...sets.map(({ condition, policy }) => conditionPatterns(condition, policy, told)), ...also];
  const classes = single.map((text) => ({ text, bits: bitsOf(text, patterns) }));
  const found = new Map<string, { list: string[]; any: number; all: number }>();
  const queue: { list: string[]; any: number; all: number }[] = [];
  const visit = (list: string[], any: number, all: number) => {
    // A value that is twice in a list changes nothing, but a list of one is another thing than a list (C15).
    const key = `${any},${all},${list.length > 1}`;
    if (found.has(key)) return;
    const entry = { list, any, all };
    found.set(key, entry);
    queue.push(entry);
    if (found.size > MOST_LISTS) throw new Outside(`\`${name}\` has several values, and too many conditions test it`);
  };
  for (const { text, bits } of classes) visit([text], bits, bits);
  for (let at = 0; at < queue.length; at++) {
    const { list, any, all } = queue[at]!;
    for (const { text, bits } of classes) if (!list.includes(text)) visit([...list, text], any | bits, all & bits);
  }
  return [...found.values()].map(({ list }) => list);
}

/** Which sets a text is in. */
function bitsOf(text: string, sets: readonly (readonly Pattern[])[]): number {
  let bits = 0;
  for (const [at, patterns] of sets.entries()) if (patterns.some((pattern) => matches(pattern, text))) bits |= 1 << at;
  return bits;
}
