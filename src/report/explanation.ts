import { readingText } from "../catalog/readings.ts";
import { compile } from "../evaluate/compile.ts";
import type { Judgement } from "../evaluate/evaluate.ts";
import { Evaluation } from "../evaluate/evaluation.ts";
import { statementAccount } from "../evaluate/explain.ts";
import { policiesOf } from "../evaluate/open.ts";
import { Weighing } from "../evaluate/weigh.ts";
import { pointOf, statementFrame, statementName } from "./statement.ts";
import { requestLines } from "./words.ts";

/** The complete account of a decision, for people: every statement of every policy, element by element. */
export function explanationText({ decision, verdict, set, facts }: Judgement): string {
  const [first = "", ...more] = requestLines(facts);
  const lines = [
    `request  ${first}`,
    ...more.map((line) => `         ${line}`),
    `outcome  ${decision.outcome}: ${verdict.reason}`,
  ];
  const list = (title: string, values: readonly string[]) => {
    if (values.length > 0) lines.push(`${title}  ${values.join(", ")}`);
  };
  list("open keys", decision.openKeys);
  list("open policies", decision.openPolicies);
  list("unverified", decision.unverified.map(readingText));
  const { hasBoundary } = new Weighing(set, new Evaluation(facts));
  for (const policy of policiesOf(set)) {
    lines.push("", `${policy.name} (${policy.kind})`);
    for (const compiled of compile(policy).statements) {
      const account = statementAccount(compiled, new Evaluation(facts), hasBoundary);
      const what = account.applies ? "applies" : "does not apply";
      lines.push(`  ${account.effect} ${statementName(compiled)} ${what}   ${pointOf(compiled, account.elements)}`);
      lines.push(...statementFrame(compiled, account));
    }
  }
  return lines.join("\n");
}
