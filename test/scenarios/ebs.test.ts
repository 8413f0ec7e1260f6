import { ebs } from "../../src/index.ts";
import { describeScenario, row, same } from "./table.ts";
import {
  ACCOUNT,
  allow,
  allowTo,
  bool,
  changed,
  denying,
  equals,
  REGION,
  rcpDenies,
  scpDenies,
  scpLacks,
  via,
  type World,
  without,
} from "./world.ts";

const app = `arn:aws:iam::${ACCOUNT}:role/UserRole`;
const root = `arn:aws:iam::${ACCOUNT}:root`;
const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/volumes`;
const other = `arn:aws:kms:${REGION}:${ACCOUNT}:key/archive`;
const volume = `arn:aws:ec2:${REGION}:${ACCOUNT}:volume/vol-0abc`;
const instance = `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-0123`;
const snapshot = `arn:aws:ec2:${REGION}::snapshot/snap-0abc`;
const who = { by: app, key, volume };

/** The two statements of AWS's page on best practices, and EC2's permissions. */
const world: World = {
  identity: {
    [app]: {
      CreateVolumes: allow("ec2:CreateVolume"),
      AttachVolumes: allow("ec2:AttachVolume", { Resource: [volume, instance] }),
    },
  },
  attached: {
    [key]: {
      UseKey: allowTo(app, ["kms:GenerateDataKeyWithoutPlaintext", "kms:Decrypt"]),
      ForEc2: allowTo(app, ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"], via("ec2")),
    },
  },
};

const mine = ["an identity policy of role/UserRole"];
const ofKey = ["key/volumes"];
const makeDataKey = "role/UserRole kms:GenerateDataKeyWithoutPlaintext";

describeScenario("ebs.createEncryptedVolume", {
  scenario: ebs.createEncryptedVolume(who),
  world,
  rows: [
    row("the role may not make volumes", without("CreateVolumes"), 1, "role/UserRole ec2:CreateVolume", {
      short: mine,
      shows: [],
    }),
    row("an SCP denies volumes", scpDenies("ec2:CreateVolume"), 1, "role/UserRole ec2:CreateVolume", {
      denies: "NoByScp",
    }),
    row("the key is for decryption alone", changed("UseKey", { Action: "kms:Decrypt" }), 2, makeDataKey, {
      short: ofKey,
      shows: [],
    }),
    row("the key is another role's", changed("UseKey", { Principal: { AWS: `${app}2` } }), 2, makeDataKey, {
      short: ofKey,
      shows: ['"UseKey" misses by its Principal'],
    }),
    row("the key is for another service", changed("UseKey", via("s3")), 2, makeDataKey, {
      short: ofKey,
      shows: ['"UseKey" misses by one condition'],
    }),
    row(
      "the key is for another volume",
      changed("UseKey", equals({ "kms:EncryptionContext:aws:ebs:id": "vol-0other" })),
      2,
      makeDataKey,
      { short: ofKey, shows: ['"UseKey" misses by one condition'] },
    ),
    row("an RCP denies data keys", rcpDenies("kms:GenerateDataKey*"), 2, makeDataKey, { denies: "NoByRcp" }),
  ],
});

const attachRows = [
  row("not this volume", changed("AttachVolumes", { Resource: instance }), 1, "role/UserRole ec2:AttachVolume", {
    short: mine,
    shows: ['"AttachVolumes" misses by its Resource'],
  }),
  row("not this instance", changed("AttachVolumes", { Resource: volume }), 2, "role/UserRole ec2:AttachVolume", {
    short: mine,
    shows: ['"AttachVolumes" misses by its Resource'],
  }),
];

const createGrant = "role/UserRole kms:CreateGrant";
const grantRow = (what: string, more: object) =>
  row(what, changed("ForEc2", more), 3, createGrant, { short: ofKey, shows: ['"ForEc2" misses by one condition'] });
const grantRows = [
  row("grants may not be made", changed("ForEc2", { Action: "kms:ListGrants" }), 3, createGrant, {
    short: ofKey,
    shows: [],
  }),
  grantRow("grants are for EC2 of another Region", via("ec2", "us-east-1")),
  grantRow("grants are for another service", via("rds")),
  grantRow("grants are for no AWS resource", bool({ "kms:GrantIsForAWSResource": "false" })),
  grantRow("grants are for another volume", equals({ "kms:EncryptionContext:aws:ebs:id": "vol-0other" })),
  grantRow("grants are for another grantee", equals({ "kms:GranteePrincipal": app })),
  grantRow("grants are with another constraint", equals({ "kms:GrantConstraintType": "EncryptionContextEquals" })),
  grantRow("grants hand out no decryption", {
    Condition: { "ForAllValues:StringEquals": { "kms:GrantOperations": ["Encrypt"] } },
  }),
  row("an SCP denies grants", scpDenies("kms:CreateGrant"), 3, createGrant, { denies: "NoByScp" }),
];

const ofInstance = "assumed-role/aws:ec2-infrastructure/i-0123 kms:Decrypt";
const decryptRows = (step: number) => [
  row(
    "the key policy denies decryption to all but the role",
    denying("attached", key, "kms:Decrypt", { Condition: { ArnNotEquals: { "aws:PrincipalArn": app } } }),
    step,
    ofInstance,
    { denies: "No" },
  ),
  row("an SCP denies decryption, and binds EC2's role too", scpDenies("kms:Decrypt"), step, ofInstance, {
    denies: "NoByScp",
  }),
  row("an SCP does not allow decryption", scpLacks("kms:Decrypt"), step, ofInstance, {
    short: ["a service control policy"],
  }),
  row("an RCP denies decryption", rcpDenies("kms:Decrypt"), step, ofInstance, { denies: "NoByRcp" }),
];

describeScenario("ebs.attachVolume", {
  scenario: ebs.attachVolume({ ...who, instance }),
  world,
  rows: [...attachRows, ...grantRows, ...decryptRows(4)],
});

const revoked = ebs.reattachVolume({ ...who, instance, grant: "revoked" });

describeScenario("ebs.reattachVolume, the grant was revoked", {
  scenario: revoked,
  world,
  rows: [...attachRows, ...grantRows, ...decryptRows(4)],
});

describeScenario("ebs.reattachVolume, the grant stands", {
  scenario: ebs.reattachVolume({ ...who, instance, grant: "stands" }),
  // Nobody needs to make a grant.
  world: without("ForEc2")(world),
  rows: [
    ...attachRows,
    ...decryptRows(3),
    row("once it was revoked, a new one cannot be made", same, 3, createGrant, { short: ofKey, shows: [] }, revoked),
  ],
});

const either = (of: string) => [...mine, of];

describeScenario("ebs.copySnapshot", {
  scenario: ebs.copySnapshot({ by: app, from: key, to: other, snapshot }),
  world: {
    identity: {
      [app]: {
        CopySnapshots: allow("ec2:CopySnapshot"),
        FromVolumes: allow("kms:ReEncryptFrom", { Resource: key }),
        ToArchive: allow("kms:ReEncryptTo", { Resource: other }),
        GrantOnArchive: allow("kms:CreateGrant", { Resource: other, ...bool({ "kms:GrantIsForAWSResource": "true" }) }),
      },
    },
    attached: { [key]: { Volumes: allowTo(root, "kms:*") }, [other]: { Archive: allowTo(root, "kms:*") } },
  },
  rows: [
    row("the role may not copy", without("CopySnapshots"), 1, "role/UserRole ec2:CopySnapshot", {
      short: mine,
      shows: [],
    }),
    row("the role may not take from the old key", without("FromVolumes"), 2, "role/UserRole kms:ReEncryptFrom", {
      short: either("key/volumes"),
      shows: ['"Volumes" applies, but does not suffice'],
    }),
    row("the old key leaves nothing to identity policies", without("Volumes"), 2, "role/UserRole kms:ReEncryptFrom", {
      short: ofKey,
      shows: ['"FromVolumes" applies, but does not suffice'],
    }),
    row("only through S3", changed("FromVolumes", via("s3")), 2, "role/UserRole kms:ReEncryptFrom", {
      short: either("key/volumes"),
      shows: ['"Volumes" applies, but does not suffice', '"FromVolumes" misses by one condition'],
    }),
    row("only under the old key", changed("ToArchive", { Resource: key }), 3, "role/UserRole kms:ReEncryptTo", {
      short: either("key/archive"),
      shows: ['"Archive" applies, but does not suffice', '"ToArchive" misses by its Resource'],
    }),
    row(
      "the new key denies it outside S3",
      denying("attached", other, "kms:ReEncryptTo", {
        Condition: { StringNotEquals: { "kms:ViaService": `s3.${REGION}.amazonaws.com` } },
      }),
      3,
      "role/UserRole kms:ReEncryptTo",
      { denies: "No" },
    ),
    row("the role may not make grants", without("GrantOnArchive"), 4, createGrant, {
      short: either("key/archive"),
      shows: ['"Archive" applies, but does not suffice'],
    }),
  ],
});
