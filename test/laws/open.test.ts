import assert from "node:assert/strict";
import { IDENTITY, RESOURCE } from "../../src/evaluate/open.ts";
import { law } from "./law.ts";
import { whatMatters } from "./open-grid.ts";
import { openQuestions } from "./open-questions.ts";
import { judged } from "./questions.ts";

law(
  "what is declared open is exactly what can change the outcome: keys that nobody told, policies that were not given",
  openQuestions,
  ({ question, rows }, note) => {
    const { decision, openness } = judged(question);
    const { openKeys, openPolicies, outcome } = decision;
    note(outcome);
    note(openKeys.length === 0 ? "nothing open" : `${openKeys.length} open keys`);
    for (const kind of openPolicies) note(`${kind} open`);
    const names = (labels: readonly string[]) =>
      labels.map((label) => (label === IDENTITY ? "identity" : label === RESOURCE ? "resource" : label)).sort();
    assert.deepEqual(
      {
        outcome: names([...openKeys, ...openPolicies]),
        allowed: names(openness.changesAllowed),
        explicitDeny: names(openness.changesExplicit),
      },
      whatMatters(question, rows),
    );
  },
  {
    allowed: 0.05,
    explicitDeny: 0.05,
    implicitDeny: 0.1,
    "1 open keys": 0.1,
    "identity open": 0.03,
    "resource open": 0.01,
  },
);
