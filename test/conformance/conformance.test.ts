import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { readCase } from "../../src/cases/read-case.ts";
import { runCase } from "../../src/cases/run-case.ts";
import { readJson } from "../../src/source/json.ts";
import { Source } from "../../src/source/source.ts";

const folder = "test/conformance";
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".json") && dirname(name) !== ".")
  .map((name) => join(folder, name))
  .sort();

const ids = new Set<string>();

describe.each(files)("%s", (file) => {
  const source = new Source(file, readFileSync(file, "utf8"));
  const { root, problems } = readJson(source.text);
  expect(problems).toEqual([]);
  if (root?.type !== "array") throw new Error(`${file} holds no list of cases`);
  for (const node of root.items) {
    const item = readCase(source, node);
    test(item.id || `${basename(file)} without an id`, () => {
      expect(ids.has(item.id), "the id is taken").toBe(false);
      ids.add(item.id);
      expect(item.expect, "a case of the corpus expects something").toBeDefined();
      const result = runCase(item);
      expect(result.why ?? "met").toBe("met");
      // A decision that rests on a weak rule says so, and the case knows it.
      if ("unverified" in result.answer)
        expect(result.answer.unverified.length > 0).toBe(item.expect?.unverified === true);
    });
  }
});
