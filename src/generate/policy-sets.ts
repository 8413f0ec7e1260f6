import fc from "fast-check";
import type { PolicySet } from "../evaluate/policy-set.ts";
import type { PolicyKind } from "../policy/kinds.ts";
import { type GrantInput, grant } from "../request/grant.ts";
import { type Document, documents } from "./documents.ts";
import { grants } from "./grants.ts";
import { toPolicy } from "./policies.ts";
import type { Attached } from "./universe.ts";

/** The `policies` of the one case format, as documents: what a law takes apart, and what a counterexample prints. */
export interface PolicyDocuments {
  /** Left out: not given. */
  readonly identity?: readonly Document[];
  readonly permissionsBoundary: readonly Document[];
  readonly session: readonly Document[];
  /** Left out: not given; null: the resource has none. */
  readonly resource?: Document | null;
  readonly grants: readonly GrantInput[];
  readonly serviceControl: readonly (readonly Document[])[];
  readonly resourceControl: readonly (readonly Document[])[];
  readonly vpcEndpoint: readonly EndpointDocument[];
}

export interface EndpointDocument {
  readonly document: Document;
  readonly endpoint?: "gateway" | "interface";
}

/** The policies around a resource that a key policy, a trust policy or another resource policy is attached to. */
export function policyDocuments(near: Attached): fc.Arbitrary<PolicyDocuments> {
  const of = (kind: PolicyKind) => documents({ kind, near });
  const list = (kind: PolicyKind) => fc.array(of(kind), { minLength: 1, maxLength: 2 });
  const levels = (kind: PolicyKind) => fc.array(list(kind), { minLength: 1, maxLength: 2 });
  const rarely = <T>(weight: number, some: fc.Arbitrary<T[]>): fc.Arbitrary<T[]> =>
    fc.oneof({ weight, arbitrary: fc.constant<T[]>([]) }, { weight: 1, arbitrary: some });
  const endpoint = fc
    .record({
      document: of("vpcEndpoint"),
      endpoint: fc.constantFrom(undefined, "gateway" as const, "interface" as const),
    })
    .map(({ document, endpoint }): EndpointDocument => (endpoint ? { document, endpoint } : { document }));
  return fc
    .record({
      identity: fc.oneof(
        { weight: 6, arbitrary: list("identity") },
        { weight: 1, arbitrary: fc.constantFrom([], undefined) },
      ),
      resource: fc.oneof(
        { weight: 5, arbitrary: of(near) },
        { weight: 1, arbitrary: fc.constantFrom(null, undefined) },
      ),
      permissionsBoundary: rarely(3, fc.array(of("permissionsBoundary"), { minLength: 1, maxLength: 1 })),
      session: rarely(3, list("session")),
      grants: near === "key" ? rarely(2, fc.array(grants(), { minLength: 1, maxLength: 2 })) : fc.constant([]),
      serviceControl: rarely(3, levels("serviceControl")),
      resourceControl: rarely(4, levels("resourceControl")),
      vpcEndpoint: rarely(4, fc.array(endpoint, { minLength: 1, maxLength: 2 })),
    })
    .map(({ identity, resource, ...rest }) => ({
      ...(identity === undefined ? {} : { identity }),
      ...(resource === undefined ? {} : { resource }),
      ...rest,
    }));
}

/** Policies of every kind, together, as a decision weighs them. */
export function policySets({ near = "key" }: { readonly near?: Attached } = {}): fc.Arbitrary<PolicySet> {
  return policyDocuments(near).map((drawn) => toPolicySet(drawn, near));
}

/** The policies that the documents are, each under a name of its own. */
export function toPolicySet(drawn: PolicyDocuments, near: Attached): PolicySet {
  const list = (kind: PolicyKind, some: readonly Document[], name: string = kind) =>
    some.map((document, at) => toPolicy(document, kind, `${name} ${at + 1}`));
  const levels = (kind: PolicyKind, some: readonly (readonly Document[])[]) =>
    some.map((level, at) => list(kind, level, `${kind} level ${at + 1}`));
  return {
    identity: drawn.identity && list("identity", drawn.identity),
    permissionsBoundary: list("permissionsBoundary", drawn.permissionsBoundary),
    session: list("session", drawn.session),
    resource: drawn.resource && toPolicy(drawn.resource, near, "resource"),
    grants: drawn.grants.map((input) => grant(input)),
    serviceControl: levels("serviceControl", drawn.serviceControl),
    resourceControl: levels("resourceControl", drawn.resourceControl),
    vpcEndpoint: drawn.vpcEndpoint.map(({ document, endpoint }, at) =>
      toPolicy(document, "vpcEndpoint", `vpcEndpoint ${at + 1}`, endpoint ?? null),
    ),
  };
}
