/** What is asked, of the analyser and of z3 alike. */
import { EMPTY_SET, type PolicySet } from "../../src/evaluate/policy-set.ts";
import { toPolicy } from "../../src/generate/policies.ts";
import type { PolicyKind } from "../../src/policy/kinds.ts";
import { Policy, sourceOf } from "../../src/policy/policy.ts";
import type { Document } from "./documents.ts";

export interface RawSet {
  readonly identity?: readonly Document[];
  readonly permissionsBoundary: readonly Document[];
  readonly session: readonly Document[];
  /** Left out: not given; null: the resource has none. */
  readonly resource?: Document | null;
  readonly kind: "key" | "trust" | "resource";
  /** What the resource's policy is attached to, where that is known. */
  readonly arn: string | null;
  readonly account: string | null;
  readonly serviceControl: readonly (readonly Document[])[];
  readonly resourceControl: readonly (readonly Document[])[];
  readonly vpcEndpoint: readonly { readonly document: Document; readonly endpoint?: "gateway" | "interface" }[];
}

export const NO_POLICIES: RawSet = {
  permissionsBoundary: [],
  session: [],
  kind: "resource",
  arn: null,
  account: null,
  serviceControl: [],
  resourceControl: [],
  vpcEndpoint: [],
};

export interface Requested {
  readonly actions: readonly string[];
  readonly by?: string;
  readonly on?: string;
  readonly when?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface Question {
  readonly name: string;
  readonly set: RawSet;
  /** Compared with this: what is allowed by the first alone. */
  readonly previous?: RawSet;
  readonly asked: Requested;
  readonly except: readonly Requested[];
}

/** The same policies for the analyser. */
export function policySetOf(raw: RawSet): PolicySet {
  const list = (kind: PolicyKind, some: readonly Document[]) =>
    some.map((document, at) => toPolicy(document as never, kind, `${kind} ${at + 1}`));
  const attached = (document: Document) => {
    const policy = toPolicy(document as never, raw.kind, "resource");
    return new Policy({ ...policy, resource: raw.arn, account: raw.account }, sourceOf(policy));
  };
  return {
    ...EMPTY_SET,
    identity: raw.identity && list("identity", raw.identity),
    permissionsBoundary: list("permissionsBoundary", raw.permissionsBoundary),
    session: list("session", raw.session),
    resource: raw.resource && attached(raw.resource),
    serviceControl: raw.serviceControl.map((level) => list("serviceControl", level)),
    resourceControl: raw.resourceControl.map((level) => list("resourceControl", level)),
    vpcEndpoint: raw.vpcEndpoint.map(({ document, endpoint }) =>
      toPolicy(document as never, "vpcEndpoint", "vpcEndpoint", endpoint ?? null),
    ),
    ...(raw.resource === null ? { resource: null } : {}),
  };
}
