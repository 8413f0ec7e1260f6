/** Accounts and policies of others (`test/data/SOURCES.md`), put into environments by hand: what their sources claim. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  type EnvironmentInput,
  environment,
  evaluate,
  identityPolicy,
  type PolicyDocument,
  permissionsBoundary,
  request,
  resourcePolicy,
  role,
  rootUser,
  service,
  trustPolicy,
  user,
} from "../../src/index.ts";

interface Named {
  readonly PolicyName: string;
  readonly PolicyDocument: PolicyDocument;
}
interface Entity {
  readonly Arn: string;
  readonly UserPolicyList: readonly Named[];
  readonly RolePolicyList: readonly Named[];
  readonly GroupPolicyList: readonly Named[];
  readonly AssumeRolePolicyDocument: PolicyDocument;
}
/** As `aws iam get-account-authorization-details` prints it. */
interface Details {
  readonly UserDetailList: readonly Entity[];
  readonly GroupDetailList: readonly Entity[];
  readonly RoleDetailList: readonly Entity[];
  readonly Policies: readonly {
    readonly Arn: string;
    readonly PolicyVersionList: readonly { readonly Document: PolicyDocument; readonly IsDefaultVersion: boolean }[];
  }[];
}

const read = (file: string) => JSON.parse(readFileSync(`test/data/${file}`, "utf8")) as Details;
const inline = (list: readonly Named[]) =>
  list.map(({ PolicyName, PolicyDocument }) => identityPolicy(PolicyDocument, { name: PolicyName }));
const managed = ({ Policies }: Details, arn: string): PolicyDocument =>
  Policies.find(({ Arn }) => Arn === arn)!.PolicyVersionList.find(({ IsDefaultVersion }) => IsDefaultVersion)!.Document;
const allowAll = (name: string, ...actions: string[]) =>
  identityPolicy({ Version: "2012-10-17", Statement: { Effect: "Allow", Action: actions, Resource: "*" } }, { name });

describe("IAMSpy", () => {
  const invoke = "lambda:InvokeFunction";
  const hello = "arn:aws:lambda:eu-west-1:123456789012:function:helloworld";

  test("allow-with-conditions: role/name can only if aws:referer is bobby.tables", () => {
    const details = read("iamspy/allow-with-conditions.json");
    const [name] = details.RoleDetailList;
    const world = environment({
      principals: { [name!.Arn]: { policies: inline(name!.RolePolicyList) } },
      resources: { [name!.Arn]: { policy: trustPolicy(name!.AssumeRolePolicyDocument, { role: name!.Arn }) } },
    });
    const asked = request(name!.Arn, invoke, hello);
    expect(world).toAllow(asked.withContext({ "aws:Referer": "bobby.tables" }));
    expect(world).toDeny(asked.withContext({ "aws:Referer": "robert.tables" }));
    expect(world).toDeny(asked.withoutContext("aws:Referer"));
    expect(evaluate(world, asked.withContext({ "aws:Referer": "bobby.tables" })).statements).toEqual([
      { policy: "policy", index: 0, sid: null },
    ]);
  });

  /** The one user of a file, with its boundary. */
  function world(file: string, boundary?: string): EnvironmentInput & { readonly arn: string } {
    const details = read(file);
    const [only] = details.UserDetailList;
    const most = boundary ? { boundary: permissionsBoundary(managed(details, boundary), { name: boundary }) } : {};
    return { arn: only!.Arn, principals: { [only!.Arn]: { policies: inline(only!.UserPolicyList), ...most } } };
  }

  test("user-allow-check: the user can", () => {
    const { arn, ...known } = world("iamspy/user-allow-check.json");
    expect(arn).toBe("arn:aws:iam::123456789012:user/PermissionBoundaryAllow");
    expect(environment(known)).toAllow(request(arn, invoke, hello));
  });

  test("user-boundary-allow: the same user can, within its boundary", () => {
    const { arn, ...known } = world("iamspy/user-boundary-allow.json", "arn:aws:iam::aws:policy/InvokingAllowed");
    expect(environment(known)).toAllow(request(arn, invoke, hello));
    expect(environment(known)).toDeny(request(arn, "lambda:DeleteFunction", hello));
  });

  test("user-boundary-deny: the boundary stops the user, and a user that is not there cannot either", () => {
    const { arn, ...known } = world("iamspy/user-boundary-deny.json", "arn:aws:iam::aws:policy/NotInvoking");
    const own = hello.replace("123456789012", "391638756970");
    expect(environment(known)).toDeny(request(arn, invoke, own));
    const { [arn]: free } = known.principals!;
    expect(environment({ principals: { [arn]: { policies: free!.policies! } } })).toAllow(request(arn, invoke, own));
    // The file lists every user of the account, so one that it does not list has no policies.
    const nobody = "arn:aws:iam::123456789012:user/name";
    expect(environment({ principals: { ...known.principals, [nobody]: { policies: [] } } })).toDeny(
      request(nobody, invoke, hello),
    );
  });
});

