import { describe, expect, test } from "vitest";
import { DiagnosticError } from "../../src/diagnostic/diagnostic.ts";
import { FINDINGS } from "./findings.ts";
import { type Malformed, read, textOf } from "./malformed.ts";
import { MALFORMED_ELEMENTS } from "./malformed-elements.ts";
import { MALFORMED_JSON } from "./malformed-json.ts";
import { MALFORMED_VALUES } from "./malformed-values.ts";

const MALFORMED: readonly Malformed[] = [...MALFORMED_JSON, ...MALFORMED_ELEMENTS, ...MALFORMED_VALUES];

function messageOf(row: Malformed): string {
  try {
    read(row);
  } catch (error) {
    if (error instanceof DiagnosticError) return error.message;
    throw error;
  }
  throw new Error("this document is read");
}

describe("a document that is no policy", () => {
  for (const row of MALFORMED)
    test(row.name, { fails: row.bug !== undefined }, () => expect(messageOf(row)).toBe(row.message.join("\n")));
});

describe("a policy with findings", () => {
  for (const row of FINDINGS)
    test(row.name, { fails: row.bug !== undefined }, () =>
      expect(read(row).findings.map(String).join("\n\n")).toBe(row.findings.join("\n")),
    );
});

test("every code of the reader and of the findings has its row", () => {
  const codes = (lines: readonly string[]) => lines.flatMap((line) => /^\w+\[([\w-]+)\]/.exec(line)?.[1] ?? []);
  expect([...new Set(MALFORMED.flatMap(({ message }) => codes(message)))].sort()).toMatchInlineSnapshot(`
    [
      "conflicting-elements",
      "duplicate-key",
      "empty-value",
      "invalid-action",
      "invalid-key",
      "invalid-principal",
      "invalid-resource",
      "invalid-variable",
      "json-syntax",
      "misplaced-element",
      "missing-element",
      "unknown-element",
      "unknown-operator",
      "wrong-type",
      "wrong-value",
    ]
  `);
  expect([...new Set(FINDINGS.flatMap(({ findings }) => codes(findings)))].sort()).toMatchInlineSnapshot(`
    [
      "alias-resource",
      "duplicate-sid",
      "empty-list",
      "key-not-carried",
      "missing-version",
      "no-effect",
      "odd-arn",
      "odd-sid",
      "old-version",
      "operator-type",
      "public-trust",
      "set-operator",
      "short-arn",
      "unknown-action",
      "unknown-key",
      "unknown-variable",
      "unparseable-value",
      "variable-place",
      "via-service-form",
      "via-service-region",
    ]
  `);
});

test("no two rows have one name", () => {
  const names = [...MALFORMED, ...FINDINGS].map(({ name }) => name);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});

/** A control or a format character, as frames show it; what is drawn in two units stays. */
const invisible = (character: string) =>
  character.length > 1 && !/\p{Cf}/u.test(character) ? character : "\ufffd".repeat(character.length);

// What the rows promise is checked against the documents, apart from `src`: place, frame and underline must agree.
describe("a row's place is where its frame points", () => {
  for (const row of [...MALFORMED, ...FINDINGS])
    test(row.name, () => {
      const lines = textOf(row).split(/\r?\n/);
      const text = "message" in row ? row.message : row.findings;
      for (const [at, head] of text.entries()) {
        const [, line, column] = /^(?:error|finding)\[[\w-]+\] policy\.json:(\d+):(\d+)$/.exec(head) ?? [];
        if (line === undefined || column === undefined) continue;
        const [gutter, shown = ""] = text[at + 2]!.split(/ \| (.*)/s);
        expect(gutter!.trim()).toBe(line);
        const whole = lines[Number(line) - 1]!.replace(/\t/g, " ").replace(/\p{C}/gu, invisible);
        const underline = text[at + 3]!.indexOf("^") - "      | ".length;
        const cut = shown.startsWith("…") ? 1 : 0;
        const from = shown === whole ? 0 : whole.indexOf(shown.slice(cut).replace(/…$/, ""));
        expect(from).not.toBe(-1);
        expect(underline - cut + from).toBe(Number(column) - 1);
      }
    });
});
