import { parseOperator } from "../catalog/operators.ts";
import { type Condition, hasVariables, type PolicyFields } from "../policy/policy.ts";
import { contextKey, type Evaluation, Key } from "./evaluation.ts";
import type { CompareValue } from "./operators/comparison.ts";
import { compileValue } from "./operators/compile-value.ts";
import { stringValues } from "./operators/string.ts";

export interface CompiledCondition {
  readonly condition: Condition;
  readonly key: Key;
  matches(run: Evaluation): boolean;
}

/**
 * One key under one operator. Negation, `IfExists`, `ForAllValues`, `ForAnyValue` and absent keys are handled here,
 * once, around the comparison of two values (semantics C1-C3, C11-C16).
 */
export function compileCondition(
  condition: Condition,
  policy: Pick<PolicyFields, "kind" | "version">,
): CompiledCondition {
  const variables = hasVariables(policy);
  const { facts, qualifier, ifExists } = parseOperator(condition.operator)!;
  // This key works in IAM policies only (F23).
  const unread = policy.kind === "key" && /^kms:resourcealiases$/i.test(condition.key);
  const key = unread ? new Key(condition.key, unread) : contextKey(condition.key);
  const { multiValued } = key;
  const compiled = (matches: (run: Evaluation) => boolean): CompiledCondition => ({ condition, key, matches });

  if (facts.family === "null") {
    if (qualifier) return compiled(() => qualifier === "ForAllValues");
    const absentWanted = condition.values.map(({ value }) => value.toLowerCase() === "true");
    return compiled((run) => absentWanted.includes(!run.isPresent(key)));
  }

  const { negated } = facts;
  const texts = condition.values.map(({ value }) => value);
  const together = stringValues(texts, facts, variables);
  const compare = together ? [together] : texts.map((text) => compileValue(text, facts, variables));
  const satisfies = negated ? unlisted(compare) : listed(compare);
  const without = compare.length === 0;

  if (qualifier === "ForAllValues")
    return compiled((run) => {
      const values = run.read(key);
      if (values === undefined || values.length === 0) return true;
      // No listed value: true only for an absent key (A9).
      const all = !without && values.every((value) => satisfies(value, run));
      return values.every((value) => value === "") ? run.weak("C12", true, all) : all;
    });

  if (qualifier === "ForAnyValue")
    return compiled((run) => {
      const values = run.read(key);
      if (values === undefined || values.length === 0) return ifExists ? run.weak("C13", false, true) : false;
      return !without && values.some((value) => satisfies(value, run));
    });

  return compiled((run) => {
    const values = run.read(key);
    if (values === undefined || values.length === 0) return negated || ifExists;
    if (without) return negated ? run.weak("A9", false, true) : false;
    if (values.length > 1 || multiValued)
      // A key with several values needs a set operator (C15).
      return run.weak(
        "C15",
        false,
        negated ? values.every((v) => satisfies(v, run)) : values.some((v) => satisfies(v, run)),
      );
    return satisfies(values[0]!, run);
  });
}

type Satisfies = (value: string, run: Evaluation) => boolean;

/** Some listed value matches (C1: values are OR-ed). */
function listed(compare: readonly CompareValue[]): Satisfies {
  const only = compare.length === 1 ? compare[0] : undefined;
  if (only) return (value, run) => only(value, run) === true;
  return (value, run) => {
    for (const one of compare) if (one(value, run)) return true;
    return false;
  };
}

/** No listed value matches (C1: NOR). Where there was nothing to compare, that it holds is our reading (C17). */
function unlisted(compare: readonly CompareValue[]): Satisfies {
  return (value, run) => {
    let incomparable = false;
    for (const one of compare) {
      const result = one(value, run);
      if (result === true) return false;
      if (result === undefined) incomparable = true;
    }
    return incomparable ? run.weak("C17", true, false) : true;
  };
}
