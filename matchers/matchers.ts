/** The matchers, for any `expect`: `expect.extend(matchers)`. */
import { toAllow } from "./toAllow.ts";
import { toDeny } from "./toDeny.ts";
import { toExplicitlyDeny } from "./toExplicitlyDeny.ts";

export const matchers = { toAllow, toDeny, toExplicitlyDeny };
