import fc from "fast-check";
import type { PolicyKind } from "../policy/kinds.ts";
import { KINDS } from "../policy/kinds.ts";
import { parsePolicy } from "../policy/parse.ts";
import type { Policy } from "../policy/policy.ts";
import { Source } from "../source/source.ts";
import { type Document, documents } from "./documents.ts";
import type { Attached } from "./universe.ts";

const ALL_KINDS = Object.keys(KINDS) as PolicyKind[];
const ATTACHED = ["key", "trust", "resource"] as const;

export interface PolicyOptions {
  /** Of any kind, when left out. */
  readonly kind?: PolicyKind;
}

/** Policies of a small world in which requests made by `requests()` often hit and often miss. */
export function policies({ kind }: PolicyOptions = {}): fc.Arbitrary<Policy> {
  const kinds = kind ? fc.constant(kind) : fc.constantFrom(...ALL_KINDS);
  return kinds.chain((drawn) =>
    fc
      .constantFrom(...ATTACHED)
      .chain((near) => documents({ kind: drawn, near: nearOf(drawn) ?? near }))
      .map((document) => toPolicy(document, drawn, drawn)),
  );
}

/** Where a kind's actions are settled: key policies are about keys, trust policies about roles. */
const nearOf = (kind: PolicyKind): Attached | undefined => ATTACHED.find((near) => near === kind);

/** The policy that a document is, under a name for messages. */
export function toPolicy(
  document: Document,
  kind: PolicyKind,
  name: string,
  endpoint: "gateway" | "interface" | null = null,
): Policy {
  const source = new Source(name, JSON.stringify(document));
  return parsePolicy(source, kind, { name, resource: null, account: null, endpoint });
}
