import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readme, ruleCases } from "./rules.ts";

const rules = ruleCases();

test("every rule that can change a decision has a case each way", () => {
  const lacking = rules
    .filter(({ none, oneSided, allowed, denied, refused }) => {
      const sides = Number(allowed.length > 0) + Number(denied.length + refused.length > 0);
      return sides < (none ? 0 : oneSided ? 1 : 2);
    })
    .map(({ rule }) => rule);
  expect(lacking).toEqual([]);
});

test("a rule that cannot be shown has no cases", () => {
  expect(
    rules.filter(({ none, allowed, denied, refused }) => none && allowed.length + denied.length + refused.length > 0),
  ).toEqual([]);
});

test("README.md is what `npm run corpus` writes", () => {
  expect(readFileSync("test/conformance/README.md", "utf8")).toBe(readme(rules));
});
