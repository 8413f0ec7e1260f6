import type { Intended } from "../src/analyse/intended.ts";
import type { Who } from "../src/analyse/question.ts";
import type { ActionArg } from "../src/catalog/action-arg.ts";
import type { Decision } from "../src/evaluate/evaluate.ts";
import type { Subject } from "../src/evaluate/normalise.ts";
import type { Invariant } from "../src/invariants/invariant.ts";
import type { PolicyDocument } from "../src/policy/document.ts";
import type { Principal } from "../src/request/principal.ts";
import type { Request } from "../src/request/request.ts";
import type { Scenario } from "../src/scenarios/scenario.ts";
import type { SecondOpinion } from "../src/simulator/simulator.ts";

/** The links of `Request`, on a chain that stays the same chain. */
type Links<C> = {
  readonly [K in keyof Request as Request[K] extends (...args: never[]) => Request ? K : never]: Request[K] extends (
    ...args: infer A
  ) => Request
    ? (...args: A) => C
    : never;
};

/**
 * What `toAllow(principal, action, resource?)` returns: links that say more of the request. The check runs when the chain
 * is complete; `await` is optional, and throws in place.
 */
export interface Chain extends Links<Chain>, PromiseLike<void> {
  /** Decided by these statements: their Sids. */
  because(...sids: string[]): Chain;
}

/**
 * What `toNeverAllow(actions)` returns: links say among which requests there must be none. The check runs when the chain is
 * complete; `await` is optional.
 */
export interface NeverChain extends Links<NeverChain>, PromiseLike<void> {
  /** By one of these callers: ARNs (with wildcards if need be), account ids, services, principals. */
  by(...callers: Who[]): NeverChain;
  /** Apart from this access: what one call says holds together, several calls are several exceptions. */
  except(intended: Intended): NeverChain;
  /** Where it can be neither proved nor refuted: try requests, so many or so long. What holds then is not proved. */
  orHunt(options?: { readonly runs?: number; readonly milliseconds?: number; readonly seed?: number }): NeverChain;
}

/** A check without links. `await` is optional. */
export interface Proof extends PromiseLike<void> {
  /** Where it can be neither proved nor refuted: try requests, so many or so long. What holds then is not proved. */
  orHunt(options?: { readonly runs?: number; readonly milliseconds?: number; readonly seed?: number }): Proof;
}
/** `false`, or an error that it throws: it does not hold for the request. */
// biome-ignore lint/suspicious/noConfusingVoidType: a property that only asserts returns nothing
export type Property = (request: Request, decision: Decision) => boolean | undefined | void;

/** A fast-check arbitrary of requests: `requestsFor(policy)`, or one of your own. */
export interface RequestsArbitrary {
  generate(...args: never[]): { readonly value: Request };
}

export interface HoldOptions {
  /** Requests that are tried; 1,000 beyond the test points of the policies when left out. */
  readonly runs?: number;
  /** In place of `runs`: for how long. */
  readonly milliseconds?: number;
  /** Same seed, same requests; `IAM_EXPECT_SEED` when left out, else another one each time. */
  readonly seed?: number;
  /** With the seed: the one request that a failure printed. */
  readonly path?: string;
}

type Caller = string | Principal;
/** What a matcher takes in place of `expect`'s own argument: policies, documents, JSON texts, an environment. */
type Other = Subject | PolicyDocument;

/** The matchers that `iam-expect` adds to `expect(...)`. */
export interface PolicyMatchers<R = void> {
  /** Is this request allowed? Of an operation: at every step? */
  toAllow<const A extends string>(principal: Caller, action: ActionArg<A>, resource?: string): Chain;
  toAllow(request: Request | Scenario): R;
  /** Is this request refused, by a Deny or for want of an Allow? The opposite of `toAllow`. */
  toDeny<const A extends string>(principal: Caller, action: ActionArg<A>, resource?: string): Chain;
  toDeny(request: Request | Scenario): R;
  /** Is this request refused by a Deny? */
  toExplicitlyDeny<const A extends string>(principal: Caller, action: ActionArg<A>, resource?: string): Chain;
  toExplicitlyDeny(request: Request | Scenario): R;
  /** Is there no request, by anybody and in any context, for one of these actions that is allowed? */
  toNeverAllow<const A extends string>(actions: ActionArg<A> | readonly ActionArg<A>[]): NeverChain;
  /** Is nothing allowed beyond the intended access? With `{ exactly: true }`: and nothing less? */
  toOnlyAllow(intended: readonly Intended[], options?: { readonly exactly?: boolean }): Proof;
  /** Is nothing allowed that the other version does not allow? */
  toGrantNoMoreThan(previous: Other): Proof;
  /** Do both allow the same requests? */
  toBeEquivalentTo(other: Other): Proof;
  /** Can strangers use it: anybody at all, or any AWS account, from no network and organization that the policy names? */
  toBePublic(): Proof;
  /** Is there nobody left who can change the key's policy? */
  toLockOut(): Proof;
  /** Is the effective access what the runner's snapshot says? `hint` names the snapshot, beside the test's name. */
  toMatchAccessSnapshot(hint?: string): R;
  /** Does AWS's policy simulator say the same? To be awaited. What it cannot answer passes. */
  toAgreeWithSimulator(simulator: SecondOpinion, request: Request): Promise<void>;
  /** Does this hold for every request, as far as a search can tell? A failure shows the smallest request, and a test to paste. */
  toHoldFor(requests: RequestsArbitrary, property: Property, options?: HoldOptions): R;
  /** Does a ready invariant hold? Decided exactly where that can be, else searched. */
  toHoldFor(invariant: Invariant, options?: Omit<HoldOptions, "path">): R;
}
