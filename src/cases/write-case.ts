/** Requests and policies in the case format. What is written is read again as the same. */
import type { PolicySet } from "../evaluate/policy-set.ts";
import { parseArn } from "../policy/arn.ts";
import type { Policy } from "../policy/policy.ts";
import { printPolicy } from "../policy/print.ts";
import type { Grant } from "../request/grant.ts";
import { type Principal, principalFromArn } from "../request/principal.ts";
import type { RequestFields } from "../request/request.ts";

/** `owner`: the account of the resource, which the policies alone may not say. */
export function writeRequest(request: RequestFields, owner?: string): object {
  const { principal, action, resource, context } = request;
  const named = resource === null ? undefined : parseArn(resource)?.account;
  const account = request.resourceAccount ?? (named === owner ? undefined : owner);
  const told = { ...roleOf(principal), ...context };
  return {
    principal: writePrincipal(principal),
    action,
    ...(resource === null ? {} : { resource }),
    ...(account === undefined || account === null ? {} : { resourceAccount: account }),
    ...(Object.keys(told).length > 0 ? { context: told } : {}),
  };
}

/** The path of a session's role, which its ARN does not say. */
function roleOf({ type, role }: Principal): Record<string, string> {
  return type === "session" && role !== null ? { "aws:PrincipalArn": role } : {};
}

function writePrincipal(principal: Principal): string | object {
  const { type, name, arn, tags, issuer, serviceLinked, managementAccount, uniqueId } = principal;
  if (type === "anonymous") return { anonymous: true };
  if (type === "service") return { service: name };
  if (type === "federated") return { federated: name };
  const own = principalFromArn(arn!);
  const more = {
    ...(Object.keys(tags).length > 0 ? { tags } : {}),
    ...(issuer === own.issuer || issuer === null ? {} : { issuer }),
    ...(serviceLinked === own.serviceLinked ? {} : { serviceLinked }),
    ...(managementAccount ? { managementAccount } : {}),
    ...(uniqueId === null || uniqueId === own.uniqueId ? {} : { uniqueId }),
  };
  return Object.keys(more).length === 0 ? arn! : { arn, ...more };
}

const document = (policy: Policy): unknown => JSON.parse(printPolicy(policy));
const entry = (policy: Policy): object => ({
  name: policy.name,
  document: document(policy),
  ...(policy.endpoint === null ? {} : { endpoint: policy.endpoint }),
});

/** What a request says of identity policies that were not given, as a policy. */
const ALLOWS = {
  name: "identity policies that allow it",
  document: { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "*", Resource: "*" } },
};

export function writePolicies(set: PolicySet, given: RequestFields["givenIdentity"] = null): object {
  const identity = set.identity?.map(entry) ?? (given === null ? undefined : given === "allows" ? [ALLOWS] : []);
  const list = (name: string, policies: readonly Policy[]) =>
    policies.length === 0 ? {} : { [name]: policies.map(entry) };
  const levels = (name: string, policies: readonly (readonly Policy[])[]) =>
    policies.length === 0 ? {} : { [name]: policies.map((level) => level.map(entry)) };
  return {
    ...(identity === undefined ? {} : { identity }),
    ...list("permissionsBoundary", set.permissionsBoundary),
    ...list("session", set.session),
    ...(set.resource === undefined ? {} : { resource: set.resource === null ? null : entry(set.resource) }),
    ...(set.grants.length === 0 ? {} : { grants: set.grants.map(writeGrant) }),
    ...levels("serviceControl", set.serviceControl),
    ...levels("resourceControl", set.resourceControl),
    ...list("vpcEndpoint", set.vpcEndpoint),
  };
}

const writeGrant = (grant: Grant): object =>
  Object.fromEntries(Object.entries(grant).filter(([, value]) => value !== null));
