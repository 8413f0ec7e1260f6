import { expect, test } from "vitest";
import { type Diagnostic, DiagnosticError } from "../../src/diagnostic/diagnostic.ts";
import { MAKERS } from "./malformed.ts";
import { type RealPolicy, realPolicies } from "./real-policies.ts";

const POLICIES = realPolicies();

function said({ kind, name, text }: RealPolicy): readonly Diagnostic[] {
  try {
    return MAKERS[kind](text, { name }).findings;
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics;
  }
}

/** Each sentence once, with the place of its first and how many more there are. */
function remarks(policy: RealPolicy): string[] {
  const places = new Map<string, string[]>();
  for (const { severity, code, place, sentence } of said(policy)) {
    const text = `${severity}[${code}] ${sentence}`;
    places.set(text, [...(places.get(text) ?? []), `${place?.line}:${place?.column}`]);
  }
  return [...places].map(([text, [first, ...more]]) =>
    more.length === 0 ? `${first}: ${text}` : `${first} and ${more.length} more: ${text}`,
  );
}

test("real policies are read, or refused for what is wrong with them", () => {
  const all = POLICIES.map((policy) => [policy.name, remarks(policy)] as const);
  expect(POLICIES.length).toBe(70);
  expect(Object.fromEntries(all.filter(([, lines]) => lines.length > 0))).toMatchInlineSnapshot(`
    {
      "access-analyzer-samples/resource-policies__role-trust-policies__allowlist-federated-access-oidc.json#candidates.4.policy": [
        "7:22: error[invalid-principal] \`*\` is not an identity provider",
      ],
      "access-analyzer-samples/resource-policies__role-trust-policies__allowlist-federated-access-oidc.json#referencePolicy": [
        "8:22: error[invalid-principal] \`arn:aws:iam::<ACCOUNT ID>:oidc-provider/MyProvider\` is not an identity provider",
      ],
      "data-perimeter/identity_perimeter_rcp.json": [
        "52:21 and 2 more: finding[unknown-key] \`<OIDC_provider_name_1>:sub\` is not a condition key of AWS",
        "69:21: finding[unknown-key] \`<OIDC_provider_name_2>:sub\` is not a condition key of AWS",
      ],
      "data-perimeter/network_perimeter_sourcevpc_rcp.json": [
        "25:27: finding[unparseable-value] \`<my-corporate-cidr>\` is not an IP address or a CIDR block",
      ],
      "data-perimeter/resource_perimeter_scp.json": [
        "43:13 and 1 more: error[invalid-resource] \`<third-party-resource>\` is neither an ARN nor \`*\`",
      ],
      "data-perimeter/s3_endpoint_policy.json": [
        "118:23 and 1 more: error[invalid-action] \`<action>\` is not of the form \`service:Action\`",
        "119:25 and 1 more: error[invalid-resource] \`<third-party-resource-arn>\` is neither an ARN nor \`*\`",
      ],
      "iam-policy-validator/s3-bucket-policy-cross-account-org.json": [
        "8:16: error[invalid-principal] a principal cannot be partly a wildcard: \`arn:aws:iam::*:root\`",
      ],
      "iam-policy-validator/secrets-manager-policy-cross-account.json": [
        "20:11: finding[key-not-carried] requests for \`secretsmanager:DescribeSecret\` never carry \`secretsmanager:VersionStage\`",
      ],
      "iam-policy-validator/wrong-condition-key.json": [
        "21:9: finding[operator-type] \`StringEquals\` does not fit \`aws:MultiFactorAuthPresent\`, a key of type Bool",
      ],
      "k9-cdk/generated.bucket-policy.json": [
        "45:9 and 8 more: error[invalid-resource] \`\${Token[TOKEN.203]}\` is neither an ARN nor \`*\`",
        "46:9 and 8 more: error[invalid-resource] \`\${Token[TOKEN.203]}/*\` is neither an ARN nor \`*\`",
      ],
      "kms-best-practices/ebs-key-statements.json": [
        "30:29: error[empty-value] \`kms:ViaService\` is an empty string",
      ],
      "landing-zone-accelerator/applicationEbs.json": [
        "22:32: error[wrong-type] \`kms:CallerAccount\` takes a string or a list of strings, not an object",
        "23:29: error[wrong-type] \`kms:ViaService\` takes a string or a list of strings, not an object",
        "31:16: error[wrong-type] \`Principal.AWS\` takes a string or a list of strings, not an object",
      ],
      "landing-zone-accelerator/full-central-logs-bucket-key-policy.json": [
        "7:24: error[invalid-principal] a placeholder was not filled in: \`arn:aws:iam::\${ACCOUNT_ID}:root\`",
      ],
      "landing-zone-accelerator/quarantine.json": [
        "12:13 and 3 more: finding[unknown-variable] \`\${PARTITION}\` is not a policy variable: \`PARTITION\` is not of the form \`service:Key\`",
        "12:13: finding[unknown-variable] \`\${MANAGEMENT_ACCOUNT_ACCESS_ROLE}\` is not a policy variable: \`MANAGEMENT_ACCOUNT_ACCESS_ROLE\` is not of the form \`service:Key\`",
        "14:13: finding[unknown-variable] \`\${ACCELERATOR_PREFIX}\` is not a policy variable: \`ACCELERATOR_PREFIX\` is not of the form \`service:Key\`",
      ],
      "scp-examples/Deny-KMS-key-deletion.json": [
        "15:36: finding[unknown-variable] \`\${Account}\` is not a policy variable: \`Account\` is not of the form \`service:Key\`",
      ],
      "scp-examples/Deny-use-of-IAM-user-credentials-from-unexpected-networks.json": [
        "30:25: finding[unparseable-value] \`<my-corporate-cidr>\` is not an IP address or a CIDR block",
      ],
    }
  `);
});
