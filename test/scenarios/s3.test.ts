import { s3 } from "../../src/index.ts";
import { describeScenario, row, same } from "./table.ts";
import {
  ACCOUNT,
  adding,
  allow,
  allowTo,
  changed,
  denying,
  equals,
  REGION,
  rcpDenies,
  scpDenies,
  via,
  type World,
  without,
} from "./world.ts";

const app = `arn:aws:iam::${ACCOUNT}:role/Reports`;
const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/reports`;
const bucket = "arn:aws:s3:::reports-111122223333";
const object = `${bucket}/2026/january.csv`;
const who = { by: app, key, object };
const objects = `${bucket}/*`;

/** The key is for the objects of this bucket, by their encryption context. */
const world: World = {
  identity: {
    [app]: { Write: allow("s3:PutObject", { Resource: objects }), Read: allow("s3:GetObject", { Resource: objects }) },
  },
  attached: {
    [bucket]: {
      OnlyThisKey: {
        ...allowTo("*", "s3:PutObject", {
          Resource: objects,
          Condition: { StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": key } },
        }),
        Effect: "Deny",
      },
    },
    [key]: {
      ThroughS3: allowTo(app, ["kms:GenerateDataKey", "kms:Decrypt"], {
        Condition: {
          StringEquals: { "kms:ViaService": `s3.${REGION}.amazonaws.com` },
          StringLike: { "kms:EncryptionContext:aws:s3:arn": objects },
        },
      }),
    },
  },
};
const forBucket = changed("ThroughS3", equals({ "kms:EncryptionContext:aws:s3:arn": bucket }));
const mine = ["an identity policy of role/Reports"];
const ofBucket = bucket.slice("arn:aws:s3:::".length);

const keyRows = (action: string) => [
  row("the key is for another action", changed("ThroughS3", { Action: "kms:DescribeKey" }), 2, action, {
    short: ["key/reports"],
    shows: [],
  }),
  row("the key is for S3 of another Region", changed("ThroughS3", via("s3", "eu-west-1")), 2, action, {
    short: ["key/reports"],
    shows: ['"ThroughS3" misses by one condition'],
  }),
  row(
    "the key is for another bucket",
    changed("ThroughS3", equals({ "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::other" })),
    2,
    action,
    { short: ["key/reports"], shows: ['"ThroughS3" misses by one condition'] },
  ),
  row("an RCP denies the key", rcpDenies(action.split(" ")[1]!), 2, action, { denies: "NoByRcp" }),
  row("the role is denied the key", denying("identity", app, "kms:*"), 2, action, { denies: "No" }),
];

describeScenario("s3.putObject", {
  scenario: s3.putObject(who),
  world,
  rows: [
    row("the role may not write", without("Write"), 1, "role/Reports s3:PutObject", {
      short: [...mine, ofBucket],
      shows: [],
    }),
    row(
      "the role writes elsewhere",
      changed("Write", { Resource: "arn:aws:s3:::other/*" }),
      1,
      "role/Reports s3:PutObject",
      {
        short: [...mine, ofBucket],
        shows: ['"Write" misses by its Resource'],
      },
    ),
    row(
      "the bucket wants another key",
      changed("OnlyThisKey", {
        Condition: { StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": `${key}2` } },
      }),
      1,
      "role/Reports s3:PutObject",
      { denies: "OnlyThisKey" },
    ),
    row(
      "the bucket wants no SSE-KMS",
      denying("attached", bucket, "s3:PutObject", equals({ "s3:x-amz-server-side-encryption": "aws:kms" })),
      1,
      "role/Reports s3:PutObject",
      { denies: "No" },
    ),
    row(
      "an SCP denies the Region",
      scpDenies("s3:*", { Condition: { StringEquals: { "aws:RequestedRegion": REGION } } }),
      1,
      "role/Reports s3:PutObject",
      { denies: "NoByScp" },
    ),
    ...keyRows("role/Reports kms:GenerateDataKey"),
    row(
      "with a bucket key the encryption context is the bucket's",
      same,
      2,
      "role/Reports kms:GenerateDataKey",
      { short: ["key/reports"], shows: ['"ThroughS3" misses by one condition'] },
      s3.putObject({ ...who, bucketKey: true }),
    ),
  ],
});

describeScenario("s3.putObject, with a bucket key", {
  scenario: s3.putObject({ ...who, bucketKey: true }),
  world: forBucket(world),
  rows: [
    row("the role may not write", without("Write"), 1, "role/Reports s3:PutObject", { short: [...mine, ofBucket] }),
    row(
      "the key is for objects",
      changed("ThroughS3", equals({ "kms:EncryptionContext:aws:s3:arn": object })),
      2,
      "role/Reports kms:GenerateDataKey",
      {
        short: ["key/reports"],
        shows: ['"ThroughS3" misses by one condition'],
      },
    ),
    row(
      "without a bucket key the encryption context is the object's",
      same,
      2,
      "role/Reports kms:GenerateDataKey",
      { short: ["key/reports"], shows: ['"ThroughS3" misses by one condition'] },
      s3.putObject(who),
    ),
  ],
});

describeScenario("s3.getObject", {
  scenario: s3.getObject(who),
  world,
  rows: [
    row("the role may not read", without("Read"), 1, "role/Reports s3:GetObject", {
      short: [...mine, ofBucket],
      shows: [],
    }),
    row(
      "the session policy denies it",
      adding("session", app, { All: allow("*"), NotIt: { ...allow("s3:GetObject"), Effect: "Deny" } }),
      1,
      "role/Reports s3:GetObject",
      { denies: "NotIt" },
    ),
    ...keyRows("role/Reports kms:Decrypt"),
  ],
});

describeScenario("s3.getObject, with a bucket key", {
  scenario: s3.getObject({ ...who, bucketKey: true }),
  world: forBucket(world),
  rows: [
    row("the role may not read", without("Read"), 1, "role/Reports s3:GetObject", { short: [...mine, ofBucket] }),
    row("the key is gone", without("ThroughS3"), 2, "role/Reports kms:Decrypt", { short: ["key/reports"], shows: [] }),
    row(
      "without a bucket key the encryption context is the object's",
      same,
      2,
      "role/Reports kms:Decrypt",
      { short: ["key/reports"], shows: ['"ThroughS3" misses by one condition'] },
      s3.getObject(who),
    ),
  ],
});
