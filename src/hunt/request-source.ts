/**
 * Requests aimed at a subject's edges. Some are the analyser's test points, as they are or with one thing changed; most
 * hit one statement in everything, or in everything but one; the rest take each value as it comes.
 */

import { isTemplate } from "../analyse/near-misses.ts";
import { DiagnosticError, refuse } from "../diagnostic/diagnostic.ts";
import { containerOf } from "../environment/containers.ts";
import type { Judgement } from "../evaluate/evaluate.ts";
import type { Subject } from "../evaluate/normalise.ts";
import { isTokenCall } from "../evaluate/services/sts.ts";
import type { Context, ContextValue } from "../request/context.ts";
import { type Principal, role } from "../request/principal.ts";
import type { Request, RequestFields } from "../request/request.ts";
import { actionsOf, isDoneOn } from "./actions.ts";
import { Aim, ownerOf, type Wells } from "./aim.ts";
import { asker } from "./ask.ts";
import { type KeyWell, keyWellsOf, otherWellsOf } from "./key-wells.ts";
import { pointsFor } from "./points.ts";
import { principalsOf } from "./principals.ts";
import type { Random } from "./random.ts";
import { type Scope, scopeOf } from "./scope.ts";
import { isSettled } from "./settled.ts";
import { type Target, Targets } from "./targets.ts";
import { type Choice, World } from "./world.ts";

/** What the requests are limited to. */
export interface Limits {
  readonly principals?: ((principal: Principal) => boolean) | undefined;
  readonly actions?: ((action: string) => boolean) | undefined;
  readonly resources?: ((resource: string | null) => boolean) | undefined;
  /** Told in every request. */
  readonly context?: Context | undefined;
  /** Callers, actions and resources to use beside those that the subject suggests. */
  readonly also?: {
    readonly principals?: readonly Principal[];
    readonly actions?: readonly string[];
    readonly resources?: readonly string[];
  };
}

/** Parts of a request that are settled elsewhere. */
export interface Settled {
  readonly principal?: Principal | undefined;
  readonly action?: string | undefined;
  readonly resource?: string | undefined;
  readonly context?: Context | undefined;
}

export class RequestSource {
  readonly scope: Scope;
  readonly wells: Wells;
  readonly world: World;
  /** Requests that are worth more than others: the analyser's. */
  readonly points: readonly Request[];
  private readonly aims: readonly Aim[];
  private readonly beside: RequestSource | undefined;
  private ask: ((request: Request) => Judgement) | undefined = undefined;
  private readonly throughEndpoint: boolean;
  private wide:
    | { readonly world: World; readonly wells: readonly KeyWell[]; readonly byAction: Map<string, readonly number[]> }
    | undefined = undefined;
  private readonly principalsIn = new Map<string, readonly Principal[]>();
  private readonly bearers: readonly Principal[];
  private readonly signers: readonly Principal[];

