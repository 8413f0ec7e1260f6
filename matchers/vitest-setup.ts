/** What `iam-expect/vitest` does in each test file: registers the matchers, and tells each check whose it is. */
import { handsOver } from "../src/simulator/handover.ts";
import type { AnyFunction } from "./call-site.ts";
import { inPlace } from "./in-place.ts";
import { registry, type Task, TestFile, TestTry } from "./owner.ts";
import { type Expect, probe } from "./probe.ts";
import { installSnapshots } from "./snapshots.ts";

interface TestContext {
  readonly task: Task;
  readonly onTestFinished: (handler: () => void | Promise<void>) => void;
}

/** What we use of `vitest`. */
export interface Vitest {
  readonly expect: Expect;
  readonly chai?: { readonly util: { readonly flag: (assertion: object, name: string, value: unknown) => unknown } };
  readonly beforeAll: (hook: () => void) => void;
  readonly afterAll: (hook: () => void | Promise<void>) => void;
  readonly beforeEach: (hook: (context: TestContext) => void) => void;
  /** Since vitest 4.1. */
  readonly aroundEach?: (hook: (run: () => Promise<void>, context: TestContext) => Promise<void>) => void;
}

/** INVARIANT: called by the set-up file itself; without isolation vitest runs only that again for the next test file. */
export function installVitest(vitest: Vitest, matchers: Readonly<Record<string, AnyFunction>>): void {
  for (const name of Object.keys(matchers).slice(0, 1)) probe(vitest.expect, name, "vitest");
  vitest.expect.extend(inPlace(matchers));
  installSnapshots(vitest.expect, (assertion, task) => vitest.chai?.util.flag(assertion, "vitest-test", task));

  const handing = handsOver("vitest");
  const file = new TestFile();
  vitest.beforeAll(() => file.begin());
  vitest.afterAll(async () => {
    await file.idle();
    const errors = file.end();
    if (errors.length > 0) throw errors;
  });

  // vitest reads from the text of a hook which fixtures it wants, and insists on braces.
  if (vitest.aroundEach)
    vitest.aroundEach(async (run, { task, onTestFinished }) => {
      const attempt = begin(file, { task, onTestFinished }, handing);
      await registry.tries.run(attempt, run);
      attempt.open = false;
      const late = attempt.take();
      if (late.length > 0) throw new AggregateError(late);
    });
  else
    vitest.beforeEach(({ task, onTestFinished }) => {
      registry.tries.enterWith(
        begin(file, { task, onTestFinished }, handing, (attempt) => {
          attempt.open = false;
        }),
      );
    });
}

/** Registered first, our `onTestFinished` runs last, and before vitest judges `test.fails` and retries. */
function begin(
  file: TestFile,
  { task, onTestFinished }: TestContext,
  handing: boolean,
  finished?: (attempt: TestTry) => void,
): TestTry {
  const attempt = new TestTry(task, file, handing);
  onTestFinished(async () => {
    finished?.(attempt);
    await attempt.idle();
    const errors = attempt.take();
    // vitest takes a list of errors here.
    if (errors.length > 0) throw errors;
  });
  return attempt;
}
