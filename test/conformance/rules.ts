/** Which rule of semantics.md is tested by which cases: `tsx test/conformance/rules.ts` writes README.md beside this file. */
import { readFileSync, writeFileSync } from "node:fs";
import { casesOf, corpusFiles } from "./corpus.ts";

export interface RuleFacts {
  /** Why no case can show it. */
  readonly none?: string;
  /** Why cases can show it one way only. */
  readonly oneSided?: string;
}

export interface RuleCases extends RuleFacts {
  readonly rule: string;
  readonly allowed: readonly string[];
  readonly denied: readonly string[];
  readonly refused: readonly string[];
}

export function ruleCases(): RuleCases[] {
  const rules = JSON.parse(readFileSync("test/conformance/rules.json", "utf8")) as Record<string, RuleFacts>;
  const all = corpusFiles.flatMap(casesOf);
  return Object.entries(rules).map(([rule, facts]) => {
    const named = all.filter(({ expect }) =>
      expect?.rules?.some((name) => name === rule || name.startsWith(`${rule}.`)),
    );
    const ids = (keep: (outcome: string | undefined) => boolean) =>
      named.filter(({ expect }) => keep(expect?.outcome)).map(({ id }) => id);
    return {
      rule,
      ...facts,
      allowed: ids((outcome) => outcome === "allowed"),
      denied: ids((outcome) => outcome !== undefined && outcome !== "allowed"),
      refused: ids((outcome) => outcome === undefined),
    };
  });
}

export function readme(rules: readonly RuleCases[]): string {
  const rows = rules.map(({ rule, none, oneSided, allowed, denied, refused }) => {
    const example = (ids: readonly string[]) => (ids[0] ? `${ids.length}: \`${ids[0]}\`` : "");
    return `| ${rule} | ${example(allowed)} | ${example(denied)} | ${example(refused)} | ${none ?? oneSided ?? ""} |`;
  });
  const count = corpusFiles.reduce((sum, file) => sum + casesOf(file).length, 0);
  return `# The conformance corpus

${count} cases, by topic, in the one case format (\`src/cases/read-case.ts\`). \`iam-expect decide test/conformance/*/*.json\` decides them all and
ends with 0 when every expectation is met. \`vectors\` are those of the semantics document; \`real-decisions\` are answers of AWS's own policy
simulator that others published (\`real-decisions/SOURCES.md\`); the rest was written for sections A to F from that document, by people who
had not seen the evaluator. A case with \`"unverified": true\` rests on a rule that AWS does not settle.

Rules and the number of their cases, each with the first one. Written by \`npm run corpus\`; a test keeps it true.

| rule | allowed | denied | refused | remark |
|---|---|---|---|---|
${rows.join("\n")}
`;
}

if (process.argv[1]?.endsWith("rules.ts")) writeFileSync("test/conformance/README.md", readme(ruleCases()));
