import type { WrittenCase } from "../cases/write-case.ts";
import { printable } from "../diagnostic/frame.ts";
import { shortArn } from "../report/words.ts";
import type { AwsAnswer, Comparison } from "./comparison.ts";

const WORDS = { allowed: "allow", explicitDeny: "explicit deny", implicitDeny: "implicit deny" } as const;

/** Both decisions with their statements, and the case to report. */
export function comparisonLines({ verdict, reason, local, aws, remarks, case: asked }: Comparison): string[] {
  const more = (text: string) => `            ${printable(text)}`;
  return [
    `request     ${requestLine(asked)}`,
    ...(aws && local
      ? [
          `AWS         ${WORDS[aws.outcome]}${by(aws.statements)}   (${aws.date})`,
          ...(aws.missingContextValues.length > 0 ? [more(`not told ${aws.missingContextValues.join(", ")}`)] : []),
          `iam-expect  ${WORDS[local.outcome]}${by(local.statements)}: ${printable(local.reason)}`,
        ]
      : [`AWS         ${TITLES[verdict]}: ${printable(reason)}`]),
    ...remarks.map(more),
    `case        ${printable(JSON.stringify(readable(asked)))}`,
  ];
}

const TITLES = { agree: "agrees", disagree: "disagrees", notModelled: "not modelled", needsContext: "needs context" };

function by(statements: AwsAnswer["statements"]): string {
  const names = statements.map(({ policy, index, sid }) => {
    const which = sid === null ? (index === null ? "a statement" : `statement ${index + 1}`) : `"${sid}"`;
    return `${which} of ${policy}`;
  });
  return names.length === 0 ? "" : printable(`, by ${names.join(" and ")}`);
}

function requestLine({ request }: WrittenCase): string {
  const { principal, action, resource } = request;
  const who = typeof principal === "string" ? shortArn(principal) : shortArn(String(principal.arn ?? "the caller"));
  return [who, action, ...(resource === undefined || resource === "*" ? [] : [shortArn(resource)])]
    .map(printable)
    .join("  ");
}

/** The case with its policies as objects, as one writes them. */
export function readable({ request, policies }: WrittenCase): WrittenCase {
  const open = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(open);
    if (typeof value !== "object" || value === null) return value;
    const { document } = value as { document?: unknown };
    return typeof document === "string" ? { ...value, document: JSON.parse(document) as unknown } : value;
  };
  return { request, policies: Object.fromEntries(Object.entries(policies).map(([kind, list]) => [kind, open(list)])) };
}
