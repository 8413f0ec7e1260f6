/** Random policy sets: what the analyser says of all requests, against what the evaluator says of many. */
import fc from "fast-check";
import { compareIn } from "../../src/analyse/compare-access.ts";
import { findIn } from "../../src/analyse/finding.ts";
import { type Requests, requestsPolicy } from "../../src/analyse/question.ts";
import { scenesOf } from "../../src/analyse/scenes.ts";
import { plainScope } from "../../src/analyse/scopes.ts";
import { onlyOwn } from "../../src/analyse/subject.ts";
import { applies, compile } from "../../src/evaluate/compile.ts";
import { decide } from "../../src/evaluate/decide.ts";
import { Evaluation } from "../../src/evaluate/evaluation.ts";
import type { PolicySet } from "../../src/evaluate/policy-set.ts";
import { NO_MATCH } from "../../src/evaluate/principal.ts";
import { KEY_ROWS } from "../../src/generate/keys.ts";
import { type PolicyDocuments, policyDocuments, toPolicySet } from "../../src/generate/policy-sets.ts";
import { type Attached, HOME, KEY, PARTNER, ROLE, USER } from "../../src/generate/universe.ts";
import { Policy, sourceOf } from "../../src/policy/policy.ts";
import { buildFacts } from "../../src/request/build-facts.ts";
import type { Facts } from "../../src/request/facts.ts";
import type { RequestFields } from "../../src/request/request.ts";
import { drawRequest, pick, type Random, random } from "./possible-requests.ts";

export interface Tally {
  sets: number;
  evaluations: number;
  proved: number;
  refuted: number;
  unknown: number;
  readonly reasons: Map<string, number>;
}

const ACTIONS: Readonly<Record<Attached, readonly (readonly string[])[]>> = {
  key: [["kms:*"], ["kms:Decrypt"], ["kms:CreateGrant", "kms:DescribeKey"], ["kms:De*"], ["*"]],
  trust: [["sts:*"], ["sts:AssumeRole"], ["sts:AssumeRole*"], ["sts:TagSession"]],
  resource: [["s3:*"], ["s3:GetObject"], ["sqs:SendMessage", "sns:Publish"], ["s3:Put*"], ["s3:ListBucket"]],
};

function drawQuestion(draw: Random, near: Attached): { asked: Requests; except: readonly Requests[] } {
  const by =
    draw() < 0.3
      ? { by: pick(draw, [HOME, PARTNER, ROLE, USER, "arn:aws:iam::*:role/*", "anonymous", "ec2.amazonaws.com"]) }
      : {};
  const on =
    draw() < 0.15
      ? { on: pick(draw, [KEY, "arn:aws:kms:*:*:key/mrk-*", "arn:aws:s3:::home/*", "arn:aws:iam::*:role/app"]) }
      : {};
  const except = draw() < 0.3 ? [{ by: pick(draw, [HOME, PARTNER, ROLE, USER, "anonymous"]) }] : [];
  const second = draw() < 0.15 ? [{ when: { Null: { "kms:ViaService": "true" } } }] : [];
  return { asked: { actions: pick(draw, ACTIONS[near]), ...by, ...on }, except: [...except, ...second] };
}

/** Whether a statement of the question covers the request. */
const covers = (policy: Policy, facts: Facts): boolean =>
  compile(policy).statements.some(
    (statement) =>
      statement.action.matches(facts.action) && applies(statement, new Evaluation(facts), false) !== NO_MATCH,
  );

/** What the resource's policy is attached to, where that is known. */
const ATTACHED: Readonly<Record<Attached, readonly (string | null)[]>> = {
  key: [null, KEY],
  trust: [null, ROLE],
  resource: [null, "arn:aws:s3:::home", "arn:aws:s3:::reports", `arn:aws:sqs:us-west-2:${HOME}:jobs`],
};

function attach(set: PolicySet, near: Attached, draw: Random): PolicySet {
  const resource = pick(draw, ATTACHED[near]);
  if (!set.resource || resource === null) return set;
  const account = resource.startsWith("arn:aws:s3") ? HOME : null;
  return { ...set, resource: new Policy({ ...set.resource, resource, account }, sourceOf(set.resource)) };
}

const ownerIn = ({ resource, resourceAccount, principal }: RequestFields): string | undefined => {
  const account = resource!.split(":")[4] ?? "";
  return /^\d{12}$/.test(account) ? account : (resourceAccount ?? principal.account ?? undefined);
};

