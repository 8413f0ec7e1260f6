import type { Policy, Statement } from "../policy/policy.ts";
import { type CompiledAction, compileAction } from "./action.ts";
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
  /** The statements that can match an action of this service, in order. */
  forService(service: string): readonly CompiledStatement[];
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
  const byService = new Map<string, readonly CompiledStatement[]>();
  const anyService = statements.filter(({ action }) => action.services === undefined);
  for (const service of new Set(statements.flatMap(({ action }) => [...(action.services ?? [])])))
    byService.set(
      service,
      statements.filter(({ action }) => action.services === undefined || action.services.has(service)),
    );
  return { policy, statements, forService: (service) => byService.get(service) ?? anyService };
}

const NOTHING: CompiledAction = { matches: () => false, services: new Set() };

function compileStatement(statement: Statement, policy: Policy): CompiledStatement {
  const inert = policy.kind === "key" && !(statement.action && statement.resource);
  return {
    policy,
    statement,
    allows: statement.effect === "Allow",
    action: statement.action && !inert ? compileAction(statement.action) : NOTHING,
    principal: statement.principal && compilePrincipal(statement.principal, policy),
    resource: statement.resource && compileResource(statement.resource, policy),
    conditions: statement.conditions.map((condition) => compileCondition(condition, policy)),
    inert,
  };
}

/** How closely a statement's principal names the caller, if the whole statement applies to the request (semantics E1). */
export function applies(statement: CompiledStatement, run: Evaluation, hasBoundary: boolean): MatchClass {
  if (!statement.action.matches(run.facts.action)) return NO_MATCH;
  const match = statement.principal ? statement.principal(run, hasBoundary) : EXACT;
  if (match === NO_MATCH) return NO_MATCH;
  if (statement.resource && !statement.resource(run)) return NO_MATCH;
  for (const condition of statement.conditions) if (!condition.matches(run)) return NO_MATCH;
  return match;
}
