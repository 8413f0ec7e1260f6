/** Resources to ask for: those that statements name, patterns filled in, those just beside them, and fresh ones. */

import { arnPatternFields, instances, isTemplate, nearArn, templateInstances } from "../analyse/near-misses.ts";
import { type ActionFacts, actionFacts, type ResourceTypeFacts, serviceFacts } from "../catalog/catalog.ts";
import { DiagnosticError } from "../diagnostic/diagnostic.ts";
import { ownerOf } from "../evaluate/normalise.ts";
import { isAccountId, parseArn } from "../policy/arn.ts";
import { glob } from "../policy/glob.ts";
import { hasVariables, type Policy } from "../policy/policy.ts";
import { role } from "../request/principal.ts";
import type { Scope } from "./scope.ts";

export interface Target {
  /** `*` for an action without a resource; null: the resource of the one policy under test. */
  readonly resource: string | null;
  /** The account that owns it, where neither its ARN nor its policy says. */
  readonly account: string | null;
}

const KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab";

/** Resources by action: made for a resource type when it is first asked for. */
export class Targets {
  private readonly byType = new Map<string, readonly Target[]>();
  private readonly byAction = new Map<string, readonly Target[]>();
  private readonly patterns: readonly { readonly text: string; readonly variables: boolean }[];
  private readonly regions: readonly string[];

  constructor(
    private readonly scope: Scope,
    private readonly limit: ((resource: string | null) => boolean) | undefined = undefined,
    also: readonly string[] = [],
  ) {
    const patterns = new Map<string, boolean>();
    for (const { statement, policy } of scope.statements)
      for (const { value } of statement.resource?.values ?? [])
        if (value !== "*") patterns.set(value, hasVariables(policy) || patterns.get(value) === true);
    for (const arn of also) patterns.set(arn, false);
    for (const { key } of scope.grants) patterns.set(key, false);
    for (const arn of Object.keys(scope.environment?.resources ?? {})) patterns.set(arn, false);
    this.patterns = [...patterns].map(([text, variables]) => ({ text, variables }));
    this.regions = regionsOf(scope);
  }

  /** INVARIANT: not empty. */
  of(action: string): readonly Target[] {
    let found = this.byAction.get(action);
    if (!found) {
      found = this.make(actionFacts(action));
      this.byAction.set(action, found);
    }
    return found;
  }

  private make(facts: ActionFacts | undefined): readonly Target[] {
    if (!facts || facts.resources.length === 0) return [{ resource: "*", account: null }];
    const service = serviceFacts(facts.service);
    const types = facts.resources.flatMap(({ type }) => service?.resourceTypes.get(type.toLowerCase()) ?? []);
    const all = distinct(types.flatMap((type) => this.ofType(facts.service, type)));
    const found = this.limit ? all.filter(({ resource }) => this.limit!(resource)) : all;
    return found.length > 0 ? found : [{ resource: "*", account: null }];
  }

  private ofType(prefix: string, type: ResourceTypeFacts): readonly Target[] {
    const name = `${prefix}:${type.type}`;
    let found = this.byType.get(name);
    if (!found) {
      found = type.arns.flatMap((template) => this.ofTemplate(template));
      this.byType.set(name, found);
    }
    return found;
  }

