/**
 * The `Resource` and `NotResource` elements (semantics A20-A24).
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
import { refuse } from "../diagnostic/diagnostic.ts";
import { arnFields } from "../policy/arn.ts";
import { KINDS } from "../policy/kinds.ts";
import { type Element, hasVariables, type PolicyFields } from "../policy/policy.ts";
import { splitArnPattern } from "../policy/variables.ts";
import { ArnPattern, compileHead, type Head } from "./arn-pattern.ts";
import type { Evaluation } from "./evaluation.ts";
import { compileText, resolve, type Text } from "./template.ts";

export type MatchResource = (run: Evaluation) => boolean;
/** `unresolved`: a variable in the pattern has no value. */
type PatternMatch = (run: Evaluation) => boolean | "unresolved";

export function compileResource(element: Element, policy: Pick<PolicyFields, "kind" | "version">): MatchResource {
  // An empty list makes the statement apply to nothing (A9); AWS does not say so of `NotResource`.
  if (element.values.length === 0) return element.not ? (run) => run.weak("A9", false, true) : () => false;
  if (element.values.some(({ value }) => value === "*")) return () => !element.not;
  const patterns = element.values.map(({ value }) => ({ value, match: compilePattern(value, policy) }));

  return (run) => {
    const { resource } = run.facts;
    if (resource === undefined)
      return refuse(
        "unknown-resource",
        "a statement names resources, and the ARN of the resource under test is not known",
        {
          help: 'name it: `.on("arn:…")`, or the option `{ key }`, `{ role }` or `{ resource }` of the policy',
        },
      );
    if (resource === "*") return element.not ? run.weak("A23", true, false) : withoutResource(run, patterns);
    let unresolved = false;
    for (const { match } of patterns) {
      const found = match(run);
      if (found === true) return !element.not;
      if (found === "unresolved") unresolved = true;
    }
    if (!element.not) return false;
    // A pattern without a value excludes nothing, so the statement covers all resources (the reading of D5).
    return unresolved ? run.weak("D5", true, false) : true;
  };
}

/** An action without resource-level support needs `*` (A23), with one exception that AWS's own examples show. */
function withoutResource(run: Evaluation, patterns: readonly { value: string }[]): boolean {
  for (const { value } of patterns) {
    if (run.facts.action === "s3:listallmybuckets" && value === "arn:aws:s3:::*") return true;
    const fields = arnFields(value);
    const serviceWide =
      fields[2] === run.facts.service && fields.slice(3).every((field) => field === "" || field === "*");
    if (serviceWide && run.facts.actionFacts?.resources.length === 0 && run.weak("A23", false, true)) return true;
  }
  return false;
}

function compilePattern(source: string, policy: Pick<PolicyFields, "kind" | "version">): PatternMatch {
  const variables = hasVariables(policy);
  const written = variables ? splitArnPattern(source) : arnFields(source);
  const fill = written.length < 6 ? KINDS[policy.kind].shortArn : undefined;
  const filled = [...written, ...Array<string>(6 - written.length).fill("*")];
  // Variables work after the fifth colon only; before it they are literal text (D1).
  const head = compileHead(filled.slice(0, 5));
  const text = compileText(filled[5]!, variables);
  const fixed = text.fixed && new ArnPattern(head, text.fixed);
  const hasUpper = /[A-Z]/.test(source);

  const match: PatternMatch = (run) => {
    const pattern = fixed ?? withVariables(head, text, run);
    if (pattern === undefined) return "unresolved";
    const { facts } = run;
    if (pattern.matches(facts)) return true;
    if (pattern.matchesAcross(facts)) return run.weak("A20", true, false);
    // Whether names compare with their case has changed in AWS's documentation (A22).
    const caseCounts = hasUpper || text.fixed === undefined || facts.foldedResource !== facts.resource;
    return caseCounts && pattern.matchesFolded(facts) ? run.weak("A22", false, true) : false;
  };
  if (fill === undefined || fill === "filled") return match;
  // How other kinds read an ARN of fewer than six fields is known from a peer only (A21).
  const ours = fill === "refusedUnlessWildcard" || source.endsWith("*");
  return (run) => {
    const found = match(run);
    return found === true ? run.weak("A21", ours, !ours) : found;
  };
}

function withVariables(head: Head, text: Text, run: Evaluation): ArnPattern | undefined {
  const parts = resolve(text, run, true);
  return parts && new ArnPattern(head, parts);
}
