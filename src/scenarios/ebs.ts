/** Amazon EBS: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html (semantics F20, F21) */
import { type Grant, grant } from "../request/grant.ts";
import { principalFromArn } from "../request/principal.ts";
import { request } from "../request/request.ts";
import { arnOf, type Caller, idOf, keyOf, Scenario, type Step } from "./scenario.ts";

const PAGE = "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html";
const HOW = "https://docs.aws.amazon.com/ebs/latest/userguide/how-ebs-encryption-works.html";

export interface VolumeInput {
  readonly by: Caller;
  /** The ARN of the key. */
  readonly key: string;
  /** The ARN of the volume. */
  readonly volume: string;
}

export interface AttachInput extends VolumeInput {
  /** The ARN of the instance. */
  readonly instance: string;
}

const volumeOf = (arn: string) => arnOf(arn, "ec2", /^volume\/vol-/, "a volume");
export const instanceOf = (arn: string) => arnOf(arn, "ec2", /^instance\/i-/, "an instance");

/** How EC2 reaches the key for the caller. */
export const throughEc2 = (by: Caller, action: string, key: string, id: string) =>
  request(by, action, key)
    .viaService(`ec2.${keyOf(key).region}.amazonaws.com`)
    .withEncryptionContext({ "aws:ebs:id": id });

/** The key makes a data key for the volume, as the caller. */
export const makeDataKey = ({ by, key }: Pick<VolumeInput, "by" | "key">, id: string): Step => ({
  title: "EC2 makes the volume's data key for the caller",
  request: throughEc2(by, "kms:GenerateDataKeyWithoutPlaintext", key, id),
});

/** What EC2 keeps for an instance is in the instance's account, whosever the key is (F21). */
const roleOf = (instance: string) => {
  const { partition, account } = instanceOf(instance);
  const id = idOf(instanceOf(instance));
  return {
    role: `arn:${partition}:iam::${account}:role/aws:ec2-infrastructure/${id}`,
    session: `arn:${partition}:sts::${account}:assumed-role/aws:ec2-infrastructure/${id}`,
  };
};

/** The caller, through EC2, grants decryption to the role that EC2 keeps for the instance. `volume`: its id. */
export function grantToInstance({ by, key }: Pick<VolumeInput, "by" | "key">, volume: string, instance: string): Step {
  const made = instanceGrant(key, volume, instance);
  return {
    title: "EC2 makes a grant for the instance, for the caller",
    request: throughEc2(by, "kms:CreateGrant", key, volume)
      .forAwsResource()
      .withGrantOperations(["Decrypt"])
      .withContext({
        "kms:GrantConstraintType": "EncryptionContextSubset",
        "kms:GranteePrincipal": roleOf(instance).role,
      }),
    makes: made,
  };
}

const instanceGrant = (key: string, volume: string, instance: string): Grant =>
  grant({
    key,
    granteePrincipal: roleOf(instance).role,
    operations: ["Decrypt"],
    constraints: { EncryptionContextSubset: { "aws:ebs:id": volume } },
    name: `${volume} on ${idOf(instanceOf(instance))}`,
  });

/** The role that EC2 keeps for the instance decrypts the data key: it has no policies, only the grant. */
export function decryptOnInstance(key: string, volume: string, instance: string): Step {
  const role = principalFromArn(roleOf(instance).session);
  return {
    title: "EC2's role for the instance decrypts the data key through the grant",
    request: request(role, "kms:Decrypt", key).withEncryptionContext({ "aws:ebs:id": volume }),
    withoutPolicies: true,
  };
}

export const ebs = {
  /** A new volume, or one of an encrypted snapshot of the same key. */
  createEncryptedVolume({ by, key, volume }: VolumeInput): Scenario {
    const { partition, region, account } = volumeOf(volume);
    return new Scenario({
      name: "ebs.createEncryptedVolume",
      page: PAGE,
      steps: [
        {
          title: "the caller makes the volume",
          request: request(by, "ec2:CreateVolume", `arn:${partition}:ec2:${region}:${account}:volume/*`),
        },
        makeDataKey({ by, key }, idOf(volumeOf(volume))),
      ],
    });
  },

  /** A volume is attached to an instance: the caller's grant, then the instance's decryption through it. */
  attachVolume({ by, key, volume, instance }: AttachInput): Scenario {
    const id = idOf(volumeOf(volume));
    return new Scenario({
      name: "ebs.attachVolume",
      page: PAGE,
      steps: [
        ...attach(by, volume, instance),
        grantToInstance({ by, key }, id, instance),
        decryptOnInstance(key, id, instance),
      ],
    });
  },

  /**
   * A volume that was detached is attached again. `grant`: whether the grant of the first time still `stands`, so that only
   * the decryption is asked, or was `revoked`, so that a new one is made.
   */
  reattachVolume({
    by,
    key,
    volume,
    instance,
    grant: before,
  }: AttachInput & { readonly grant: "stands" | "revoked" }): Scenario {
    const id = idOf(volumeOf(volume));
    const [first, ...rest] = attach(by, volume, instance);
    const standing = before === "stands" ? { ...first!, makes: instanceGrant(key, id, instance) } : first!;
    const renewed = before === "stands" ? [] : [grantToInstance({ by, key }, id, instance)];
    return new Scenario({
      name: "ebs.reattachVolume",
      page: HOW,
      steps: [standing, ...rest, ...renewed, decryptOnInstance(key, id, instance)],
    });
  },

  /** A snapshot is copied under another key. */
  copySnapshot({
    by,
    from,
    to,
    snapshot,
  }: {
    readonly by: Caller;
    readonly from: string;
    readonly to: string;
    readonly snapshot: string;
  }): Scenario {
    const { resource } = arnOf(snapshot, "ec2", /^snapshot\/snap-/, "a snapshot");
    const id = resource.slice("snapshot/".length);
    return new Scenario({
      name: "ebs.copySnapshot",
      page: HOW,
      steps: [
        { title: "the caller copies the snapshot", request: request(by, "ec2:CopySnapshot", snapshot) },
        {
          title: "EC2 takes the data key from under the old key, for the caller",
          request: throughEc2(by, "kms:ReEncryptFrom", from, id),
        },
        {
          title: "EC2 puts the data key under the new key, for the caller",
          request: throughEc2(by, "kms:ReEncryptTo", to, id),
        },
        {
          title: "EC2 makes a grant on the new key, for the caller",
          request: throughEc2(by, "kms:CreateGrant", to, id).forAwsResource().withGrantOperations(["Decrypt"]),
        },
      ],
    });
  },
};

/** Attaching is authorized on the volume and on the instance (semantics A24). */
const attach = (by: Caller, volume: string, instance: string): Step[] => [
  { title: "the caller attaches the volume", request: request(by, "ec2:AttachVolume", volume) },
  { title: "the caller attaches to the instance", request: request(by, "ec2:AttachVolume", instance) },
];
