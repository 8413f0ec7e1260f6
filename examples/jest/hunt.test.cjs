const { keyPolicy } = require("iam-expect");
const { requestsFor } = require("iam-expect/fast-check");

const policy = keyPolicy.fromFile("examples/jest/policies/ebs-key.json");

test("whoever may create grants comes through EC2", () => {
  expect(policy).toHoldFor(requestsFor(policy, { actions: "kms:CreateGrant" }), (request, { outcome }) => {
    if (outcome === "allowed") expect(String(request.context["kms:ViaService"])).toMatch(/^ec2\./);
  });
});

test("a hole is found, and its failure shows a test to paste", () => {
  expect(() =>
    expect(policy).toHoldFor(requestsFor(policy), (_, { outcome }) => outcome !== "allowed", { seed: 1 }),
  ).toThrow(
    /expect\(policy\)\.toDeny\("arn:aws:iam::111122223333:role\/UserRole", "kms:GenerateDataKeyWithoutPlaintext"\)/,
  );
});
