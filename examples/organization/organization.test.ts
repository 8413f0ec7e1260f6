import {
  environment,
  fullAWSAccess,
  identityPolicy,
  keyPolicy,
  resourceControlPolicy,
  resourcePolicy,
  rootUser,
  s3,
  service,
  serviceControlPolicy,
  sqs,
} from "iam-expect";
import { describe, expect, test } from "vitest";

const [orders, analytics, management, outside] = [
  "111122223333",
  "444455556666",
  "123456789012",
  "777788889999",
] as const;
const roleOf = (account: string, name: string) => `arn:aws:iam::${account}:role/${name}`;
const key = `arn:aws:kms:eu-west-1:${orders}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const bucket = "arn:aws:s3:::example-orders";
const object = `${bucket}/2026/orders.csv`;
const queue = `arn:aws:sqs:eu-west-1:${orders}:uploads`;

const file = (name: string) => `examples/organization/policies/${name}.json`;
const reader = identityPolicy.fromFile(file("reader"));
const administrator = identityPolicy.fromFile(file("administrator"));

const world = (ofBucket = "orders-bucket", ofQueue = "uploads-queue") =>
  environment({
    organization: {
      id: "o-exampleorg1",
      managementAccount: management,
      resourceControl: [resourceControlPolicy.fromFile(file("perimeter-rcp"))],
      units: {
        workloads: {
          accounts: [orders, analytics],
          serviceControl: [fullAWSAccess, serviceControlPolicy.fromFile(file("workloads-scp"))],
        },
      },
    },
    // An account that the organization does not have.
    accounts: { [outside]: {} },
    principals: {
      [roleOf(orders, "Admin")]: { policies: [administrator] },
      [roleOf(analytics, "Admin")]: { policies: [administrator] },
      [roleOf(analytics, "Reader")]: { policies: [reader] },
      [roleOf(management, "Admin")]: { policies: [administrator] },
      [roleOf(outside, "Admin")]: { policies: [administrator] },
    },
    resources: {
      [key]: { policy: keyPolicy.fromFile(file("orders-key"), { key }) },
      [bucket]: { policy: resourcePolicy.fromFile(file(ofBucket)), owner: orders },
      [queue]: { policy: resourcePolicy.fromFile(file(ofQueue)) },
    },
  });

describe("two accounts, a shared key", () => {
  test("analytics reads orders: its own policy, the bucket's and the key's all allow it", () => {
    expect(world()).toAllow(s3.getObject({ by: roleOf(analytics, "Reader"), key, object }));
  });

  test("but decrypts nothing past S3, and writes nothing", () => {
    expect(world()).toDeny(roleOf(analytics, "Reader"), "kms:Decrypt", key);
    expect(world()).toDeny(s3.putObject({ by: roleOf(analytics, "Admin"), key, object }));
  });

  test("administrators of analytics do not administer the key of orders", () => {
    expect(world()).toDeny(roleOf(analytics, "Admin"), "kms:PutKeyPolicy", key);
  });
});

describe("the service control policy", () => {
  test("keeps members in their Region", () => {
    expect(world()).toAllow(roleOf(orders, "Admin"), "s3:CreateBucket", "arn:aws:s3:::new").inRegion("eu-west-1");
    expect(world())
      .toExplicitlyDeny(roleOf(orders, "Admin"), "s3:CreateBucket", "arn:aws:s3:::new")
      .inRegion("us-east-1")
      .because("OnlyEuWest1");
  });

  test("keeps keys, against administrators and the root user", () => {
    for (const anybody of [roleOf(orders, "Admin"), rootUser(orders)])
      expect(world()).toExplicitlyDeny(anybody, "kms:ScheduleKeyDeletion", key).because("KeysStay");
  });

  test("does not bind the management account", () => {
    expect(world()).toAllow(roleOf(management, "Admin"), "s3:CreateBucket", "arn:aws:s3:::new").inRegion("us-east-1");
  });
});

describe("the resource control policy", () => {
  const everybody = world("open-bucket");

  test("keeps strangers out of a bucket that its own policy opens to everybody", () => {
    expect(everybody)
      .toExplicitlyDeny(roleOf(outside, "Admin"), "s3:GetObject", object)
      .inRegion("eu-west-1")
      .because("OnlyTheOrganization");
  });

  test("lets members and the management account in", () => {
    for (const account of [orders, analytics, management])
      expect(everybody).toAllow(roleOf(account, "Admin"), "s3:GetObject", object).inRegion("eu-west-1");
  });
});

describe("a confused deputy", () => {
  const notify = (account: string) =>
    sqs.sendMessage({
      by: service("s3.amazonaws.com"),
      key,
      queue,
      sourceArn: "arn:aws:s3:::example-uploads",
      sourceAccount: account,
    });

  test("S3 tells our queue of our uploads", () => {
    expect(world()).toAllow(notify(orders));
  });

  test("S3 does not for somebody else's bucket: `aws:SourceAccount` says for whom it acts", () => {
    expect(world()).toDeny(notify(outside));
    expect(world()).toDeny(notify(analytics));
  });

  test("a queue that does not ask for whom is open to any bucket", () => {
    const deputy = world("orders-bucket", "deputy-queue");
    const send = (account: string) => notify(account).steps[0]!.request;
    expect(deputy).toAllow(send(outside));
    // Only the key, which asks, stops it: at the second step.
    expect(deputy).toDeny(notify(outside));
  });
});
