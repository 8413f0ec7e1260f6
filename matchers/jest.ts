/** `setupFilesAfterEnv: ["iam-expect/jest"]`, or `preset: "iam-expect"`. */
import { createRequire } from "node:module";
import { findJest, installJest } from "./jest-setup.ts";
import { matchers } from "./matchers.ts";

installJest(findJest(createRequire(import.meta.url)), matchers);
