import type { Subject } from "../src/evaluate/normalise.ts";
import type { BudgetOptions } from "../src/hunt/budget.ts";
import { decideInvariant, type Invariant } from "../src/invariants/invariant.ts";
import { bearingLines } from "../src/report/bearing.ts";
import { brokenInvariant, heldInvariant } from "../src/report/invariant.ts";
import type { CheckResult } from "./chain.ts";
import { nameOf } from "./name-of.ts";
import type { Received } from "./subject.ts";

export function checkInvariant(
  { subject, readAs }: Received,
  isNot: boolean,
  invariant: Invariant,
  options: BudgetOptions,
): CheckResult {
  const name = nameOf(subject);
  const assertion = `expect(${name})${isNot ? ".not" : ""}.toHoldFor(${invariant.name})`;
  const answer = decideInvariant(invariant, subject, options);
  return {
    pass: answer.holds,
    message: () => {
      const text = answer.holds
        ? heldInvariant(assertion, invariant, answer)
        : brokenInvariant(assertion, invariant, answer, name, () =>
            bearingLines(subject, actionsOf(invariant, subject)),
          );
      return readAs ? `${text}\n\n  note: what was given to expect was read as ${readAs}` : text;
    },
  };
}

const actionsOf = ({ breaches }: Invariant, subject: Subject): readonly string[] =>
  breaches(subject).flatMap(({ question }) => question.actions ?? []);
