/**
 * What nobody told, and whether it matters: a decision is taken again under every supposition that the policies could
 * tell apart. A key or a policy is listed when some value or content of it changes the outcome, given some of the others.
 */
import type { OperatorFacts } from "../catalog/operators.ts";
import { parseOperator } from "../catalog/operators.ts";
import type { Condition, Policy } from "../policy/policy.ts";
import { parseCidr, parseDate, parseNumber } from "../policy/values.ts";
import type { OpenKey } from "../request/derived-keys.ts";
import type { Facts } from "../request/facts.ts";
import { decide } from "./decide.ts";
import { Evaluation, type Key, type Suppositions } from "./evaluation.ts";
import type { PolicySet } from "./policy-set.ts";
import type { Outcome } from "./verdict.ts";

/** What was left open in a decision. */
export interface Openness {
  readonly keys: readonly string[];
  readonly policies: readonly ("identity" | "resource")[];
  /** Those of both that change whether the request is allowed. */
  readonly changesAllowed: readonly string[];
  /** Those of both that change whether a Deny decides. */
  readonly changesExplicit: readonly string[];
}

export const CLOSED: Openness = { keys: [], policies: [], changesAllowed: [], changesExplicit: [] };

/** More combinations than this are not tried: everything open is then listed. */
const MOST_RUNS = 20_000;

type Values = readonly string[] | null;
interface Variable {
  readonly name: string;
  readonly label: string;
  readonly values: readonly (Values | boolean | undefined)[];
}

export const IDENTITY = "identity policies";
export const RESOURCE = "resource policy";
/** The key that holds the name where AWS lets policies read it. */
const SESSION = "sts:RoleSessionName";

/** `first`: the run that left something open. */
export function findOpen(set: PolicySet, facts: Facts, first: Evaluation): Openness {
  const variables = new Map<string, Variable>();
  discover(variables, first, set);
  let runs: Run[] = [];
  // Another supposition can let a run read keys that the first did not: begin again with those too.
  for (let known = 0; known !== variables.size; ) {
    known = variables.size;
    const list = [...variables.values()];
    if (list.reduce((product, { values }) => product * values.length, 1) > MOST_RUNS) return everything(list);
    runs = [];
    for (const choice of choices(list.map(({ values }) => values.length))) {
      const run = new Evaluation(facts, suppose(list, choice));
      runs.push({ choice, outcome: decide(set, run).outcome });
      discover(variables, run, set);
      if (variables.size !== known) break;
    }
  }
  return relevant([...variables.values()], runs);
}

function discover(variables: Map<string, Variable>, run: Evaluation, set: PolicySet): void {
  for (const { key, open } of run.openKeys.values()) {
    const name = canonical(key.folded);
    if (variables.has(name)) continue;
    variables.set(name, {
      name,
      label: name === TIME ? "aws:CurrentTime" : key.name,
      values: candidates(key, open, set, run.facts),
    });
  }
  const names = variables.get(SESSION)?.values.length ?? 1;
  if (run.sessionNames.size > names - 1)
    variables.set(SESSION, {
      name: SESSION,
      label: SESSION,
      values: [undefined, ...[...run.sessionNames].map((name) => [name])],
    });
  if (run.identityOpen && !variables.has(IDENTITY))
    variables.set(IDENTITY, { name: IDENTITY, label: IDENTITY, values: [false, true] });
  if (run.resourceOpen && !variables.has(RESOURCE))
    variables.set(RESOURCE, { name: RESOURCE, label: RESOURCE, values: [undefined, true, false] });
}

/** The two names of the time are one fact. */
const TIME = "aws:currenttime";
const canonical = (folded: string) => (folded === "aws:epochtime" ? TIME : folded);

function suppose(variables: readonly Variable[], choice: readonly number[]): Suppositions {
  const keys = new Map<string, Values>();
  let identity = false;
  let resource: boolean | undefined;
  let session: string | undefined;
  variables.forEach(({ name, values }, at) => {
    const value = values[choice[at]!];
    if (name === IDENTITY) identity = value === true;
    else if (name === RESOURCE) resource = value as boolean | undefined;
    else if (name === SESSION) session = (value as Values | undefined)?.[0];
    else if (value !== undefined && typeof value !== "boolean") {
      keys.set(name, value);
      if (name === TIME && value) keys.set("aws:epochtime", [String(Math.floor(Date.parse(value[0]!) / 1000))]);
    }
  });
  return { keys, identity, resource, session };
}

function* choices(sizes: readonly number[]): Iterable<number[]> {
  const choice = sizes.map(() => 0);
  for (;;) {
    yield [...choice];
    let at = 0;
    while (at < sizes.length && ++choice[at]! === sizes[at]) choice[at++] = 0;
    if (at === sizes.length) return;
  }
}

type Run = { readonly choice: readonly number[]; readonly outcome: Outcome };

