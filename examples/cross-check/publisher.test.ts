import { identityPolicy, request, role } from "iam-expect";
import { iamSimulator } from "iam-expect/simulator";
import { describe, expect, test } from "vitest";
import options from "./iam-expect.config.mjs";

const policy = identityPolicy.fromFile("examples/cross-check/policies/publisher.json");
const publisher = role("arn:aws:iam::000000000000:role/publisher");
const repository = "arn:aws:ecr:us-east-1:000000000000:repository/orbit-infra-79s5rw/mirror/clickhouse";
const key = "arn:aws:kms:us-east-1:000000000000:key/preview";
const aliases = (...names: string[]) => ({ "kms:ResourceAliases": names.map((name) => `alias/${name}`) });

describe("each of these is asked of AWS too, when IAM_EXPECT_SIMULATOR says so", () => {
  test.each(["ecr:PutImage", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload"])(
    "pushes images: %s",
    (action) => {
      expect(policy).toAllow(publisher, action, repository);
    },
  );

  test.each(["kms:Sign", "kms:Verify", "kms:GetPublicKey", "kms:DescribeKey"])("signs: %s", (action) => {
    const others = ["nonmatching-one", "nonmatching-two"] as const;
    expect(policy)
      .toAllow(publisher, action, key)
      .withContext(aliases(others[0], "orbit-infra-79s5rw-signing", others[1]));
    expect(policy)
      .toDeny(publisher, action, key)
      .withContext(aliases(...others));
    expect(policy).toDeny(publisher, action, key).withoutContext("kms:ResourceAliases");
  });

  test("signs with no key of another Region, whatever its alias", () => {
    expect(policy)
      .toDeny(publisher, "kms:Sign", "arn:aws:kms:us-west-2:000000000000:key/outside-key-id")
      .withContext(aliases("orbit-infra-79s5rw-signing"));
  });
});

test("one request beside AWS", async () => {
  const simulator = iamSimulator({ ...options, recordings: "examples/cross-check/recordings" });
  await expect(policy).toAgreeWithSimulator(simulator, request(publisher, "ecr:PutImage", repository));
});
