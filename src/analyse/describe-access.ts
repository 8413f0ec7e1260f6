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
 * @param subject a policy, a list of policies and grants that bear on one resource, or an environment
 * @param question narrows it: the actions, the callers, the resources, the context
 * @returns one part; of an environment a part for each caller and each resource it lists that has any access. The boxes of
 * a part together are all access (`complete`), each in words; `needsIdentity`: if identity policies that were not given
 * allow it. Policy variables are read as any value.
 * @throws DiagnosticError `undecided` where the analyser cannot tell, with the reason; `unknown-action`, `wrong-use`
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * @example
 * const policy = keyPolicy({
 *   Version: "2012-10-17",
 *   Statement: [{ Effect: "Allow", Principal: { AWS: "arn:aws:iam::111122223333:role/app" }, Action: "kms:Decrypt", Resource: "*" }],
 * });
 * describeAccess(policy)[0].text; // "role/app; kms:Decrypt"
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