  /** @throws DiagnosticError `wrong-use` */
  constructor(
    subject: Subject,
    private readonly limits: Limits = {},
    /** Without the analyser's test points the requests are only aimed. */
    options: {
      readonly points?: boolean;
      /** Other versions of the policies, whose edges are aimed at as well. */
      readonly beside?: Subject | undefined;
    } = {},
  ) {
    const scope = scopeOf(subject);
    this.scope = scope;
    const pinned = new Set(Object.keys(limits.context ?? {}).map((key) => key.toLowerCase()));
    const keys = keyWellsOf(scope).filter(({ key }) => !pinned.has(key.folded));
    const { also = {} } = limits;
    const within = <T>(list: readonly T[], limit: ((value: T) => boolean) | undefined) =>
      limit ? list.filter(limit) : list;
    this.wells = {
      actions: within(
        [...new Set([...(also.actions ?? []).filter((action) => this.isAsked(action)), ...actionsOf(scope)])],
        limits.actions,
      ),
      principals: within([...(also.principals ?? []), ...principalsOf(scope)], limits.principals),
      targets: new Targets(scope, limits.resources, also.resources),
      keys,
      accounts: scope.accounts,
    };
    this.throughEndpoint = scope.policies.some(({ kind }) => kind === "vpcEndpoint");
    this.world = new World(keys, scope.accounts[0], this.throughEndpoint);
    if (this.wells.actions.length === 0 || this.wells.principals.length === 0)
      refuse(
        "no-such-request",
        `no ${this.wells.actions.length === 0 ? "action" : "caller"} fits what the requests are limited to`,
        {
          note: "a policy of a resource is asked for actions that are done on the resource",
        },
      );
    this.aims = scope.statements
      .map((statement) => new Aim(statement, this.wells))
      .filter(({ actions }) => actions.length > 0);
    const { principals } = this.wells;
    this.bearers = principals.filter(({ type }) => type === "federated");
    this.signers = principals.filter(({ type }) => type !== "federated");
    this.beside =
      options.beside === undefined
        ? undefined
        : new RequestSource(options.beside, limits, { points: options.points !== false });
    const points = options.points === false ? [] : pointsFor(this);
    const others = (this.beside?.points ?? []).filter((point) => this.takes(point));
    this.points = others.length === 0 ? points : interleaved(points, others);
  }

  /** Whether the request is within the limits. */
  admits({ principal, action, resource }: Request): boolean {
    const { principals, actions, resources } = this.limits;
    return (
      this.isAsked(action) &&
      (principals?.(principal) ?? true) &&
      (actions?.(action) ?? true) &&
      (resource === "*" || (resources?.(resource) ?? true))
    );
  }

  /** Whether the subject, too, has an answer to a request that another version suggests. */
  private takes(request: Request): boolean {
    this.ask ??= asker(this.scope.subject);
    try {
      return this.admits(request) && isSettled(this.ask(request));
    } catch (error) {
      if (error instanceof DiagnosticError) return false;
      throw error;
    }
  }

  /** What a policy of a resource never sees says nothing about it. */
  private isAsked(action: string): boolean {
    const { attached, environment } = this.scope;
    return attached.length === 0 || environment !== undefined || attached.some((own) => isDoneOn(own, action));
  }

  draw(random: Random, settled?: Settled): Request {
    if (this.beside && settled === undefined && random.chance(1, 2)) {
      const other = this.beside.draw(random);
      if (this.takes(other)) return other;
    }
    const roll = random.below(20);
    if (settled === undefined && this.points.length > 0 && roll < 9) {
      const point = random.pick(this.points);
      return roll < 4 ? point : this.varied(point, random);
    }
    const choice = this.aims.length > 0 && roll < 17 ? this.aimed(random) : this.anyhow(random);
    const whole = settled ? { ...choice, ...settle(choice, settled) } : choice;
    return random.chance(1, 12) ? this.widened(whole, random) : this.whole(whole);
  }

  /** With one or two keys that the subject does not read. */
  private widened(choice: Choice, random: Random): Request {
    this.wide ??= this.widerWorld();
    const { world, wells, byAction } = this.wide;
    let own = byAction.get(choice.action);
    if (!own) {
      const carried = world.carriedBy(choice.action);
      own = wells.flatMap((_, at) => (carried[at] && at >= this.wells.keys.length ? [at] : []));
      byAction.set(choice.action, own);
    }
    if (own.length === 0) return this.whole(choice);
    const values = [...choice.values];
    values.length = wells.length;
    for (let count = 1 + random.below(2); count > 0; count--) {
      const at = random.pick(own);
      values[at] = random.chance(1, 4) ? null : random.pick(wells[at]!.values);
    }
    return this.whole({ ...choice, values }, world, wells.length - this.wells.keys.length);
  }

