import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { DiagnosticError } from "../../src/diagnostic/diagnostic.ts";
import { identityPolicy, request } from "../../src/index.ts";
import { iamSimulator, type SimulatorOptions } from "../../src/simulator/simulator.ts";
import { clientAt } from "./clients.ts";
import { type IamServer, iamServer, type ServerOptions } from "./iam-server.ts";
import { errorBody } from "./query-protocol.ts";

const reader = identityPolicy({
  Version: "2012-10-17",
  Statement: { Sid: "Read", Effect: "Allow", Action: "s3:Get*", Resource: "arn:aws:s3:::reports/*" },
});
const user = "arn:aws:iam::111122223333:user/bob";
const asked = ["s3:GetObject", "s3:GetObjectAcl"].map((action) => request(user, action, "arn:aws:s3:::reports/2026"));

const servers: IamServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const allowed: ServerOptions["answer"] = () => ({ decision: "allowed" });
const send = (response: ServerResponse, status: number, body: string, type = "text/xml") => {
  response.writeHead(status, { "content-type": type });
  response.end(body);
  return true;
};

interface Fault {
  readonly name: string;
  readonly fault?: ServerOptions["fault"];
  readonly answer?: ServerOptions["answer"];
  readonly server?: Partial<ServerOptions>;
  readonly options?: Partial<SimulatorOptions>;
  /** The verdict of both requests, or the whole error. */
  readonly ends: string;
  readonly calls: number;
}

const firstCalls =
  (count: number, fail: (response: ServerResponse) => boolean): ServerOptions["fault"] =>
  (response, _call, number) =>
    number <= count && fail(response);
const throttle = (response: ServerResponse) => send(response, 400, errorBody("Throttling", "Rate exceeded"));
const html = "<html><body><h1>Blocked by the proxy</h1></body></html>";

