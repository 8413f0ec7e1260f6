/** `setupFiles: ["iam-expect/vitest"]`. Kept thin: vitest inlines it, so its frames would show. */
import * as vitest from "vitest";
import { matchers } from "./matchers.ts";
import { installVitest } from "./vitest-setup.ts";

installVitest(vitest, matchers);
