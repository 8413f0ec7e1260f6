/** An environment and a request to the policies and the facts that a decision weighs. */

import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { groupOf } from "../environment/check.ts";
import { containerOf } from "../environment/containers.ts";
import type { Environment, PrincipalInput, ResourceInput } from "../environment/environment.ts";
import {
  type Membership,
  membershipOf,
  resourceControlLevels,
  serviceControlLevels,
} from "../environment/organization.ts";
import { accountOf, parseArn } from "../policy/arn.ts";
import { serviceControlPolicy } from "../policy/constructors.ts";
import type { Policy } from "../policy/policy.ts";
import { buildFacts } from "../request/build-facts.ts";
import type { ContextValue } from "../request/context.ts";
import type { Facts } from "../request/facts.ts";
import { roleNameOf } from "../request/names.ts";
import { Principal } from "../request/principal.ts";
import type { RequestFields } from "../request/request.ts";
import type { PolicySet } from "./policy-set.ts";

/** What AWS attaches everywhere in an organization, until it is taken away. */
export const fullAWSAccess: Policy = serviceControlPolicy(
  { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
  { name: "FullAWSAccess" },
);

export function collect(environment: Environment, asked: RequestFields): { set: PolicySet; facts: Facts } {
  const { arn: principalArn, entry: principal } = findPrincipal(environment, asked);
  const { arn: resourceArn, entry: resource } = findResource(environment, asked);
  const caller = asked.principal.account === null ? undefined : membershipOf(environment, asked.principal.account);
  const said =
    resource?.owner ??
    accountIn(resourceArn ?? asked.resource) ??
    resource?.policy?.account ??
    asked.resourceAccount ??
    undefined;
  // A resource of which nobody says whose it is is taken to be the caller's (E11).
  const owner = said ?? asked.principal.account ?? undefined;
  const place = owner === undefined ? undefined : membershipOf(environment, owner);
  const who = identify(asked.principal, principalArn, principal, caller);
  if (principal?.policies && asked.givenIdentity !== null)
    refuse(
      "contradiction",
      `the environment has the identity policies of ${quoted(asked.principal.name)}, so nothing else can be given of them`,
    );
  const endpoint = endpointOf(environment, asked);
  const context = {
    ...organizationContext("Principal", caller),
    // Where the owner is but taken for it, its organization stays open. An action without a resource is the caller's (E10).
    ...organizationContext("Resource", said !== undefined || isResourceless(asked) ? place : undefined),
    ...organizationContext("Source", sourceOf(environment, asked)),
    ...resourceContext(resource, resourceArn, asked),
    // A call through a service has none (B5).
    ...(endpoint?.vpc && !isThroughService(asked) ? { "aws:SourceVpc": endpoint.vpc } : {}),
  };
  const request: RequestFields = {
    ...asked,
    principal: who,
    resource:
      asked.resource !== null && isAlias(asked.resource) && !isAliasAction(asked.action)
        ? (resourceArn ?? asked.resource)
        : asked.resource,
    context: merge(context, asked.context),
  };
  // Which the evaluator would not weigh either: a decision names what was weighed (E19, E20).
  const bindsCaller = caller && !who.managementAccount && !who.serviceLinked;
  const bindsResource = place && !place.management && !who.serviceLinked;
  return {
    set: {
      identity: identityOf(environment, principalArn, principal),
      permissionsBoundary: principal?.boundary ? [principal.boundary] : [],
      session: principal?.session ?? [],
      resource: resource?.policy,
      grants: resource?.grants ?? [],
      serviceControl: bindsCaller ? serviceControlLevels(caller, fullAWSAccess) : [],
      resourceControl: bindsResource ? resourceControlLevels(place) : [],
      vpcEndpoint: endpoint?.policy ? [endpoint.policy] : [],
    },
    facts: buildFacts(request, owner),
  };
}

/** The entry of the caller: of a session, its role by name, whatever its path. */
function findPrincipal(
  { principals }: Environment,
  { principal }: RequestFields,
): { arn?: string; entry?: PrincipalInput } {
  const exact = principal.role ?? principal.issuer ?? principal.arn;
  if (exact !== null && Object.hasOwn(principals, exact)) return { arn: exact, entry: principals[exact]! };
  if (principal.type !== "session" || principal.role) return {};
  const name = roleNameOf(principal);
  const arn = Object.keys(principals).find((candidate) => {
    const parsed = parseArn(candidate)!;
    return (
      parsed.account === principal.account && parsed.resource.startsWith("role/") && candidate.endsWith(`/${name}`)
    );
  });
  return arn === undefined ? {} : { arn, entry: principals[arn]! };
}

/** The caller with what the environment knows of it. */
function identify(
  asked: Principal,
  arn: string | undefined,
  entry: PrincipalInput | undefined,
  membership: Membership | null | undefined,
): Principal {
  const isRole = arn !== undefined && parseArn(arn)!.resource.startsWith("role/");
  return new Principal({
    ...asked,
    role: asked.role ?? (isRole && asked.type === "session" ? arn : null),
    tags: merge(entry?.tags ?? {}, asked.tags),
    uniqueId: asked.uniqueId ?? entry?.uniqueId ?? null,
    serviceLinked: asked.serviceLinked || (isRole && parseArn(arn)!.resource.startsWith("role/aws-service-role/")),
    managementAccount: asked.managementAccount || membership?.management === true,
  });
}

function identityOf(
  { groups }: Environment,
  arn: string | undefined,
  entry: PrincipalInput | undefined,
): readonly Policy[] | undefined {
  if (arn === undefined || entry?.policies === undefined) return undefined;
  const ofGroups = (entry.groups ?? []).flatMap((group) => groups[groupOf(arn, group, groups)!] ?? []);
  return [...entry.policies, ...ofGroups];
}

const isAlias = (arn: string) => parseArn(arn)?.service === "kms" && parseArn(arn)?.resource.startsWith("alias/");
const isAliasAction = (action: string) => /^kms:(create|update|delete)alias$/i.test(action);

/** The entry of the resource: an alias stands for its key (F10), an object is in its bucket. */
function findResource(
  { resources }: Environment,
  { resource, action }: RequestFields,
): { arn?: string; entry?: ResourceInput } {
  if (resource === null || resource === "*") return {};
  const found = (arn: string | undefined) =>
    arn !== undefined && Object.hasOwn(resources, arn) ? { arn, entry: resources[arn]! } : undefined;
  if (isAlias(resource) && !isAliasAction(action)) {
    const { partition, region, account, resource: alias } = parseArn(resource)!;
    const key = Object.keys(resources).find(
      (arn) =>
        arn.startsWith(`arn:${partition}:kms:${region}:${account}:key/`) && resources[arn]!.aliases?.includes(alias),
    );
    return (
      found(key) ??
      refuse("dangling-reference", `no key of the environment has the alias ${quoted(resource)}`, {
        help: "add it to the key's `aliases`",
      })
    );
  }
  return found(resource) ?? found(containerOf(resource)) ?? {};
}

const accountIn = (arn: string | null): string | undefined => (arn === null ? undefined : accountOf(arn));

/** What is known of the organization of an account; what is not is left open. */
function organizationContext(
  of: "Principal" | "Resource" | "Source",
  membership: Membership | null | undefined,
): Record<string, ContextValue> {
  if (membership === undefined) return {};
  const [id, paths] = [`aws:${of}OrgID`, `aws:${of}OrgPaths`];
  if (membership === null) return { [id]: null, [paths]: null };
  const { organization, path } = membership;
  return {
    ...(organization === undefined ? {} : { [id]: organization }),
    ...(path === undefined ? {} : { [paths]: [path] }),
  };
}

/** Where the account is for which a service calls. */
function sourceOf(environment: Environment, { principal, context }: RequestFields): Membership | null | undefined {
  const account = principal.type === "service" ? told(context, "aws:sourceaccount") : undefined;
  return typeof account === "string" ? membershipOf(environment, account) : undefined;
}

const isResourceless = (asked: RequestFields) =>
  asked.resource === "*" || buildFacts(asked, undefined).resource === "*";

const isThroughService = (asked: RequestFields) => buildFacts(asked, undefined).viaService;

const told = (context: RequestFields["context"], folded: string): ContextValue | undefined =>
  Object.entries(context).find(([key]) => key.toLowerCase() === folded)?.[1];

function resourceContext(
  entry: ResourceInput | undefined,
  arn: string | undefined,
  { resource, action }: RequestFields,
): Record<string, ContextValue> {
  const context: Record<string, ContextValue> = {};
  // A bucket's tags are not its objects'.
  if (resource === arn || (resource !== null && isAlias(resource)))
    for (const [tag, value] of Object.entries(entry?.tags ?? {})) context[`aws:ResourceTag/${tag}`] = value;
  if (!action.toLowerCase().startsWith("kms:") || !entry) return context;
  if (entry.aliases) context["kms:ResourceAliases"] = entry.aliases.length > 0 ? entry.aliases : null;
  if (resource !== null && isAlias(resource) && !isAliasAction(action))
    context["kms:RequestAlias"] = parseArn(resource)!.resource;
  const { spec, usage, origin, multiRegionKeyType } = entry.key ?? {};
  if (spec) context["kms:KeySpec"] = spec;
  if (usage) context["kms:KeyUsage"] = usage;
  if (origin) context["kms:KeyOrigin"] = origin;
  if (multiRegionKeyType) context["kms:MultiRegionKeyType"] = multiRegionKeyType;
  return context;
}

function endpointOf({ endpoints }: Environment, { context }: RequestFields) {
  const id = told(context, "aws:sourcevpce");
  if (typeof id !== "string") return undefined;
  if (!Object.hasOwn(endpoints, id) && Object.keys(endpoints).length > 0)
    refuse("dangling-reference", `the environment does not have the VPC endpoint ${quoted(id)}`, {
      help: "add it under `endpoints`",
    });
  return endpoints[id];
}

/** What the test told wins over what the environment knows. */
function merge<T>(known: Readonly<Record<string, T>>, said: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  const names = new Set(Object.keys(said).map((key) => key.toLowerCase()));
  return { ...Object.fromEntries(Object.entries(known).filter(([key]) => !names.has(key.toLowerCase()))), ...said };
}
