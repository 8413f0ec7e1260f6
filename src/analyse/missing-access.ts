/** Is every request allowed that is meant to be? The other side of `findAccess`. */
import { accessOf } from "./access.ts";
import { checkQuestion } from "./check-question.ts";
import { refusals } from "./compare-access.ts";
import { type Asked, asked } from "./find-access.ts";
import { type AccessQuestion, searchingFor } from "./finding.ts";
import type { Found } from "./found.ts";
import type { Scope } from "./scopes.ts";
import { search } from "./search.ts";
import type { Analysed } from "./subject.ts";

/** `refuted`: `request` is asked for and not allowed, even if identity policies that were not given allow everything. */
export function askMissing(subject: Analysed, question: AccessQuestion): Asked {
  checkQuestion(question);
  return asked(subject, question, (scope) => missingIn(scope, question));
}

function missingIn(scope: Scope, question: AccessQuestion): Found {
  const found = search({
    ...searchingFor(scope, question),
    others: [],
    denied: true,
    // What is allowed at the widest: identity policies that were not given cannot be short of anything.
    suppose: [scope.set.identity === undefined],
    *targets(model, [set], identityAllows) {
      const access = accessOf(model, set!, identityAllows);
      if (access.denies.length > 0) yield { groups: [access.denies], excluded: [] };
      for (const left of refusals(access, [])) yield { groups: [], excluded: left };
    },
    confirms: (request, owner) => scope.judge(request, owner).decision.outcome !== "allowed",
  });
  if (found.verdict !== "refuted") return found;
  // It is missing whatever identity policies say.
  return { ...found, needs: [], spaces: () => found.spaces().map((space) => ({ ...space, identityAllows: false })) };
}
