/** What is wrong with an environment: unknown parts, dangling references, contradictions. */
import { nearest } from "../catalog/nearest.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { isAccountId, parseArn } from "../policy/arn.ts";
import { KINDS, type PolicyKind } from "../policy/kinds.ts";
import { isPolicy, type Policy } from "../policy/policy.ts";
import { isGrant } from "../request/grant.ts";
import type { EnvironmentInput, LevelInput, PrincipalInput, ResourceInput, UnitInput } from "./environment.ts";
import { accountsIn } from "./organization.ts";

const PARTS = ["organization", "accounts", "principals", "groups", "resources", "endpoints"];
const LEVEL = ["serviceControl", "resourceControl"];
const UNIT = [...LEVEL, "accounts", "units"];
const PRINCIPAL = ["policies", "groups", "boundary", "session", "tags", "uniqueId"];
const RESOURCE = ["policy", "owner", "tags", "aliases", "grants", "key"];

export function checkEnvironment(input: EnvironmentInput): void {
  known(input, PARTS, "an environment");
  const { organization, accounts = {}, principals = {}, groups = {}, resources = {}, endpoints = {} } = input;
  if (organization) {
    if (!/^o-[a-z0-9-]+$/.test(String(organization.id)))
      wrong(
        "invalid-environment",
        `${quoted(String(organization.id))} is not the id of an organization`,
        "as in `o-abc123defg`",
      );
    checkUnit(organization, "the organization", ["id", "managementAccount"]);
    if (organization.managementAccount !== undefined) account(organization.managementAccount, "`managementAccount`");
    const seen = new Map<string, string>();
    for (const [id, trail] of accountsIn(organization, "the root")) {
      account(id, trail);
      const before = seen.get(id);
      if (before !== undefined)
        wrong("contradiction", `account ${id} is in ${trail} and in ${before}`, "an account has one place");
      seen.set(id, trail);
    }
  }
  for (const [id, level] of Object.entries(accounts)) {
    account(id, "`accounts`");
    checkLevel(level, `account ${id}`, LEVEL);
  }
  for (const [arn, policies] of Object.entries(groups)) {
    if (!/^arn:[^:]+:iam::\d{12}:group\/./.test(arn))
      wrong("invalid-environment", `${quoted(arn)} is not the ARN of a group`);
    of("identity", policies, `group ${arn}`);
  }
  for (const [arn, principal] of Object.entries(principals)) checkPrincipal(arn, principal, groups);
  for (const [arn, resource] of Object.entries(resources)) checkResource(arn, resource);
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

function account(id: string, where: string): void {
  if (!isAccountId(String(id)))
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
  for (const group of principal.groups ?? []) {
    const groupArn = groupOf(arn, group, groups);
    if (groupArn !== undefined) continue;
    const near = nearest(
      group,
      Object.keys(groups).map((name) => name.slice(name.lastIndexOf("/") + 1)),
    );
    wrong(
      "dangling-reference",
      `${arn} is in the group ${quoted(group)}, which the environment does not have`,
      near ? `did you mean \`${near}\`?` : "add it under `groups`, by its ARN",
    );
  }
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
}
