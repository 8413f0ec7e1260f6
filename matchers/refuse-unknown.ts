import { keyFacts } from "../src/catalog/catalog.ts";
import { nearestKey } from "../src/catalog/nearest.ts";
import { DiagnosticError, refuse } from "../src/diagnostic/diagnostic.ts";
import { quoted } from "../src/diagnostic/frame.ts";
import { isKnownAction, unknownAction, wrongResource } from "../src/evaluate/findings.ts";
import { type Question, type Subject, toQuestion } from "../src/evaluate/normalise.ts";
import { policiesOf } from "../src/evaluate/open.ts";
import type { PolicySet } from "../src/evaluate/policy-set.ts";
import type { Request } from "../src/request/request.ts";

/** The question of a matcher. One about what AWS does not know would be denied, and prove nothing. */
export function refuseUnknown(subject: Subject, asking: Request): Question {
  if (!isKnownAction(asking.action)) throw new DiagnosticError([unknownAction("error", asking.action)]);
  const question = toQuestion(subject, asking);
  refuseUnknownKeys(asking, question.set);
  const misplaced = wrongResource("error", question.facts);
  if (misplaced) throw new DiagnosticError([misplaced]);
  return question;
}

/** A key that neither AWS nor the policies know would silently say nothing. */
function refuseUnknownKeys(asking: Request, set: PolicySet): void {
  for (const key of Object.keys(asking.context)) {
    if (keyFacts(key)) continue;
    const folded = key.toLowerCase();
    const mentioned = policiesOf(set).some(({ statements }) =>
      statements.some(({ conditions }) => conditions.some((condition) => condition.key.toLowerCase() === folded)),
    );
    if (mentioned) continue;
    const near = nearestKey(key);
    refuse("unknown-key", `${quoted(key)} is not a condition key of AWS, and no policy here reads it`, {
      help: near ? `did you mean \`${near}\`?` : undefined,
    });
  }
}
