/** Callers: those whom policies name, those just beside them, and those whom nobody names. */

import { instances, isTemplate, nearAccount, recased, templateInstances } from "../analyse/near-misses.ts";
import { parseOperator } from "../catalog/operators.ts";
import { DiagnosticError } from "../diagnostic/diagnostic.ts";
import { isAccountId, parseArn } from "../policy/arn.ts";
import { hasVariables } from "../policy/policy.ts";
import {
  anonymous,
  federated,
  federatedUser,
  type Principal,
  principalFromArn,
  role,
  rootUser,
  service,
  session,
  user,
} from "../request/principal.ts";
import type { Scope } from "./scope.ts";

export const SESSION_NAME = "somebody";

/** From the plainest to the strangest: a counterexample shrinks towards the first. */
export function principalsOf(scope: Scope): Principal[] {
  const found = new Found(scope);
  const { accounts, statements, grants, environment } = scope;
  for (const { statement } of statements)
    for (const { type, value } of statement.principal?.values ?? []) found.named(type, value);
  for (const arn of Object.keys(environment?.principals ?? {})) found.named("AWS", arn);
  for (const { granteePrincipal, retiringPrincipal, granteeServicePrincipal } of grants) {
    for (const arn of [granteePrincipal, retiringPrincipal]) if (arn) found.named("AWS", arn);
    if (granteeServicePrincipal) found.named("Service", granteeServicePrincipal);
  }
  found.fromConditions();
  for (const account of accounts) found.ofAccount(account);
  found.add(() => service("lambda.amazonaws.com"));
  found.add(() => anonymous);
  found.add(() => federated("unlisted.example.com"));
  return found.list();
}

const PATTERNED =
  /^(aws:principalarn|aws:username|aws:principalaccount|kms:calleraccount|aws:principalservicename|aws:principalservicenameslist|aws:federatedprovider|aws:userid)$/;

class Found {
  private readonly literal: Principal[] = [];
  private readonly near: Principal[] = [];
  /** Sessions that policies name, by account and role: of such a role the session's name must be told. */
  private readonly sessionsOf = new Set<string>();

  constructor(private readonly scope: Scope) {
    for (const { statement } of scope.statements)
      for (const { value } of statement.principal?.values ?? []) {
        const [, account, name] = /^arn:[^:]+:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(value) ?? [];
        if (account) this.sessionsOf.add(`${account}/${name}`);
      }
  }

  list(): Principal[] {
    const seen = new Set<string>();
    const distinct = [...this.literal, ...this.near].filter((principal) => {
      const key = JSON.stringify(principal);
      return !seen.has(key) && seen.add(key);
    });
    return this.scope.callersOnly
      ? distinct.filter(({ type, account }) => account !== null && type !== "root")
      : distinct;
  }

  /** A text that makes no caller is none. */
  add(make: () => Principal, near = true): void {
    try {
      const made = make();
      const named = made.type === "role" && this.sessionsOf.has(`${made.account}/${made.arn!.split("/").at(-1)}`);
      (near ? this.near : this.literal).push(named ? session(made, SESSION_NAME) : made);
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
    }
  }

  named(type: string, value: string): void {
    if (type === "Service") {
      this.add(() => service(value), false);
      this.add(() => service(value.startsWith("s3") ? "ec2.amazonaws.com" : "s3.amazonaws.com"));
    }
    if (type === "Federated") {
      this.add(() => federated(value), false);
      this.add(() => federated(`${value}x`));
    }
    if (type !== "AWS" || value === "*") return;
    if (isAccountId(value)) this.ofAccount(value);
    else if (parseArn(value)) this.ofArn(value);
    else this.ofId(value);
  }

  /** A unique id in place of an ARN (A14). */
  private ofId(value: string): void {
    const owner = this.scope.accounts[0]!;
    this.add(() =>
      value.startsWith("AIDA")
        ? user(`arn:${this.scope.partition}:iam::${owner}:user/of-id`, { uniqueId: value })
        : role(`arn:${this.scope.partition}:iam::${owner}:role/of-id`, { uniqueId: value }),
    );
  }

