import { keyFacts } from "../catalog/catalog.ts";
import { nearest } from "../catalog/nearest.ts";
import { type Operator, operatorNames, parseOperator } from "../catalog/operators.ts";
import { quoted, shortened } from "../diagnostic/frame.ts";
import type { JsonNode } from "../source/json.ts";
import type { Condition, Located } from "./policy.ts";
import { keySpan, members, notText, type Reading, templateHelp, typeName } from "./reading.ts";

const SEE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html";

/** Reads a `Condition` block (semantics C). Undefined after a problem that leaves no block to speak of. */
export function readConditions(reading: Reading, node: JsonNode, effect: string | undefined): Condition[] | undefined {
  if (node.type !== "object") {
    reading.problem(node, "wrong-type", `\`Condition\` takes an object, not ${typeName(node)}`);
    return undefined;
  }
  const conditions: Condition[] = [];
  for (const member of members(reading, node, "`Condition`").values()) {
    const operator = parseOperator(member.key);
    if (!operator) {
      const help = operatorHelp(member.key);
      reading.problem(keySpan(member), "unknown-operator", `${quoted(member.key)} is not a condition operator`, {
        help,
        note:
          effect === "Deny"
            ? "nothing was evaluated; reading this as no match would lift the Deny it guards"
            : "nothing was evaluated; AWS refuses a policy with an unknown operator",
        see: help ? undefined : SEE,
      });
      continue;
    }
    if (member.value.type !== "object") {
      reading.problem(
        member.value,
        "wrong-type",
        `\`${member.key}\` takes an object of condition keys, not ${typeName(member.value)}`,
      );
      continue;
    }
    const seen = new Map<string, string>();
    for (const entry of members(reading, member.value, `\`${member.key}\``).values()) {
      const folded = entry.key.toLowerCase();
      if (seen.has(folded))
        reading.problem(
          keySpan(entry),
          "duplicate-key",
          `${quoted(entry.key)} and ${quoted(seen.get(folded)!)} are one key`,
          {
            note: "the names of condition keys do not depend on case",
          },
        );
      seen.set(folded, entry.key);
      if (!/^[^\s:]+:./.test(entry.key)) {
        reading.problem(keySpan(entry), "invalid-key", `${quoted(entry.key)} is not of the form \`service:Key\``, {
          help: "as in `aws:SourceIp` or `kms:ViaService`",
        });
        continue;
      }
      const values = readValues(reading, entry.value, entry.key);
      if (!values) continue;
      if (operator.facts.family === "null") checkNull(reading, values);
      else if (folded === "kms:viaservice") checkViaService(reading, values, effect, operator);
      conditions.push({
        operator: member.key,
        operatorPlace: reading.place(keySpan(member)),
        key: entry.key,
        keyPlace: reading.place(keySpan(entry)),
        values,
        place: reading.place({ start: entry.keyStart, end: entry.value.end }),
      });
    }
  }
  return conditions;
}

/** The operator that was meant, or where what was written belongs. */
function operatorHelp(written: string): string | undefined {
  if (keyFacts(written))
    return `a condition key goes under an operator: { "StringEquals": { ${JSON.stringify(shortened(written, 80))}: … } }`;
  const moved = written.replace(/^(.*:)?Not(String|Numeric|Date|Arn)/, "$1$2Not");
  const told = [moved, written.replace(/IfExists$/, "")].find((text) => text !== written && parseOperator(text));
  const near = told ?? nearest(written, operatorNames());
  return near ? `did you mean \`${near}\`?` : templateHelp(written);
}

/** Values may be unquoted numbers and booleans (semantics A27); they compare as their text. */
function readValues(reading: Reading, node: JsonNode, key: string): Located[] | undefined {
  const values: Located[] = [];
  let sound = true;
  for (const item of node.type === "array" ? node.items : [node]) {
    if (item.type === "string" || item.type === "number" || item.type === "boolean")
      values.push({ value: String(item.value), place: reading.place(item) });
    else {
      notText(reading, item, quoted(key));
      sound = false;
    }
  }
  return sound ? values : undefined;
}

function checkNull(reading: Reading, values: readonly Located[]): void {
  for (const { value, place } of values)
    if (!/^(true|false)$/i.test(value))
      reading.problem(place, "wrong-value", `\`Null\` takes \`true\` or \`false\`, not ${quoted(value)}`, {
        help: "`true` matches when the key is absent, `false` when it is present",
      });
}

function checkViaService(
  reading: Reading,
  values: readonly Located[],
  effect: string | undefined,
  { facts: { negated }, qualifier, ifExists }: Operator,
): void {
  const alone = values.length === 1 && !qualifier && !ifExists;
  for (const { value, place } of values) {
    if (value !== "") continue;
    const what = negated
      ? alone
        ? "this condition holds for every request"
        : "this value excludes nothing"
      : `this ${alone ? (effect ?? "statement") : "value"} matches no request`;
    reading.problem(place, "empty-value", "`kms:ViaService` is an empty string", {
      help: "write service and Region, as in `s3.eu-west-1.amazonaws.com`",
      note: `no service has an empty name, so ${what}`,
    });
  }
}