describe("aws-cli", () => {
  const details = read("aws-cli/get-account-authorization-details.json");
  const account = "123456789012";
  const [ec2Role] = details.RoleDetailList;
  const arnOf = (name: string) => `arn:aws:iam::${account}:user/${name}`;
  const group = (name: string) => `arn:aws:iam::${account}:group/${name}`;
  const entity = (list: readonly Entity[], arn: string) => list.find(({ Arn }) => Arn === arn)!;
  const ownOf = (name: string) => inline(entity(details.UserDetailList, arnOf(name)).UserPolicyList);

  // AWS's own policies are named in the file, not printed.
  const world = environment({
    principals: {
      [arnOf("Alice")]: { policies: ownOf("Alice"), groups: ["Admins"] },
      [arnOf("Bob")]: { policies: ownOf("Bob"), groups: ["Admins"] },
      [arnOf("Charlie")]: { policies: ownOf("Charlie"), groups: ["Dev"] },
      [ec2Role!.Arn]: {
        policies: [
          allowAll("AmazonS3FullAccess", "s3:*", "s3-object-lambda:*"),
          allowAll("AmazonDynamoDBFullAccess", "dynamodb:*"),
        ],
      },
    },
    groups: {
      [group("Admins")]: [allowAll("AdministratorAccess", "*")],
      [group("Dev")]: [
        identityPolicy(
          {
            Version: "2012-10-17",
            Statement: { Effect: "Allow", NotAction: ["iam:*", "organizations:*", "account:*"], Resource: "*" },
          },
          { name: "PowerUserAccess" },
        ),
        identityPolicy(managed(details, "arn:aws:iam::aws:policy/AmazonEC2FullAccess"), {
          name: "AmazonEC2FullAccess",
        }),
      ],
      [group("Finance")]: inline(entity(details.GroupDetailList, group("Finance")).GroupPolicyList),
    },
    resources: {
      [ec2Role!.Arn]: {
        policy: trustPolicy(ec2Role!.AssumeRolePolicyDocument, { name: "EC2role", role: ec2Role!.Arn }),
      },
    },
  });

  test("administrators may call IAM, but for Bob whose own policy denies it", () => {
    expect(world).toAllow(arnOf("Alice"), "iam:ListUsers");
    expect(world).toExplicitlyDeny(arnOf("Bob"), "iam:ListUsers");
    expect(evaluate(world, request(arnOf("Bob"), "iam:ListUsers")).statements).toEqual([
      { policy: "DenyBillingAndIAMPolicy", index: 0, sid: null },
    ]);
    expect(world).toAllow(arnOf("Bob"), "ec2:DescribeInstances");
  });

  test("developers may do all but IAM", () => {
    expect(world).toAllow(arnOf("Charlie"), "ec2:DescribeInstances");
    expect(world).toDeny(arnOf("Charlie"), "iam:ListUsers");
  });

  test("EC2 assumes the role, nobody else does, and it reads S3", () => {
    expect(world).toAllow(service("ec2.amazonaws.com"), "sts:AssumeRole", ec2Role!.Arn);
    expect(world).toDeny(service("lambda.amazonaws.com"), "sts:AssumeRole", ec2Role!.Arn);
    expect(world).toDeny(arnOf("Alice"), "sts:AssumeRole", ec2Role!.Arn);
    expect(world).toAllow(role(ec2Role!.Arn), "s3:GetObject", "arn:aws:s3:::amzn-s3-demo-bucket/object");
    expect(world).toDeny(role(ec2Role!.Arn), "ec2:DescribeInstances");
  });

  test("a policy that nobody has attached", () => {
    const policy = identityPolicy(managed(details, `arn:aws:iam::${account}:policy/S3-read-only-specific-bucket`));
    const dana = environment({ principals: { [arnOf("Dana")]: { policies: [policy] } } });
    expect(dana).toAllow(arnOf("Dana"), "s3:GetObject", "arn:aws:s3:::amzn-s3-demo-bucket/object");
    expect(dana).toDeny(arnOf("Dana"), "s3:PutObject", "arn:aws:s3:::amzn-s3-demo-bucket/object");
    expect(dana).toDeny(arnOf("Dana"), "s3:GetObject", "arn:aws:s3:::another-bucket/object");
  });
});

