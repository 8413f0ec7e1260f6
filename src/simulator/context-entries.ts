import { keyFacts } from "../catalog/catalog.ts";
import type { KeyType } from "../catalog/types.ts";
import { contextKey, Evaluation } from "../evaluate/evaluation.ts";
import { hasVariables, type Policy } from "../policy/policy.ts";
import { parseBinary, parseBool, parseCidr, parseDate, parseNumber } from "../policy/values.ts";
import { parseTemplate } from "../policy/variables.ts";
import type { Facts } from "../request/facts.ts";
import type { ContextEntry, ContextType } from "./question.ts";

const TYPES = {
  String: { type: "string", fits: () => true },
  ARN: { type: "string", fits: () => true },
  Bool: { type: "boolean", fits: (text: string) => parseBool(text) !== undefined },
  Numeric: { type: "numeric", fits: (text: string) => parseNumber(text) !== undefined },
  Date: { type: "date", fits: (text: string) => parseDate(text) !== undefined },
  IPAddress: { type: "ip", fits: (text: string) => parseCidr(text) !== undefined },
  Binary: { type: "binary", fits: (text: string) => parseBinary(text) !== undefined },
} as const satisfies Record<KeyType, unknown>;

/** The context to send, or the sentence that says why it cannot be sent. */
export type Context = { readonly entries: readonly ContextEntry[] } | { readonly unsendable: string };

/**
 * What the policies can read of the request: the keys that they name, told by the test or derived, with the types of AWS's
 * catalogue. Keys that no policy names are left out, so that requests that differ in them alone are one call.
 */
export function contextEntries(policies: readonly Policy[], facts: Facts): Context {
  const run = new Evaluation(facts);
  const entries: ContextEntry[] = [];
  for (const name of keysOf(policies)) {
    const values = run.read(contextKey(name));
    if (values === undefined) continue;
    if (name.length < 5 || name.length > 256)
      return { unsendable: `a key has 5 to 256 characters in AWS's simulator, and \`${name}\` has not` };
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
    if (values.length === 0 || values.includes(""))
      return { unsendable: `AWS's simulator ignores an empty value, as \`${name}\` has here` };
    const { type, multiValued } = keyFacts(name) ?? { type: "String" as const, multiValued: false };
    const wrong = values.find((value) => !TYPES[type].fits(value));
    if (wrong !== undefined)
      return {
        unsendable: `\`${name}\` is of the type ${TYPES[type].type} in AWS's simulator, and \`${wrong}\` is not`,
      };
    const list = multiValued || values.length > 1;
    entries.push({ key: name, type: (list ? `${TYPES[type].type}List` : TYPES[type].type) as ContextType, values });
  }
  return { entries };
}

const KEYS = new WeakMap<Policy, readonly string[]>();

/** The keys that some condition or variable of the policies reads, in the spelling of AWS where it is known, sorted. */
export function keysOf(policies: readonly Policy[]): string[] {
  const byFolded = new Map<string, string>();
  for (const policy of policies)
    for (const name of keysOfPolicy(policy)) byFolded.set(name.toLowerCase(), byFolded.get(name.toLowerCase()) ?? name);
  return [...byFolded.values()].sort();
}

function keysOfPolicy(policy: Policy): readonly string[] {
  const known = KEYS.get(policy);
  if (known) return known;
  const keys = policy.statements.flatMap(({ conditions, resource }) => {
    const texts = [...(resource?.values ?? []), ...conditions.flatMap(({ values }) => values)];
    const variables = hasVariables(policy)
      ? texts.flatMap(({ value }) => parseTemplate(value).parts.flatMap((part) => ("key" in part ? [part.key] : [])))
      : [];
    return [...conditions.map(({ key }) => key), ...variables].map((name) => contextKey(name).name);
  });
  KEYS.set(policy, keys);
  return keys;
}