  private widerWorld(): NonNullable<typeof this.wide> {
    const { keys, actions } = this.wells;
    const told = new Set(Object.keys(this.limits.context ?? {}).map((key) => key.toLowerCase()));
    const more = otherWellsOf(this.scope, keys, actions).filter(({ key }) => !told.has(key.folded));
    const wells = [...keys, ...more];
    return { world: new World(wells, this.scope.accounts[0], this.throughEndpoint), wells, byAction: new Map() };
  }

  /** The request that the choice makes, once what AWS fills in is told. */
  whole(choice: Choice, world: World = this.world, untold = 0): Request {
    const { context } = this.limits;
    const others = context ? { ...choice.others, ...context } : choice.others;
    const whole = others === choice.others ? choice : { ...choice, others };
    const { resource } = choice;
    if (resource === null || !isTemplate(resource)) return world.request(whole, untold);
    const first = world.request({ ...whole, resource: null }, untold);
    return world.request({ ...whole, resource: world.filled(resource, first.context, whole) }, untold);
  }

  /** Hits a statement in everything, or in everything but one. */
  private aimed(random: Random): Choice {
    const { wells } = this;
    const aim = random.pick(this.aims);
    const missed = random.chance(1, 2) ? random.below(3 + aim.keys.length) : -1;
    const some = aim.carriers.length > 0 && random.chance(3, 4) ? aim.carriers : aim.actions;
    const action = random.pick(missed === 0 ? wells.actions : some);
    const covered = missed === 1 ? [] : aim.targetsOf(action);
    const target = random.pick(covered.length > 0 ? covered : wells.targets.of(action));
    const principal = this.caller(random, action, target, missed === 2 ? [] : aim.principals);
    const values = this.someValues(random, 3);
    for (const [index, { at, hits, misses }] of aim.keys.entries()) {
      const from = missed === 3 + index ? misses : hits;
      if (from.length > 0) values[at] = random.pick(from);
    }
    return this.choice(random, principal, action, target, values);
  }

  /** Everything as it comes. */
  private anyhow(random: Random): Choice {
    const { wells } = this;
    const action = random.pick(wells.actions);
    const target = random.pick(wells.targets.of(action));
    return this.choice(random, this.caller(random, action, target, []), action, target, this.someValues(random, 2));
  }

  /** The request with one thing changed. */
  private varied(request: Request, random: Random): Request {
    const choice = this.choiceOf(request);
    const { wells } = this;
    const what = random.below(3 + wells.keys.length);
    const target = { resource: choice.resource, account: choice.resourceAccount };
    const identity = (principal: Principal) =>
      this.maySayIdentity(principal) ? (choice.givenIdentity ?? (random.chance(1, 2) ? "none" : "allows")) : null;
    if (what < 3) {
      const action = what === 1 ? random.pick(wells.actions) : choice.action;
      const aim = what === 0 ? target : random.pick(wells.targets.of(action));
      const principal = this.caller(random, action, aim, what === 0 ? [] : [choice.principal]);
      const { resource, account } = aim;
      const givenIdentity = identity(principal);
      return this.whole({ ...choice, principal, action, resource, resourceAccount: account, givenIdentity });
    }
    const values = [...choice.values];
    const at = what - 3;
    values[at] = random.chance(1, 6) ? null : random.pick(wells.keys[at]!.values);
    return this.whole({ ...choice, values, givenIdentity: identity(choice.principal) });
  }

