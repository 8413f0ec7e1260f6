import { type AnyFunction, callSite, relocate } from "./call-site.ts";
import type { CheckResult } from "./chain.ts";

/** Matchers as `expect.extend` wants them: to a runner's types, a matcher with a chain is one that takes time. */
export type Registrable<M> = {
  readonly [K in keyof M]: (received: unknown, ...args: unknown[]) => Promise<CheckResult>;
};

const placed = new WeakSet<AnyFunction>();

/** The same matchers; what one throws at once, for wrong use, reads as thrown where it was called. */
export function inPlace<M extends Readonly<Record<string, AnyFunction>>>(matchers: M): Registrable<M> {
  const entries = Object.entries(matchers).map(([name, matcher]) => [
    name,
    placed.has(matcher) ? matcher : place(matcher),
  ]);
  return Object.fromEntries(entries) as Registrable<M>;
}

function place(matcher: AnyFunction): AnyFunction {
  const call = matcher as (this: unknown, ...args: unknown[]) => unknown;
  function __IAM_EXPECT_MATCHER__(this: unknown, ...args: unknown[]): unknown {
    try {
      return call.apply(this, args);
    } catch (thrown) {
      throw relocate(thrown, callSite(__IAM_EXPECT_MATCHER__));
    }
  }
  placed.add(__IAM_EXPECT_MATCHER__);
  return __IAM_EXPECT_MATCHER__;
}