/** A variable matters when two runs that differ in it alone have different outcomes. */
function relevant(variables: readonly Variable[], runs: readonly Run[]): Openness {
  const matter = (ask: (outcome: Outcome) => unknown) =>
    variables.filter((_, at) => changes(at, runs, ask)).map(({ label }) => label);
  return split(
    matter((outcome) => outcome),
    matter((outcome) => outcome === "allowed"),
    matter((outcome) => outcome === "explicitDeny"),
  );
}

function changes(at: number, runs: readonly Run[], ask: (outcome: Outcome) => unknown): boolean {
  const answers = new Map<string, unknown>();
  for (const { choice, outcome } of runs) {
    const others = choice.map((index, position) => (position === at ? "" : index)).join();
    const answer = ask(outcome);
    if (answers.has(others) && answers.get(others) !== answer) return true;
    answers.set(others, answer);
  }
  return false;
}

const everything = (variables: readonly Variable[]): Openness => {
  const labels = variables.map(({ label }) => label);
  return split(labels, labels, labels);
};

function split(
  labels: readonly string[],
  changesAllowed: readonly string[],
  changesExplicit: readonly string[],
): Openness {
  const policies: ("identity" | "resource")[] = [];
  if (labels.includes(IDENTITY)) policies.push("identity");
  if (labels.includes(RESOURCE)) policies.push("resource");
  const keys = labels.filter((label) => label !== IDENTITY && label !== RESOURCE).sort();
  return { keys, policies, changesAllowed, changesExplicit };
}

/** The condition entries of all policies that test a key. */
function conditionsOn(key: Key, set: PolicySet): Condition[] {
  const names = key.folded === TIME || key.folded === "aws:epochtime" ? [TIME, "aws:epochtime"] : [key.folded];
  return policiesOf(set)
    .flatMap(({ statements }) => statements.flatMap(({ conditions }) => conditions))
    .filter((condition) => names.includes(condition.key.toLowerCase()));
}

export function policiesOf(set: PolicySet): Policy[] {
  const policies: Policy[] = [];
  const add = (some: readonly Policy[]) => {
    for (const policy of some) policies.push(policy);
  };
  if (set.identity) add(set.identity);
  add(set.permissionsBoundary);
  add(set.session);
  if (set.resource) policies.push(set.resource);
  set.serviceControl.forEach(add);
  set.resourceControl.forEach(add);
  add(set.vpcEndpoint);
  return policies;
}

/** Values of a key that its conditions can tell apart: what they list, and what is just beside it. */
function candidates(key: Key, open: OpenKey, set: PolicySet, facts: Facts): (Values | undefined)[] {
  const texts = new Set<string>();
  for (const condition of conditionsOn(key, set)) {
    const operator = parseOperator(condition.operator)!.facts;
    for (const { value } of condition.values) for (const text of around(value, operator)) texts.add(text);
  }
  for (const text of variableValues(key, set, facts)) texts.add(text);
  for (const text of intersections(conditionsOn(key, set))) texts.add(text);
  const other = freshValue(key.folded);
  const fitted = [...texts, ""].flatMap((text) => inForm(key, text, open));
  const single = [...texts, ...fitted, other].filter((text) => isPossible(key, text, open));
  const values: (Values | undefined)[] = key.multiValued
    ? [
        ...single.map((text) => [text]),
        ...(texts.size > 1 ? [[...texts]] : []),
        ...[...texts].map((text) => [text, other]),
      ]
    : single.map((text) => [text]);
  // First the value that the decision was taken with.
  values.unshift(undefined);
  if (open.presence === "maybe" && open.value !== undefined) values.push(null);
  return distinct(values);
}

function distinct(values: readonly (Values | undefined)[]): (Values | undefined)[] {
  const seen = new Set<string>();
  return values.filter((value) => {
    const text = JSON.stringify(value) ?? "undefined";
    return !seen.has(text) && seen.add(text);
  });
}

/** A value that no policy is likely to name, of the key's shape. */
function freshValue(folded: string): string {
  if (folded === "aws:sourceip" || folded === "aws:vpcsourceip") return "198.18.0.1";
  if (folded === TIME || folded === "aws:epochtime" || folded === "aws:tokenissuetime")
    return "2001-02-03T04:05:06.000Z";
  if (folded === "aws:multifactorauthpresent" || folded === "kms:grantisforawsresource") return "false";
  if (folded === "aws:multifactorauthage") return "0";
  return "iam-expect-other";
}

/** Keys whose values have a form: others are no values that AWS sends. */
function isPossible(key: Key, text: string, open: OpenKey): boolean {
  if (key.folded === "aws:principalarn" && open.value !== undefined) {
    // Only the path of the role is open.
    const [head, name] = [
      open.value.slice(0, open.value.indexOf("role/") + 5),
      open.value.slice(open.value.lastIndexOf("/") + 1),
    ];
    return text.startsWith(head) && (text === head + name || text.endsWith(`/${name}`));
  }
  if (/^aws:(sourceip|vpcsourceip)$/.test(key.folded)) return parseCidr(text)?.written === false;
  if (BOOLEANS.test(key.folded)) return text === "true" || text === "false";
  if (/^aws:(currenttime|epochtime|tokenissuetime)$/.test(key.folded)) return !Number.isNaN(Date.parse(text));
  return true;
}