  /** One of those that are preferred, where one of them can make this call on this resource. */
  private caller(random: Random, action: string, target: Target, preferred: readonly Principal[]): Principal {
    // A call with a token is not signed (E13), and a token serves no other call.
    const bearer = isTokenCall(action.toLowerCase());
    const all = bearer
      ? this.bearers.length > 0
        ? this.bearers
        : this.signers
      : this.signers.length > 0
        ? this.signers
        : this.bearers;
    const owner = this.scope.callersOnly || this.isUnknown(target) ? ownerOf(target) : undefined;
    const found = random.pick(preferred.length > 0 ? preferred : all);
    const fits = (principal: Principal) =>
      (principal.type === "federated") === bearer && (owner === undefined || principal.account === owner);
    if (fits(found)) return found;
    if (preferred.length > 0) {
      const fitting = preferred.filter(fits);
      if (fitting.length > 0) return random.pick(fitting);
    }
    if (owner === undefined) return random.pick(all);
    let own = this.principalsIn.get(owner);
    if (!own) {
      own = all.filter(({ account }) => account === owner);
      // Nobody is named there: somebody is.
      if (own.length === 0 && !this.limits.principals)
        own = [role(`arn:${this.scope.partition}:iam::${owner}:role/somebody`)];
      this.principalsIn.set(owner, own);
    }
    return random.pick(own.length > 0 ? own : all);
  }

  /** Of an environment: a resource whose policy is not known lets no other account in, as far as is known. */
  private isUnknown({ resource }: Target): boolean {
    const { environment } = this.scope;
    if (!environment || resource === null) return false;
    const of = environment.resources[resource] ?? environment.resources[containerOf(resource) ?? ""];
    return of?.policy === undefined;
  }

  /** For one key in so many a value, the others as AWS fills them in. */
  private someValues(random: Random, outOf: number): (ContextValue | undefined)[] {
    const { keys } = this.wells;
    const values: (ContextValue | undefined)[] = new Array(keys.length);
    for (let at = 0; at < keys.length; at++) if (random.below(outOf) === 0) values[at] = random.pick(keys[at]!.values);
    return values;
  }

  private choice(
    random: Random,
    principal: Principal,
    action: string,
    { resource, account }: Target,
    values: readonly (ContextValue | undefined)[],
  ): Choice {
    const givenIdentity = random.chance(1, 5) ? "none" : "allows";
    return {
      principal,
      action,
      resource,
      resourceAccount: account,
      values,
      givenIdentity: this.maySayIdentity(principal) ? givenIdentity : null,
    };
  }

  /** Of entities whose identity policies are not known. */
  maySayIdentity(principal: Principal): boolean {
    const { type } = principal;
    if (type === "federatedUser") {
      // Without a session policy it has nothing of the user's (E7): there is nothing to say.
      if (!this.scope.policies.some(({ kind }) => kind === "session")) return false;
    } else if (type !== "role" && type !== "user" && type !== "session") return false;
    const { hasIdentity, environment } = this.scope;
    if (!environment) return !hasIdentity;
    const arn = principal.role ?? principal.issuer ?? principal.arn!;
    return environment.principals[arn]?.policies === undefined;
  }

  /** A request taken apart again. */
  choiceOf(request: Request): Choice {
    const values: (ContextValue | undefined)[] = new Array(this.wells.keys.length);
    const others: Record<string, ContextValue> = {};
    for (const [key, value] of Object.entries(request.context)) {
      const at = this.world.indexOf(key.toLowerCase());
      if (at === undefined) others[key] = value;
      else values[at] = value;
    }
    const { principal, action, resource, resourceAccount, givenIdentity } = request;
    return { principal, action, resource, resourceAccount, values, others, givenIdentity };
  }
}

/** First of the one, then of the other, and so on. */
function interleaved<T>(one: readonly T[], other: readonly T[]): T[] {
  const found: T[] = [];
  for (let at = 0; at < Math.max(one.length, other.length); at++) {
    if (at < one.length) found.push(one[at]!);
    if (at < other.length) found.push(other[at]!);
  }
  return found;
}

function settle(choice: Choice, { principal, action, resource, context }: Settled): Partial<Choice> {
  const given: RequestFields["givenIdentity"] = choice.givenIdentity;
  return {
    ...(principal ? { principal } : {}),
    ...(action === undefined ? {} : { action }),
    ...(resource === undefined ? {} : { resource, resourceAccount: null }),
    ...(context ? { others: { ...choice.others, ...context } } : {}),
    givenIdentity: given,
  };
}