  private ofTemplate(template: string): Target[] {
    const { scope } = this;
    const attached = scope.attached.filter((policy) => isFor(policy, template));
    if (scope.attached.length > 0 && !scope.environment && attached.length === 0) return [];
    const form = glob(template.replace(/\$\{[^}]*\}/g, "*"));
    const [owner = "", ...others] = scope.accounts;
    const own = attached.flatMap((policy) => (policy.resource === null ? [] : this.inside(policy.resource, template)));
    const named = this.patterns.flatMap(({ text, variables }) => this.filled(text, variables, template, owner));
    const fresh = (account: string, region: string) => freshArn(template, scope.partition, region, account);
    const [region = "us-east-1", ...regions] = this.regions;
    const texts = [
      ...own,
      ...named,
      fresh(owner, region),
      ...regions.map((one) => fresh(owner, one)),
      ...others.map((account) => fresh(account, region)),
      ...named.slice(0, 40).flatMap((text) => (isTemplate(text) ? [] : nearArn(text))),
    ];
    const fitting = [...new Set(texts)].filter((text) => form.matches(text) && parseArn(text) && !/[*?]/.test(text));
    return attached.length === 0 || scope.environment
      ? fitting.map((resource) => ({ resource, account: null }))
      : attached.flatMap((policy) => this.attachedTargets(policy, fitting));
  }

  /** The resource itself and, for a bucket and its like, what is in it. */
  private inside(resource: string, template: string): string[] {
    const form = glob(template.replace(/\$\{[^}]*\}/g, "*"));
    return [resource, `${resource}/some`, `${resource}:some`].filter((text) => form.matches(text));
  }

  /** What the policy can be attached to; where its owner is not known, each account may be the owner. */
  private attachedTargets(policy: Policy, fitting: readonly string[]): Target[] {
    if (policy.resource !== null) {
      const inside = fitting.filter(
        (text) =>
          text === policy.resource ||
          (policy.kind === "resource" &&
            text.startsWith(policy.resource!) &&
            /^[/:]/.test(text.slice(policy.resource!.length))),
      );
      return inside.flatMap((resource) => this.owned(resource, policy));
    }
    const narrow = this.patterns.length > 0;
    const owner = knownOwner(policy);
    if (policy.kind === "key" && owner !== undefined && !narrow && this.scope.attached.length === 1)
      return [{ resource: null, account: null }];
    const own = owner === undefined ? fitting : fitting.filter((text) => (parseArn(text)?.account || owner) === owner);
    return own.flatMap((resource) => this.owned(resource, policy));
  }

  private owned(resource: string, policy: Policy): Target[] {
    const said = parseArn(resource)?.account;
    if ((said && isAccountId(said)) || knownOwner(policy) !== undefined) return [{ resource, account: null }];
    return this.scope.accounts.map((account) => ({ resource, account }));
  }

  /** A pattern of ARNs filled in so that it is of the resource type, in as many ways as may tell something. */
  private filled(pattern: string, variables: boolean, template: string, owner: string): string[] {
    const [, partition = "", service = "", region = "", account = ""] = arnPatternFields(pattern);
    const wanted = template.split(":");
    if (!/[*?]/.test(service) && service !== wanted[2] && !wanted[2]!.includes("${")) return [];
    const last = pattern.split(":").length < 6 ? "*" : arnPatternFields(pattern).slice(5).join(":");
    const form = wanted.slice(5).join(":");
    const endings = this.endings(last, variables, form);
    const places = wanted[3] === "" ? [""] : this.fieldValues(region, this.regions);
    const accounts = wanted[4] === "" ? [""] : this.fieldValues(account, [owner, ...this.scope.accounts]);
    const of = partition === "" || /[*?]/.test(partition) ? this.scope.partition : partition;
    return accounts
      .slice(0, 4)
      .flatMap((account) =>
        places
          .slice(0, 4)
          .flatMap((place) => endings.map((ending) => `arn:${of}:${wanted[2]}:${place}:${account}:${ending}`)),
      );
  }

  private fieldValues(field: string, values: readonly string[]): string[] {
    if (!/[*?]/.test(field)) return field === "" ? [] : [field];
    const pattern = glob(field);
    const fitting = [...new Set(values)].filter((value) => pattern.matches(value));
    return fitting.length > 0 ? fitting : instances(field);
  }

  private endings(last: string, variables: boolean, form: string): string[] {
    const fit = glob(form.replace(/\$\{[^}]*\}/g, "*"));
    const parts = form.split(/\$\{[^}]*\}/);
    const whole = form.replace(/\$\{KeyId\}/g, KEY_ID).replace(/\$\{[^}]*\}/g, "some");
    const fills = [whole, KEY_ID, `some${parts[1] ?? ""}some`, `${parts[1] ?? ""}some`, "some"];
    return templateInstances(last, variables, fills)
      .filter((text) => text !== "" && fit.matches(isTemplate(text) ? text.replace(/\$\{[^}]*\}/g, "some") : text))
      .filter((text) => !(form === "${BucketName}" && text.includes("/")));
  }
}

const distinct = (targets: readonly Target[]): Target[] => {
  const seen = new Set<string>();
  return targets.filter(({ resource, account }) => {
    const key = `${resource} ${account}`;
    return !seen.has(key) && seen.add(key);
  });
};

const STRANGER = role("arn:aws:iam::000000000000:role/stranger");

/** The owner that the evaluator takes, where it can tell; undefined where a request must say. */
function knownOwner(policy: Policy): string | undefined {
  try {
    const asked = { principal: STRANGER, action: "none:None", resource: policy.resource };
    return ownerOf({ ...asked, resourceAccount: null, context: {}, givenIdentity: null }, policy);
  } catch (error) {
    if (error instanceof DiagnosticError && error.code === "unknown-owner") return undefined;
    throw error;
  }
}

/** Whether a policy of that kind can be attached to such a resource. */
export function isFor({ kind, resource }: Policy, template: string): boolean {
  const [, , service = "", , , ...rest] = template.split(":");
  const last = rest.join(":");
  const isKey = service === "kms" && last.startsWith("key/");
  if (kind === "key") return isKey;
  if (kind === "trust") return service === "iam" && last.startsWith("role/");
  return !isKey && (resource === null || parseArn(resource)?.service === service);
}

function freshArn(template: string, partition: string, region: string, account: string): string {
  return template
    .replace("${Partition}", partition)
    .replace("${Region}", region)
    .replace("${Account}", account)
    .replace("${KeyId}", KEY_ID)
    .replace(/\$\{[^}]*\}|\*/g, "some");
}

/** The Regions that conditions and resources name, and two that any may be. */
function regionsOf({ statements }: Scope): string[] {
  const found = new Set<string>();
  const form = /^[a-z]{2}(-[a-z]+)+-\d$/;
  for (const { statement, conditions } of statements) {
    for (const { condition, key } of conditions)
      if (key.folded === "aws:requestedregion")
        for (const { value } of condition.values)
          for (const text of instances(value, ["east-1"])) if (form.test(text)) found.add(text);
    for (const { value } of statement.resource?.values ?? []) {
      const region = value.split(":")[3] ?? "";
      if (form.test(region)) found.add(region);
    }
  }
  return [...found, "us-east-1", "eu-west-1"].filter((region, at, list) => list.indexOf(region) === at).slice(0, 6);
}
