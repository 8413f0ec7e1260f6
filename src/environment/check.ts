/** What is wrong with an environment: unknown parts, dangling references, contradictions. */
import { nearest } from "../catalog/nearest.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { isAccountId, parseArn } from "../policy/arn.ts";
import { KINDS, type PolicyKind } from "../policy/kinds.ts";
import { isPolicy, type Policy } from "../policy/policy.ts";
import { isGrant } from "../request/grant.ts";
import type {
  EnvironmentInput,
  KeyAttributes,
  LevelInput,
  PrincipalInput,
  ResourceInput,
  UnitInput,
} from "./environment.ts";
import { accountsIn, hasPolicies } from "./organization.ts";

const PARTS = ["organization", "accounts", "principals", "groups", "resources", "endpoints"];
const LEVEL = ["serviceControl", "resourceControl"];
const UNIT = [...LEVEL, "accounts", "units"];
const PRINCIPAL = ["policies", "groups", "boundary", "session", "tags", "uniqueId"];
const RESOURCE = ["policy", "owner", "tags", "aliases", "grants", "key"];
const KEY = ["spec", "usage", "origin", "multiRegionKeyType"];

export function checkEnvironment(input: EnvironmentInput): void {
  known(input, PARTS, "an environment");
  const { organization, accounts = {}, principals = {}, groups = {}, resources = {}, endpoints = {} } = input;
  const places = new Map<string, string>();
  if (organization) {
    if (!/^o-[a-z0-9-]+$/.test(String(organization.id)))
      wrong(
        "invalid-environment",
        `${quoted(String(organization.id))} is not the id of an organization`,
        "as in `o-abc123defg`",
      );
    checkUnit(organization, "the organization", ["id", "rootId", "managementAccount"]);
    if (organization.rootId !== undefined && !/^r-[a-z0-9]{4,32}$/.test(String(organization.rootId)))
      wrong(
        "invalid-environment",
        `${quoted(String(organization.rootId))} is not the id of an organization's root`,
        "as in `r-ab12`",
      );
    if (organization.managementAccount !== undefined) account(organization.managementAccount, "`managementAccount`");
    for (const [id, trail] of accountsIn(organization, "the root")) {
      account(id, trail);
      const before = places.get(id);
      if (before !== undefined)
        wrong("contradiction", `account ${id} is in ${trail} and in ${before}`, "an account has one place");
      places.set(id, trail);
    }
  }
  for (const [id, level] of Object.entries(accounts)) {
    account(id, "`accounts`");
    checkLevel(level, `account ${id}`, LEVEL);
    if (organization && hasPolicies(level) && !places.has(id) && id !== organization.managementAccount)
      wrong(
        "contradiction",
        `account ${id} has policies of an organization, and the organization does not have the account`,
        "add it to `accounts` of the organization, or of one of its units",
      );
  }
  for (const [arn, policies] of Object.entries(groups)) {
    if (!/^arn:[^:]+:iam::\d{12}:group\/./.test(arn))
      wrong("invalid-environment", `${quoted(arn)} is not the ARN of a group`);
    of("identity", policies, `group ${arn}`);
  }
  for (const [arn, principal] of Object.entries(principals)) checkPrincipal(arn, principal, groups);
  for (const arns of [Object.keys(groups), Object.keys(principals)])
    unique(arns.map((arn) => [entityOf(arn), arn] as const));
  for (const [arn, resource] of Object.entries(resources)) checkResource(arn, resource);
  unique(
    Object.entries(resources).flatMap(([arn, { aliases = [] }]) =>
      aliases.map((alias) => [`the alias ${arn.slice(0, arn.lastIndexOf(":") + 1)}${alias}`, arn] as const),
    ),
  );
  for (const [id, endpoint] of Object.entries(endpoints)) {
    if (!id.startsWith("vpce-"))
      wrong("invalid-environment", `${quoted(id)} is not the id of a VPC endpoint`, "as in `vpce-0abc`");
    known(endpoint, ["policy", "vpc"], `endpoint ${id}`);
    if (endpoint.policy) of("vpcEndpoint", [endpoint.policy], `endpoint ${id}`);
  }
}

