/** Random sets of overlapping patterns: what is said where all classes are listed, against where they are searched. */
import fc from "fast-check";
import { compareIn } from "../../src/analyse/compare-access.ts";
import { findIn } from "../../src/analyse/finding.ts";
import type { Found } from "../../src/analyse/found.ts";
import type { Requests } from "../../src/analyse/question.ts";
import { plainScope } from "../../src/analyse/scopes.ts";
import { EMPTY_SET, type PolicySet } from "../../src/evaluate/policy-set.ts";
import { toPolicy } from "../../src/generate/policies.ts";
import { policyDocuments, toPolicySet } from "../../src/generate/policy-sets.ts";
import { printPolicy } from "../../src/policy/print.ts";
import { pick, type Random, random } from "./possible-requests.ts";

/** Nothing is listed: every text is searched. */
const LAZY = { mostClasses: 0 };

export interface LazyTally {
  compared: number;
  proved: number;
  refuted: number;
  unknown: number;
}

const APP = "arn:aws:iam::111122223333:role/app";

/** A key, how its patterns are drawn, and the operators that compare it. */
interface Row {
  readonly key: string;
  readonly pattern: (draw: Random) => string;
  readonly operators: readonly string[];
}

const STRINGS = [
  "StringEquals",
  "StringLike",
  "StringLike",
  "StringNotLike",
  "StringNotEquals",
  "StringEqualsIgnoreCase",
];
const ARNS = ["ArnLike", "ArnLike", "ArnNotLike", "StringLike", "StringEquals"];

const drawn = (draw: Random, alphabet: string, most: number): string =>
  Array.from({ length: Math.floor(draw() * (most + 1)) }, () => pick(draw, alphabet.split(""))).join("");

const ROWS: readonly Row[] = [
  { key: "aws:RequestTag/x", pattern: (draw) => drawn(draw, "ab*?A", 4), operators: STRINGS },
  { key: "aws:SourceVpce", pattern: (draw) => `vpce-${drawn(draw, "ab*?", 3)}`, operators: STRINGS },
  {
    key: "kms:ViaService",
    pattern: (draw) =>
      `${pick(draw, ["ec2", "e*", "*", "s3"])}.${pick(draw, ["us-*", "*west*", "us-west-2", "*"])}.amazonaws.com`,
    operators: STRINGS,
  },
  {
    key: "aws:PrincipalArn",
    pattern: (draw) =>
      pick(draw, [
        APP,
        `arn:aws:iam::*:${pick(draw, ["role", "user", "*"])}/${drawn(draw, "ab*?p", 3)}*`,
        `arn:aws:iam::111122223333:${pick(draw, ["role/", "user/", "*"])}${drawn(draw, "ap*?", 3)}`,
      ]),
    operators: ARNS,
  },
  { key: "aws:username", pattern: (draw) => drawn(draw, "ab*?", 3), operators: STRINGS },
  {
    key: "aws:PrincipalAccount",
    pattern: (draw) => pick(draw, ["1111*", "*3", "111122223333", "4*"]),
    operators: STRINGS,
  },
  {
    key: "aws:SourceVpcArn",
    pattern: (draw) => `arn:aws:${drawn(draw, "ec*", 2)}:*:*:vpc/${drawn(draw, "ab*", 2)}`,
    operators: ARNS,
  },
];

function block(draw: Random, rows: readonly Row[]): Record<string, Record<string, readonly string[] | string>> {
  const found: Record<string, Record<string, readonly string[] | string>> = {};
  for (let count = Math.floor(draw() * 3); count > 0; count--) {
    const { key, pattern, operators } = pick(draw, rows);
    const name =
      draw() < 0.08
        ? "Null"
        : `${pick(draw, ["", "", "", "", "ForAllValues:", "ForAnyValue:"])}${pick(draw, operators)}${pick(draw, ["", "", "IfExists"])}`;
    const values =
      name === "Null"
        ? pick(draw, ["true", "false"])
        : Array.from({ length: 1 + Math.floor(draw() * 2) }, () => pattern(draw));
    found[name] = { ...found[name], [key]: values };
  }
  return found;
}

interface Drawn {
  readonly set: PolicySet;
  readonly document: unknown;
}

function drawSet(draw: Random, rows: readonly Row[]): Drawn {
  const onKey = draw() < 0.4;
  const statements = Array.from({ length: 1 + Math.floor(draw() * 5) }, () => ({
    Effect: draw() < 0.6 ? ("Allow" as const) : ("Deny" as const),
    ...(onKey ? { Principal: pick(draw, ["*", { AWS: APP }, { AWS: "111122223333" }]) } : {}),
    Action: pick(draw, onKey ? ["kms:Decrypt", "kms:*"] : ["ec2:CreateTags", "kms:Decrypt", "*"]),
    Resource: "*",
    Condition: block(draw, rows),
  }));
  const document = { Version: "2012-10-17" as const, Statement: statements };
  const set: PolicySet = onKey
    ? { ...EMPTY_SET, resource: toPolicy(document as never, "key", "fuzz") }
    : { ...EMPTY_SET, identity: [toPolicy(document as never, "identity", "fuzz")] };
  return { set, document };
}

