import { wholeAccess } from "../src/analyse/whole-access.ts";
import { refuse } from "../src/diagnostic/diagnostic.ts";
import { whatIs } from "../src/policy/document.ts";
import { accessText } from "../src/report/access.ts";
import { immediate, type MatcherState } from "./chain.ts";
import { takeSnapshot } from "./snapshots.ts";
import { readSubject } from "./subject.ts";

/** Is the effective access what the runner's snapshot says? Who may do what on what and when, not how it is written. */
export function toMatchAccessSnapshot(this: MatcherState, received: unknown, ...args: readonly unknown[]): unknown {
  const [hint, ...rest] = args;
  if (this.isNot)
    refuse("wrong-use", "`.not.toMatchAccessSnapshot()` says nothing: a snapshot is kept of what is allowed");
  if (rest.length > 0) refuse("wrong-use", "`toMatchAccessSnapshot` takes one name for the snapshot, or nothing");
  if (hint !== undefined && typeof hint !== "string")
    refuse("wrong-use", `\`toMatchAccessSnapshot\` takes a name for the snapshot, or nothing, not ${whatIs(hint)}`);
  const { subject } = readSubject(received);

  const text = accessText(wholeAccess(subject));
  const mismatch = takeSnapshot(this, text, hint as string | undefined);

  return immediate(this, toMatchAccessSnapshot, () =>
    mismatch === undefined
      ? { pass: true, message: () => "the access is as the snapshot says" }
      : { pass: false, message: () => mismatch.message, actual: mismatch.actual, expected: mismatch.expected },
  );
}