function concerns(set: PolicySet, { resource }: RequestFields): boolean {
  if (!set.resource) return true;
  if (resource === "*") return false;
  const isKey = /:kms:.*:key\//.test(resource!);
  const attached = set.resource.resource;
  if (attached !== null && resource !== attached && !resource!.startsWith(`${attached}/`)) return false;
  if (set.resource.kind === "key") return isKey;
  return set.resource.kind === "trust" ? /:iam::\d+:role\//.test(resource!) : !isKey;
}

/** A set that the analyser has nothing to say about is one of the named limits, never a guess. */
export function fuzzSet(
  documents: PolicyDocuments,
  near: Attached,
  draw: Random,
  requests: number,
  tally: Tally,
): void {
  const set = attach(toPolicySet(documents, near), near, draw);
  const { asked, except } = drawQuestion(draw, near);
  const found = findIn(plainScope(set), { ...asked, except });
  tally.sets++;
  tally[found.verdict]++;
  if (found.verdict === "unknown") tally.reasons.set(found.reason, (tally.reasons.get(found.reason) ?? 0) + 1);
  if (found.verdict !== "proved") return;
  const question = requestsPolicy([asked], "asked");
  const meant = except.length > 0 ? requestsPolicy(except, "except") : undefined;
  const { scenes } = scenesOf([set], meant ? [question, meant] : [question]);
  const owners = new Set(scenes.map(({ owner }) => owner));
  const identityOnly = onlyOwn(set);
  for (let count = 0; count < requests; count++) {
    const request = drawRequest(draw, near);
    const owner = ownerIn(request);
    if (owner === undefined || !(set.resource ? owners.has(owner) : true) || !concerns(set, request)) continue;
    const { type, account } = request.principal;
    if (identityOnly && (account === null || type === "root")) continue;
    const given = set.identity === undefined ? { ...request, givenIdentity: "allows" as const } : request;
    const facts = buildFacts(given, owner);
    tally.evaluations++;
    const { outcome, reason } = decide(set, new Evaluation(facts));
    if (
      outcome !== "allowed" ||
      reason === "every caller may ask who it is" ||
      reason === "no policy governs this action"
    )
      continue;
    if (!covers(question, facts) || (meant && covers(meant, facts))) continue;
    throw new Error(
      `proved, and yet allowed:\n${JSON.stringify({ documents, near, attached: set.resource?.resource, asked, except, request: given, owner }, null, 1)}`,
    );
  }
}

/** A question about one request that the evaluator allows, so narrow that hardly another fits: it must be found. */
function narrowQuestion({ principal, action, resource, context }: RequestFields): Requests {
  const when: Record<string, Record<string, string>> = {};
  for (const { key, family, many } of KEY_ROWS) {
    const value = context[key];
    if (value === undefined || family !== "string" || many) continue;
    const operator = value === null ? "Null" : "StringEquals";
    when[operator] = { ...when[operator], [key]: value === null ? "true" : String(value) };
  }
  return { actions: action, by: principal, ...(resource === "*" ? {} : { on: resource! }), when };
}

/** Requests that are allowed must be found by a question about them. */
export function fuzzFinding(
  documents: PolicyDocuments,
  near: Attached,
  draw: Random,
  requests: number,
  tally: Tally,
): void {
  const set = attach(toPolicySet(documents, near), near, draw);
  const { scenes } = scenesOf([set], []);
  const owners = new Set(scenes.map(({ owner }) => owner));
  const identityOnly = onlyOwn(set);
  let asked = 0;
  for (let count = 0; count < requests && asked < 3; count++) {
    const request = drawRequest(draw, near);
    const owner = ownerIn(request);
    if (owner === undefined || !concerns(set, request) || (set.resource && !owners.has(owner))) continue;
    const { type, account } = request.principal;
    if (identityOnly && (account === null || type === "root")) continue;
    const given = set.identity === undefined ? { ...request, givenIdentity: "allows" as const } : request;
    const facts = buildFacts(given, owner);
    tally.evaluations++;
    const { outcome, reason } = decide(set, new Evaluation(facts));
    if (
      outcome !== "allowed" ||
      reason === "every caller may ask who it is" ||
      reason === "no policy governs this action"
    )
      continue;
    asked++;
    const question = narrowQuestion(request);
    const found = findIn(plainScope(set), question);
    tally.sets++;
    tally[found.verdict]++;
    if (found.verdict === "unknown") tally.reasons.set(found.reason, (tally.reasons.get(found.reason) ?? 0) + 1);
    if (found.verdict === "proved")
      throw new Error(
        `allowed, and yet not found:\n${JSON.stringify({ documents, near, attached: set.resource?.resource, asked: question, except: [], request: given, owner }, null, 1)}`,
      );
  }
}

