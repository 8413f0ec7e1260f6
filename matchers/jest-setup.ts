/** What `iam-expect/jest` does in each test file: registers the matchers, and gives Jest the time to see a failure. */
import { setImmediate } from "node:timers";
import { handsOver } from "../src/simulator/handover.ts";
import type { AnyFunction } from "./call-site.ts";
import { inPlace } from "./in-place.ts";
import { JestFile, registry } from "./owner.ts";
import { type Expect, probe } from "./probe.ts";
import { installSnapshots } from "./snapshots.ts";

type Hook = () => Promise<void>;

/** What we use of Jest's globals; `expect` alone has no hooks. */
export interface Jest {
  readonly expect: Expect & { readonly getState?: () => { readonly testPath?: string } };
  readonly afterEach?: (hook: Hook) => void;
  readonly afterAll?: (hook: Hook, timeout?: number) => void;
}

export function installJest(jest: Jest, matchers: Readonly<Record<string, AnyFunction>>): void {
  for (const name of Object.keys(matchers).slice(0, 1)) probe(jest.expect, name, "Jest");
  jest.expect.extend(inPlace(matchers));
  installSnapshots(jest.expect);
  if (!jest.afterEach || !jest.afterAll) return;

  const file = new JestFile(handsOver("jest") ? (jest.expect.getState?.().testPath ?? "") : undefined);
  registry.jest = file;
  const turn: Hook = async () => {
    if (!file.pending) return;
    file.pending = false;
    await file.idle();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const { afterEach, afterAll } = jest;
  const last: Hook = () => turn().finally(() => file.account());
  afterEach(turn);
  afterAll(last);
  // Jest runs a block's `afterAll` in the order written, so this one would come before those of the tests.
  const globals = globalThis as { afterAll?: typeof afterAll };
  if (!globals.afterAll) return;
  globals.afterAll = (...args) => {
    afterAll(...args);
    afterAll(last);
  };
}

/** Jest's globals where they are: as globals, in `@jest/globals` (`injectGlobals: false`), or `expect` alone. */
export function findJest(load: (module: string) => unknown): Jest {
  const globals = globalThis as Partial<Jest>;
  if (globals.expect) return globals as Jest;
  try {
    return load("@jest/globals") as Jest;
  } catch {
    return load("expect") as Jest;
  }
}
