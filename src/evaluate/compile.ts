import type { Policy, Statement } from "../policy/policy.ts";
import { type CompiledAction, compileAction, NO_ACTION } from "./action.ts";
import { type CompiledCondition, compileCondition } from "./condition.ts";
import type { Evaluation } from "./evaluation.ts";
import { compilePrincipal, EXACT, type MatchClass, type MatchPrincipal, NO_MATCH } from "./principal.ts";
import { compileResource, type MatchResource } from "./resource.ts";

/** A statement made ready to decide. Each element answers alone, so that `decide` and `explain` ask the same code. */
export interface CompiledStatement {
  readonly policy: Policy;
  readonly statement: Statement;
  readonly allows: boolean;
  readonly action: CompiledAction;
  /** Undefined where the kind has no principals: the policy is the caller's own. */
  readonly principal: MatchPrincipal | undefined;
  /** Undefined where the policy's own resource is meant. */
  readonly resource: MatchResource | undefined;
  readonly conditions: readonly CompiledCondition[];
  /** Accepted by AWS and without effect (semantics A8). */
  readonly inert: boolean;
}

export interface CompiledPolicy {
  readonly policy: Policy;
  readonly statements: readonly CompiledStatement[];
  /** By action, the statements that spell out their actions, this one among them; in order. */
  readonly named: ReadonlyMap<string, readonly CompiledStatement[]>;
  /** By service, the others that can match an action of it, among them those for any service; in order. */
  readonly scanned: ReadonlyMap<string, readonly CompiledStatement[]>;
  /** Those for any service. */
  readonly anyService: readonly CompiledStatement[];
}

const COMPILED = new WeakMap<Policy, CompiledPolicy>();

/** A policy is compiled once. */
export function compile(policy: Policy): CompiledPolicy {
  let compiled = COMPILED.get(policy);
  if (!compiled) {
    compiled = compilePolicy(policy);
    COMPILED.set(policy, compiled);
  }
  return compiled;
}

function compilePolicy(policy: Policy): CompiledPolicy {
  const statements = policy.statements.map((statement) => compileStatement(statement, policy));
  const named = new Map<string, CompiledStatement[]>();
  const scanned = new Map<string, CompiledStatement[]>();
  const anyService: CompiledStatement[] = [];
  for (const statement of statements) {
    const { names, services } = statement.action;
    if (names) for (const name of names) listUnder(named, name, () => []).push(statement);
    // A service's list begins with what was for any service before it.
    else if (services)
      for (const service of services) listUnder(scanned, service, () => [...anyService]).push(statement);
    else for (const list of [anyService, ...scanned.values()]) list.push(statement);
  }
  return { policy, statements, named, scanned, anyService };
}

function listUnder<T>(lists: Map<string, T[]>, name: string, begin: () => T[]): T[] {
  const list = lists.get(name) ?? begin();
  lists.set(name, list);
  return list;
}

function compileStatement(statement: Statement, policy: Policy): CompiledStatement {
  const inert = policy.kind === "key" && !(statement.action && statement.resource);
  return {
    policy,
    statement,
    allows: statement.effect === "Allow",
    action: statement.action && !inert ? compileAction(statement.action) : NO_ACTION,
    principal: statement.principal && compilePrincipal(statement.principal, policy),
    resource: statement.resource && compileResource(statement.resource, policy),
    conditions: statement.conditions.map((condition) => compileCondition(condition, policy)),
    inert,
  };
}

/**
 * How closely a statement's principal names the caller, if the whole statement applies to the request (semantics E1).
 * That its action matches is known.
 */
export function applies(statement: CompiledStatement, run: Evaluation, hasBoundary: boolean): MatchClass {
  const match = statement.principal ? statement.principal(run, hasBoundary) : EXACT;
  if (match === NO_MATCH) return NO_MATCH;
  if (statement.resource && !statement.resource(run)) return NO_MATCH;
  for (const condition of statement.conditions) if (!condition.matches(run)) return NO_MATCH;
  return match;
}
