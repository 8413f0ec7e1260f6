import { actionFacts } from "../catalog/catalog.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import { indexes, maskOf } from "./box.ts";
import { type AccessQuestion, spacesIn } from "./finding.ts";
import type { Space } from "./found.ts";
import { ACTION } from "./model.ts";
import type { Who } from "./question.ts";
import { scopesOf } from "./scopes.ts";
import { solve } from "./solve.ts";
import type { Analysed } from "./subject.ts";

/**
 * Which of the actions that AWS's catalogue lists can be done at all, on some resource and in some context?
 *
 * @param subject a policy, a list of them, or an environment
 * @param principal by whom; anybody when left out
 * @returns their names as AWS writes them, sorted; those of which identity policies that were not given could say so, too
 * @throws DiagnosticError `undecided`, with the reason; `wrong-use`
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 * @example
 * const policy = identityPolicy({ Version: "2012-10-17", Statement: { Effect: "Allow", Action: "sqs:Get*", Resource: "*" } });
 * reachableActions(policy); // ["sqs:GetQueueAttributes", "sqs:GetQueueUrl"]
 */
export function reachableActions(
  subject: Analysed,
  principal?: Who,
  question: Omit<AccessQuestion, "by"> = {},
): readonly string[] {
  const asked: AccessQuestion = { ...question, ...(principal === undefined ? {} : { by: principal }) };
  const found = new Set<string>();
  for (const scope of scopesOf(subject, asked)) {
    const spaces = spacesIn(scope, asked);
    if (typeof spaces === "string") return refuse("undecided", `the actions cannot be told: ${spaces}`);
    if (!spaces.exact)
      return refuse("undecided", "the actions cannot be told: the policies use variables whose values are not known", {
        help: 'say them in the question, as in `{ context: { "aws:PrincipalTag/team": "red" } }`',
      });
    for (const space of spaces.spaces) for (const action of actionsIn(space)) found.add(action);
  }
  return [...found].map(spelled).sort();
}

/** One solution after another, each for an action that none before it was for. */
function actionsIn({ model, targets, impossible }: Space): string[] {
  const reached = new Set<number>();
  for (const { groups, excluded } of targets)
    for (;;) {
      const region = [...model.everything];
      region[ACTION] = maskOf(model.sizes[ACTION]!, (at) => !reached.has(at));
      const found = solve({ region, groups, excluded: [...excluded, ...impossible] });
      if (!found) break;
      for (const index of indexes(found[ACTION]!)) reached.add(index);
    }
  const members = model.fields.members();
  return [...reached].flatMap((index) => members[index]!);
}

function spelled(folded: string): string {
  const facts = actionFacts(folded);
  return facts ? `${facts.service}:${facts.name}` : folded;
}
