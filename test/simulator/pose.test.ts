import { expect, test } from "vitest";
import { DiagnosticError } from "../../src/diagnostic/diagnostic.ts";
import { judge } from "../../src/evaluate/evaluate.ts";
import { pose } from "../../src/simulator/pose.ts";
import { casesOf, corpusFiles } from "../conformance/corpus.ts";

/** All cases of the corpus that can be decided, as questions to AWS. */
const posed = corpusFiles.flatMap(casesOf).flatMap((item) => {
  try {
    const { set, facts } = item.question();
    return [{ id: item.id, set, facts, to: pose(set, facts, undefined, true) }];
  } catch (error) {
    if (error instanceof DiagnosticError) return [];
    throw error;
  }
});

test("what is sent decides as the case does: nothing that matters is left out, nothing is added", () => {
  const differ: string[] = [];
  let asked = 0;
  for (const { id, set, facts, to } of posed) {
    if ("verdict" in to || set.identity === undefined) continue;
    asked++;
    if (to.local.decision.outcome !== judge(set, facts).decision.outcome) differ.push(id);
  }
  expect(differ).toEqual([]);
  expect(asked).toBeGreaterThan(400);
});

test("each case that is not asked says why", () => {
  const reasons = new Set(posed.flatMap(({ to }) => ("verdict" in to ? [to.reason] : [])));
  expect(reasons.size).toBeGreaterThan(40);
  for (const reason of reasons)
    expect(reason).toMatch(
      /^(AWS's simulator \S.*|the answer depends on \S+( and \S+)*, which the request does not say|no policy decides this: .+|`.+` is of the type \w+ in AWS's simulator, and `.*` is not|the caller's unique id decides, .+|the resource is of another account, .+)$/,
    );
});
