/** The test that a refutation prints, run, fails the same way. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { askFind } from "../../src/analyse/find-access.ts";
import { toPolicySet } from "../../src/analyse/subject.ts";
import { toPolicySet as drawnSet, policyDocuments } from "../../src/generate/policy-sets.ts";
import { KEY, ROLE } from "../../src/generate/universe.ts";
import { Policy, sourceOf } from "../../src/policy/policy.ts";
import { pasteableTest } from "../../src/report/paste.ts";
import { refutationMessage } from "../../src/report/proof.ts";
import type { Grant } from "../../src/request/grant.ts";
import { runPasted } from "../report/pasted.ts";

const ACTIONS = { key: "kms:*", trust: "sts:*", resource: "s3:*" } as const;
/** What `got` and `request` of a message say; the order of keys says nothing, and `.at(…)` tells both names of the time. */
const told = (message: string) =>
  (message.split("\n\n")[1] ?? "")
    .split("\n")
    .filter((line) => !/^ {2}wanted/.test(line))
    .filter((line) => !line.includes("aws:EpochTime"))
    .sort();

test("a hundred refutations, pasted", async () => {
  let failed = 0;
  for (const near of ["key", "trust", "resource"] as const)
    for (const documents of fc.sample(policyDocuments(near), { numRuns: 90, seed: 20_261_128 })) {
      // As a list says it: one level of each kind, and no endpoint, which a test must say something about.
      const set = drawnSet(
        {
          ...documents,
          vpcEndpoint: [],
          serviceControl: documents.serviceControl.slice(0, 1),
          resourceControl: documents.resourceControl.slice(0, 1),
        },
        near,
      );
      const place = {
        key: { resource: KEY },
        trust: { resource: ROLE },
        resource: { resource: "arn:aws:s3:::home", account: "111122223333" },
      }[near];
      const resource = set.resource ? new Policy({ ...set.resource, ...place }, sourceOf(set.resource)) : undefined;
      const subject: readonly (Policy | Grant)[] = [
        ...(set.identity ?? []),
        ...set.permissionsBoundary,
        ...set.session,
        ...(resource ? [resource] : []),
        ...set.grants,
        ...set.serviceControl.flat(),
        ...set.resourceControl.flat(),
      ];
      if (subject.length === 0) continue;
      const { found } = askFind(toPolicySet(subject), { actions: ACTIONS[near] });
      if (found.verdict !== "refuted") continue;
      const whole = refutationMessage(
        { assertion: "claim", wanted: "deny", subject: "policies", all: "all" },
        found,
        () => [],
      );
      const line = /\n {4}(expect\(policies\).*;)/.exec(whole)![1]!;
      const known = found.judgement.set.resource?.resource === found.request.resource;
      const paste = pasteableTest(
        known ? { ...found.request, resource: null } : found.request,
        found.judgement.decision,
        "policies",
      );
      expect(line).toBe(paste.test);
      if (paste.needs) continue;
      let message = "passed";
      try {
        await runPasted(paste, { expect, policies: subject });
      } catch (error) {
        message = (error as Error).message;
      }
      expect(told(message), `${line}\n${message}`).toEqual(told(whole));
      failed++;
    }
  expect(failed).toBeGreaterThanOrEqual(100);
}, 60_000);
