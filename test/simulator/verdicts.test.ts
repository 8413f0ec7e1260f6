import { createRequire } from "node:module";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  anonymous,
  environment,
  federatedUser,
  fullAWSAccess,
  grant,
  identityPolicy,
  keyPolicy,
  permissionsBoundary,
  type Request,
  request,
  resourceControlPolicy,
  resourcePolicy,
  role,
  rootUser,
  type Subject,
  service,
  serviceControlPolicy,
  session,
  sessionPolicy,
  trustPolicy,
  vpcEndpointPolicy,
} from "../../src/index.ts";
import { iamSimulator, type Simulator } from "../../src/simulator/simulator.ts";
import { clientAt } from "./clients.ts";
import { type IamServer, iamServer } from "./iam-server.ts";
import type { Cell, WireCall } from "./query-protocol.ts";

const account = "111122223333";
const user = `arn:aws:iam::${account}:user/bob`;
const app = `arn:aws:iam::${account}:role/app`;
const key = `arn:aws:kms:us-west-2:${account}:key/1234abcd`;
const object = "arn:aws:s3:::reports/2026";
const Version = "2012-10-17";
const all = { Effect: "Allow", Action: "*", Resource: "*" } as const;
const reader = identityPolicy({
  Version,
  Statement: { Sid: "Read", Effect: "Allow", Action: "s3:GetObject", Resource: "*" },
});
const everything = identityPolicy({ Version, Statement: [all] });
const scp = serviceControlPolicy({ Version, Statement: [{ Effect: "Deny", Action: "s3:*", Resource: "*" }] });
const bucket = (principal: unknown, effect = "Allow") =>
  resourcePolicy(
    {
      Version,
      Statement: { Effect: effect, Principal: principal, Action: "s3:GetObject", Resource: "arn:aws:s3:::reports/*" },
    },
    { account },
  );
const byIp = identityPolicy({
  Version,
  Statement: { ...all, Condition: { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } } },
});

let server: IamServer;
let simulator: Simulator;
let answer: Cell;
beforeAll(async () => {
  server = await iamServer({ answer: () => answer });
});
beforeEach(() => {
  answer = { decision: "allowed" };
  server.calls.splice(0);
  simulator = iamSimulator({ client: clientAt(server.endpoint), mode: "live" });
});
afterAll(() => server.close());

