/** Does one version of the policies allow anything that the other does not? */
import { decide } from "../evaluate/decide.ts";
import { Evaluation } from "../evaluate/evaluation.ts";
import type { PolicySet } from "../evaluate/policy-set.ts";
import { buildFacts } from "../request/build-facts.ts";
import { type Access, accessOf, type Group } from "./access.ts";
import { boxWithin } from "./box.ts";
import { type AccessQuestion, type Answer, answer, exceptionsOf } from "./find-access.ts";
import type { Model } from "./model.ts";
import { requestsPolicy } from "./question.ts";
import { type Found, search, type Target } from "./search.ts";
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
  return answer(compareIn(toPolicySet(next), toPolicySet(previous), question));
}

export function compareIn(next: PolicySet, previous: PolicySet, question: AccessQuestion): Found {
  const exceptions = exceptionsOf(question);
  const own = next.resource === undefined && next.identity !== undefined;
  // One with the resource's policy and one without are about different things.
  const before: PolicySet = { ...previous, resource: alike(next, previous) };
  return search({
    set: next,
    others: [before],
    asked: requestsPolicy([question], "the requests asked for"),
    except: exceptions.length > 0 ? requestsPolicy(exceptions, "the access that is meant") : undefined,
    ...(own ? { callers: ({ account, type }) => account !== null && type !== "root" } : {}),
    within: (set, [other]) => widening(set, other!),
    targets: (model, [first, second], identityAllows) => beyond(model, first!, second!, identityAllows),
    confirms: (request, owner) => {
      const facts = buildFacts(request, owner);
      const allows = (set: PolicySet) => decide(set, new Evaluation(facts)).outcome === "allowed";
      return allows(next) && !allows(before);
    },
    ...(question.mostNodes === undefined ? {} : { mostNodes: question.mostNodes }),
  });
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
function* refusals({ caps, ways }: Access, inside: readonly Group[]): Iterable<Group> {
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