function wrong(code: string, sentence: string, help?: string): never {
  return refuse(code, sentence, { help });
}

function known(value: unknown, parts: readonly string[], what: string): void {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    wrong("invalid-environment", `${what} is an object`);
  for (const part of Object.keys(value as object)) {
    if (parts.includes(part)) continue;
    const near = nearest(part, parts);
    wrong(
      "invalid-environment",
      `${quoted(part)} is not a part of ${what}`,
      near ? `did you mean \`${near}\`?` : `its parts are ${parts.join(", ")}`,
    );
  }
}

/** What only one may have: of two that do, nobody could tell which is meant. */
function unique(pairs: readonly (readonly [what: string, arn: string])[]): void {
  const seen = new Map<string, string>();
  for (const [what, arn] of pairs) {
    const before = seen.get(what);
    if (before !== undefined)
      wrong("contradiction", before === arn ? `${arn} has ${what} twice` : `${before} and ${arn} are both ${what}`);
    seen.set(what, arn);
  }
}

/** Users, groups and roles of an account have one name each, whatever the path and the case. */
function entityOf(arn: string): string {
  const { account: of, resource } = parseArn(arn)!;
  const [type] = resource.split("/");
  return `the ${type} ${quoted(resource.slice(resource.lastIndexOf("/") + 1).toLowerCase())} of account ${of}`;
}

function account(id: string, where: string): void {
  // A number may have lost zeros, and equals no text.
  if (typeof id !== "string" || !isAccountId(id))
    wrong(
      "invalid-environment",
      `${quoted(String(id))} in ${where} is not an account id`,
      "it has twelve digits, in quotes",
    );
}

function checkLevel(level: LevelInput, what: string, parts: readonly string[]): void {
  known(level, parts, what);
  of("serviceControl", level.serviceControl ?? [], what);
  of("resourceControl", level.resourceControl ?? [], what);
}

function checkUnit(unit: UnitInput, what: string, more: readonly string[] = []): void {
  checkLevel(unit, what, [...UNIT, ...more]);
  for (const [name, child] of Object.entries(unit.units ?? {})) checkUnit(child, `unit ${quoted(name)}`);
}

/** The policies of a place, which are all of the kind that belongs there. */
function of(kind: PolicyKind, policies: readonly Policy[], where: string): void {
  if (!Array.isArray(policies)) wrong("invalid-environment", `the policies of ${where} are a list`);
  for (const policy of policies) {
    if (!isPolicy(policy))
      wrong(
        "invalid-environment",
        `what ${where} holds is not a policy`,
        "make it with `identityPolicy(…)`, `keyPolicy(…)` and the like",
      );
    if (policy.kind !== kind)
      wrong(
        "contradiction",
        `${quoted(policy.name)} is ${KINDS[policy.kind].title}; ${where} takes ${KINDS[kind].title}`,
      );
  }
}

function checkPrincipal(arn: string, principal: PrincipalInput, groups: EnvironmentInput["groups"] = {}): void {
  const parsed = parseArn(arn);
  if (parsed?.service !== "iam" || !isAccountId(parsed.account) || !/^(role|user)\/./.test(parsed.resource))
    wrong("invalid-environment", `${quoted(arn)} is not the ARN of a role or user`);
  known(principal, PRINCIPAL, `principal ${arn}`);
  of("identity", principal.policies ?? [], arn);
  of("session", principal.session ?? [], arn);
  if (principal.boundary) of("permissionsBoundary", [principal.boundary], arn);
  const { groups: memberOf = [] } = principal;
  if (memberOf.length === 0) return;
  if (parsed.resource.startsWith("role/"))
    wrong("invalid-environment", `${arn} is a role, and only users are in groups`);
  for (const group of memberOf) if (groupOf(arn, group, groups) === undefined) noGroup(arn, group, Object.keys(groups));
  // Identity policies are known all or not at all: a group's Deny would be lost among those that are not.
  if (principal.policies === undefined)
    wrong(
      "invalid-environment",
      `${arn} is in groups, and its own policies are not said`,
      "add `policies`; `[]` where it has none of its own",
    );
}

