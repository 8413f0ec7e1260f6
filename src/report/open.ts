import { Diagnostic, DiagnosticError } from "../diagnostic/diagnostic.ts";
import type { Judgement } from "../evaluate/evaluate.ts";
import { IDENTITY, policiesOf, RESOURCE } from "../evaluate/open.ts";
import { sourceOf } from "../policy/policy.ts";
import { linkFor } from "./links.ts";
import { requestLines } from "./words.ts";

/**
 * Refuses an assertion whose answer would change with a fact that nobody told (`open-policy`, `open-key`): a test must not
 * pass, nor fail, for want of it.
 */
export function refuseOpen(
  assertion: string,
  judgement: Judgement,
  question: "changesAllowed" | "changesExplicit",
): void {
  const { openness, facts, decision } = judgement;
  const open = openness[question];
  if (open.length === 0) return;
  const [first = "", ...more] = requestLines(facts);
  const request = [`request: ${first}`, ...more.map((line) => `    ${line}`)].join("\n  ");
  const note = `in ${assertion}, ${request}`;
  if (open.includes(IDENTITY)) {
    const { principal, owner } = facts;
    const why =
      principal.account !== owner
        ? "the caller is of another account, so its identity policies must allow this too, and they are not known"
        : judgement.set.resource
          ? "the resource's policy leaves this to the caller's identity policies, and they are not known"
          : "the caller's identity policies decide this, and they are not known";
    const caller = JSON.stringify(principal.role ?? principal.name);
    const add = inEnvironment(assertion)
      ? `add them to the environment, \`principals: { ${caller}: { policies: [] } }\``
      : "add them, `expect([keyPolicy, identityPolicy])`";
    // An operation has no links.
    const say = "or say what they do: `.givenIdentityAllows()` or `.givenNoIdentityPolicies()`";
    const help = assertion.endsWith("(request)") ? `${add}, ${say}` : add;
    throw new DiagnosticError([new Diagnostic("error", { code: "open-policy", sentence: why, help, note })]);
  }
  // A key or role of the caller's account is judged on the policies that were given; another account's is not.
  if (open.includes(RESOURCE) && facts.principal.account !== facts.owner && decision.outcome !== "allowed")
    throw new DiagnosticError([
      new Diagnostic("error", {
        code: "open-policy",
        sentence: "the resource is of another account, whose policy must allow this too, and it is not known",
        help: inEnvironment(assertion)
          ? `add it to the environment, \`resources: { ${JSON.stringify(facts.resource ?? "")}: { policy } }\``
          : "add it: `expect([identityPolicy, resourcePolicy])`",
        note,
      }),
    ]);
  const keys = open.filter((label) => label !== IDENTITY && label !== RESOURCE);
  if (keys.length > 0) throw new DiagnosticError(keys.map((key) => openKey(key, judgement, note)));
}

const inEnvironment = (assertion: string) => assertion.startsWith("expect(environment)");

function openKey(key: string, { set }: Judgement, note: string): Diagnostic {
  const folded = key.toLowerCase();
  for (const policy of policiesOf(set))
    for (const { conditions } of policy.statements)
      for (const condition of conditions) {
        const name = condition.key.toLowerCase();
        if (name !== folded && !(folded === "aws:currenttime" && name === "aws:epochtime")) continue;
        const wanted = condition.values[0]?.value ?? "";
        return new Diagnostic(
          "error",
          {
            code: "open-key",
            sentence: `the answer depends on \`${key}\`, which the test does not say`,
            place: condition.place,
            help: help(key, wanted),
            note,
          },
          sourceOf(policy),
        );
      }
  return new Diagnostic("error", {
    code: "open-key",
    sentence: `the answer depends on \`${key}\`, which the test does not say`,
    help: help(key, ""),
    note,
  });
}

const help = (key: string, wanted: string) =>
  `say it with \`${linkFor(key, wanted)}\`, or that it is absent with \`.withoutContext("${key}")\``;
