/** A subject as the policies that are weighed, without a request that would say which of them matter. */
import { refuse } from "../diagnostic/diagnostic.ts";
import type { Environment } from "../environment/environment.ts";
import type { Subject } from "../evaluate/normalise.ts";
import { EMPTY_SET, type PolicySet } from "../evaluate/policy-set.ts";
import { KINDS } from "../policy/kinds.ts";
import { isPolicy, type Policy } from "../policy/policy.ts";
import { type Grant, isGrant } from "../request/grant.ts";

/** A subject, or the policies of one decision with the levels of their organization. */
export type Analysed = Subject | PolicySet;

const isPolicySet = (value: object): value is PolicySet => "serviceControl" in value && "vpcEndpoint" in value;

/** @throws DiagnosticError `wrong-use` */
export function toPolicySet(subject: Exclude<Analysed, Environment>): PolicySet {
  if (!Array.isArray(subject) && !isPolicy(subject) && !isGrant(subject) && isPolicySet(subject)) return subject;
  const parts = Array.isArray(subject) ? (subject as readonly (Policy | Grant)[]) : [subject as Policy | Grant];
  const policies = parts.filter(isPolicy);
  const grants = parts.filter(isGrant);
  if (policies.length + grants.length !== parts.length)
    refuse("wrong-use", "a subject is a policy, a grant, or a list of them", {
      help: "make policies with `keyPolicy(…)`, `identityPolicy(…)` and the like",
    });
  const of = (kind: Policy["kind"]) => policies.filter((policy) => policy.kind === kind);
  const attached = policies.filter(({ kind }) => KINDS[kind].attachedToResource);
  if (attached.length > 1)
    refuse("wrong-use", `the subject has ${attached.length} policies of resources: a question is about one resource`);
  const identity = of("identity");
  const serviceControl = of("serviceControl");
  const resourceControl = of("resourceControl");
  return {
    ...EMPTY_SET,
    identity: identity.length > 0 ? identity : undefined,
    permissionsBoundary: of("permissionsBoundary"),
    session: of("session"),
    resource: attached[0],
    grants,
    serviceControl: serviceControl.length > 0 ? [serviceControl] : [],
    resourceControl: resourceControl.length > 0 ? [resourceControl] : [],
    vpcEndpoint: of("vpcEndpoint"),
  };
}

/** The caller's own policies alone: the callers are those that have such policies. */
export const onlyOwn = ({ resource, identity, grants }: PolicySet): boolean =>
  resource === undefined && identity !== undefined && grants.length === 0;
