/** What is measured, as documents and requests that every engine can read. Requests differ from call to call. */

export interface Ask {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

export interface Scenario {
  readonly name: string;
  readonly identity: readonly object[];
  readonly key: object | undefined;
  readonly asks: readonly Ask[];
}

export const ACCOUNT = "111122223333";
export const COUNT = 1000;
const REGIONS = ["eu-west-1", "us-east-1", "us-west-2"];

/** A fixed sequence of numbers below `limit`: runs must compare. */
export function sequence(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

const policy = (statements: readonly object[]) => ({ Version: "2012-10-17", Statement: statements });
export const roleArn = (at: number) => `arn:aws:iam::${ACCOUNT}:role/team-${at % 7}/service-${at}`;
export const keyArn = (at: number) =>
  `arn:aws:kms:${REGIONS[at % 3]}:${ACCOUNT}:key/${String(at).padStart(8, "0")}-12ab-34cd-56ef-1234567890ab`;

const asks = (make: (next: (limit: number) => number, at: number) => Ask): Ask[] => {
  const next = sequence(42);
  return Array.from({ length: COUNT }, (_, at) => make(next, at));
};

/** (a) One statement; three requests in four are allowed. */
export function oneStatement(): Scenario {
  return {
    name: "(a) one statement",
    identity: [
      policy([{ Effect: "Allow", Action: ["s3:GetObject", "s3:ListBucket"], Resource: "arn:aws:s3:::reports/*" }]),
    ],
    key: undefined,
    asks: asks((next, at) => ({
      principal: roleArn(next(50)),
      action: next(8) === 0 ? "s3:PutObject" : "s3:GetObject",
      resource: `arn:aws:s3:::${next(8) === 0 ? "payroll" : "reports"}/2026/${next(12)}/file-${at}.csv`,
      context: {},
    })),
  };
}

/** (b) A key policy and an identity policy, both with `kms:ViaService`. */
export function keyThroughService(): Scenario {
  return {
    name: "(b) key policy, kms:ViaService",
    identity: [
      policy([
        {
          Effect: "Allow",
          Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
          Resource: `arn:aws:kms:*:${ACCOUNT}:key/*`,
          Condition: { StringEquals: { "kms:ViaService": REGIONS.map((region) => `s3.${region}.amazonaws.com`) } },
        },
      ]),
    ],
    key: policy([
      {
        Sid: "EnableIam",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
        Action: "kms:*",
        Resource: "*",
      },
      {
        Sid: "OnlyStorage",
        Effect: "Deny",
        Principal: "*",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "*",
        Condition: { StringNotLike: { "kms:ViaService": ["s3.*.amazonaws.com", "ec2.*.amazonaws.com"] } },
      },
      {
        Sid: "Volumes",
        Effect: "Allow",
        Principal: { AWS: [roleArn(1), roleArn(2), roleArn(3)] },
        Action: ["kms:Decrypt", "kms:CreateGrant"],
        Resource: "*",
        Condition: { StringEquals: { "kms:ViaService": "ec2.eu-west-1.amazonaws.com", "kms:CallerAccount": ACCOUNT } },
      },
    ]),
    asks: asks((next) => ({
      principal: roleArn(next(50)),
      action: ["kms:Decrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"][next(4)]!,
      resource: keyArn(next(100)),
      context: {
        "kms:ViaService": `${["s3", "s3", "ec2", "sqs"][next(4)]}.${REGIONS[next(3)]}.amazonaws.com`,
        "kms:CallerAccount": ACCOUNT,
      },
    })),
  };
}

const CONDITIONS: readonly object[] = [
  { StringEquals: { "aws:PrincipalTag/team": ["red", "blue"] } },
  { IpAddress: { "aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24"] } },
  { Bool: { "aws:SecureTransport": "true" }, StringLike: { "s3:prefix": "home/*" } },
  { ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/team-1/*` } },
  { NumericLessThan: { "s3:max-keys": "100" } },
  {
    DateGreaterThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" },
    StringNotEquals: { "aws:RequestedRegion": "us-east-1" },
  },
];

/** (c) Thirty statements of the asked service, each with conditions. */
export function thirtyConditions(): Scenario {
  const actions = ["s3:Get*", "s3:PutObject", "s3:*Object", ["s3:GetObject", "s3:ListBucket"], "s3:*"];
  return {
    name: "(c) 30 statements with conditions",
    identity: [
      policy(
        Array.from({ length: 30 }, (_, at) => ({
          Effect: at % 10 === 9 ? "Deny" : "Allow",
          Action: actions[at % 5],
          Resource: at % 4 === 0 ? "*" : `arn:aws:s3:::bucket-${at % 12}/*`,
          Condition: at % 10 === 9 ? { NotIpAddress: { "aws:SourceIp": "203.0.0.0/8" } } : CONDITIONS[at % 6],
        })),
      ),
    ],
    key: undefined,
    asks: asks((next, at) => ({
      principal: roleArn(next(50)),
      action: next(3) === 0 ? "s3:PutObject" : "s3:GetObject",
      resource: `arn:aws:s3:::bucket-${next(15)}/home/file-${at}`,
      context: {
        "aws:PrincipalArn": roleArn(next(50)),
        "aws:PrincipalTag/team": ["red", "green", "blue"][next(3)]!,
        "aws:SourceIp": `203.0.${next(255)}.${next(255)}`,
        "aws:SecureTransport": "true",
        "aws:CurrentTime": `2026-0${1 + next(9)}-11T10:00:00Z`,
        "aws:RequestedRegion": REGIONS[next(3)]!,
        "s3:max-keys": String(next(1000)),
      },
    })),
  };
}

const SERVICES = ["s3", "sqs", "sns", "dynamodb", "lambda", "kms", "ec2", "logs", "ssm", "secretsmanager"];
const ACTIONS = ["Get*", "List*", "Describe*", "Put*", "Create*", "Delete*", "Update*", "Tag*", "Send*", "*Item"];

/** (d) Four hundred statements of ten services. */
export function fourHundred(): Scenario {
  return {
    name: "(d) 400 statements",
    identity: [
      policy(
        Array.from({ length: 400 }, (_, at) => {
          const service = SERVICES[at % 10]!;
          return {
            Effect: "Allow",
            Action: [`${service}:${ACTIONS[Math.floor(at / 10) % 10]}`, `${service}:TagResource`],
            Resource:
              service === "s3" ? `arn:aws:s3:::bucket-${at}/*` : `arn:aws:${service}:*:${ACCOUNT}:*thing-${at}*`,
            ...(at % 3 === 0 ? { Condition: { StringEquals: { "aws:PrincipalTag/team": "red" } } } : {}),
          };
        }),
      ),
    ],
    key: undefined,
    asks: asks((next, at) => ({
      principal: roleArn(next(50)),
      ...[
        { action: "s3:GetObject", resource: `arn:aws:s3:::bucket-${next(40) * 10}/${at}` },
        { action: "sqs:SendMessage", resource: `arn:aws:sqs:eu-west-1:${ACCOUNT}:thing-${next(400)}-jobs` },
        { action: "dynamodb:GetItem", resource: `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/thing-${next(400)}` },
      ][next(3)]!,
      context: { "aws:PrincipalTag/team": next(2) === 0 ? "red" : "blue" },
    })),
  };
}

/** `count` statements, none or all of them of the asked service. */
export function grown(count: number, which: "other services" | "the same service"): Scenario {
  const statements = Array.from({ length: count }, (_, at) => {
    const service = which === "the same service" ? "s3" : SERVICES[1 + (at % 9)]!;
    return { Effect: "Allow", Action: `${service}:Get*`, Resource: `arn:aws:${service}:::other-${at}/*` };
  });
  const { identity, ...rest } = oneStatement();
  return {
    ...rest,
    name: `${count} statements of ${which}`,
    identity: [policy([...statements, ...(identity[0] as { Statement: object[] }).Statement])],
  };
}

/** (e) An environment: roles with their identity policies, keys with their key policies. */
export function environment(roles = 1000, keys = 100) {
  return {
    roles: Array.from({ length: roles }, (_, at) => ({
      arn: roleArn(at),
      identity: policy([
        {
          Effect: "Allow",
          Action: ["kms:Decrypt", "kms:Encrypt"],
          Resource: [keyArn(at % keys), keyArn((at * 7) % keys)],
        },
        { Effect: "Allow", Action: "s3:*", Resource: `arn:aws:s3:::bucket-${at}/*` },
      ]),
    })),
    keys: Array.from({ length: keys }, (_, at) => ({
      arn: keyArn(at),
      policy: policy([
        { Effect: "Allow", Principal: { AWS: ACCOUNT }, Action: "kms:*", Resource: "*" },
        {
          Effect: "Allow",
          Principal: { AWS: [roleArn(at), roleArn(at + 100)] },
          Action: ["kms:Decrypt", "kms:GenerateDataKey"],
          Resource: "*",
        },
        {
          Effect: "Deny",
          Principal: "*",
          Action: "kms:*",
          Resource: "*",
          Condition: { StringNotEquals: { "kms:CallerAccount": ACCOUNT } },
        },
      ]),
    })),
  };
}
