import { refuse } from "../src/diagnostic/diagnostic.ts";
import type { AnyFunction } from "./call-site.ts";

export interface Expect {
  (value: unknown): object;
  extend(matchers: Record<string, AnyFunction>): unknown;
}

/**
 * Stops the set-up if this `expect` does not return what a matcher's `then()` hands back: it would lose the chain. The
 * matcher that asks is registered under the name of a real one, which replaces it.
 */
export function probe(expect: Expect, name: string, runner: string): void {
  const chain = { then: () => chain, catch: () => chain };
  expect.extend({ [name]: () => chain });
  const assertion = expect(undefined) as Record<string, () => unknown>;
  if (assertion[name]?.() === chain) return;
  refuse(
    "unsupported-runner",
    `this version of ${runner} does not return what a matcher's \`then()\` hands back, so no check could wait for its links`,
    {
      help: "iam-expect works with vitest 3.2, 4.1 and 5.1, and with Jest and its `expect` from 30.5",
    },
  );
}