function noGroup(user: string, group: string, groups: readonly string[]): never {
  const nameOf = (arn: string) => arn.slice(arn.lastIndexOf("/") + 1);
  const own = groups.filter((arn) => parseArn(arn)!.account === parseArn(user)!.account);
  const foreign = groups.find((arn) => !own.includes(arn) && nameOf(arn) === group);
  const near = nearest(group, own.map(nameOf));
  return wrong(
    "dangling-reference",
    `${user} is in the group ${quoted(group)}, which ${foreign ? "its account" : "the environment"} does not have`,
    near
      ? `did you mean \`${near}\`?`
      : foreign
        ? `${foreign} is of another account`
        : "add it under `groups`, by its ARN",
  );
}

/** The ARN of a user's group, by its name. */
export function groupOf(user: string, group: string, groups: Readonly<Record<string, unknown>>): string | undefined {
  const prefix = user.slice(0, user.indexOf(":user/"));
  return Object.keys(groups).find(
    (arn) => arn.startsWith(`${prefix}:group/`) && (arn.endsWith(`/${group}`) || arn === `${prefix}:group/${group}`),
  );
}

function checkResource(arn: string, resource: ResourceInput): void {
  if (!parseArn(arn) || /[*?]/.test(arn)) wrong("invalid-environment", `${quoted(arn)} is not the ARN of a resource`);
  known(resource, RESOURCE, `resource ${arn}`);
  const { service, account: owner, resource: name } = parseArn(arn)!;
  const isKey = service === "kms" && name.startsWith("key/");
  if (resource.owner !== undefined) {
    account(resource.owner, arn);
    if (isAccountId(owner) && owner !== resource.owner)
      wrong("contradiction", `${arn} is of account ${owner}, so it cannot be of ${resource.owner}`);
  }
  if (resource.policy) {
    of(isKey ? "key" : service === "iam" ? "trust" : "resource", [resource.policy], arn);
    if (resource.policy.resource !== null && resource.policy.resource !== arn)
      wrong("contradiction", `the policy of ${arn} says that it is attached to ${resource.policy.resource}`);
    checkOwner(arn, resource.policy.account, isAccountId(owner) ? owner : resource.owner);
  }
  if (!isKey && (resource.aliases || resource.grants || resource.key))
    wrong("invalid-environment", `${arn} is no key, so it has no aliases, grants or key attributes`);
  for (const alias of resource.aliases ?? [])
    if (!/^alias\/[\w/-]+$/.test(alias))
      wrong("invalid-environment", `${quoted(alias)} is not the name of an alias`, "as in `alias/app`");
  for (const grant of resource.grants ?? []) {
    if (!isGrant(grant)) wrong("invalid-environment", `what ${arn} holds is not a grant`, "make it with `grant(…)`");
    if (grant.key !== arn) wrong("contradiction", `a grant of ${arn} is for the key ${grant.key}`);
  }
  if (resource.key) checkKey(arn, resource.key);
}

/** The account that a resource's policy was given, beside what else says whose the resource is. */
function checkOwner(arn: string, said: string | null, owner: string | undefined): void {
  if (said === null) return;
  account(said, `the policy of ${arn}`);
  if (owner !== undefined && said !== owner)
    wrong("contradiction", `${arn} is of account ${owner}, and its policy says that it is of ${said}`);
}

function checkKey(arn: string, attributes: KeyAttributes): void {
  known(attributes, KEY, `\`key\` of ${arn}`);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined && typeof value !== "string")
      wrong("invalid-environment", `${quoted(name)} of ${arn} is not a text`);
  const { multiRegionKeyType: type } = attributes;
  if (type === undefined) return;
  if (type !== "PRIMARY" && type !== "REPLICA")
    wrong("invalid-environment", `${quoted(String(type))} is not a \`multiRegionKeyType\``, "`PRIMARY` or `REPLICA`");
  if (!parseArn(arn)!.resource.startsWith("key/mrk-"))
    wrong(
      "contradiction",
      `${arn} is no multi-Region key, so it has no \`multiRegionKeyType\``,
      "their ids begin with `mrk-`",
    );
}
