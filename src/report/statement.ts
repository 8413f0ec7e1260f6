import { frame } from "../diagnostic/frame.ts";
import type { CompiledStatement } from "../evaluate/compile.ts";
import type { ElementAccount, StatementAccount } from "../evaluate/explain.ts";
import { sourceOf } from "../policy/policy.ts";
import { short, shortArn } from "./words.ts";

/** A statement beside a request, drawn in the policy's own file: the elements that match, then those that do not. */
export function statementFrame(compiled: CompiledStatement, { elements, effect, applies }: StatementAccount): string[] {
  const source = sourceOf(compiled.policy);
  const lines: string[] = [];
  const shown = new Set<number>();
  for (const element of [...elements].sort((a, b) => a.place.start - b.place.start)) {
    // Why a Deny fires is in its conditions: they show what they saw.
    const tells = applies && effect === "Deny" && element.element === "Condition";
    if (tells) lines.push(...frame(source, valuesPlace(compiled, element), { mark: "ok", label: seenLabel(element) }));
    else if (element.matches) {
      if (!shown.has(element.place.line)) lines.push(...frame(source, element.place, { mark: "ok", underline: false }));
    } else lines.push(...frame(source, valuesPlace(compiled, element), { mark: "NO", label: seenLabel(element) }));
    shown.add(element.place.line);
  }
  return lines.map((line) => `  ${line}`);
}

/** The place that a message points at: the first element that does not match, else the statement's first one. */
export function pointOf(compiled: CompiledStatement, elements: readonly ElementAccount[]): string {
  const miss = elements.find(({ matches }) => !matches);
  const place = miss ? valuesPlace(compiled, miss) : (elements[0]?.place ?? compiled.statement.place);
  return `${place.file}:${place.line}:${place.column}`;
}

/** The values of a condition, rather than its key; the element for all others. */
function valuesPlace({ policy, statement }: CompiledStatement, element: ElementAccount): StatementAccount["place"] {
  const source = sourceOf(policy);
  if (element.element === "Condition") {
    const condition = statement.conditions.find(({ place }) => place.start === element.place.start);
    const first = condition?.values[0]?.place;
    const last = condition?.values.at(-1)?.place;
    if (first && last) return source.place(first.start, first.line === last.line ? last.end : first.end);
    return element.place;
  }
  const located = { Principal: statement.principal, Action: statement.action, Resource: statement.resource }[
    element.element.replace(/^Not/, "") as "Principal" | "Action" | "Resource"
  ];
  const first = located?.values[0]?.place;
  const last = located?.values.at(-1)?.place;
  return first && last && first.line === last.line ? source.place(first.start, last.end) : element.place;
}

function seenLabel({ element, seen, operator, matches }: ElementAccount): string {
  if (element.endsWith("Principal")) return `request comes from ${short(seen?.[0] ?? "nobody")}`;
  if (element.endsWith("Action")) return `request is for ${short(seen?.[0] ?? "")}`;
  if (element.endsWith("Resource"))
    return `request is on ${seen === null ? "an unknown resource" : shortArn(seen[0]!)}`;
  if (seen === null) return `absent from the request, so \`${operator}\` ${matches ? "matches" : "does not match"}`;
  return `request has ${seen.length === 1 ? short(seen[0]!) : `[${short(seen.join(", "))}]`}`;
}

/** What messages call a statement: its Sid, else its number. */
export function statementName({ statement }: CompiledStatement): string {
  return statement.sid === undefined ? `statement ${statement.index + 1}` : `"${short(statement.sid, 60)}"`;
}
