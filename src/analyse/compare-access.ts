/** Does one version of the policies allow anything that the other does not? */
import { refuse } from "../diagnostic/diagnostic.ts";
import { type Environment, isEnvironment } from "../environment/environment.ts";
import { decide } from "../evaluate/decide.ts";
import { Evaluation } from "../evaluate/evaluation.ts";
import type { PolicySet } from "../evaluate/policy-set.ts";
import { isPolicy } from "../policy/policy.ts";
import { printPolicy } from "../policy/print.ts";
import { buildFacts } from "../request/build-facts.ts";
import { type Access, accessOf, type Group } from "./access.ts";
import { boxWithin } from "./box.ts";
import { checkQuestion } from "./check-question.ts";
import { type Answer, type Asked, answer, asked } from "./find-access.ts";
import { type AccessQuestion, findIn, searchingFor } from "./finding.ts";
import type { Found, Target } from "./found.ts";
import type { Model } from "./model.ts";
import { proof } from "./rests-on.ts";
import { plainScope, type Scope } from "./scopes.ts";
import { search } from "./search.ts";
import type { ClassLimits } from "./string-classes.ts";
import { type Analysed, toPolicySet } from "./subject.ts";
import { widening } from "./widening.ts";

/**
 * Is there a request that `next` allows and `previous` does not?
 *
 * @param next the policies as they are to be
 * @param previous the policies as they are
 * @returns `proved`: `next` grants nothing beyond `previous`; `refuted`: `request` is granted newly
 * @throws DiagnosticError `wrong-use`
 * @example
 * const allow = (Action: string) => identityPolicy({ Version: "2012-10-17", Statement: { Effect: "Allow", Action, Resource: "*" } });
 * compareAccess(allow("s3:Get*"), allow("s3:*")).verdict; // "proved"
 */
export function compareAccess(next: Analysed, previous: Analysed, question: AccessQuestion = {}): Answer {
  return answer(askCompare(next, previous, question));
}

export function askCompare(next: Analysed, previous: Analysed, question: AccessQuestion): Asked {
  if (isEnvironment(next) !== isEnvironment(previous))
    refuse("wrong-use", "an environment is compared with an environment, and policies with policies");
  checkQuestion(question);
  if (!isEnvironment(next) || !isEnvironment(previous))
    return asked(next, question, (scope) => compareScopes(scope, previous, question));
  const other = otherId(next, previous);
  if (other !== undefined) {
    const reason = `${other} has another unique id than in the other environment`;
    return { found: { verdict: "unknown", reason, assumptions: [] }, excess: () => [] };
  }
  const { found, excess } = asked(next, question, (scope) => compareScopes(scope, previous, question));
  const gone = notListed(next, previous);
  if (found.verdict !== "proved" || gone.length === 0) return { found, excess };
  const rests = `what this environment does not list, and the other one does, is gone: ${gone.join(", ")}`;
  return { found: proof(found.nodes, () => [...found.assumptions, rests]), excess };
}

/** Whom the same ARN stands for is somebody else now (A14). */
const otherId = (next: Environment, previous: Environment): string | undefined =>
  Object.keys(previous.principals).find(
    (name) =>
      next.principals[name] !== undefined && next.principals[name]!.uniqueId !== previous.principals[name]!.uniqueId,
  );

const notListed = (next: Environment, previous: Environment): string[] =>
  (["principals", "resources", "endpoints"] as const).flatMap((part) =>
    Object.keys(previous[part]).filter((name) => !Object.hasOwn(next[part], name)),
  );

function compareScopes(next: Scope, previous: Analysed, question: AccessQuestion): Found {
  if (!isEnvironment(previous)) return compareIn(next, plainScope(toPolicySet(previous)), question);
  const before = next.counterpart!(previous);
  if (sameFacts(next, before)) return compareIn(next, before, question);
  // A request then carries one thing now and another before: only where nothing is allowed now is nothing new for certain.
  const found = findIn(next, question);
  if (found.verdict !== "refuted") return found;
  return {
    verdict: "unknown",
    reason: `what is known of ${next.about} changed (tags, owner or organization), not only policies: ask about each version`,
    assumptions: found.assumptions,
  };
}

const sameFacts = (a: Scope, b: Scope): boolean =>
  JSON.stringify([sorted(a.context), a.closed, a.owners]) === JSON.stringify([sorted(b.context), b.closed, b.owners]);
const sorted = (context: Scope["context"]) => Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));

export function compareIn(next: Scope, previous: Scope, question: AccessQuestion, limits?: ClassLimits): Found {
  // One with the resource's policy and one without are about different things.
  const before: PolicySet = { ...previous.set, resource: alike(next.set, previous.set) };
  if (textOf(next.set) === textOf(before)) return { verdict: "proved", assumptions: [], nodes: 0 };
  return search({
    ...searchingFor(next, question),
    limits,
    others: [before],
    changed: (set, [other]) => widening(set, other!),
    targets: (model, [first, second], identityAllows) => beyond(model, first!, second!, identityAllows),
    confirms: (request, owner) => {
      const facts = buildFacts(request, owner);
      const allows = (set: PolicySet) => decide(set, new Evaluation(facts)).outcome === "allowed";
      return allows(next.set) && !allows(before);
    },
  });
}

/** Policies that say the same allow the same. */
function textOf({ resource, grants, ...lists }: PolicySet): string {
  return JSON.stringify({ lists, resource, place: [resource?.resource, resource?.account], grants }, (_, value) =>
    isPolicy(value) ? [value.kind, value.endpoint, printPolicy(value)] : value,
  );
}

/** The same resource: its ARN and owner, where only one of the two says them. */
function alike(next: PolicySet, previous: PolicySet): PolicySet["resource"] {
  return previous.resource === undefined && next.resource !== undefined ? null : previous.resource;
}

/** Inside what the first allows, and inside a deny of the second, or outside all that it allows. */
function* beyond(model: Model, first: PolicySet, second: PolicySet, identityAllows: boolean): Iterable<Target> {
  const after = accessOf(model, first, identityAllows);
  const before = accessOf(model, second, identityAllows && second.identity === undefined);
  for (const way of after.ways) {
    const inside = [...way, ...after.caps];
    const newlyDenied = before.denies.filter((box) => !after.denies.some((own) => boxWithin(box, own)));
    if (newlyDenied.length > 0) yield { groups: [...inside, newlyDenied], excluded: after.denies };
    for (const left of refusals(before, inside)) yield { groups: inside, excluded: [...after.denies, ...left] };
  }
}

/** Whether each request in one of the groups is in the group. */
const follows = (group: Group, inside: readonly Group[]): boolean =>
  inside.some((own) => own.every((box) => group.some((other) => boxWithin(box, other))));

/**
 * The ways not to be allowed: a cap that does not let through, or in each way some group that does not hold. What follows
 * from where we are cannot fail: two versions mostly say the same.
 */
export function* refusals({ caps, ways }: Access, inside: readonly Group[]): Iterable<Group> {
  for (const cap of caps) if (!follows(cap, inside)) yield cap;
  const open = ways.map((way) => way.filter((group) => !follows(group, inside)));
  if (open.some((way) => way.length === 0)) return;
  const choice = open.map(() => 0);
  for (;;) {
    yield open.flatMap((way, at) => way[choice[at]!]!);
    let at = 0;
    while (at < open.length && ++choice[at]! === open[at]!.length) choice[at++] = 0;
    if (at === open.length) return;
  }
}
