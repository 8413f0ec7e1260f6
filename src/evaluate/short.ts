/** Which policy is short: the kinds of policy of which one more Allow would let a request through. */
import {
  identityPolicy,
  keyPolicy,
  permissionsBoundary,
  resourcePolicy,
  serviceControlPolicy,
  sessionPolicy,
  trustPolicy,
  vpcEndpointPolicy,
} from "../policy/constructors.ts";
import type { Policy } from "../policy/policy.ts";
import type { Facts } from "../request/facts.ts";
import { decide } from "./decide.ts";
import type { Judgement } from "./evaluate.ts";
import { Evaluation } from "./evaluation.ts";
import type { PolicySet } from "./policy-set.ts";

export interface Short {
  /** As a reader calls it: `an identity policy of the caller`. */
  readonly what: string;
  /** The statement that would do, as a policy's author writes it. */
  readonly add: object;
}

const everything = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
const toAll = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }] };

type Kind = "identity" | "resource" | "permissionsBoundary" | "session" | "serviceControl" | "vpcEndpoint";

/** The set with an Allow in one kind of policy: for everything, or, where it says to whom, for the caller as is advised. */
const WIDENED: Readonly<Record<Kind, (set: PolicySet, facts: Facts) => PolicySet>> = {
  identity: (set) => ({ ...set, identity: [...(set.identity ?? []), identityPolicy(everything)] }),
  resource: (set, facts) => ({ ...set, resource: withAllow(set.resource, facts) }),
  permissionsBoundary: (set) => widen(set, "permissionsBoundary", permissionsBoundary(everything)),
  session: (set) => widen(set, "session", sessionPolicy(everything)),
  vpcEndpoint: (set) => widen(set, "vpcEndpoint", vpcEndpointPolicy(toAll, { endpoint: "interface" })),
  serviceControl: (set) => ({
    ...set,
    serviceControl: set.serviceControl.map((level) => [...level, serviceControlPolicy(everything)]),
  }),
};

const widen = (set: PolicySet, kind: "permissionsBoundary" | "session" | "vpcEndpoint", policy: Policy): PolicySet =>
  set[kind].length > 0 ? { ...set, [kind]: [...set[kind], policy] } : set;

/** Denies do not matter here: what is short is asked where nothing denies. The caller by name is the most that Allows give. */
function withAllow(policy: Policy | null | undefined, facts: Facts): Policy {
  const document = JSON.stringify({ Version: "2012-10-17", Statement: [resourceStatement(policy, facts)] });
  if (policy?.kind === "trust") return trustPolicy(document);
  return policy?.kind === "key" ? keyPolicy(document) : resourcePolicy(document);
}

/** What a resource's policy is to say so that the caller gets this. */
function resourceStatement(policy: Policy | null | undefined, facts: Facts): object {
  const { principal, request, resource } = facts;
  const statement = { Effect: "Allow", Principal: principalOf(principal), Action: request.action };
  if (policy?.kind === "trust") return { ...statement, ...conditions(facts) };
  return { ...statement, Resource: policy?.kind === "key" ? "*" : (resource ?? "*"), ...conditions(facts) };
}

function principalOf({ type, name, role, arn }: Facts["principal"]): object {
  if (type === "service") return { Service: name };
  return type === "federated" ? { Federated: name } : { AWS: role ?? arn ?? "*" };
}

/** A use through a service is allowed through that service alone, and a service only for the account it works for. */
function conditions({ context, principal }: Facts): object {
  const names = { "kms:ViaService": true, "aws:SourceAccount": principal.type === "service" };
  const equal = Object.entries(names).flatMap(([name, wanted]) => {
    const [value] = context.get(name.toLowerCase()) ?? [];
    return wanted && value !== undefined ? [[name, value] as const] : [];
  });
  return equal.length > 0 ? { Condition: { StringEquals: Object.fromEntries(equal) } } : {};
}

/** Single kinds first, then pairs: across accounts two policies may be short at once. */
export function shortPolicies({ set, facts, decision }: Judgement): Short[] {
  if (decision.outcome !== "implicitDeny") return [];
  // A resource whose policy was not given is not told to have one.
  const kinds = (Object.keys(WIDENED) as Kind[]).filter((kind) => kind !== "resource" || set.resource !== undefined);
  const suffices = (...some: Kind[]) =>
    decide(
      some.reduce((wider, kind) => WIDENED[kind](wider, facts), set),
      new Evaluation(facts),
    ).outcome === "allowed";
  const single = kinds.filter((kind) => suffices(kind));
  const found =
    single.length > 0
      ? single
      : (kinds.flatMap((a) => kinds.map((b) => [a, b] as const)).find(([a, b]) => a < b && suffices(a, b)) ?? []);
  return found.map((kind) => describe(kind, set, facts));
}

function describe(kind: Kind, set: PolicySet, facts: Facts): Short {
  const { principal, request, resource } = facts;
  const action = request.action;
  const on = resource ?? "*";
  const statement = { Effect: "Allow", Action: action, Resource: on };
  const policy = set.resource;
  if (kind === "identity")
    return { what: `an identity policy of ${principal.name}`, add: { ...statement, ...conditions(facts) } };
  if (kind === "resource") {
    const what = policy ? `${policy.name}, the policy of ${on}` : `the policy of ${on}`;
    return { what, add: resourceStatement(policy, facts) };
  }
  const names = {
    permissionsBoundary: "the permissions boundary",
    session: "the session policy",
    serviceControl: "a service control policy",
    vpcEndpoint: "the VPC endpoint's policy",
  };
  return { what: names[kind], add: kind === "vpcEndpoint" ? { ...statement, Principal: "*" } : statement };
}
