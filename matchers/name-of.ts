import { isEnvironment } from "../src/environment/environment.ts";
import type { Received } from "./subject.ts";

/** What a test gives to `expect`, in messages and in tests to paste. */
export const nameOf = (subject: Received["subject"]): string =>
  isEnvironment(subject) ? "environment" : Array.isArray(subject) && subject.length !== 1 ? "policies" : "policy";
