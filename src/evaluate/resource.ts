/**
 * The `Resource` and `NotResource` elements (semantics A20-A24).
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
import { refuse } from "../diagnostic/diagnostic.ts";
import { arnFields } from "../policy/arn.ts";
import { type GlobPart, globOf } from "../policy/glob.ts";
import { KINDS } from "../policy/kinds.ts";
import { type Element, hasVariables, type PolicyFields } from "../policy/policy.ts";
import { splitArnPattern } from "../policy/variables.ts";
import type { Evaluation } from "./evaluation.ts";
import { compileText, resolve } from "./template.ts";
import { wholeMatch } from "./whole-arn.ts";

export type MatchResource = (run: Evaluation) => boolean;
/** `unresolved`: a variable in the pattern has no value. */
type PatternMatch = (run: Evaluation, resource: string, fields: readonly string[]) => boolean | "unresolved";

export function compileResource(element: Element, policy: Pick<PolicyFields, "kind" | "version">): MatchResource {
  const patterns = element.values.map(({ value }) => ({ value, match: compilePattern(value, policy) }));
  const everything = patterns.some(({ value }) => value === "*");
  // An empty list makes the statement apply to nothing (A9); AWS does not say so of `NotResource`.
  if (patterns.length === 0) return element.not ? (run) => run.weak("A9", false, true) : () => false;
  if (everything) return () => !element.not;

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
    const fields = arnFields(resource);
    let unresolved = false;
    for (const { match } of patterns) {
      const found = match(run, resource, fields);
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

interface Field {
  readonly plain: (value: string) => boolean;
  readonly folded: (value: string) => boolean;
}

function compilePattern(source: string, policy: Pick<PolicyFields, "kind" | "version">): PatternMatch {
  const variables = hasVariables(policy);
  const written = variables ? splitArnPattern(source) : arnFields(source);
  const fill = written.length < 6 ? KINDS[policy.kind].shortArn : undefined;
  const filled = [...written, ...Array<string>(6 - written.length).fill("*")];
  // Variables work after the fifth colon only; before it they are literal text (D1).
  const early = filled.slice(0, 5).map(earlyField);
  const text = compileText(filled[5]!, variables);
  const last = text.fixed ? lastField(text.fixed) : undefined;
  const mayCross = filled.slice(0, 5).some((field) => field.endsWith("*"));
  const hasUpper = /[A-Z]/.test(source);

  const match = (run: Evaluation, resource: string, fields: readonly string[]): boolean | "unresolved" => {
    const parts = text.fixed ?? resolve(text, run, true);
    if (parts === undefined) return "unresolved";
    if (fields.length < 6) return false;
    const ending = last ?? lastField(parts);
    if (matchFields(early, ending, fields, "plain")) return true;
    if (mayCross && wholeMatch(filled, parts, resource)) return run.weak("A20", true, false);
    // Whether names compare with their case has changed in AWS's documentation (A22).
    const caseCounts = hasUpper || text.fixed === undefined || /[A-Z]/.test(resource);
    if (
      caseCounts &&
      matchFields(
        early,
        ending,
        fields.map((field) => field.toLowerCase()),
        "folded",
      )
    )
      return run.weak("A22", false, true);
    return false;
  };
  if (fill === undefined || fill === "filled") return match;
  // How other kinds read an ARN of fewer than six fields is known from a peer only (A21).
  const ours = fill === "refusedUnlessWildcard" || source.endsWith("*");
  return (run, resource, fields) => {
    const found = match(run, resource, fields);
    return found === true ? run.weak("A21", ours, !ours) : found;
  };
}

function matchFields(early: readonly Field[], last: Field, fields: readonly string[], mode: keyof Field): boolean {
  for (let at = 0; at < 5; at++) if (!early[at]![mode](fields[at]!)) return false;
  return last[mode](fields[5]!);
}

const earlyField = (source: string): Field => lastField([{ pattern: source }]);

function lastField(parts: readonly GlobPart[]): Field {
  const plain = globOf(parts, "");
  let folded: ReturnType<typeof globOf> | undefined;
  return {
    plain: (value) => plain.matches(value),
    folded: (value) => {
      folded ??= globOf(parts.map(fold), "");
      return folded.matches(value);
    },
  };
}

const fold = (part: GlobPart): GlobPart =>
  "literal" in part ? { literal: part.literal.toLowerCase() } : { pattern: part.pattern.toLowerCase() };
