/** What a proof rests on, beside the policies: in words, worked out when somebody reads it. */
import { readingText } from "../catalog/readings.ts";
import { compile } from "../evaluate/compile.ts";
import type { PolicySet } from "../evaluate/policy-set.ts";
import type { Policy } from "../policy/policy.ts";
import { GRANT_OPERATIONS } from "../request/grant.ts";
import type { Found } from "./found.ts";

export function proof(nodes: number, restsOn: () => readonly string[]): Found {
  let known: readonly string[] | undefined;
  return {
    verdict: "proved",
    nodes,
    get assumptions() {
      known ??= restsOn();
      return known;
    },
  };
}

export interface Rests {
  readonly set: PolicySet;
  readonly asked: Policy;
  /** Rules that AWS does not settle, where their other reading gives another answer. */
  readonly rules: ReadonlySet<string>;
  /** It holds only because AWS never sees some requests: by the presence of keys, by its catalogue of actions. */
  readonly worldMatters: boolean;
  readonly catalogueMatters: boolean;
  readonly complete: boolean;
}

export function restsOn({ set, asked, rules, worldMatters, catalogueMatters, complete }: Rests): readonly string[] {
  return [
    ...[...rules].sort().map((rule) => `our reading of what AWS does not settle: ${readingText(rule)}`),
    ...(complete ? [] : ["perhaps on more: to work that out grew beyond its budget"]),
    ...(worldMatters
      ? ["requests are such as AWS sends: which callers bring which keys, and which keys come together"]
      : []),
    ...(catalogueMatters
      ? ["actions are done on the resources, and carry the keys, that AWS's Service Authorization Reference lists"]
      : []),
    ...(set.serviceControl.length + set.resourceControl.length > 0
      ? ["neither the caller's account nor the resource's is the management account of its organization"]
      : []),
    ...(set.identity !== undefined && set.resource === undefined
      ? ["the resource's own policy, which was not given, lets nobody in"]
      : []),
    ...(set.resource?.kind === "key" && asksWhatGrantsGive(asked)
      ? ["the key has no grants but those that were given (see who may `kms:CreateGrant`)"]
      : []),
  ];
}

const asksWhatGrantsGive = (asked: Policy): boolean =>
  compile(asked).statements.some(({ action }) =>
    GRANT_OPERATIONS.some((operation) => action.matches(`kms:${operation.toLowerCase()}`)),
  );
