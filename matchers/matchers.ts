/** The matchers, for any `expect`: `expect.extend(matchers)`. */
import { inPlace } from "./in-place.ts";
import { toAgreeWithSimulator } from "./toAgreeWithSimulator.ts";
import { toAllow } from "./toAllow.ts";
import { toBeEquivalentTo } from "./toBeEquivalentTo.ts";
import { toBePublic } from "./toBePublic.ts";
import { toDeny } from "./toDeny.ts";
import { toExplicitlyDeny } from "./toExplicitlyDeny.ts";
import { toGrantNoMoreThan } from "./toGrantNoMoreThan.ts";
import { toHoldFor } from "./toHoldFor.ts";
import { toLockOut } from "./toLockOut.ts";
import { toMatchAccessSnapshot } from "./toMatchAccessSnapshot.ts";
import { toNeverAllow } from "./toNeverAllow.ts";
import { toOnlyAllow } from "./toOnlyAllow.ts";

export const matchers = inPlace({
  toAllow,
  toDeny,
  toExplicitlyDeny,
  toNeverAllow,
  toOnlyAllow,
  toGrantNoMoreThan,
  toBeEquivalentTo,
  toBePublic,
  toLockOut,
  toMatchAccessSnapshot,
  toHoldFor,
  toAgreeWithSimulator,
});
