import { nearest } from "../catalog/nearest.ts";
import { operatorNames, parseOperator } from "../catalog/operators.ts";
import { quoted } from "../diagnostic/frame.ts";
import type { JsonNode } from "../source/json.ts";
import type { Condition, Located } from "./policy.ts";
import { keySpan, members, type Reading, typeName } from "./reading.ts";

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
      const near = nearest(member.key, operatorNames());
      reading.problem(keySpan(member), "unknown-operator", `${quoted(member.key)} is not a condition operator`, {
        help: near ? `did you mean \`${near}\`?` : undefined,
        note:
          effect === "Deny"
            ? "nothing was evaluated; reading this as no match would lift the Deny it guards"
            : "nothing was evaluated; AWS refuses a policy with an unknown operator",
        see: near ? undefined : SEE,
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
      if (folded === "kms:viaservice") checkViaService(reading, values, effect, operator.facts.negated);
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

/** Values may be unquoted numbers and booleans (semantics A27); they compare as their text. */
function readValues(reading: Reading, node: JsonNode, key: string): Located[] | undefined {
  const values: Located[] = [];
  let sound = true;
  for (const item of node.type === "array" ? node.items : [node]) {
    if (item.type === "string" || item.type === "number" || item.type === "boolean")
      values.push({ value: String(item.value), place: reading.place(item) });
    else {
      reading.problem(item, "wrong-type", `the value of ${quoted(key)} is a string, not ${typeName(item)}`);
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
  negated: boolean,
): void {
  for (const { value, place } of values) {
    if (value !== "") continue;
    const never = `no service has an empty name, so this ${effect ?? "statement"} matches no request`;
    const always = `no service has an empty name, so this condition holds for every request`;
    reading.problem(place, "empty-value", "`kms:ViaService` is an empty string", {
      help: "write service and Region, as in `s3.eu-west-1.amazonaws.com`",
      note: negated ? always : never,
    });
  }
}