const FAULTS: readonly Fault[] = [
  { name: "none", ends: "agree", calls: 1 },
  { name: "throttled three times, then answered", fault: firstCalls(3, throttle), ends: "agree", calls: 4 },
  {
    name: "throttled for ever",
    fault: (response) => throttle(response),
    ends: `error[simulator-throttled]
  AWS throttled the call, 4 times (Throttling: Rate exceeded)
  help: ask less at once, with the option \`concurrency\`, or later`,
    calls: 4,
  },
  {
    name: "500 once",
    fault: firstCalls(1, (response) => send(response, 500, errorBody("PolicyEvaluation", "internal failure"))),
    ends: "agree",
    calls: 2,
  },
  {
    name: "500 for ever",
    fault: (response) => send(response, 500, errorBody("PolicyEvaluation", "internal failure")),
    ends: `error[simulator-unreachable]
  AWS's simulator could not be asked, 4 times (PolicyEvaluationException: internal failure)`,
    calls: 4,
  },
  {
    name: "500 with an empty body",
    fault: firstCalls(2, (response) => send(response, 500, "")),
    ends: "agree",
    calls: 3,
  },
  {
    name: "connection reset once",
    fault: firstCalls(1, (response) => {
      response.socket!.resetAndDestroy();
      return true;
    }),
    ends: "agree",
    calls: 2,
  },
  {
    name: "connection reset for ever",
    fault: (response) => {
      response.socket!.resetAndDestroy();
      return true;
    },
    ends: `error[simulator-unreachable]
  AWS's simulator could not be asked, 4 times (TimeoutError: read ECONNRESET)`,
    calls: 4,
  },
  {
    name: "connection reset in the middle of an answer",
    fault: (response, _call, number, body) => {
      if (number > 1) return false;
      response.writeHead(200, { "content-type": "text/xml", "content-length": "100000" });
      response.write(body().slice(0, 300), () => response.socket!.resetAndDestroy());
      return true;
    },
    ends: "agree",
    calls: 2,
  },
  {
    name: "a slow answer within the time",
    fault: (response, _call, _number, body) => {
      void pause(100).then(() => send(response, 200, body()));
      return true;
    },
    options: { timeout: 5000 },
    ends: "agree",
    calls: 1,
  },
  {
    name: "an answer too late, then one in time",
    fault: firstCalls(1, () => true),
    options: { timeout: 200 },
    ends: "agree",
    calls: 2,
  },
  {
    name: "no answer ever",
    fault: () => true,
    options: { timeout: 100 },
    ends: `error[simulator-unreachable]
  AWS's simulator could not be asked, 4 times (TimeoutError: no answer within 100 ms)`,
    calls: 4,
  },
  {
    name: "XML that is cut off once",
    fault: (response, _call, number, body) => number === 1 && send(response, 200, body().slice(0, -120)),
    ends: "agree",
    calls: 2,
  },
  {
    name: "HTML of a proxy",
    fault: (response) => send(response, 200, html, "text/html"),
    ends: `error[simulator-answer]
  what came back is no answer of IAM, 4 times: it holds no results
  help: is there a proxy between here and AWS?`,
    calls: 4,
  },
  {
    name: "an empty answer",
    fault: (response) => send(response, 200, ""),
    ends: `error[simulator-answer]
  what came back is no answer of IAM, 4 times: it holds no results
  help: is there a proxy between here and AWS?`,
    calls: 4,
  },
  {
    name: "no word on whether the answer is whole",
    fault: (response, _call, _number, body) =>
      send(response, 200, body().replace("<IsTruncated>false</IsTruncated>", "")),
    ends: `error[simulator-answer]
  what came back is no answer of IAM, 4 times: it does not say whether it is whole
  help: is there a proxy between here and AWS?`,
    calls: 4,
  },
  { name: "pages", server: { pageSize: 1 }, ends: "agree", calls: 2 },
  {
    // The second page is lost, so its action is asked again, alone.
    name: "a missing page",
    server: { pageSize: 1 },
    fault: (response, call, _number, body) =>
      call.ActionNames.length > 1 &&
      send(response, 200, body().replace("<IsTruncated>true</IsTruncated>", "<IsTruncated>false</IsTruncated>")),
    ends: "agree",
    calls: 2,
  },
  {
    name: "no result for an action, ever",
    fault: (response, _call, _number, body) =>
      send(
        response,
        200,
        body().replace(/<member><EvalActionName>s3:GetObjectAcl.*?<\/ResourceSpecificResults><\/member>/, ""),
      ),
    ends: `error[simulator-answer]
  AWS gave no answer to \`s3:GetObjectAcl\` on \`arn:aws:s3:::reports/2026\``,
    calls: 2,
  },
  {
    name: "more pages announced, and no marker",
    fault: (response, _call, _number, body) =>
      send(response, 200, body().replace("<IsTruncated>false</IsTruncated>", "<IsTruncated>true</IsTruncated>")),
    ends: `error[simulator-answer]
  AWS says that there are more results, and not where they go on`,
    calls: 1,
  },
  {
    name: "the same marker again",
    fault: (response, _call, _number, body) =>
      send(
        response,
        200,
        body().replace("<IsTruncated>false</IsTruncated>", "<IsTruncated>true</IsTruncated><Marker>m</Marker>"),
      ),
    ends: `error[simulator-answer]
  AWS's pages of results go round in a circle
  note: the marker "m" came twice`,
    calls: 2,
  },
  {
    name: "an answer about another ARN",
    fault: (response, _call, _number, body) => send(response, 200, body().replaceAll("reports/2026", "reports/2025")),
    ends: `error[simulator-answer]
  what came back is no answer of IAM, 4 times: it is about the resource arn:aws:s3:::reports/2025, which was not asked
  help: is there a proxy between here and AWS?`,
    calls: 4,
  },
  {
    name: "an answer about another action",
    fault: (response, _call, _number, body) => send(response, 200, body().replace("s3:GetObject<", "s3:PutObject<")),
    ends: `error[simulator-answer]
  what came back is no answer of IAM, 4 times: it is about the action s3:PutObject, which was not asked
  help: is there a proxy between here and AWS?`,
    calls: 4,
  },
  {
    name: "a decision that nobody knows",
    answer: () => ({ decision: "maybe" }),
    ends: `error[simulator-answer]
  what came back is no answer of IAM, 4 times: the decision maybe is none that is known
  help: is there a proxy between here and AWS?`,
    calls: 4,
  },
  {
    name: "fields that nobody knows",
    fault: (response, _call, _number, body) =>
      send(
        response,
        200,
        body().replaceAll("<EvalActionName>", "<New><member><A>1</A></member></New><EvalActionName>"),
      ),
    ends: "agree",
    calls: 1,
  },
  {
    name: "expired credentials",
    fault: (response) =>
      send(response, 403, errorBody("ExpiredToken", "The security token included in the request is expired")),
    ends: `error[simulator-credentials]
  AWS did not accept the credentials, or there are none (ExpiredToken: The security token included in the request is expired)
  help: the simulator needs \`iam:SimulateCustomPolicy\` or \`iam:SimulatePrincipalPolicy\`; a replay needs nothing`,
    calls: 1,
  },
  {
    name: "a caller who may not simulate",
    fault: (response) =>
      send(response, 403, errorBody("AccessDenied", "User: x is not authorized to perform: iam:SimulateCustomPolicy")),
    ends: `error[simulator-credentials]
  AWS did not accept the credentials, or there are none (AccessDenied: User: x is not authorized to perform: iam:SimulateCustomPolicy)
  help: the simulator needs \`iam:SimulateCustomPolicy\` or \`iam:SimulatePrincipalPolicy\`; a replay needs nothing`,
    calls: 1,
  },
  {
    name: "HTML of a proxy that refuses",
    fault: (response) => send(response, 407, html, "text/html"),
    ends: `error[simulator-unreachable]
  AWS's simulator could not be asked (Unknown: Unknown)`,
    calls: 1,
  },
  {
    // Refused together, then each alone: nothing is lost of what AWS does answer.
    name: "one of the questions is refused",
    fault: (response, call) =>
      call.ActionNames.includes("s3:GetObjectAcl") &&
      send(response, 400, errorBody("InvalidInput", "Invalid Action: s3:GetObjectAcl")),
    ends: `error[simulator-refused]
  AWS's simulator refused the question (InvalidInputException: Invalid Action: s3:GetObjectAcl)`,
    calls: 3,
  },
  {
    name: "more calls than allowed",
    fault: (response) => throttle(response),
    options: { maxCalls: 2 },
    ends: `error[simulator-calls]
  2 calls have been made, and more are not allowed
  help: raise \`maxCalls\`, or ask less`,
    calls: 2,
  },
];