  ofArn(arn: string): void {
    const { account, partition, resource } = parseArn(arn)!;
    this.ofAccount(account);
    const sessionOf = /^assumed-role\/([^/]+)\/(.+)$/.exec(resource);
    if (sessionOf) {
      const of = `arn:${partition}:iam::${account}:role/${sessionOf[1]}`;
      const known = this.scope.statements
        .flatMap(({ statement }) => statement.principal?.values ?? [])
        .find(
          ({ value }) =>
            value.startsWith(`arn:${partition}:iam::${account}:role/`) && value.endsWith(`/${sessionOf[1]}`),
        );
      this.add(() => session(known?.value ?? of, sessionOf[2]!), false);
      this.add(() => session(known?.value ?? of, `${sessionOf[2]}x`));
      return;
    }
    this.add(() => principalFromArn(arn), false);
    if (resource === "root") return;
    const beside = (name: string) => arn.slice(0, arn.length - resource.length) + name;
    const name = resource.slice(resource.lastIndexOf("/") + 1);
    if (resource.startsWith("role/")) {
      this.add(() => session(arn, SESSION_NAME));
      this.add(() => role(beside(`role/path/${name}`)));
      this.add(() => role(beside(resource.slice(0, -1))));
      this.add(() => role(beside(`${resource}x`)));
      this.add(() => role(beside(resource.slice(0, -name.length) + recased(name))));
      this.add(() => role(arn.replace(account, nearAccount(account))));
      this.add(() => user(beside(`user/${name}`)));
    } else if (resource.startsWith("user/")) {
      this.add(() => user(beside(`${resource}x`)));
      this.add(() => user(arn.replace(account, nearAccount(account))));
      this.add(() => role(beside(`role/${name}`)));
      this.add(() => federatedUser(`arn:${partition}:sts::${account}:federated-user/of-${name}`, { issuer: arn }));
    }
  }

  ofAccount(account: string): void {
    const { partition } = this.scope;
    const iam = `arn:${partition}:iam::${account}`;
    this.add(() => role(`${iam}:role/somebody`));
    this.add(() => user(`${iam}:user/somebody`));
    this.add(() => (partition === "aws" ? rootUser(account) : principalFromArn(`${iam}:root`)));
    this.add(() => federatedUser(`arn:${partition}:sts::${account}:federated-user/somebody`));
    const organization = this.scope.policies.some(
      ({ kind }) => kind === "serviceControl" || kind === "resourceControl",
    );
    if (organization || this.scope.environment)
      this.add(() => role(`${iam}:role/aws-service-role/ec2.amazonaws.com/AWSServiceRoleForEC2`));
  }

  /** Callers whom conditions describe. */
  fromConditions(): void {
    const { accounts, partition } = this.scope;
    for (const { conditions, policy } of this.scope.statements)
      for (const { condition, key } of conditions) {
        const provider = /^(.+\..+):[^:]+$/.exec(key.name)?.[1];
        if (provider) this.add(() => federated(provider), false);
        if (!PATTERNED.test(key.folded)) continue;
        const like = parseOperator(condition.operator)!.facts.compare === "like";
        for (const { value } of condition.values) {
          const some = like ? templateInstances(value, hasVariables(policy), ["name"]) : [value];
          for (const text of some) {
            if (isTemplate(text) || /[*?]/.test(text)) continue;
            if (key.folded === "aws:principalarn") this.ofPattern(text);
            else if (/account$/.test(key.folded)) {
              if (isAccountId(text)) this.ofAccount(text);
              else
                for (const filled of instances(text.padEnd(12, "0"))) if (isAccountId(filled)) this.ofAccount(filled);
            } else if (key.folded === "aws:username") {
              for (const name of [text, `${text}x`])
                this.add(() => user(`arn:${partition}:iam::${accounts[0]}:user/${name}`));
            } else if (/service/.test(key.folded)) this.add(() => service(text));
            else if (key.folded === "aws:federatedprovider") this.add(() => federated(text));
          }
        }
      }
  }

  /** A filled-in pattern of ARNs, of which the account may still be anything. */
  private ofPattern(text: string): void {
    const fields = text.split(":");
    if (fields.length < 6) return;
    const { accounts, partition } = this.scope;
    const set = (at: number, value: string) => {
      if (at === 1 ? !/^aws/.test(fields[1]!) : at === 4 ? !isAccountId(fields[4]!) : fields[at] !== value)
        fields[at] = value;
    };
    set(1, partition);
    set(4, accounts[0]!);
    fields[3] = "";
    if (fields[2] !== "sts") fields[2] = "iam";
    const rest = fields.slice(5).join(":");
    const head = fields.slice(0, 5).join(":");
    const named = /^(user|role|federated-user|assumed-role)\/./.test(rest)
      ? [rest]
      : rest === "root"
        ? [rest]
        : [`role/${rest}`, `user/${rest}`];
    for (const name of named) this.ofArn(`${head}:${name}`);
  }
}
