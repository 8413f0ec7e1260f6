/** Known mistakes of environments and operations: each test says what should be, and fails. Once it passes it moves to its place. */
import { describe, expect, test } from "vitest";
import { ebs, environment, identityPolicy, keyPolicy, s3, serviceControlPolicy } from "../../src/index.ts";
import { messageOf } from "../messages/message-of.ts";

const one = (statement: object) => ({ Version: "2012-10-17", Statement: [statement] }) as never;
const allow = (Action: string, more: object = {}) => one({ Effect: "Allow", Action, Resource: "*", ...more });
const account = "111122223333";
const foreign = "444455556666";
const app = `arn:aws:iam::${account}:role/app`;
const key = `arn:aws:kms:us-west-2:${account}:key/1234abcd`;
const id = "o-abc123defg";
const admin = identityPolicy(allow("*"), { name: "admin" });
const principals = { [app]: { policies: [admin] } };

describe("messages: of src/report/failure.ts and src/report/open.ts", () => {
  const reads = s3.getObject({ by: app, key, object: "arn:aws:s3:::bucket/object" });
  const keyOf = (statement: object) => keyPolicy(allow("kms:*", statement), { key });

  test.fails("where a service control policy is short, another kind's statement is not the nearest", async () => {
    const scp = serviceControlPolicy(one({ Effect: "Allow", NotAction: "kms:Decrypt", Resource: "*" }), {
      name: "scp",
    });
    const world = environment({
      organization: { id, accounts: [account], serviceControl: [scp] },
      principals,
      resources: { [key]: { policy: keyOf({ Sid: "ForApp", Principal: { AWS: app } }) } },
    });
    const [volume, instance] = ["volume/vol-1", "instance/i-1"].map(
      (name) => `arn:aws:ec2:us-west-2:${account}:${name}`,
    );
    // The instance decrypts through its grant: the key policy need not name it.
    const attach = ebs.attachVolume({ by: app, key, volume: volume!, instance: instance! });
    const text = await messageOf(() => expect(world).toAllow(attach));
    expect(text).toContain("short: a service control policy");
    expect(text).not.toContain('nearest: "ForApp"');
  });

  test("FullAWSAccess of three levels is not shown thrice", async () => {
    const organization = { id, units: { "ou-1": { accounts: [account] } } };
    const world = environment({ organization, principals: { [app]: { policies: [] } } });
    const text = await messageOf(() => expect(world).toAllow(app, "s3:ListAllMyBuckets"));
    expect(text.split("applies, but does not suffice").length - 1).toBeLessThan(2);
  });

  test("what is open is helped by a form that operations have", async () => {
    const text = await messageOf(() => expect(environment({})).toAllow(reads));
    expect(text).toContain("error[open-policy]");
    expect(text).not.toContain(".givenIdentityAllows()");
  });

  test("another account's policy is added to the environment", async () => {
    const queue = `arn:aws:sqs:us-west-2:${foreign}:queue`;
    const text = await messageOf(() => expect(environment({ principals })).toAllow(app, "sqs:SendMessage", queue));
    expect(text).toContain("error[open-policy]");
    expect(text).toContain("`resources: {");
  });
});
