/** The whole effective access of a subject, as few readable boxes. */
import { refuse } from "../diagnostic/diagnostic.ts";
import { checkQuestion } from "./check-question.ts";
import { type AccessPart, describeSpaces } from "./describe-spaces.ts";
import { type AccessQuestion, spacesIn } from "./finding.ts";
import { type Scope, scopesOf } from "./scopes.ts";
import type { Analysed } from "./subject.ts";

/**
 * What do these policies allow, to whom, and when?
 *
 * @throws DiagnosticError `undecided` where the analyser cannot tell, with the reason
 */
export function describeAccess(subject: Analysed, question: AccessQuestion = {}): AccessPart[] {
  checkQuestion(question);
  const parts: AccessPart[] = [];
  for (const scope of scopesOf(subject, question)) {
    const part = describeScope(scope, question);
    if (part.boxes.length > 0) parts.push(part);
  }
  return parts;
}

function describeScope(scope: Scope, question: AccessQuestion): AccessPart {
  const found = spacesIn(scope, question);
  if (typeof found === "string") return refuse("undecided", `the access cannot be told: ${found}`);
  return describeSpaces(scope, found.spaces);
}
