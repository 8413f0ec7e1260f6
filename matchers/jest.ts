/** `setupFilesAfterEnv: ["iam-expect/jest"]`, or `preset: "iam-expect"`. */
import { createRequire } from "node:module";
import type {} from "expect";
import { findJest, installJest } from "./jest-setup.ts";
import { matchers } from "./matchers.ts";
import type { PolicyMatchers } from "./types.ts";

installJest(findJest(createRequire(import.meta.url)), matchers);

declare module "expect" {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends PolicyMatchers<R> {}
}

declare global {
  // With `@types/jest`, whose `expect` is a global of its own.
  namespace jest {
    // biome-ignore lint/complexity/noBannedTypes: the parameters must be those that `@types/jest` declares
    interface Matchers<R, T = {}> extends PolicyMatchers<R> {}
  }
}
