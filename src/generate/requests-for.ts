/** fast-check arbitraries of requests aimed at a subject, and of their parts. */
import fc from "fast-check";
import { refuse } from "../diagnostic/diagnostic.ts";
import type { Subject } from "../evaluate/normalise.ts";
import { keyWellsOf } from "../hunt/key-wells.ts";
import { type LimitsInput, limitsOf } from "../hunt/limits.ts";
import { principalsOf } from "../hunt/principals.ts";
import { Random } from "../hunt/random.ts";
import { RequestSource } from "../hunt/request-source.ts";
import { scopeOf } from "../hunt/scope.ts";
import { simpler } from "../hunt/simpler.ts";
import { markSource } from "../hunt/source-of.ts";
import { World } from "../hunt/world.ts";
import { type Context, type ContextInput, toContext } from "../request/context.ts";
import type { Principal } from "../request/principal.ts";
import { isRequest, type Request } from "../request/request.ts";

type OrArbitrary<T, V> = T | fc.Arbitrary<V>;

/** What requests are limited to: values, patterns, or arbitraries of one's own. */
export interface RequestsOptions {
  /** ARNs (`*` and `?` are wildcards), account ids, services, providers, `anonymous`, or values made by `role(…)` and the like. */
  readonly principals?: OrArbitrary<NonNullable<LimitsInput["principals"]>, Principal>;
  /** Names, with wildcards if need be. */
  readonly actions?: OrArbitrary<NonNullable<LimitsInput["actions"]>, string>;
  /** ARNs, with wildcards if need be. */
  readonly resources?: OrArbitrary<NonNullable<LimitsInput["resources"]>, string>;
  /** Told in every request; `null` is absent. */
  readonly context?: OrArbitrary<ContextInput, ContextInput>;
  /** Another version of the policies, whose edges are aimed at as well: what a change took away, only the old one names. */
  readonly beside?: Subject;
}

type Parts = {
  readonly principal: fc.Arbitrary<Principal> | undefined;
  readonly action: fc.Arbitrary<string> | undefined;
  readonly resource: fc.Arbitrary<string> | undefined;
  readonly context: fc.Arbitrary<ContextInput> | undefined;
};

class RequestArbitrary extends fc.Arbitrary<Request> {
  constructor(
    private readonly source: RequestSource,
    private readonly parts: Parts,
  ) {
    super();
    if (this.isFree) markSource(this, source);
  }

  private get isFree(): boolean {
    return Object.values(this.parts).every((part) => part === undefined);
  }

  override generate(random: fc.Random, bias: number | undefined): fc.Value<Request> {
    const own = new Random(random.nextInt());
    if (this.isFree) return new fc.Value(this.source.draw(own), undefined);
    const { principal, action, resource, context } = this.parts;
    const drawn = <T>(part: fc.Arbitrary<T> | undefined) => part?.generate(random, bias).value;
    const told = drawn(context);
    const settled = {
      principal: drawn(principal),
      action: drawn(action),
      resource: drawn(resource),
      context: told && toContext(told),
    };
    return new fc.Value(this.source.draw(own, settled), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Request {
    return isRequest(value);
  }

  /** Towards fewer keys and plainer values; what comes from an arbitrary of the user's stays. */
  override shrink(value: Request): fc.Stream<fc.Value<Request>> {
    return fc.stream(this.simpler(value));
  }

  private *simpler(value: Request): IterableIterator<fc.Value<Request>> {
    const { principal, action, resource, context } = this.parts;
    for (const plainer of simpler(this.source, value)) {
      if (principal && plainer.principal.name !== value.principal.name) continue;
      if (action && plainer.action !== value.action) continue;
      if (resource && plainer.resource !== value.resource) continue;
      if (context && Object.keys(value.context).some((key) => !(key in plainer.context))) continue;
      yield new fc.Value(plainer, undefined);
    }
  }
}

const isArbitrary = (value: unknown): value is fc.Arbitrary<never> =>
  typeof value === "object" && value !== null && "generate" in value && "shrink" in value;

/**
 * Requests at the edges of these policies: what they name, what is just beside it, and what they do not name, so that
 * each statement is often hit and often missed. All are requests that AWS could see, that say everything on which the
 * answer rests, and that shrink to few context keys and plain values.
 *
 * @param subject a policy, a grant, a list of them, or an environment
 * @param options what the requests are limited to
 * @throws DiagnosticError `wrong-use`, `unknown-action`, `no-such-request`, and those of a principal, an ARN, a context
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 * @example
 * fc.assert(fc.property(requestsFor(policy, { actions: "kms:*" }), (request) => {
 *   expect(policy).not.toAllow(request);
 * }));
 */
export function requestsFor(subject: Subject, options: RequestsOptions = {}): fc.Arbitrary<Request> {
  const values: Record<string, unknown> = {};
  const own: Record<string, fc.Arbitrary<never>> = {};
  const { beside, ...limits } = options;
  for (const [part, value] of Object.entries(limits)) {
    if (isArbitrary(value)) own[part] = value;
    else if (value !== undefined) values[part] = value;
  }
  const source = new RequestSource(subject, limitsOf(values), { points: Object.keys(own).length === 0, beside });
  const { principals, actions, resources, context } = own;
  return new RequestArbitrary(source, { principal: principals, action: actions, resource: resources, context });
}

const oneOf = <T>(values: readonly T[], what: string): fc.Arbitrary<T> =>
  values.length > 0 ? fc.constantFrom(...values) : refuse("no-such-request", `there is no ${what} to draw from`);

/** Callers whom the policies name, those just beside them, and others: roles, users, sessions, services, nobody. */
export function principalsFor(subject: Subject): fc.Arbitrary<Principal> {
  return oneOf(principalsOf(scopeOf(subject)), "principal");
}

/** Actions of AWS: of a service (`"kms"`), or that match a pattern (`"kms:*Grant"`), or several of these. */
export function actionsFor(pattern: string | readonly string[]): fc.Arbitrary<string> {
  const patterns = [pattern].flat().map((one) => (/^[a-z0-9-]+$/i.test(String(one)) ? `${one}:*` : one));
  return oneOf(limitsOf({ actions: patterns }).also!.actions!, "action");
}

/** Resources that the policies name, those just beside them, and others of the types that their actions are done on. */
export function resourcesFor(
  subject: Subject,
  options: { readonly actions?: string | readonly string[] } = {},
): fc.Arbitrary<string> {
  const source = new RequestSource(subject, limitsOf({ ...options, resources: "*" }), { points: false });
  const { targets, actions } = source.wells;
  const found = new Set(actions.flatMap((action) => targets.of(action).flatMap(({ resource }) => resource ?? [])));
  return oneOf(
    [...found].filter((resource) => !resource.includes("${")),
    "resource",
  );
}

/** Values of the condition keys that the policies read; of those that the action carries, where one is said. */
export function contextFor(subject: Subject, options: { readonly action?: string } = {}): fc.Arbitrary<Context> {
  const wells = keyWellsOf(scopeOf(subject));
  const carried =
    options.action === undefined ? undefined : new World(wells, undefined, false).carriedBy(options.action);
  const own = wells.filter((_, at) => carried?.[at] ?? true);
  const plain = own.map(
    ({ key, values }) => [key.name, values.filter((value) => !String(value).includes("${"))] as const,
  );
  const entries = plain
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => [name, fc.constantFrom(...values)]);
  return fc.record(Object.fromEntries(entries), { requiredKeys: [] }) as fc.Arbitrary<Context>;
}
