/** The runner's own snapshots, for a text that a matcher makes. */
import { refuse } from "../src/diagnostic/diagnostic.ts";
import type { MatcherState } from "./chain.ts";
import { taskOf } from "./owner.ts";

/** What we use of a runner's `expect`. */
interface SnapshotExpect {
  (value: unknown): { toMatchSnapshot?: (hint?: string) => unknown };
  getState?(): { readonly assertionCalls?: number; readonly suppressedErrors?: readonly Error[] };
  setState?(state: object): void;
}

interface Snapshots {
  readonly expect: SnapshotExpect;
  /** vitest: says of which test an assertion is, where several run at once. */
  readonly ofTest?: ((assertion: object, task: unknown) => void) | undefined;
}

const KEY = Symbol.for("iam-expect/snapshots@1");
const realm = globalThis as { [KEY]?: Snapshots; readonly expect?: SnapshotExpect };

/** Called by the set-up of a runner. */
export function installSnapshots(expect: unknown, ofTest?: Snapshots["ofTest"]): void {
  realm[KEY] = { expect: expect as SnapshotExpect, ofTest };
}

export interface Mismatch {
  readonly message: string;
  readonly actual?: unknown;
  readonly expected?: unknown;
}

/** Compares the text with the snapshot of the running test, or writes it; undefined: as it was. @throws DiagnosticError `wrong-use` */
export function takeSnapshot(state: MatcherState, text: string, hint: string | undefined): Mismatch | undefined {
  const { expect, ofTest } = realm[KEY] ?? { expect: realm.expect, ofTest: undefined };
  const { assertionCalls, suppressedErrors = [] } = expect?.getState?.() ?? {};
  const suppressed = [...suppressedErrors];
  const assertion = expect?.(text);
  if (!expect || typeof assertion?.toMatchSnapshot !== "function")
    return refuse("wrong-use", "`toMatchAccessSnapshot` needs a runner that keeps snapshots: vitest or Jest", {
      help: 'set it up: `setupFiles: ["iam-expect/vitest"]`, or Jest\'s `preset: "iam-expect"`',
    });
  const task = taskOf(state);
  if (task) ofTest?.(assertion, task);
  try {
    assertion.toMatchSnapshot(...(hint === undefined ? [] : [hint]));
    // Jest goes on after a snapshot that does not match, and tells it when the test is over.
    const [error] = (expect.getState?.().suppressedErrors ?? []).slice(suppressed.length);
    if (!error) return undefined;
    expect.setState?.({ suppressedErrors: suppressed });
    (state as { dontThrow?: () => void }).dontThrow?.();
    return error;
  } catch (thrown) {
    const error = thrown as Mismatch;
    if (/without test context|must be initialized/.test(error.message))
      return refuse("wrong-use", "`toMatchAccessSnapshot` is for the body of a test: a snapshot has its name");
    return error;
  } finally {
    // The matcher has been counted already.
    if (assertionCalls !== undefined) expect.setState?.({ assertionCalls });
  }
}
