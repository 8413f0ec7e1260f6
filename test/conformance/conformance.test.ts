import { describe, expect, test } from "vitest";
import { runCase } from "../../src/cases/run-case.ts";
import { casesOf, corpusFiles } from "./corpus.ts";

const ids = new Set<string>();

describe.each(corpusFiles)("%s", (file) => {
  test.each(casesOf(file).map((item) => [item.id, item] as const))("%s", (id, item) => {
    expect(id).not.toBe("");
    expect(ids.has(id), "the id is taken").toBe(false);
    ids.add(id);
    expect(item.expect, "a case of the corpus expects something").toBeDefined();
    const result = runCase(item);
    expect(result.why ?? "met").toBe("met");
    // A decision that rests on a weak rule says so, and the case knows it.
    if ("unverified" in result.answer)
      expect(result.answer.unverified.length > 0).toBe(item.expect?.unverified === true);
  });
});
