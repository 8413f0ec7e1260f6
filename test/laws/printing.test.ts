import assert from "node:assert/strict";
import type { Document } from "../../src/generate/documents.ts";
import { policies, toPolicy } from "../../src/generate/policies.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { printPolicy } from "../../src/policy/print.ts";
import { changeDocuments } from "./change.ts";
import { law } from "./law.ts";
import { judged, questions } from "./questions.ts";

/** The policy without where it is written, which printing changes. */
function placeless(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(placeless);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !/place$/i.test(key));
  return Object.fromEntries(entries.map(([key, item]) => [key, placeless(item)]));
}

const said = ({ findings, ...policy }: Policy) => ({
  policy: placeless(policy),
  findings: findings.map(({ code, sentence }) => `${code} ${sentence}`).sort(),
});

law(
  "a printed policy reads as the policy it was",
  policies(),
  (policy, note) => {
    const text = printPolicy(policy);
    const again = toPolicy(JSON.parse(text) as Document, policy.kind, policy.name, policy.endpoint);
    assert.deepEqual(said(again), said(policy));
    assert.equal(printPolicy(again), text);
    note(policy.kind);
    if (policy.statements.some(({ conditions }) => conditions.length > 0)) note("with conditions");
    if (policy.findings.length > 0) note("with findings");
  },
  { key: 0.03, trust: 0.03, resourceControl: 0.03, "with conditions": 0.2, "with findings": 0.2 },
);

law(
  "printed policies decide as they did",
  questions(),
  (question, note) => {
    const { decision, set } = judged(question);
    const texts = [
      ...(set.identity ?? []),
      ...set.permissionsBoundary,
      ...set.session,
      ...set.serviceControl.flat(),
      ...set.resourceControl.flat(),
      ...set.vpcEndpoint,
      ...(set.resource ? [set.resource] : []),
    ].map(printPolicy);
    const printed = changeDocuments(question, () => JSON.parse(texts.shift()!) as Document);
    const { findings: _, ...wanted } = decision;
    const { findings: __, ...got } = judged(printed).decision;
    note(wanted.outcome);
    assert.deepEqual(got, wanted);
  },
  { allowed: 0.05, explicitDeny: 0.05, implicitDeny: 0.1 },
);