function compare(eager: Found, lazy: Found, told: unknown, tally: LazyTally): void {
  tally.compared++;
  // Values of variables are tried, and unique ids tell callers apart: a search may then say less, never something else.
  if (lazy.verdict === "unknown") {
    tally.unknown++;
    return;
  }
  tally[eager.verdict]++;
  const same =
    eager.verdict === lazy.verdict &&
    (eager.verdict === "refuted" || JSON.stringify(eager.assumptions) === JSON.stringify(lazy.assumptions));
  if (same || eager.verdict === "unknown") return;
  const reasons = [eager, lazy].map((found) => (found.verdict === "refuted" ? found.request : found.assumptions));
  throw new Error(
    `listed: ${eager.verdict}, searched: ${lazy.verdict} ${JSON.stringify(reasons)}\n${JSON.stringify(told, null, 1)}`,
  );
}

/** Each way with its witness replayed: a request that the evaluator decides otherwise throws. */
export function fuzzLazy(questions: number, seed: number): LazyTally {
  const tally: LazyTally = { compared: 0, proved: 0, refuted: 0, unknown: 0 };
  for (let at = 0; at < questions; at++) {
    const draw = random(seed + at);
    const rows = [pick(draw, ROWS), pick(draw, ROWS)];
    const { set, document } = drawSet(draw, rows);
    const question: Requests = {
      actions: set.resource ? "kms:Decrypt" : ["ec2:CreateTags", "kms:Decrypt"],
      when: block(draw, rows),
    };
    const except = draw() < 0.6 ? [{ when: block(draw, rows) }] : [];
    const asked = { ...question, except };
    if (draw() < 0.3) {
      const other = drawSet(random(seed + at), rows);
      const changed = { ...other, set: widened(other.set, draw, rows) };
      const [next, previous] = [plainScope(set), plainScope(changed.set)];
      compare(
        compareIn(next, previous, question),
        compareIn(next, previous, question, LAZY),
        { document, previous: printed(previous.set), question },
        tally,
      );
    } else {
      const scope = plainScope(set);
      compare(findIn(scope, asked), findIn(scope, asked, LAZY), { document, asked }, tally);
    }
  }
  return tally;
}

const printed = (set: PolicySet): unknown => JSON.parse(printPolicy(set.resource ?? set.identity![0]!));

/** The same policy with other conditions on one statement. */
function widened(set: PolicySet, draw: Random, rows: readonly Row[]): PolicySet {
  const policy = set.resource ?? set.identity![0]!;
  const statements = policy.statements.map(({ effect, action, principal, conditions }, at) => ({
    Effect: effect,
    ...(principal ? { Principal: toPrincipal(principal.values) } : {}),
    Action: action!.values.map(({ value }) => value),
    Resource: "*",
    Condition: at === 0 ? block(draw, rows) : blockOf(conditions),
  }));
  const document = { Version: "2012-10-17" as const, Statement: statements };
  return set.resource
    ? { ...set, resource: toPolicy(document as never, "key", "fuzz") }
    : { ...set, identity: [toPolicy(document as never, "identity", "fuzz")] };
}

type Values = readonly { readonly value: string }[];
const toPrincipal = (values: Values) => (values[0]!.value === "*" ? "*" : { AWS: values.map(({ value }) => value) });

function blockOf(conditions: readonly { readonly operator: string; readonly key: string; readonly values: Values }[]) {
  const found: Record<string, Record<string, readonly string[]>> = {};
  for (const { operator, key, values } of conditions)
    found[operator] = { ...found[operator], [key]: values.map(({ value }) => value) };
  return found;
}

/** The same over the policy sets of the other fuzzers. */
export function fuzzLazySets(sets: number, seed: number): LazyTally {
  const tally: LazyTally = { compared: 0, proved: 0, refuted: 0, unknown: 0 };
  for (const near of ["key", "resource", "trust"] as const)
    for (const documents of fc.sample(policyDocuments(near), { numRuns: Math.ceil(sets / 3), seed })) {
      const scope = plainScope({ ...toPolicySet(documents, near), grants: [] });
      compare(findIn(scope, {}), findIn(scope, {}, LAZY), { documents, near }, tally);
    }
  return tally;
}