/** A listed value in the form that the key has. */
function inForm(key: Key, text: string, open: OpenKey): string[] {
  // The time is told as a date; numbers are epoch seconds.
  if (canonical(key.folded) === TIME) {
    const number = parseNumber(text);
    const texts = number === undefined ? [text] : [Math.floor(number), Math.ceil(number)].map(String);
    return texts.flatMap((one) => {
      const instant = parseDate(one);
      return instant === undefined ? [] : [new Date(instant).toISOString()];
    });
  }
  if (BOOLEANS.test(key.folded)) return ["true", "false"];
  return key.folded === "aws:principalarn" && open.value !== undefined ? pathsLike(text, open.value) : [];
}

const BOOLEANS = /^(aws:multifactorauthpresent|kms:grantisforawsresource|kms:multiregion|kms:reencryptonsamekey)$/;

/** More patterns than this are not laid over each other. */
const MOST_PATTERNS = 12;

/** Texts that two patterns of a key match at once: the one with the other in place of its stars. */
function intersections(conditions: readonly Condition[]): string[] {
  const patterns = conditions
    .filter(({ operator }) => parseOperator(operator)!.facts.compare === "like")
    .flatMap(({ values }) => values.map(({ value }) => value))
    .slice(0, MOST_PATTERNS);
  return patterns.flatMap((one) =>
    patterns.flatMap((other) =>
      one === other ? [] : [one.replaceAll("*", other.replaceAll("*", "")).replaceAll("?", "x")],
    ),
  );
}

/** The role's ARN with the path of another: only its path is open. */
function pathsLike(text: string, own: string): string[] {
  const resource = text.split(":").slice(5).join(":");
  const head = own.slice(0, own.indexOf("role/"));
  const name = own.slice(own.lastIndexOf("/") + 1);
  const path = resource.startsWith("role/")
    ? resource.slice(0, resource.lastIndexOf("/") + 1)
    : "role/iam-expect-other/";
  return [`${head}${path}${name}`];
}

/** A listed value and its neighbours, by family of operator. */
function around(value: string, { family, compare }: OperatorFacts): string[] {
  if (family === "bool") return ["true", "false"];
  if (family === "numeric") {
    const number = parseNumber(value);
    return number === undefined ? [] : [number - 1, number, number + 1].map(String);
  }
  if (family === "date") {
    const instant = parseDate(value);
    return instant === undefined ? [] : [-1000, 0, 1000].map((step) => new Date(instant + step).toISOString());
  }
  if (family === "ip") return addressesAround(value);
  if (family === "arn" || compare === "like") return instances(value);
  return compare === "ignoreCase" ? [value, value.toUpperCase()] : [value];
}

/** Texts that a pattern matches: stars empty and filled, also with what makes an address of it. */
function instances(pattern: string): string[] {
  const plain = pattern.replaceAll("${*}", "*").replaceAll("${?}", "?").replaceAll("${$}", "$");
  const filled = (star: string, one: string) => plain.replaceAll("*", star).replaceAll("?", one);
  return [
    filled("x", "x"),
    filled("", "x"),
    `${filled("x", "x")}y`,
    ...["1", "1.1", "1.1.1"].map((star) => filled(star, "1")),
  ];
}

function addressesAround(text: string): string[] {
  const block = parseCidr(text);
  if (!block) return [];
  const size = BigInt(block.bytes.length * 8 - block.prefix);
  const all = 1n << BigInt(block.bytes.length * 8);
  const first = (toNumber(block.bytes) >> size) << size;
  const past = first + (1n << size);
  return [first, past - 1n, first - 1n, past]
    .filter((number) => number >= 0n && number < all)
    .map((number) => toAddress(number, block.version));
}

const toNumber = (bytes: readonly number[]) => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

function toAddress(number: bigint, version: 4 | 6): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 255n).join(".");
  return Array.from({ length: 8 }, (_, at) => ((number >> BigInt(112 - 16 * at)) & 0xffffn).toString(16)).join(":");
}

/** Values that would make a resource pattern with the key as a variable match the request's resource. */
function variableValues(key: Key, set: PolicySet, facts: Facts): string[] {
  const values: string[] = [];
  const marker = /\$\{([^},]+)[^}]*\}/g;
  for (const policy of policiesOf(set))
    for (const statement of policy.statements)
      for (const { value } of [
        ...(statement.resource?.values ?? []),
        ...statement.conditions.flatMap((condition) => condition.values),
      ])
        for (const match of value.matchAll(marker)) {
          if (match[1]!.toLowerCase() !== key.folded) continue;
          const before = value.slice(0, match.index);
          const after = value.slice(match.index + match[0].length);
          const next = /^[^*?$]*/.exec(after)?.[0] ?? "";
          for (const text of [facts.resource, ...[...facts.context.values()].flatMap((told) => told ?? [])]) {
            if (!text?.startsWith(before)) continue;
            const rest = text.slice(before.length);
            const end = next === "" ? rest.length : rest.indexOf(next);
            if (end >= 0) values.push(rest.slice(0, end));
          }
        }
  return values;
}