/** Node says a reset in two ways, by when it comes. */
const plain = ({ message }: Error) => message.replace("(Error: socket hang up)", "(TimeoutError: read ECONNRESET)");

describe.each(FAULTS)("$name", ({ fault, answer = allowed, server: more, options, ends, calls }) => {
  test("ends in a right verdict or a clear error", async () => {
    const server = await iamServer({ answer, ...more, ...(fault ? { fault } : {}) });
    servers.push(server);
    const simulator = iamSimulator({
      client: clientAt(server.endpoint),
      mode: "live",
      tries: 4,
      retryDelay: 1,
      ...options,
    });
    const settled = await Promise.allSettled(asked.map((one) => simulator.compare(reader, one)));
    const got = settled.map((one) =>
      one.status === "fulfilled"
        ? one.value.verdict
        : one.reason instanceof DiagnosticError
          ? plain(one.reason)
          : one.reason,
    );
    // What concerns one of the two requests is said of that one.
    expect(got.at(-1)).toBe(ends);
    expect(new Set([...got, "agree", ends]).size).toBe(ends === "agree" ? 1 : 2);
    expect(server.calls).toHaveLength(calls);
    expect((await simulator.close()).calls).toBe(calls);
  });
});

test("every place at which an answer may be cut off ends in the right verdict or an error", async () => {
  let cut = 0;
  const deny: ServerOptions["answer"] = () => ({ decision: "explicitDeny" });
  const server = await iamServer({
    answer: deny,
    fault: (response, _call, _number, body) => send(response, 200, body().slice(0, cut)),
  });
  servers.push(server);
  const client = clientAt(server.endpoint);
  const verdicts = new Set<string>();
  for (cut = 0; cut < 1200; cut += 3) {
    const simulator = iamSimulator({ client, mode: "live", tries: 1 });
    const code = await simulator.compare(reader, asked[0]!).then(
      ({ verdict }) => verdict,
      (error: unknown) => (error as DiagnosticError).code,
    );
    verdicts.add(code);
  }
  expect([...verdicts].sort()).toEqual(["disagree", "simulator-answer"]);
});

test("an ARN that was never asked is not read from another's answer", async () => {
  // A model of old that decides over all resources at once says nothing of each.
  const server = await iamServer({
    answer: (_call, _action, arn) => ({ decision: arn.endsWith("2026") ? "allowed" : "implicitDeny" }),
    fault: (response, call, _number, body) =>
      call.ResourceArns.length > 1 &&
      send(response, 200, body().replace(/<ResourceSpecificResults>.*<\/ResourceSpecificResults>/, "")),
  });
  servers.push(server);
  const simulator = iamSimulator({ client: clientAt(server.endpoint), mode: "live" });
  const verdicts = await Promise.all(
    ["2026", "other"].map((key) =>
      simulator.compare(reader, request(user, "s3:GetObject", `arn:aws:s3:::reports/${key}`)),
    ),
  );
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(["agree", "disagree"]);
  expect(server.calls).toHaveLength(3);
});

test("without credentials it says so, and asks once", async () => {
  const { IAMClient } = await import("@aws-sdk/client-iam");
  const client = new IAMClient({
    endpoint: "http://127.0.0.1:1",
    region: "us-east-1",
    credentials: async () => {
      throw Object.assign(new Error("Could not load credentials from any providers"), {
        name: "CredentialsProviderError",
      });
    },
  });
  const simulator = iamSimulator({ client, mode: "live", retryDelay: 1 });
  const errors = await Promise.allSettled(asked.map((one) => simulator.compare(reader, one)));
  expect(errors.map((one) => (one as PromiseRejectedResult).reason.message)).toEqual(
    asked.map(
      () => `error[simulator-credentials]
  AWS did not accept the credentials, or there are none (CredentialsProviderError: Could not load credentials from any providers)
  help: the simulator needs \`iam:SimulateCustomPolicy\` or \`iam:SimulatePrincipalPolicy\`; a replay needs nothing`,
    ),
  );
});