export function fuzzFindings(sets: number, requests: number, seed: number): Tally {
  const tally: Tally = { sets: 0, evaluations: 0, proved: 0, refuted: 0, unknown: 0, reasons: new Map() };
  for (const near of ["key", "resource", "trust"] as const) {
    const drawn = fc.sample(policyDocuments(near), { numRuns: Math.ceil(sets / 3), seed });
    for (const [at, documents] of drawn.entries()) fuzzFinding(documents, near, random(seed + at), requests, tally);
  }
  return tally;
}

export function fuzzSets(sets: number, requests: number, seed: number): Tally {
  const tally: Tally = { sets: 0, evaluations: 0, proved: 0, refuted: 0, unknown: 0, reasons: new Map() };
  for (const near of ["key", "resource", "trust"] as const) {
    const drawn = fc.sample(policyDocuments(near), { numRuns: Math.ceil(sets / 3), seed });
    for (const [at, documents] of drawn.entries()) fuzzSet(documents, near, random(seed + at), requests, tally);
  }
  return tally;
}

/** Two sets: what the analyser says is granted newly, and that nothing is, against the evaluator. */
export function fuzzComparing(sets: number, requests: number, seed: number): Tally {
  const tally: Tally = { sets: 0, evaluations: 0, proved: 0, refuted: 0, unknown: 0, reasons: new Map() };
  for (const near of ["key", "resource", "trust"] as const) {
    const drawn = fc.sample(fc.tuple(policyDocuments(near), policyDocuments(near)), {
      numRuns: Math.ceil(sets / 3),
      seed,
    });
    for (const [at, [first, second]] of drawn.entries())
      comparePair(first, second, near, random(seed + at), requests, tally);
  }
  return tally;
}

function comparePair(
  first: PolicyDocuments,
  second: PolicyDocuments,
  near: Attached,
  draw: Random,
  requests: number,
  tally: Tally,
): void {
  const next = attach(toPolicySet(first, near), near, draw);
  // Often only one kind of policy differs, as between two versions.
  const other = toPolicySet(second, near);
  const resource = next.resource && other.resource ? alikeAttached(next.resource, other.resource) : next.resource;
  const changed = pick<Partial<PolicySet>>(draw, [
    { identity: other.identity },
    { resource },
    { resource },
    { permissionsBoundary: other.permissionsBoundary, session: other.session },
    { serviceControl: other.serviceControl, resourceControl: other.resourceControl },
    { grants: other.grants },
    { ...other, resource },
  ]);
  const previous: PolicySet = { ...next, ...changed };
  const [after, before] = draw() < 0.5 ? [next, previous] : [previous, next];
  const judge = (question: Requests) => {
    const found = compareIn(plainScope(after), plainScope(before), question);
    tally.sets++;
    tally[found.verdict]++;
    if (found.verdict === "unknown") tally.reasons.set(found.reason, (tally.reasons.get(found.reason) ?? 0) + 1);
    return found.verdict;
  };
  const actions = pick(draw, ACTIONS[near]);
  const whole = judge({ actions });
  const owners = new Set(
    scenesOf([after, before], [requestsPolicy([{ actions }], "asked")]).scenes.map(({ owner }) => owner),
  );
  const identityOnly = onlyOwn(after);
  const asked = compile(requestsPolicy([{ actions }], "asked")).statements[0]!;
  let found = 0;
  for (let count = 0; count < requests && found < 2; count++) {
    const drawn = drawRequest(draw, near);
    const owner = ownerIn(drawn);
    if (owner === undefined || !concerns(after, drawn) || (after.resource && !owners.has(owner))) continue;
    const { type, account } = drawn.principal;
    if (identityOnly && (account === null || type === "root")) continue;
    const request = after.identity === undefined ? { ...drawn, givenIdentity: "allows" as const } : drawn;
    const facts = buildFacts(request, owner);
    tally.evaluations += 2;
    const verdict = decide(after, new Evaluation(facts));
    if (verdict.outcome !== "allowed" || decide(before, new Evaluation(facts)).outcome === "allowed") continue;
    found++;
    const told = { documents: first, second, near, after, before, request, owner };
    if (whole === "proved" && asked.action.matches(facts.action))
      throw new Error(`nothing new, and yet new:\n${JSON.stringify(told, null, 1)}`);
    const narrow = narrowQuestion(drawn);
    if (judge(narrow) === "proved")
      throw new Error(`new, and yet not found:\n${JSON.stringify({ ...told, narrow }, null, 1)}`);
  }
}

const alikeAttached = (model: Policy, policy: Policy): Policy =>
  new Policy({ ...policy, resource: model.resource, account: model.account }, sourceOf(policy));
