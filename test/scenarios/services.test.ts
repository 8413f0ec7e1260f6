import { kms, lambda, rds, s3, secretsmanager, sts } from "../../src/index.ts";
import { describeScenario, row, same } from "./table.ts";
import {
  ACCOUNT,
  adding,
  allow,
  allowTo,
  bool,
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

const app = `arn:aws:iam::${ACCOUNT}:role/team/App`;
const root = `arn:aws:iam::${ACCOUNT}:root`;
const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/data`;
const other = `arn:aws:kms:${REGION}:${ACCOUNT}:key/other`;
const mine = ["an identity policy of role/team/App"];
const ofKey = ["key/data"];
const enableIam = { EnableIam: allowTo(root, "kms:*") };
const delegated = ['"EnableIam" applies, but does not suffice'];

const secret = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:db-AbCdEf`;

describeScenario("secretsmanager.getSecretValue", {
  scenario: secretsmanager.getSecretValue({ by: app, key, secret }),
  world: {
    identity: { [app]: { Read: allow("secretsmanager:GetSecretValue", { Resource: secret }) } },
    attached: {
      [secret]: { NobodyElse: { ...allowTo("*", "secretsmanager:PutSecretValue"), Effect: "Deny" } },
      [key]: {
        ForSecrets: allowTo(app, "kms:Decrypt", {
          Condition: {
            StringEquals: {
              "kms:ViaService": `secretsmanager.${REGION}.amazonaws.com`,
              "kms:EncryptionContext:SecretARN": secret,
            },
          },
        }),
      },
    },
  },
  rows: [
    row("the role may not read", without("Read"), 1, "role/team/App secretsmanager:GetSecretValue", {
      short: [...mine, "secret:db-AbCdEf"],
      shows: [],
    }),
    row(
      "the secret denies it",
      denying("attached", secret, "secretsmanager:GetSecretValue"),
      1,
      "role/team/App secretsmanager:GetSecretValue",
      { denies: "No" },
    ),
    row("the key is for S3", changed("ForSecrets", via("s3")), 2, "role/team/App kms:Decrypt", {
      short: ofKey,
      shows: ['"ForSecrets" misses by one condition'],
    }),
    row(
      "the key is for another secret",
      changed("ForSecrets", equals({ "kms:EncryptionContext:SecretARN": `${secret}-2` })),
      2,
      "role/team/App kms:Decrypt",
      { short: ofKey, shows: ['"ForSecrets" misses by one condition'] },
    ),
    row("an RCP denies decryption", rcpDenies("kms:Decrypt"), 2, "role/team/App kms:Decrypt", { denies: "NoByRcp" }),
  ],
});

const database = `arn:aws:rds:${REGION}:${ACCOUNT}:db:orders`;

describeScenario("rds.createEncryptedInstance", {
  scenario: rds.createEncryptedInstance({ by: app, key, database }),
  world: {
    identity: {
      [app]: {
        Create: allow("rds:CreateDBInstance"),
        Describe: allow("kms:DescribeKey", { Resource: key }),
        Grant: allow("kms:CreateGrant", { Resource: key, ...bool({ "kms:GrantIsForAWSResource": "true" }) }),
      },
    },
    attached: { [key]: enableIam },
  },
  rows: [
    row("no databases", without("Create"), 1, "role/team/App rds:CreateDBInstance", { short: mine, shows: [] }),
    row("the key stays unseen", without("Describe"), 2, "role/team/App kms:DescribeKey", {
      short: [...mine, ...ofKey],
      shows: delegated,
    }),
    row("the key is for EC2", changed("EnableIam", via("ec2")), 2, "role/team/App kms:DescribeKey", {
      short: ofKey,
      shows: ['"Describe" applies, but does not suffice', '"EnableIam" misses by one condition'],
    }),
    row("no grants", without("Grant"), 3, "role/team/App kms:CreateGrant", {
      short: [...mine, ...ofKey],
      shows: delegated,
    }),
    row(
      "an SCP denies grants through RDS",
      scpDenies("kms:CreateGrant", via("rds")),
      3,
      "role/team/App kms:CreateGrant",
      {
        denies: "NoByScp",
      },
    ),
  ],
});

const runtime = `arn:aws:iam::${ACCOUNT}:role/service-role/Runtime`;
const arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:orders`;

describeScenario("lambda.invoke", {
  scenario: lambda.invoke({ by: app, key, function: arn, role: runtime }),
  world: {
    identity: { [app]: { Invoke: allow("lambda:InvokeFunction", { Resource: arn }) }, [runtime]: {} },
    attached: { [key]: { ForRuntime: allowTo(runtime, "kms:Decrypt", via("lambda")) } },
  },
  rows: [
    row("the role may not invoke", without("Invoke"), 1, "role/team/App lambda:InvokeFunction", {
      short: mine,
      shows: [],
    }),
    row(
      "the key is the caller's, not the function's",
      changed("ForRuntime", { Principal: { AWS: app } }),
      2,
      "role/service-role/Runtime kms:Decrypt",
      {
        short: ofKey,
        shows: ['"ForRuntime" misses by its Principal'],
      },
    ),
    row(
      "the function's role is denied the key",
      denying("identity", runtime, "kms:*"),
      2,
      "role/service-role/Runtime kms:Decrypt",
      {
        denies: "No",
      },
    ),
    row(
      "the key is for another function",
      changed("ForRuntime", equals({ "kms:EncryptionContext:aws:lambda:FunctionArn": `${arn}-2` })),
      2,
      "role/service-role/Runtime kms:Decrypt",
      { short: ofKey, shows: ['"ForRuntime" misses by one condition'] },
    ),
  ],
});

const reEncrypt: World = {
  identity: {
    [app]: { From: allow("kms:ReEncryptFrom", { Resource: key }), To: allow("kms:ReEncryptTo", { Resource: other }) },
  },
  attached: { [key]: enableIam, [other]: { EnableIamToo: allowTo(root, "kms:*") } },
};

describeScenario("kms.reEncrypt", {
  scenario: kms.reEncrypt({ by: app, from: key, to: other }),
  world: reEncrypt,
  rows: [
    row("not from the one", without("From"), 1, "role/team/App kms:ReEncryptFrom", {
      short: [...mine, ...ofKey],
      shows: delegated,
    }),
    row("the one key leaves nothing to identity policies", without("EnableIam"), 1, "role/team/App kms:ReEncryptFrom", {
      short: ofKey,
      shows: ['"From" applies, but does not suffice'],
    }),
    row("not to the other", without("To"), 2, "role/team/App kms:ReEncryptTo", {
      short: [...mine, "key/other"],
      shows: ['"EnableIamToo" applies, but does not suffice'],
    }),
    row(
      "to the same key only",
      changed("To", bool({ "kms:ReEncryptOnSameKey": "true" })),
      2,
      "role/team/App kms:ReEncryptTo",
      {
        short: [...mine, "key/other"],
        shows: ['"EnableIamToo" applies, but does not suffice', '"To" misses by one condition'],
      },
    ),
    row(
      "back again",
      same,
      1,
      "role/team/App kms:ReEncryptFrom",
      {
        short: [...mine, "key/other"],
        shows: ['"EnableIamToo" applies, but does not suffice', '"From" misses by its Resource'],
      },
      kms.reEncrypt({ by: app, from: other, to: key }),
    ),
  ],
});

const alias = `arn:aws:kms:${REGION}:${ACCOUNT}:alias/app`;

describeScenario("kms.createAlias", {
  scenario: kms.createAlias({ by: app, key, alias: "alias/app" }),
  world: {
    identity: { [app]: { OnAlias: allow("kms:CreateAlias", { Resource: alias }) } },
    attached: { [key]: { ForApp: allowTo(app, "kms:CreateAlias") } },
  },
  rows: [
    // The key policy allows the action and says nothing of the alias: F9.
    row("not on the alias", without("OnAlias"), 1, "role/team/App kms:CreateAlias", { short: mine }),
    row("another alias", changed("OnAlias", { Resource: `${alias}2` }), 1, "role/team/App kms:CreateAlias", {
      short: mine,
    }),
    row("not on the key", without("ForApp"), 2, "role/team/App kms:CreateAlias", {
      short: ["key/data"],
      shows: ['"OnAlias" misses by its Resource'],
    }),
  ],
});

const primary = `arn:aws:kms:${REGION}:${ACCOUNT}:key/mrk-0abc`;

describeScenario("kms.replicateKey", {
  scenario: kms.replicateKey({ by: app, key: primary, region: "eu-west-1" }),
  world: {
    identity: { [app]: { Create: allow("kms:CreateKey", equals({ "aws:RequestedRegion": "eu-west-1" })) } },
    attached: {
      [primary]: { Replicate: allowTo(app, "kms:ReplicateKey", equals({ "kms:ReplicaRegion": "eu-west-1" })) },
    },
  },
  rows: [
    row("the key policy does not let it", without("Replicate"), 1, "role/team/App kms:ReplicateKey", {
      short: ["key/mrk-0abc"],
      shows: [],
    }),
    row(
      "to another Region",
      same,
      1,
      "role/team/App kms:ReplicateKey",
      { short: ["key/mrk-0abc"], shows: ['"Replicate" misses by one condition'] },
      kms.replicateKey({ by: app, key: primary, region: "us-east-1" }),
    ),
    row("no keys are made", without("Create"), 2, "role/team/App kms:CreateKey", { short: mine, shows: [] }),
    row(
      "no keys are made in that Region",
      changed("Create", equals({ "aws:RequestedRegion": REGION })),
      2,
      "role/team/App kms:CreateKey",
      { short: mine, shows: ['"Create" misses by one condition'] },
    ),
  ],
});

const alice = `arn:aws:iam::${ACCOUNT}:user/alice`;
const bucket = "arn:aws:s3:::reports-111122223333";
const session = "assumed-role/App/alice";

describeScenario("sts.assumeRole, then s3.getObject", {
  scenario: sts.assumeRole({
    by: alice,
    role: app,
    sessionName: "alice",
    then: (by) => s3.getObject({ by, key, object: `${bucket}/january.csv` }),
  }),
  world: {
    identity: {
      [alice]: { Assume: allow("sts:AssumeRole", { Resource: app }) },
      [app]: { Read: allow("s3:GetObject", { Resource: `${bucket}/*` }) },
    },
    attached: {
      [app]: { OfAccount: allowTo(root, "sts:AssumeRole", equals({ "sts:RoleSessionName": "${aws:username}" })) },
      [key]: { ForApp: allowTo(app, "kms:Decrypt", via("s3")) },
    },
  },
  rows: [
    row("the user may not assume it", without("Assume"), 1, "user/alice sts:AssumeRole", {
      short: ["an identity policy of user/alice", "trust of role/team/App"],
      shows: ['"OfAccount" applies, but does not suffice'],
    }),
    row("the role does not trust the account", without("OfAccount"), 1, "user/alice sts:AssumeRole", {
      short: ["trust of role/team/App"],
      shows: ['"Assume" applies, but does not suffice'],
    }),
    row(
      "the session is somebody else's",
      same,
      1,
      "user/alice sts:AssumeRole",
      {
        short: ["trust of role/team/App"],
        shows: ['"Assume" applies, but does not suffice', '"OfAccount" misses by one condition'],
      },
      sts.assumeRole({ by: alice, role: app, sessionName: "bob" }),
    ),
    row("the role may not read", without("Read"), 2, `${session} s3:GetObject`, {
      short: ["an identity policy of assumed-role/App/alice"],
      shows: [],
    }),
    row(
      "the role's boundary denies it",
      adding("boundary", app, { NoReading: { ...allow("s3:*"), Effect: "Deny" } }),
      2,
      `${session} s3:GetObject`,
      {
        denies: "NoReading",
      },
    ),
    row("the key is not the role's", changed("ForApp", { Principal: { AWS: alice } }), 3, `${session} kms:Decrypt`, {
      short: ofKey,
      shows: ['"ForApp" misses by its Principal'],
    }),
  ],
});

describeScenario("sts.assumeRole", {
  scenario: sts.assumeRole({ by: alice, role: app }),
  world: { identity: { [alice]: {} }, attached: { [app]: { Alice: allowTo(alice, "sts:AssumeRole") } } },
  rows: [
    row("the role trusts nobody", without("Alice"), 1, "user/alice sts:AssumeRole", {
      short: ["trust of role/team/App"],
    }),
    row("an SCP denies it", scpDenies("sts:AssumeRole"), 1, "user/alice sts:AssumeRole", { denies: "NoByScp" }),
    row(
      "the role trusts users with a second factor",
      changed("Alice", bool({ "aws:MultiFactorAuthPresent": "true" })),
      1,
      "user/alice sts:AssumeRole",
      {
        short: ["trust of role/team/App"],
        shows: ['"Alice" misses by one condition'],
      },
    ),
  ],
});
