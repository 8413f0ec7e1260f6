import { readFileSync } from "node:fs";

/** A row of test/data/simulator/real-decisions.jsonl: a call as it was made, and AWS's answer. */
export interface RealDecision {
  readonly case: string;
  readonly policies: { readonly identity: readonly string[]; readonly permissionsBoundary: readonly string[] };
  readonly request: {
    readonly api: "SimulateCustomPolicy" | "SimulatePrincipalPolicy";
    readonly action: string;
    readonly resource: string;
    readonly context: readonly {
      readonly ContextKeyName: string;
      readonly ContextKeyType: string;
      readonly ContextKeyValues: readonly string[];
    }[];
  };
  readonly decision: "allowed" | "explicitDeny" | "implicitDeny";
  readonly matchedSids: readonly string[] | null;
  readonly matchedStatements?: readonly {
    readonly StartPosition: { readonly Line: number; readonly Column: number };
    readonly EndPosition: { readonly Line: number; readonly Column: number };
  }[];
}

export const realDecisions: readonly RealDecision[] = readFileSync("test/data/simulator/real-decisions.jsonl", "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line) as RealDecision);
