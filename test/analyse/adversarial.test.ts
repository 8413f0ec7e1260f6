import { expect, test } from "vitest";
import { ADVERSARIES } from "./adversarial.ts";

/** Seconds of the processor: the machine may do other things meanwhile. */
const MOST_SECONDS = 15;

test("there are thirty of them, and both answers", () => {
  expect(ADVERSARIES.length).toBeGreaterThanOrEqual(30);
  for (const truth of ["some", "none"]) expect(ADVERSARIES.some((one) => one.truth === truth)).toBe(true);
});

test.each(ADVERSARIES)("$name: $truth, or unknown with a reason", { timeout: 300_000 }, ({ truth, ask }) => {
  const before = process.cpuUsage();
  const { verdict, reason, request, decision } = ask();
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(MOST_SECONDS);
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
