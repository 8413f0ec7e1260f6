/** Actions to ask for: those that the statements name, those beside them, and some that they do not name. */
import { actionCarriesKey, actionFacts, serviceFacts } from "../catalog/catalog.ts";
import type { Key } from "../evaluate/evaluation.ts";
import { glob } from "../policy/glob.ts";
import type { Policy } from "../policy/policy.ts";
import type { Scope } from "./scope.ts";
import { isFor } from "./targets.ts";

/** Services whose actions many policies are about: where a subject says `*`, some of them. */
const COMMON = [
  "s3",
  "kms",
  "ec2",
  "iam",
  "sts",
  "lambda",
  "sqs",
  "sns",
  "dynamodb",
  "secretsmanager",
  "logs",
] as const;

/** Of a service, where a pattern takes many; the services of policies mostly have fewer. */
const MOST_OF_SERVICE = 120;

/** As AWS spells them. */
export function actionsOf({ statements, grants, attached, environment }: Scope): string[] {
  const found = new Set<string>();
  const services = new Set<string>(grants.length > 0 ? ["kms"] : []);
  let all = false;
  for (const { statement } of statements)
    for (const { value } of statement.action?.values ?? []) {
      const folded = value.toLowerCase();
      const colon = folded.indexOf(":");
      const prefix = colon === -1 ? "*" : folded.slice(0, colon);
      if (/[*?]/.test(prefix)) all = true;
      else services.add(prefix);
      if (!/[*?]/.test(folded)) offer(found, folded);
    }
  for (const own of attached) {
    const service = own.kind === "key" ? "kms" : own.kind === "trust" ? "sts" : own.resource?.split(":")[2];
    if (service) services.add(service);
  }
  if (all)
    for (const { statement } of statements)
      for (const { value } of statement.resource?.values ?? []) {
        const service = value.split(":")[2];
        if (service && !/[*?$]/.test(service)) services.add(service);
      }
  if (all) for (const service of COMMON) services.add(service);
  for (const service of services) for (const name of spread(namesOf(service), MOST_OF_SERVICE)) found.add(name);
  // A pattern that takes few of a large service.
  for (const { statement } of statements)
    for (const { value } of statement.action?.values ?? []) {
      const folded = value.toLowerCase();
      const prefix = folded.slice(0, Math.max(0, folded.indexOf(":")));
      if (!/[*?]/.test(folded) || /[*?]/.test(prefix)) continue;
      const pattern = glob(folded);
      for (const name of spread(
        namesOf(prefix).filter((one) => pattern.matches(one.toLowerCase())),
        30,
      ))
        found.add(name);
    }
  for (const { conditions } of statements)
    for (const { key } of conditions) for (const name of carriersOf(key)) found.add(name);
  const names = [...found];
  // What a policy of a resource never sees says nothing about it.
  return attached.length > 0 && !environment
    ? names.filter((name) => attached.some((own) => isDoneOn(own, name)))
    : names;
}

const MOST_CARRIERS = 40;

/** Actions whose requests carry a key of a service: a statement about it is about them. */
function carriersOf({ folded, name, known }: Key): readonly string[] {
  const prefix = folded.slice(0, folded.indexOf(":"));
  if (!known || prefix === "aws") return [];
  const actions = [...(serviceFacts(prefix)?.actions.values() ?? [])].filter((facts) => actionCarriesKey(facts, name));
  return spread(
    actions.map((facts) => `${facts.service}:${facts.name}`),
    MOST_CARRIERS,
  );
}

/** Whether the action is done on a resource that the policy can be attached to. */
export function isDoneOn(attached: Policy, name: string): boolean {
  const facts = actionFacts(name);
  const types = facts && serviceFacts(facts.service)?.resourceTypes;
  return (facts?.resources ?? []).some(({ type }) =>
    types?.get(type.toLowerCase())?.arns.some((template) => isFor(attached, template)),
  );
}

function offer(found: Set<string>, folded: string): void {
  const facts = actionFacts(folded);
  if (facts) found.add(`${facts.service}:${facts.name}`);
}

export function namesOf(service: string): string[] {
  return [...(serviceFacts(service)?.actions.values() ?? [])].map(({ service: prefix, name }) => `${prefix}:${name}`);
}

/** At most so many, from all over the list. */
function spread<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, at) => list[Math.floor((at * list.length) / most)]!);
}
