import type { Request } from "../request/request.ts";

const SOURCE = Symbol.for("iam-expect.requests");

/** By a symbol of all builds: an arbitrary may be made by one and read by another. */
export function markSource(arbitrary: object, source: { readonly points: readonly Request[] }): void {
  Object.defineProperty(arbitrary, SOURCE, { value: source });
}

/** What makes the requests of an arbitrary of `requestsFor`, where all parts are of its own making. */
export function sourceOf(arbitrary: object): { readonly points: readonly Request[] } | undefined {
  return (arbitrary as Record<symbol, { readonly points: readonly Request[] } | undefined>)[SOURCE];
}
