/** The matchers, for any `expect`: `expect.extend(matchers)`. */
import { inPlace } from "./in-place.ts";
import { toAgreeWithSimulator } from "./toAgreeWithSimulator.ts";
import { toAllow } from "./toAllow.ts";
import { toDeny } from "./toDeny.ts";
import { toExplicitlyDeny } from "./toExplicitlyDeny.ts";

export const matchers = inPlace({ toAllow, toDeny, toExplicitlyDeny, toAgreeWithSimulator });
