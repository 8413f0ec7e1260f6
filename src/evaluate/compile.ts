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
  /** The list of this statement: most decisions rest on one, and need not make it. */
  readonly alone: readonly CompiledStatement[];
}

/** A policy made ready to decide: its statements by the actions they match. */
export class CompiledPolicy {
  /** By action, the statements that spell out their actions, this one among them; in order. */
  private readonly named = new Map<string, CompiledStatement[]>();
  /** By service, the others that can match an action of it, among them those for any service; in order. */
  private readonly scanned = new Map<string, CompiledStatement[]>();
  private readonly anyService: CompiledStatement[] = [];
  private readonly found = new Map<string, readonly CompiledStatement[]>();

  constructor(readonly statements: readonly CompiledStatement[]) {
    const { named, scanned, anyService } = this;
    for (const statement of statements) {
      const { names, services } = statement.action;
      if (names) for (const name of names) listUnder(named, name, () => []).push(statement);
      // A service's list begins with what was for any service before it.
      else if (services)
        for (const service of services) listUnder(scanned, service, () => [...anyService]).push(statement);
      else for (const list of [anyService, ...scanned.values()]) list.push(statement);
    }
  }

  /** The statements whose `Action` or `NotAction` matches, in order; `action` and `service` folded. */
  matching(action: string, service: string): readonly CompiledStatement[] {
    let found = this.found.get(action);
    if (!found) {
      found = this.find(action, service);
      if (this.found.size < MOST_ACTIONS) this.found.set(action, found);
    }
    return found;
  }

  private find(action: string, service: string): readonly CompiledStatement[] {
    const named = this.named.get(action) ?? NONE;
    const scanned = (this.scanned.get(service) ?? this.anyService).filter((one) => one.action.matches(action));
    if (scanned.length === 0) return named;
    if (named.length === 0) return scanned;
    return [...named, ...scanned].sort((one, other) => one.statement.index - other.statement.index);
  }
}

/** Most questions are about few actions; of a policy that is asked about all, the first are kept. */
const MOST_ACTIONS = 1_000;
const NONE: readonly CompiledStatement[] = [];

const COMPILED = new WeakMap<Policy, CompiledPolicy>();

/** A policy is compiled once. */
export function compile(policy: Policy): CompiledPolicy {
  let compiled = COMPILED.get(policy);
  if (!compiled) {
    compiled = new CompiledPolicy(policy.statements.map((statement) => compileStatement(statement, policy)));
    COMPILED.set(policy, compiled);
  }
  return compiled;
}

function listUnder<T>(lists: Map<string, T[]>, name: string, begin: () => T[]): T[] {
  const list = lists.get(name) ?? begin();
  lists.set(name, list);
  return list;
}

function compileStatement(statement: Statement, policy: Policy): CompiledStatement {
  const inert = policy.kind === "key" && !(statement.action && statement.resource);
  const alone: CompiledStatement[] = [];
  const compiled: CompiledStatement = {
    policy,
    statement,
    allows: statement.effect === "Allow",
    action: statement.action && !inert ? compileAction(statement.action) : NO_ACTION,
    principal: statement.principal && compilePrincipal(statement.principal, policy),
    resource: statement.resource && compileResource(statement.resource, policy),
    conditions: statement.conditions.map((condition) => compileCondition(condition, policy)),
    inert,
    alone,
  };
  alone.push(compiled);
  return compiled;
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
