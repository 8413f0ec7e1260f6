import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Comparison } from "../../src/simulator/comparison.ts";
import { iamSimulator } from "../../src/simulator/simulator.ts";
import { casesOf, corpusFiles } from "../conformance/corpus.ts";
import { recorded, recordedAnswer } from "./aws-of-the-tests.ts";
import { clientAt } from "./clients.ts";
import { type IamServer, iamServer } from "./iam-server.ts";
import { realDecisions } from "./real-decisions.ts";

const cases = corpusFiles.filter((file) => file.includes("real-decisions")).flatMap(casesOf);

describe.each(["action", "pair"] as const)("the 176 real decisions, in AWS's model of a result by %s", (model) => {
  let server: IamServer;
  let comparisons: Comparison[];
  beforeAll(async () => {
    server = await iamServer({ answer: recordedAnswer, model, pageSize: 7 });
    const simulator = iamSimulator({ client: clientAt(server.endpoint), mode: "live" });
    comparisons = await Promise.all(cases.map((item) => simulator.compareQuestion(() => item.question())));
    await simulator.close();
  });
  afterAll(() => server.close());

  test("are all asked, and none disagrees", () => {
    expect(cases).toHaveLength(176);
    const odd = comparisons.flatMap(({ verdict, reason, case: { request } }) =>
      verdict === "agree" ? [] : [{ verdict, reason, request }],
    );
    expect(odd).toEqual([]);
  });

  test("came over the wire, each as it was recorded", () => {
    const asked = server.calls.flatMap((call) =>
      call.ActionNames.flatMap((action) => call.ResourceArns.map((arn) => recorded(call, action, arn))),
    );
    const rows = new Set(asked.filter((row) => row !== undefined));
    // Two recordings may have asked the same.
    const questions = new Set(realDecisions.map(({ policies, request }) => questionText(policies, request)));
    expect(new Set([...rows].map(({ policies, request }) => questionText(policies, request)))).toEqual(questions);
  });

  test("each field of each call is what AWS's API asks for", () => {
    for (const call of server.calls) {
      expect(call).toMatchObject({ Action: "SimulateCustomPolicy", Version: "2010-05-08", MaxItems: "1000" });
      const rows = call.ActionNames.flatMap((action) =>
        call.ResourceArns.flatMap((arn) => recorded(call, action, arn) ?? []),
      );
      expect(rows.length).toBeGreaterThan(0);
      for (const { policies, request } of rows) {
        // The policies as they were written, but for the white space between tokens.
        const sent = (texts: readonly string[]) => texts.map((text) => JSON.stringify(JSON.parse(text)));
        expect(call.PolicyInputList).toEqual(sent(policies.identity));
        expect(call.PermissionsBoundaryPolicyInputList).toEqual(sent(policies.permissionsBoundary));
        expect(byName(call.ContextEntries)).toEqual(byName(request.context));
      }
      const known =
        /^(Action|Version|MaxItems|Marker|(PolicyInputList|PermissionsBoundaryPolicyInputList|ActionNames|ResourceArns)\.member\.\d+|ContextEntries\.member\.\d+\.(ContextKeyName|ContextKeyType|ContextKeyValues\.member\.\d+))$/;
      expect([...call.fields.keys()].filter((field) => !known.test(field))).toEqual([]);
    }
  });

  test("the statements that AWS named are ours, by place", () => {
    let named = 0;
    for (const [at, { aws }] of comparisons.entries()) {
      const { matchedSids, matchedStatements } = rowOf(cases[at]!);
      if (matchedSids === null && matchedStatements === undefined) continue;
      named++;
      const statements = aws!.statements.filter(({ policy }) => policy.startsWith("identity"));
      expect(statements).toHaveLength(matchedSids?.length ?? matchedStatements!.length);
      expect(statements.every(({ index }) => index !== null)).toBe(true);
      if (matchedSids) expect(statements.map(({ sid }) => sid).sort()).toEqual([...matchedSids].sort());
    }
    expect(named).toBe(176);
  });

  test("AWS's deciding statements and ours are the same", () => {
    const differ = comparisons.flatMap(({ local, aws, case: { request } }) => {
      const ours = local!.statements.filter(({ policy }) => policy.startsWith("identity")).map(refText);
      const theirs = aws!.statements.map(refText);
      return ours.sort().join() === theirs.sort().join() ? [] : [{ ours, theirs, request }];
    });
    expect(differ).toEqual([]);
  });
});

const byName = (entries: readonly { readonly ContextKeyName: string }[]) =>
  [...entries].sort((a, b) => (a.ContextKeyName < b.ContextKeyName ? -1 : 1));

/** The id of a case says which row it is: `real/001/...`. */
const rowOf = ({ id }: { readonly id: string }) => realDecisions[Number(id.split("/")[1]) - 1]!;

const refText = ({ policy, index }: { policy: string; index: number | null }) => `${policy} ${index}`;

const questionText = (policies: unknown, { action, resource, context }: (typeof realDecisions)[number]["request"]) =>
  JSON.stringify([policies, action, resource, context]);
