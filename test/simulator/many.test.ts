import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { writeCase } from "../../src/cases/write-case.ts";
import { toQuestion } from "../../src/evaluate/normalise.ts";
import { evaluate, identityPolicy, request, role } from "../../src/index.ts";
import { Gathering, requestsOf, type SuiteRequest } from "../../src/simulator/handover.ts";
import { askSuite } from "../../src/simulator/suite.ts";
import { clientAt } from "./clients.ts";
import { iamServer } from "./iam-server.ts";

const folder = mkdtempSync(join(tmpdir(), "iam-expect-many-"));
afterEach(() => {
  delete process.env.IAM_EXPECT_SIMULATOR;
  rmSync(folder, { recursive: true, force: true });
});

/** 1,000 assertions over 20 sets of policies: objects, queues and lists; one set in four reads who asks, and two teams ask. */
function thousand(): SuiteRequest[] {
  return Array.from({ length: 20 }, (_, set) => {
    const gathering = new Gathering();
    const policy = identityPolicy({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: ["s3:Get*", "sqs:*"], Resource: "*" },
        {
          Effect: "Deny",
          Action: "*",
          Resource: `arn:aws:s3:::bucket-${set}/secret/*`,
          ...(set % 4 === 0 ? { Condition: { StringNotEquals: { "aws:PrincipalTag/team": "a" } } } : {}),
        },
      ],
    });
    for (let at = 0; at < 50; at++) {
      const caller = role("arn:aws:iam::111122223333:role/app", { tags: { team: at % 2 === 0 ? "a" : "b" } });
      const asked =
        at % 5 === 4
          ? request(caller, at % 2 === 0 ? "sqs:ListQueues" : "s3:ListAllMyBuckets")
          : at % 5 === 3
            ? request(caller, "sqs:SendMessage", `arn:aws:sqs:us-west-2:111122223333:queue-${at}`)
            : request(
                caller,
                ["s3:GetObject", "s3:PutObject", "s3:GetObjectAcl"][at % 5]!,
                `arn:aws:s3:::bucket-${set}/${at % 4 === 0 ? "secret/" : ""}${at}`,
              );
      const { set: policies, facts } = toQuestion(policy, asked);
      gathering.add(writeCase(policies, facts), "");
    }
    return requestsOf(gathering.handed, `set ${set}`);
  }).flat();
}

test("1,000 assertions over 20 sets of policies take fewer than 60 calls, and a replay none", async () => {
  const requests = thousand();
  expect(requests).toHaveLength(1000);
  const server = await iamServer({
    // What our evaluator says, asked as the wire has it: here the calls are counted, not the answers.
    answer: ({ PolicyInputList: [text = ""], ContextEntries }, action, arn) => {
      const team = ContextEntries.find(({ ContextKeyName }) => ContextKeyName === "aws:PrincipalTag/team");
      const tags = team ? { team: team.ContextKeyValues[0]! } : {};
      const caller = role("arn:aws:iam::111122223333:role/app", { tags });
      return { decision: evaluate(identityPolicy(text), request(caller, action, arn)).outcome };
    },
  });
  process.env.IAM_EXPECT_SIMULATOR = "record";
  const recorded = await askSuite(requests, { client: clientAt(server.endpoint), recordings: folder });
  expect(
    recorded.text,
  ).toContain(`iam-expect: 1000 requests beside AWS's policy simulator (record, ${server.calls.length} calls)

  agree          1000
`);
  // By set, one for those with a resource and one for those without; twice where the context differs.
  expect(server.calls).toHaveLength(50);
  await server.close();

  process.env.IAM_EXPECT_SIMULATOR = "replay";
  const replayed = await askSuite(requests, { recordings: folder });
  expect(replayed.text).toContain(
    "iam-expect: 1000 requests beside AWS's policy simulator (replay, 0 calls)\n\n  agree          1000\n",
  );
});
