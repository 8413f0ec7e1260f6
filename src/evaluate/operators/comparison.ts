import type { OperatorFacts } from "../../catalog/operators.ts";
import type { Evaluation } from "../evaluation.ts";

/** `undefined`: one of the two is no value of the family, so there is nothing to compare (C17). */
export type Comparison = boolean | undefined;
export type CompareValue = (value: string, run: Evaluation) => Comparison;
/** `variables`: whether `${…}` is active in this policy. */
export type CompileValue = (text: string, operator: OperatorFacts, variables: boolean) => CompareValue;
