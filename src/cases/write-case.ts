import type { PolicySet } from "../evaluate/policy-set.ts";
import type { Policy } from "../policy/policy.ts";
import { documentOf } from "../policy/print.ts";
import type { ContextValue } from "../request/context.ts";
import type { Facts } from "../request/facts.ts";
import type { Grant } from "../request/grant.ts";
import type { Principal } from "../request/principal.ts";

/** A question in the case format: plain data, to hand on, to report, or to decide elsewhere. */
export interface WrittenCase {
  readonly request: {
    readonly principal: string | Readonly<Record<string, unknown>>;
    readonly action: string;
    readonly resource?: string;
    readonly resourceAccount?: string;
    readonly context?: Readonly<Record<string, ContextValue>>;
  };
  readonly policies: Readonly<Record<string, unknown>>;
}

interface Entry {
  readonly name: string;
  /** The policy's own text. */
  readonly document: string;
  readonly endpoint?: string;
}

/** What a test said of identity policies that it did not give, as a policy. */
const GIVEN_TO_ALLOW: Entry = {
  name: "given to allow",
  document: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
};

/** The inverse of `readCase`: reading it again asks the same question. */
export function writeCase(set: PolicySet, facts: Facts): WrittenCase {
  const { request, owner, principal } = facts;
  const context = { ...request.context };
  // A session's ARN does not say its role's path.
  const told = Object.keys(context).some((key) => key.toLowerCase() === "aws:principalarn");
  if (principal.type === "session" && principal.role !== null && !told) context["aws:PrincipalArn"] = principal.role;
  return {
    request: {
      principal: writePrincipal(principal),
      action: request.action,
      ...(request.resource === null ? {} : { resource: request.resource }),
      ...(owner === undefined ? {} : { resourceAccount: owner }),
      ...(Object.keys(context).length === 0 ? {} : { context }),
    },
    policies: writePolicies(set, request.givenIdentity),
  };
}

function writePolicies(set: PolicySet, givenIdentity: "allows" | "none" | null): WrittenCase["policies"] {
  const list = (name: string, policies: readonly Policy[]) =>
    policies.length === 0 ? {} : { [name]: policies.map(entry) };
  const levels = (name: string, all: readonly (readonly Policy[])[]) =>
    all.length === 0 ? {} : { [name]: all.map((level) => level.map(entry)) };
  const identity =
    set.identity?.map(entry) ??
    (givenIdentity === "allows" ? [GIVEN_TO_ALLOW] : givenIdentity === "none" ? [] : undefined);
  return {
    ...(identity ? { identity } : {}),
    ...list("permissionsBoundary", set.permissionsBoundary),
    ...list("session", set.session),
    ...(set.resource === undefined ? {} : { resource: set.resource && entry(set.resource) }),
    ...(set.grants.length === 0 ? {} : { grants: set.grants.map(writeGrant) }),
    ...levels("serviceControl", set.serviceControl),
    ...levels("resourceControl", set.resourceControl),
    ...list("vpcEndpoint", set.vpcEndpoint),
  };
}

const entry = (policy: Policy): Entry => ({
  name: policy.name,
  document: documentOf(policy),
  ...(policy.endpoint === null ? {} : { endpoint: policy.endpoint }),
});

const writeGrant = (grant: Grant): object =>
  Object.fromEntries(Object.entries(grant).filter(([, value]) => value !== null));

function writePrincipal(principal: Principal): WrittenCase["request"]["principal"] {
  const { type, name, arn, tags, issuer, uniqueId, serviceLinked, managementAccount } = principal;
  if (type === "anonymous") return { anonymous: true };
  if (type === "service") return { service: name };
  if (arn === null) return { federated: name };
  const more = {
    ...(Object.keys(tags).length === 0 ? {} : { tags }),
    ...(issuer === null ? {} : { issuer }),
    ...(uniqueId === null ? {} : { uniqueId }),
    ...(serviceLinked ? { serviceLinked } : {}),
    ...(managementAccount ? { managementAccount } : {}),
  };
  return Object.keys(more).length === 0 ? arn : { arn, ...more };
}
