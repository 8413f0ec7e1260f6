import { DiagnosticError } from "../diagnostic/diagnostic.ts";
import { parsePolicy } from "../policy/parse.ts";
import type { Policy } from "../policy/policy.ts";
import { printPolicy } from "../policy/print.ts";
import { Source } from "../source/source.ts";
import { MUTATORS, type StatementText } from "./mutators.ts";

/** A policy with one slip. */
export interface Mutant {
  readonly policy: Policy;
  readonly mutator: string;
  /** The number of the statement, from 0. */
  readonly statement: number;
  readonly what: string;
}

/** Every policy that is one slip away and that AWS would take. */
export function* mutantsOf(policy: Policy): Iterable<Mutant> {
  const document = JSON.parse(printPolicy(policy)) as { Statement: StatementText[] };
  const seen = new Set<string>();
  for (const [at, statement] of document.Statement.entries())
    for (const { name, slips } of MUTATORS)
      for (const { statement: slip, what } of slips(statement)) {
        const Statement = document.Statement.flatMap((own, index) => (index !== at ? [own] : slip ? [slip] : []));
        if (Statement.length === 0) continue;
        const text = JSON.stringify({ ...document, Statement }, null, 2);
        if (seen.has(text)) continue;
        seen.add(text);
        const mutant = parsed(text, policy);
        if (mutant) yield { policy: mutant, mutator: name, statement: at, what };
      }
}

/** Undefined: AWS would refuse it. */
function parsed(text: string, { kind, name, resource, account, endpoint }: Policy): Policy | undefined {
  try {
    return parsePolicy(new Source(name, text), kind, { name, resource, account, endpoint });
  } catch (error) {
    if (error instanceof DiagnosticError) return undefined;
    throw error;
  }
}
