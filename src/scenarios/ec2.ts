/** Amazon EC2 instances with encrypted volumes. */
import { request } from "../request/request.ts";
import { decryptOnInstance, grantToInstance, instanceOf, makeDataKey } from "./ebs.ts";
import { type Caller, Scenario, type Step } from "./scenario.ts";

export interface LaunchInput {
  readonly by: Caller;
  /** The ARN of the key of the volume. */
  readonly key: string;
  /** The ARN of the instance. */
  readonly instance: string;
  /** The id of the volume, as in `vol-0abc`. */
  readonly volume?: string;
  /** The ARNs of what the instance is made from: image, subnet, security group, network interface. */
  readonly from: readonly string[];
}

function launch(
  name: string,
  page: string,
  who: string,
  { by, key, instance, volume = "vol-new", from }: LaunchInput,
): Scenario {
  const { partition, region, account } = instanceOf(instance);
  // RunInstances is authorized on every resource that it takes or makes (semantics A24).
  const made = ["instance", "volume"].map((type) => `arn:${partition}:ec2:${region}:${account}:${type}/*`);
  const on = (resource: string): Step => ({
    title: `${who} runs an instance`,
    request: request(by, "ec2:RunInstances", resource),
  });
  return new Scenario({
    name,
    page,
    steps: [
      ...[...from, ...made].map(on),
      makeDataKey({ by, key }, volume),
      grantToInstance({ by, key }, volume, instance),
      decryptOnInstance(key, volume, instance),
    ],
  });
}

export const ec2 = {
  /** An instance with an encrypted volume is run. */
  runInstances: (input: LaunchInput): Scenario =>
    launch(
      "ec2.runInstances",
      "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html",
      "the caller",
      input,
    ),
};

export const autoscaling = {
  /** Auto Scaling runs an instance with an encrypted volume, as its service-linked role. */
  launchInstance({
    account,
    partition = "aws",
    ...input
  }: Omit<LaunchInput, "by"> & { readonly account: string; readonly partition?: string }): Scenario {
    const by = `arn:${partition}:iam::${account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`;
    const page = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html";
    return launch("autoscaling.launchInstance", page, "Auto Scaling's service-linked role", { ...input, by });
  },
};
