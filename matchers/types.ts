import type { ActionArg } from "../src/catalog/action-arg.ts";
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

type Caller = string | Principal;

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
  /** Does AWS's policy simulator say the same? To be awaited. What it cannot answer passes. */
  toAgreeWithSimulator(simulator: SecondOpinion, request: Request): Promise<void>;
}
