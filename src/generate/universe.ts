/**
 * The small world that generated policies and requests live in: few enough names that statements often hit and often
 * miss, and each there for a rule of semantics.md that tells it from its neighbours.
 */
import type { PolicyKind } from "../policy/kinds.ts";

export const HOME = "111122223333";
export const PARTNER = "444455556666";

export const ROLE = `arn:aws:iam::${HOME}:role/app`;
/** A role with a path: the ARNs of its sessions drop it (A13). */
export const PATH_ROLE = `arn:aws:iam::${HOME}:role/team/build`;
export const PARTNER_ROLE = `arn:aws:iam::${PARTNER}:role/app`;
/** Of another partition: never matches the resources of ours (E9). */
export const CHINA_ROLE = `arn:aws-cn:iam::${HOME}:role/app`;
export const SERVICE_LINKED = `arn:aws:iam::${HOME}:role/aws-service-role/ec2.amazonaws.com/AWSServiceRoleForEC2`;
export const USER = `arn:aws:iam::${HOME}:user/alice`;
export const PARTNER_USER = `arn:aws:iam::${PARTNER}:user/ops/bob`;
export const USER_ID = "AIDA1111222233334444";
export const ROLE_ID = "AROA1111222233334444";
export const SESSION = `arn:aws:sts::${HOME}:assumed-role/app/main`;
export const PATH_SESSION = `arn:aws:sts::${HOME}:assumed-role/build/main`;
export const FEDERATED_USER = `arn:aws:sts::${HOME}:federated-user/fred`;
export const PROVIDER = `arn:aws:iam::${HOME}:oidc-provider/token.example.com`;
export const SERVICES = ["ec2.amazonaws.com", "lambda.amazonaws.com"] as const;

export const KEY = `arn:aws:kms:us-west-2:${HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
export const PARTNER_KEY = `arn:aws:kms:us-west-2:${PARTNER}:key/mrk-1234abcd12ab34cd56ef1234567890ab`;
const OBJECT = "arn:aws:s3:::home/alice/a.txt";
const QUEUE = `arn:aws:sqs:us-west-2:${HOME}:jobs`;
const TOPIC = `arn:aws:sns:us-west-2:${HOME}:news`;

/** Resources by the kind of policy that is attached to them; requests and statements mostly stay with one. */
export type Attached = Extract<PolicyKind, "key" | "trust" | "resource">;

export interface Neighbourhood {
  /** Actions with the resources they are done on. */
  readonly actions: readonly { readonly action: string; readonly resources: readonly string[] }[];
  readonly actionPatterns: readonly string[];
  readonly resourcePatterns: readonly string[];
}

export const NEIGHBOURHOODS: Readonly<Record<Attached, Neighbourhood>> = {
  key: {
    actions: [
      { action: "kms:Decrypt", resources: [KEY, PARTNER_KEY] },
      { action: "kms:CreateGrant", resources: [KEY, PARTNER_KEY] },
      { action: "kms:DescribeKey", resources: [KEY] },
      // Not across accounts (F12), of grants (F18), on an alias beside the key (F9), of AWS's own (E17), on nothing (F8).
      { action: "kms:ScheduleKeyDeletion", resources: [KEY, PARTNER_KEY] },
      { action: "kms:RetireGrant", resources: [KEY] },
      { action: "kms:DeleteAlias", resources: [KEY, `arn:aws:kms:us-west-2:${HOME}:alias/app`] },
      { action: "kms:DeleteAlias", resources: [`arn:aws:kms:us-west-2:${HOME}:alias/aws/s3`] },
      { action: "kms:ListKeys", resources: ["*"] },
    ],
    actionPatterns: [
      "kms:*",
      "kms:De*",
      "kms:Decrypt",
      "kms:?ecrypt",
      "kms:CreateGrant",
      "kms:*Grant",
      "kms:Schedule*",
      "kms:ListKeys",
    ],
    resourcePatterns: [
      KEY,
      PARTNER_KEY,
      "arn:aws:kms:*:*:key/*",
      `arn:aws:kms:*:${HOME}:*`,
      `arn:aws:kms:us-west-?:${PARTNER}:key/mrk-*`,
      `arn:aws:kms:*:${HOME}:alias/*`,
    ],
  },
  trust: {
    actions: [
      { action: "sts:AssumeRole", resources: [ROLE, PATH_ROLE, PARTNER_ROLE] },
      { action: "sts:TagSession", resources: [ROLE] },
      { action: "sts:AssumeRoleWithWebIdentity", resources: [ROLE, PATH_ROLE] },
      // No policy decides these (B7).
      { action: "sts:GetCallerIdentity", resources: ["*"] },
      { action: "sts:GetSessionToken", resources: ["*"] },
    ],
    actionPatterns: ["sts:*", "sts:AssumeRole", "sts:AssumeRole*", "sts:TagSession", "sts:Get*"],
    resourcePatterns: [
      ROLE,
      PATH_ROLE,
      "arn:aws:iam::*:role/*",
      `arn:aws:iam::${HOME}:role/team/*`,
      "arn:aws:iam::*:role/app",
      "arn:aws:iam::*:role/${aws:PrincipalTag/team}/*",
    ],
  },
  resource: {
    actions: [
      { action: "s3:GetObject", resources: [OBJECT, "arn:aws:s3:::reports/red/2026.csv"] },
      { action: "s3:PutObject", resources: [OBJECT] },
      { action: "s3:ListBucket", resources: ["arn:aws:s3:::reports"] },
      // The owner's root user can always mend it (E1).
      { action: "s3:PutBucketPolicy", resources: ["arn:aws:s3:::reports"] },
      { action: "s3:ListAllMyBuckets", resources: ["*"] },
      { action: "sqs:SendMessage", resources: [QUEUE, `arn:aws:sqs:us-west-2:${PARTNER}:jobs`] },
      // No resource control policy for this service (E20).
      { action: "sns:Publish", resources: [TOPIC] },
    ],
    actionPatterns: [
      "s3:*",
      "s3:Get*",
      "s3:?etObject",
      "s3:List*",
      "s3:Put*",
      "sqs:*",
      "sqs:SendMessage",
      "sns:Publish",
    ],
    resourcePatterns: [
      "arn:aws:s3:::*",
      "arn:aws:s3:::home/*",
      "arn:aws:s3:::home/${aws:username}/*",
      "arn:aws:s3:::reports/${aws:PrincipalTag/team, 'red'}/*",
      "arn:aws:s3:::reports",
      "arn:aws:sqs:*:*:jobs",
      QUEUE,
      "arn:aws:sns:*:*:*",
    ],
  },
};

/** ARNs of fewer than six fields, which some kinds of policy take and some refuse (A21). */
export const SHORT_ARNS = ["arn:aws:s3", "arn:aws:sqs", "arn:aws:kms:us-west-2"] as const;
export const WILD_SHORT_ARNS = ["arn:aws:kms:us-west-2:*", "arn:aws:sns:*", "arn:aws:s3:*"] as const;
