/** The matchers, for any `expect`: `expect.extend(matchers)`. */
import { inPlace } from "./in-place.ts";
import { toAllow } from "./toAllow.ts";
import { toDeny } from "./toDeny.ts";
import { toExplicitlyDeny } from "./toExplicitlyDeny.ts";
import { toHoldFor } from "./toHoldFor.ts";

export const matchers = inPlace({ toAllow, toDeny, toExplicitlyDeny, toHoldFor });