describe("k9-cdk: only the listed principals; everyone else denied", () => {
  const bucket = "arn:aws:s3:::app-data";
  // CDK's token stands for the bucket's ARN.
  const text = readFileSync("test/data/k9-cdk/generated.bucket-policy.json", "utf8").replaceAll(
    "${Token[TOKEN.203]}",
    bucket,
  );
  const policy = resourcePolicy(text, { name: "k9-cdk", resource: bucket });
  const inAccount = (name: string) => `arn:aws:iam::123456789012:${name}`;
  const world = environment({
    principals: {
      ...Object.fromEntries(
        ["user/ci", "user/person1", "role/k9-auditor", "role/app-backend", "role/customer-service"].map((name) => [
          inAccount(name),
          { policies: [] },
        ]),
      ),
      [inAccount("role/admin")]: { policies: [allowAll("admin", "*")] },
    },
    resources: { [bucket]: { policy, owner: "123456789012" } },
  });
  const ask = (name: string, action: string) =>
    request(inAccount(name), action, /Object/.test(action) ? `${bucket}/object` : bucket).inRegion("us-west-2");

  const administer = ["s3:PutBucketPolicy", "s3:DeleteBucket"];
  const config = ["s3:GetBucketPolicy", "s3:GetEncryptionConfiguration"];
  const readData = ["s3:GetObject", "s3:ListBucket"];
  const may: Record<string, readonly string[]> = {
    "user/ci": [...administer, ...config],
    "user/person1": [...administer, ...config],
    "role/k9-auditor": config,
    "role/app-backend": [...readData, "s3:PutObjectTagging"],
    "role/customer-service": readData,
  };
  const actions = [...administer, ...config, ...readData, "s3:PutObjectTagging", "s3:DeleteObject"];
  const cases = Object.keys(may).flatMap((name) =>
    actions.map((action) => [name, action, may[name]!.includes(action)] as const),
  );

  test.each(cases)("%s, %s: %s", (name, action, allowed) => {
    if (allowed) expect(world).toAllow(ask(name, action));
    else expect(world).toDeny(ask(name, action));
  });

  test.each(actions)("an administrator of the account is denied %s", (action) => {
    expect(world).toExplicitlyDeny(ask("role/admin", action));
    expect(evaluate(world, ask("role/admin", action)).statements).toContainEqual({
      policy: "k9-cdk",
      index: 8,
      sid: "DenyEveryoneElse",
    });
  });

  test("another account, the root user", () => {
    expect(world).toExplicitlyDeny(
      request("arn:aws:iam::444455556666:role/app-backend", "s3:GetObject", `${bucket}/object`).inRegion("us-west-2"),
    );
    // Also of the account's root user, which can still mend the policy (semantics E1).
    expect(world).toExplicitlyDeny(
      request(rootUser("123456789012"), "s3:GetObject", `${bucket}/object`).inRegion("us-west-2"),
    );
    expect(world).toAllow(request(rootUser("123456789012"), "s3:DeleteBucketPolicy", bucket).inRegion("us-west-2"));
  });

  test("objects are written under SSE-KMS, over TLS", () => {
    const encryption = "s3:x-amz-server-side-encryption";
    const write = ask("role/app-backend", "s3:PutObject");
    expect(world).toAllow(write.withContext({ [encryption]: "aws:kms" }));
    for (const [asked, sid] of [
      [write.withContext({ [encryption]: "AES256" }), "DenyUnexpectedEncryptionMethod"],
      [write.withContext({ [encryption]: null }), "DenyUnencryptedStorage"],
      [write.withContext({ [encryption]: "aws:kms", "aws:SecureTransport": "false" }), "DenyInsecureCommunications"],
    ] as const)
      expect(evaluate(world, asked).statements.map((statement) => statement.sid)).toContain(sid);
    expect(world)
      .toDeny(user(inAccount("user/ci")), "s3:PutObject", `${bucket}/object`)
      .withContext({ [encryption]: "aws:kms" })
      .inRegion("us-west-2");
  });
});
