import { expect, test } from "vitest";
import { ADVERSARIES } from "./adversarial.ts";

/** Far more than any takes on a machine that does nothing else. */
const MOST_TIME = 30_000;

test("there are thirty of them, and both answers", () => {
  expect(ADVERSARIES.length).toBeGreaterThanOrEqual(30);
  for (const truth of ["some", "none"]) expect(ADVERSARIES.some((one) => one.truth === truth)).toBe(true);
});

test.each(ADVERSARIES)("$name: $truth, or unknown with a reason", { timeout: MOST_TIME }, ({ truth, ask }) => {
  const { verdict, reason, request, decision } = ask();
  if (verdict === "unknown") {
    expect(reason).toBeTruthy();
    return;
  }
  expect(verdict).toBe(truth === "some" ? "refuted" : "proved");
  if (verdict === "refuted") {
    expect(request).toBeDefined();
    expect(decision?.outcome).toBe("allowed");
  }
});
