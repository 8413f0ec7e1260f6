/** The values of conditions and resources as patterns, from the same readers that the evaluator uses. */
import { parseOperator } from "../catalog/operators.ts";
import type { CompiledCondition } from "../evaluate/condition.ts";
import type { Evaluation } from "../evaluate/evaluation.ts";
import { compileText, resolve } from "../evaluate/template.ts";
import { arnFields } from "../policy/arn.ts";
import type { GlobPart } from "../policy/glob.ts";
import { KINDS } from "../policy/kinds.ts";
import { type Element, hasVariables, type PolicyFields } from "../policy/policy.ts";
import { splitArnPattern } from "../policy/variables.ts";
import { exactPattern, fieldsPattern, type Pattern, partsPattern, resourcePattern } from "./tokens.ts";

type Version = Pick<PolicyFields, "version">;

/** The texts that a value of a String, Arn or Bool operator matches; undefined for a value that matches none. */
export function conditionPatterns({ condition }: CompiledCondition, policy: Version, told: Evaluation): Pattern[] {
  const { facts } = parseOperator(condition.operator)!;
  const variables = hasVariables(policy);
  return condition.values.flatMap(({ value }): Pattern[] => {
    if (facts.family === "arn") {
      if (value === "*") return [partsPattern([{ pattern: "*" }])];
      const fields = variables ? splitArnPattern(value) : arnFields(value);
      if (fields.length < 6) return [];
      const parts = fields.map((field) => resolve(compileText(field, variables), told, true));
      return parts.every((part) => part !== undefined) ? [fieldsPattern(parts)] : [];
    }
    const wild = facts.family === "string" && facts.compare === "like";
    const parts = resolve(compileText(value, variables), told, wild);
    if (!parts) return [];
    return [
      wild ? partsPattern(parts) : exactPattern(parts, facts.family === "bool" || facts.compare === "ignoreCase"),
    ];
  });
}

/**
 * The ARNs that the element's patterns match: with a `*` that reaches over colons, and without (semantics A20); and those of
 * ARNs that are too short, which match where a kind of policy fills them up (A21).
 */
export function resourcePatterns(
  element: Element,
  policy: Pick<PolicyFields, "kind" | "version">,
  told: Evaluation,
): readonly (readonly Pattern[])[] {
  const variables = hasVariables(policy);
  const ours: Pattern[] = [];
  const narrow: Pattern[] = [];
  const short: Pattern[] = [];
  let differ = false;
  for (const { value } of element.values) {
    const written = variables ? splitArnPattern(value) : arnFields(value);
    const fields = [...written, ...Array<string>(6 - written.length).fill("*")];
    const last: readonly GlobPart[] | undefined = resolve(compileText(fields[5]!, variables), told, true);
    if (!last) continue;
    if (written.length < 6 && KINDS[policy.kind].shortArn !== "filled") {
      short.push(resourcePattern(fields, last, true));
      continue;
    }
    ours.push(resourcePattern(fields, last, true));
    narrow.push(resourcePattern(fields, last, false));
    differ ||= fields.slice(0, 5).some((field) => field.endsWith("*"));
  }
  return [ours, ...(differ ? [narrow] : []), ...short.map((pattern) => [pattern])];
}
