import { expect, test } from "vitest";
import { type Expect, probe } from "../../matchers/probe.ts";

type Matchers = Record<string, (received: unknown) => PromiseLike<unknown>>;

/** An `expect` that does something of its own with what a matcher returns. */
function expectThat(handles: (returned: PromiseLike<unknown>) => unknown): Expect {
  const registered: Matchers = {};
  const expectOne = (received: unknown) => ({
    toAllow: () => handles(registered.toAllow?.(received) as PromiseLike<unknown>),
  });
  return Object.assign(expectOne, { extend: (matchers: object) => Object.assign(registered, matchers) }) as Expect;
}

const judge = () => {};

test.for([
  ["vitest", (returned: PromiseLike<unknown>) => returned.then(judge)],
  ["vitest under soft", (returned: PromiseLike<unknown>) => returned.then(judge).then(judge, judge)],
  ["Jest", (returned: PromiseLike<unknown>) => (returned.then(judge) as Promise<unknown>).catch(judge)],
] as const)("%s hands the chain back", ([, handles]) => {
  expect(() => probe(expectThat(handles), "toAllow", "vitest")).not.toThrow();
});

test.for([
  ["awaits it", async (returned: PromiseLike<unknown>): Promise<void> => void (await returned)],
  ["wraps it", (returned: PromiseLike<unknown>) => ({ wrapped: returned })],
  ["drops it", (): unknown => undefined],
] as const)("a runner that %s is refused", ([, handles]) => {
  expect(() => probe(expectThat(handles), "toAllow", "vitest")).toThrow(`error[unsupported-runner]
  this version of vitest does not return what a matcher's \`then()\` hands back, so no check could wait for its links
  help: iam-expect works with vitest 3.2, 4.1 and 5.1, and with Jest and its \`expect\` from 30.5`);
});
