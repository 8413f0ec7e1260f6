import { createRequire } from "node:module";
import type * as FastCheck from "fast-check";
import { refuse } from "../src/diagnostic/diagnostic.ts";

/** Loaded by the first test that needs it: it is an optional peer. */
export function loadFastCheck(): typeof FastCheck {
  try {
    return createRequire(import.meta.url)("fast-check") as typeof FastCheck;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    return refuse("missing-peer", "`toHoldFor` needs fast-check, which is not installed", {
      help: "`npm install --save-dev fast-check`",
    });
  }
}
