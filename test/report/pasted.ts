/** Runs a pasted test: its code with `expect` and the makers of callers. */
import * as api from "../../src/index.ts";
import type { Pasteable } from "../../src/report/paste.ts";
import { type Request, request } from "../../src/request/request.ts";

/** The code, run with these names; what its expression gives. */
export function runPasted({ test, imports }: Pasteable, names: Readonly<Record<string, unknown>>): unknown {
  const given: Record<string, unknown> = { ...names };
  for (const name of imports) given[name] = (api as Record<string, unknown>)[name];
  return new Function(...Object.keys(given), `return ${test}`)(...Object.values(given));
}

/** The request that a pasted test asks. */
export function requestOf(pasteable: Pasteable): Request {
  const ask = (...args: Parameters<typeof request>) => request(...args);
  return runPasted(pasteable, { policy: undefined, expect: () => ({ toAllow: ask, toDeny: ask }) }) as Request;
}
