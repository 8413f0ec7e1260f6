/** The matchers, for any `expect`: `expect.extend(matchers)`. */
import { toAllow } from "./toAllow.ts";
import { toDeny } from "./toDeny.ts";
import { toExplicitlyDeny } from "./toExplicitlyDeny.ts";

// Each runner has its own type of a matcher's `this` and result; what they share is in chain.ts.
// biome-ignore lint/suspicious/noExplicitAny: see above
type AnyMatcher = (this: any, received: unknown, ...args: any[]) => any;

export const matchers: { readonly [K in "toAllow" | "toDeny" | "toExplicitlyDeny"]: AnyMatcher } = {
  toAllow,
  toDeny,
  toExplicitlyDeny,
};