describe("what AWS cannot answer is not asked, and says why", () => {
  const rows: [string, Subject, Request][] = [
    [
      "AWS's simulator does not take key policies",
      [everything, keyPolicy({ Version, Statement: { ...all, Principal: "*" } }, { key })],
      request(app, "kms:Decrypt", key),
    ],
    [
      "AWS's simulator does not take trust policies",
      trustPolicy(
        { Version, Statement: { Effect: "Allow", Principal: { AWS: user }, Action: "sts:AssumeRole" } },
        { role: app },
      ),
      request(user, "sts:AssumeRole"),
    ],
    [
      "AWS's simulator does not take resource control policies",
      [
        reader,
        resourceControlPolicy({
          Version,
          Statement: { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" },
        }),
      ],
      request(user, "s3:GetObject", object),
    ],
    [
      "AWS's simulator does not take session policies",
      [everything, sessionPolicy({ Version, Statement: all })],
      request(app, "s3:GetObject", object),
    ],
    [
      "AWS's simulator does not take policies of VPC endpoints",
      [everything, vpcEndpointPolicy({ Version, Statement: { ...all, Principal: "*" } })],
      request(user, "s3:GetObject", object).fromVpcEndpoint("vpce-1"),
    ],
    [
      "AWS's simulator takes a resource policy for users alone, and the caller is a role",
      [reader, bucket({ AWS: app })],
      request(app, "s3:GetObject", object),
    ],
    [
      "AWS's simulator takes resource policies of S3, SQS, SNS and Glacier alone",
      resourcePolicy({
        Version,
        Statement: {
          Effect: "Allow",
          Principal: { AWS: user },
          Action: "secretsmanager:GetSecretValue",
          Resource: "*",
        },
      }),
      request(user, "secretsmanager:GetSecretValue", `arn:aws:secretsmanager:us-west-2:${account}:secret:a-123456`),
    ],
    [
      "AWS's simulator does not know grants",
      [everything, grant({ key, granteePrincipal: app, operations: ["Decrypt"] })],
      request(app, "kms:Decrypt", key),
    ],
    [
      "AWS's simulator does not know a service as the caller",
      bucket({ Service: "ec2.amazonaws.com" }),
      request(service("ec2.amazonaws.com"), "s3:GetObject", object),
    ],
    [
      "AWS's simulator does not know a caller without credentials",
      bucket("*"),
      request(anonymous, "s3:GetObject", object),
    ],
    [
      "AWS's simulator does not know a root user as the caller",
      reader,
      request(rootUser(account), "s3:GetObject", object),
    ],
    [
      "AWS's simulator does not know a federated user as the caller",
      reader,
      request(federatedUser(`arn:aws:sts::${account}:federated-user/x`), "s3:GetObject", object),
    ],
    [
      "AWS's simulator does not know calls that a service makes for the caller",
      everything,
      request(app, "kms:Decrypt", key).viaService("s3.us-west-2.amazonaws.com"),
    ],
    ["no policy decides this: every caller may ask who it is", reader, request(app, "sts:GetCallerIdentity")],
    [
      "the resource is of another account, and its policy is not given",
      identityPolicy({ Version, Statement: { Effect: "Allow", Action: "sqs:*", Resource: "*" } }),
      request(user, "sqs:SendMessage", "arn:aws:sqs:us-west-2:444455556666:orders"),
    ],
    [
      "AWS's simulator takes one permissions boundary",
      [everything, permissionsBoundary({ Version, Statement: all }), permissionsBoundary({ Version, Statement: all })],
      request(app, "s3:GetObject", object),
    ],
    [
      "AWS's simulator reads wildcards in a resource's ARN oddly",
      reader,
      request(user, "s3:GetObject", "arn:aws:s3:::reports/*"),
    ],
    [
      "AWS's simulator ignores an empty value, as `aws:PrincipalTag/team` has here",
      identityPolicy({ Version, Statement: { ...all, Condition: { StringEquals: { "aws:PrincipalTag/team": "" } } } }),
      request(app, "s3:GetObject", object).withPrincipalTags({ team: "" }),
    ],
    [
      "`aws:SourceIp` is of the type ip in AWS's simulator, and `here` is not",
      byIp,
      request(app, "s3:GetObject", object).withContext({ "aws:SourceIp": "here" }),
    ],
  ];
  test.each(rows)("%s", async (reason, subject, asked) => {
    const { verdict, reason: got, local, aws } = await simulator.compare(subject, asked);
    expect({ verdict, reason: got }).toEqual({ verdict: "notModelled", reason });
    expect([local, aws]).toEqual([null, null]);
    expect(server.calls).toEqual([]);
  });
});

describe("what the request does not say is not asked", () => {
  const rows: [string, Subject, Request][] = [
    ["the answer depends on aws:SourceIp, which the request does not say", byIp, request(app, "s3:GetObject", object)],
    [
      // It is always there, which we know; AWS would take it to be absent.
      "the answer depends on aws:UserAgent, which the request does not say",
      identityPolicy({ Version, Statement: { ...all, Condition: { Null: { "aws:UserAgent": "false" } } } }),
      request(app, "s3:GetObject", object),
    ],
  ];
  test.each(rows)("%s", async (reason, subject, asked) => {
    const { verdict, reason: got } = await simulator.compare(subject, asked);
    expect({ verdict, reason: got }).toEqual({ verdict: "needsContext", reason });
    expect(server.calls).toEqual([]);
  });
});

describe("what AWS answers", () => {
  const asked = request(user, "s3:GetObject", object);
  const other = request(user, "s3:PutObject", object);

  test("the same: agree, with both answers and the case", async () => {
    const statement = {
      SourcePolicyId: "PolicyInputList.1",
      StartPosition: { Line: 1, Column: 40 },
      EndPosition: { Line: 1, Column: 110 },
    };
    answer = { decision: "allowed", matched: [statement], missing: ["aws:SourceIp"] };
    expect(await simulator.compare(reader, asked)).toEqual({
      verdict: "agree",
      reason: "both say allow",
      remarks: [],
      local: {
        outcome: "allowed",
        reason: "the caller's identity policies allow it",
        statements: [{ policy: "identity policy", index: 0, sid: "Read" }],
        unverified: [],
      },
      aws: {
        outcome: "allowed",
        statements: [{ policy: "identity policy", index: 0, sid: "Read" }],
        missingContextValues: ["aws:SourceIp"],
        date: new Date().toISOString().slice(0, 10),
      },
      case: {
        request: { principal: user, action: "s3:GetObject", resource: object, resourceAccount: account },
        policies: { identity: [{ name: "identity policy", document: expect.any(String) }] },
      },
    });
  });

  test("another: disagree", async () => {
    answer = { decision: "implicitDeny" };
    expect(await simulator.compare(reader, asked)).toMatchObject({
      verdict: "disagree",
      reason: "AWS says implicit deny, iam-expect says allow",
    });
  });

  test("another kind of deny: agree with a remark, unless strict", async () => {
    answer = { decision: "explicitDeny" };
    const remark = "AWS says explicit deny, iam-expect says implicit deny";
    expect(await simulator.compare(reader, other)).toMatchObject({
      verdict: "agree",
      reason: "both deny it",
      remarks: [remark],
    });
    expect(await simulator.compare(reader, other, { strict: true })).toMatchObject({
      verdict: "disagree",
      reason: remark,
    });
    const strict = iamSimulator({ client: clientAt(server.endpoint), mode: "live", strict: true });
    expect(await strict.compare(reader, other)).toMatchObject({ verdict: "disagree", reason: remark });
  });

  test("a difference that rests on a rule that AWS does not settle is told with the rule", async () => {
    const narrow = serviceControlPolicy({
      Version,
      Statement: [{ Effect: "Allow", Action: "*", Resource: "arn:aws:s3:::*" }],
    });
    answer = { decision: "implicitDeny" };
    const { verdict, remarks } = await simulator.compare([reader, narrow], asked);
    expect({ verdict, remarks }).toEqual({
      verdict: "disagree",
      remarks: [
        "iam-expect rests on what AWS does not settle: an Allow of a service control policy may name resources and conditions (A7)",
      ],
    });
  });

  test("a difference across accounts proves nothing, since AWS's pages contradict each other", async () => {
    const foreign = resourcePolicy(
      {
        Version,
        Statement: {
          Effect: "Allow",
          Principal: { AWS: user },
          Action: "s3:GetObject",
          Resource: "arn:aws:s3:::reports/*",
        },
      },
      { account: "444455556666" },
    );
    answer = { decision: "implicitDeny" };
    expect(await simulator.compare([reader, foreign], asked)).toMatchObject({
      verdict: "notModelled",
      reason: "AWS's pages contradict each other on whether the simulator decides across accounts",
      remarks: ["AWS says implicit deny, iam-expect says allow"],
    });
    answer = { decision: "allowed" };
    const again = iamSimulator({ client: clientAt(server.endpoint), mode: "live" });
    expect(await again.compare([reader, foreign], asked)).toMatchObject({ verdict: "agree" });
  });
});

describe("what goes over the wire", () => {
  const sent = async (subject: Subject, asked: Request): Promise<Record<string, string>> => {
    await simulator.compare(subject, asked);
    expect(server.calls).toHaveLength(1);
    return Object.fromEntries((server.calls[0] as WireCall).fields);
  };
  const text = (statement: unknown) => JSON.stringify({ Version, Statement: statement });
  const plain = { Version: "2010-05-08", MaxItems: "1000" };

  test("service control policies by level, from the root to the account, and a boundary", async () => {
    const world = environment({
      organization: {
        id: "o-abc123defg",
        units: { dev: { serviceControl: [fullAWSAccess, scp], accounts: [account] } },
      },
      principals: { [app]: { policies: [everything], boundary: permissionsBoundary({ Version, Statement: [all] }) } },
    });
    answer = { decision: "explicitDeny" };
    const level = (at: number, policy: number) =>
      `OrderedOrganizationPolicyInputList.member.${at}.ServiceControlPolicyInputList.member.${policy}`;
    expect(await sent(world, request(app, "s3:GetObject", object))).toEqual({
      ...plain,
      Action: "SimulateCustomPolicy",
      "PolicyInputList.member.1": text([all]),
      "PermissionsBoundaryPolicyInputList.member.1": text([all]),
      [level(1, 1)]: text([all]),
      [level(2, 1)]: text([all]),
      [level(2, 2)]: text([{ Effect: "Deny", Action: "s3:*", Resource: "*" }]),
      [level(3, 1)]: text([all]),
      "ActionNames.member.1": "s3:GetObject",
      "ResourceArns.member.1": object,
    });
  });

  test("a resource policy with its caller and owner", async () => {
    const statement = {
      Effect: "Allow",
      Principal: { AWS: user },
      Action: "s3:GetObject",
      Resource: "arn:aws:s3:::reports/*",
    };
    expect(await sent(bucket({ AWS: user }), request(user, "s3:GetObject", object))).toEqual({
      ...plain,
      Action: "SimulateCustomPolicy",
      // AWS wants an identity policy; this one grants what needs no grant.
      "PolicyInputList.member.1": text([{ Effect: "Allow", Action: "sts:GetCallerIdentity", Resource: "*" }]),
      ResourcePolicy: text(statement),
      CallerArn: user,
      ResourceOwner: `arn:aws:iam::${account}:root`,
      "ActionNames.member.1": "s3:GetObject",
      "ResourceArns.member.1": object,
    });
  });

  test("each key that the policies read, told or derived, with the type of AWS's catalogue", async () => {
    const conditions = {
      StringEquals: { "aws:PrincipalTag/team": "a", "aws:PrincipalAccount": account },
      ArnLike: { "aws:PrincipalArn": app },
      IpAddress: { "AWS:sourceip": "203.0.113.0/24" },
      DateGreaterThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" },
      Bool: { "aws:SecureTransport": "true", "aws:MultiFactorAuthPresent": "true" },
      NumericLessThan: { "aws:MultiFactorAuthAge": "300" },
      "ForAllValues:StringEquals": { "aws:TagKeys": ["a", "b"] },
      StringLike: { "s3:prefix": "${aws:PrincipalTag/team}/*", "unknown:Key": ["x", "y"] },
    };
    const policy = identityPolicy({ Version, Statement: [{ ...all, Condition: conditions }] });
    const asked = request(role(app, { tags: { team: "a" } }), "s3:ListBucket", "arn:aws:s3:::reports")
      .fromIp("203.0.113.7")
      .at("2026-01-31T12:00:00Z")
      .withMfa(60)
      .withContext({ "aws:TagKeys": ["a"], "s3:prefix": "a/b", "unknown:Key": "x", "aws:UserAgent": "not read" });
    await sent(policy, asked);
    expect(
      server.calls[0]!.ContextEntries.map(({ ContextKeyName, ContextKeyType, ContextKeyValues }) => [
        ContextKeyName,
        ContextKeyType,
        ...ContextKeyValues,
      ]),
    ).toEqual([
      ["aws:CurrentTime", "date", "2026-01-31T12:00:00.000Z"],
      ["aws:MultiFactorAuthAge", "numeric", "60"],
      ["aws:MultiFactorAuthPresent", "boolean", "true"],
      ["aws:PrincipalAccount", "string", account],
      ["aws:PrincipalArn", "string", app],
      ["aws:PrincipalTag/team", "string", "a"],
      ["aws:SecureTransport", "boolean", "true"],
      ["aws:SourceIp", "ip", "203.0.113.7"],
      ["aws:TagKeys", "stringList", "a"],
      ["s3:prefix", "string", "a/b"],
      ["unknown:Key", "string", "x"],
    ]);
  });

  test("a session's identity policies, with the name of its caller nowhere", async () => {
    const fields = await sent(reader, request(session(app, "today"), "s3:GetObject", object));
    expect(fields).toEqual({
      ...plain,
      Action: "SimulateCustomPolicy",
      "PolicyInputList.member.1": text({ Sid: "Read", Effect: "Allow", Action: "s3:GetObject", Resource: "*" }),
      "ActionNames.member.1": "s3:GetObject",
      "ResourceArns.member.1": object,
    });
  });

  test("a policy's own text, whatever a form makes of its characters", async () => {
    const odd = "a+b c%41&d=é;/?#\\u2028\u2603\u{1f512}";
    const document = `{\n  "Version": "${Version}",\n  "Statement": { "Sid": "Odd",\n    "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${odd}  x" } }`;
    const fields = await sent(identityPolicy(document), request(user, "s3:GetObject", object));
    const got = fields["PolicyInputList.member.1"]!;
    expect(got).toBe(
      `{"Version":"${Version}","Statement":{"Sid":"Odd","Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a+b c%41&d=é;/?#\\u2028\\u2603\\ud83d\\udd12  x"}}`,
    );
    expect(JSON.parse(got)).toEqual(JSON.parse(document));
    expect(got).toMatch(/^[\t\n\r -\xff]+$/);
  });
});

describe("the policies attached to a principal", () => {
  test("are simulated without those of kinds that the subject has none of", async () => {
    const { verdict } = await simulator.simulatePrincipal(app).compare(reader, request(app, "s3:GetObject", object));
    expect(verdict).toBe("agree");
    expect(Object.fromEntries(server.calls[0]!.fields)).toEqual({
      Action: "SimulatePrincipalPolicy",
      Version: "2010-05-08",
      PolicySourceArn: app,
      "PolicyExclusionList.member.1.PolicyType": "rcp",
      "PolicyExclusionList.member.2.PolicyType": "scp",
      "PolicyExclusionList.member.3.PolicyType": "permission-boundary",
      "ActionNames.member.1": "s3:GetObject",
      "ResourceArns.member.1": object,
      MaxItems: "1000",
    });
  });

  test("or without those that are named", async () => {
    const exclude = [{ PolicyArn: "arn:aws:iam::aws:policy/*" }];
    await simulator.simulatePrincipal(app, { exclude }).compare(reader, request(app, "s3:GetObject", object));
    expect(server.calls[0]!.PolicyExclusionList).toEqual([{ PolicyArn: "arn:aws:iam::aws:policy/*" }]);
  });

  test("of another caller are not asked", async () => {
    const { verdict, reason } = await simulator
      .simulatePrincipal(app)
      .compare(reader, request(user, "s3:GetObject", object));
    expect({ verdict, reason }).toEqual({
      verdict: "notModelled",
      reason: `the policies of ${app} are simulated, and the caller is another`,
    });
  });
});

describe("a client that is older than the parameters of July 2026", () => {
  const old = createRequire(import.meta.url)("client-iam-3.1098");
  const older = () =>
    iamSimulator({
      client: new old.IAMClient({
        endpoint: server.endpoint,
        region: "us-east-1",
        credentials: { accessKeyId: "test", secretAccessKey: "test" },
        maxAttempts: 1,
      }),
      sdk: old,
      mode: "live",
    });

  test("asks what it can", async () => {
    expect(await older().compare(reader, request(user, "s3:GetObject", object))).toMatchObject({ verdict: "agree" });
  });

  test("never asks without the service control policies that it leaves out", async () => {
    const { verdict, reason } = await older().compare([everything, scp], request(user, "s3:GetObject", object));
    expect({ verdict, reason }).toEqual({
      verdict: "notModelled",
      reason:
        "the client of @aws-sdk/client-iam does not send OrderedOrganizationPolicyInputList; that of 3.1099.0 and later does",
    });
    expect(server.calls).toEqual([]);
  });

  test("takes a difference for one of the policies that it could not leave out", async () => {
    const asked = request(app, "s3:GetObject", object);
    expect(await older().simulatePrincipal(app).compare(reader, asked)).toMatchObject({ verdict: "agree" });
    answer = { decision: "implicitDeny", organizations: false };
    expect(await older().simulatePrincipal(app).compare(reader, asked)).toMatchObject({
      verdict: "notModelled",
      reason:
        "AWS may have decided by attached policies that the client is too old to leave out (3.1099.0 and later do)",
    });
  });
});
