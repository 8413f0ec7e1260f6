import { autoscaling, ec2 } from "../../src/index.ts";
import managed from "../data/aws-managed-policies/AutoScalingServiceRolePolicy.json" with { type: "json" };
import { describeScenario, row } from "./table.ts";
import {
  ACCOUNT,
  adding,
  allow,
  allowTo,
  bool,
  changed,
  denying,
  REGION,
  rcpDenies,
  scpDenies,
  scpLacks,
  via,
  type World,
  without,
} from "./world.ts";

const app = `arn:aws:iam::${ACCOUNT}:role/deploy/Launcher`;
const root = `arn:aws:iam::${ACCOUNT}:root`;
const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/volumes`;
const inAccount = (resource: string) => `arn:aws:ec2:${REGION}:${ACCOUNT}:${resource}`;
const from = [
  `arn:aws:ec2:${REGION}::image/ami-0abc`,
  inAccount("subnet/subnet-0abc"),
  inAccount("security-group/sg-0abc"),
  inAccount("network-interface/*"),
];
const launched = { key, from, instance: inAccount("instance/i-0123"), volume: "vol-0abc" };
const infrastructure = "assumed-role/aws:ec2-infrastructure/i-0123 kms:Decrypt";

const world: World = {
  identity: {
    [app]: {
      FromImage: allow("ec2:RunInstances", { Resource: from[0] }),
      IntoNetwork: allow("ec2:RunInstances", { Resource: [from[1], from[2]] }),
      OnInterface: allow("ec2:RunInstances", { Resource: from[3] }),
      MakeInstance: allow("ec2:RunInstances", { Resource: inAccount("instance/*") }),
      MakeVolume: allow("ec2:RunInstances", { Resource: inAccount("volume/*") }),
      UseKey: allow("kms:GenerateDataKeyWithoutPlaintext", { Resource: key }),
      MakeGrant: allow("kms:CreateGrant", { Resource: key, ...bool({ "kms:GrantIsForAWSResource": "true" }) }),
    },
  },
  attached: { [key]: { EnableIam: allowTo(root, "kms:*", via("ec2")) } },
};
const mine = ["an identity policy of role/deploy/Launcher"];
const run = "role/deploy/Launcher ec2:RunInstances";
const beside = (step: number, resource: string, sid: string) =>
  row(`not with ${resource}`, without(sid), step, run, { short: mine });

describeScenario("ec2.runInstances", {
  scenario: ec2.runInstances({ ...launched, by: app }),
  world,
  rows: [
    beside(1, "the image", "FromImage"),
    beside(2, "the subnet", "IntoNetwork"),
    row("not in the security group", changed("IntoNetwork", { Resource: from[1] }), 3, run, {
      short: mine,
      shows: ['"FromImage" misses by its Resource'],
    }),
    beside(4, "the interface", "OnInterface"),
    beside(5, "a new instance", "MakeInstance"),
    beside(6, "a new volume", "MakeVolume"),
    row("an SCP denies volumes", scpDenies("ec2:RunInstances", { Resource: "arn:aws:ec2:*:*:volume/*" }), 6, run, {
      denies: "NoByScp",
    }),
    row(
      "the role may not use the key",
      without("UseKey"),
      7,
      "role/deploy/Launcher kms:GenerateDataKeyWithoutPlaintext",
      {
        short: [...mine, "key/volumes"],
        shows: ['"EnableIam" applies, but does not suffice'],
      },
    ),
    row(
      "a boundary denies the key",
      adding("boundary", app, { OnlyEc2: allow("ec2:*"), NoKeys: { ...allow("kms:*"), Effect: "Deny" } }),
      7,
      "role/deploy/Launcher kms:GenerateDataKeyWithoutPlaintext",
      { denies: "NoKeys" },
    ),
    row("the role may not make grants", without("MakeGrant"), 8, "role/deploy/Launcher kms:CreateGrant", {
      short: [...mine, "key/volumes"],
      shows: ['"EnableIam" applies, but does not suffice'],
    }),
    row("an RCP denies grants", rcpDenies("kms:CreateGrant"), 8, "role/deploy/Launcher kms:CreateGrant", {
      denies: "NoByRcp",
    }),
    row(
      "the key policy denies all that is not through EC2: the instance decrypts directly",
      denying("attached", key, "kms:*", {
        Condition: { StringNotEquals: { "kms:ViaService": `ec2.${REGION}.amazonaws.com` } },
      }),
      9,
      infrastructure,
      { denies: "No" },
    ),
    row("an SCP does not allow decryption", scpLacks("kms:Decrypt"), 9, infrastructure, {
      short: ["a service control policy"],
    }),
  ],
});

const linked = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`;
const name = linked.slice(linked.indexOf("role/"));
const policy = Object.fromEntries(managed.document.Statement.map(({ Sid, ...rest }) => [Sid, rest]));

describeScenario("autoscaling.launchInstance", {
  scenario: autoscaling.launchInstance({ ...launched, from: from.slice(0, 2), account: ACCOUNT }),
  // The two statements of AWS's page on key policies for Auto Scaling, and AWS's own policy of the role.
  world: {
    identity: { [linked]: policy },
    attached: {
      [key]: {
        UseKey: allowTo(linked, [
          "kms:Encrypt",
          "kms:Decrypt",
          "kms:ReEncrypt*",
          "kms:GenerateDataKey*",
          "kms:DescribeKey",
        ]),
        AttachPersistentResources: allowTo(linked, "kms:CreateGrant", bool({ "kms:GrantIsForAWSResource": "true" })),
      },
    },
    // Neither binds a service-linked role.
    serviceControl: {
      NotForLinkedRoles: { Effect: "Allow", NotAction: ["ec2:RunInstances", "kms:CreateGrant"], Resource: "*" },
    },
    resourceControl: {
      NotByLinkedRoles: {
        Effect: "Deny",
        Principal: "*",
        Action: ["kms:GenerateDataKey*", "kms:CreateGrant"],
        Resource: "*",
      },
    },
  },
  rows: [
    row("without its policy", without("EC2InstanceManagement"), 1, `${name} ec2:RunInstances`, {
      short: [`an identity policy of ${name}`],
      shows: [],
    }),
    ...[2, 3, 4].map((step) =>
      row(
        `only with what comes before step ${step}`,
        changed("EC2InstanceManagement", {
          Resource: [...from.slice(0, 2), inAccount("instance/*"), inAccount("volume/*")].slice(0, step - 1),
        }),
        step,
        `${name} ec2:RunInstances`,
        { short: [`an identity policy of ${name}`], shows: ['"EC2InstanceManagement" misses by its Resource'] },
      ),
    ),
    row("the key policy does not name the role", without("UseKey"), 5, `${name} kms:GenerateDataKeyWithoutPlaintext`, {
      short: ["key/volumes"],
    }),
    row("no grants", without("AttachPersistentResources"), 6, `${name} kms:CreateGrant`, {
      short: ["key/volumes"],
      shows: [],
    }),
    row(
      "grants that are for no AWS resource",
      changed("AttachPersistentResources", bool({ "kms:GrantIsForAWSResource": "false" })),
      6,
      `${name} kms:CreateGrant`,
      { short: ["key/volumes"], shows: ['"AttachPersistentResources" misses by one condition'] },
    ),
    row(
      "an SCP denies decryption: EC2's role for the instance is no service-linked role",
      scpDenies("kms:Decrypt"),
      7,
      infrastructure,
      {
        denies: "NoByScp",
      },
    ),
  ],
});
