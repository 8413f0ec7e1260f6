import { expect, test } from "vitest";
import { actionCarriesKey, actionFacts, keyFacts, serviceFacts } from "../../src/catalog/catalog.ts";

const shown = (key: string) => {
  const facts = keyFacts(key);
  return facts && `${facts.name} ${facts.type}${facts.multiValued ? "*" : ""}`;
};

test.each([
  // every key of semantics B3
  ["aws:PrincipalAccount", "aws:PrincipalAccount String"],
  ["AWS:principalarn", "aws:PrincipalArn ARN"],
  ["aws:PrincipalOrgID", "aws:PrincipalOrgID String"],
  ["aws:PrincipalOrgPaths", "aws:PrincipalOrgPaths String*"],
  ["aws:PrincipalTag/team", "aws:PrincipalTag/${TagKey} String"],
  ["aws:PrincipalIsAWSService", "aws:PrincipalIsAWSService Bool"],
  ["aws:PrincipalServiceName", "aws:PrincipalServiceName String"],
  ["aws:PrincipalServiceNamesList", "aws:PrincipalServiceNamesList String*"],
  ["aws:PrincipalType", "aws:PrincipalType String"],
  ["aws:UserId", "aws:userid String"],
  ["aws:UserName", "aws:username String"],
  ["aws:AssumedRoot", "aws:AssumedRoot Bool"],
  ["aws:FederatedProvider", "aws:FederatedProvider String"],
  ["aws:TokenIssueTime", "aws:TokenIssueTime Date"],
  ["aws:MultiFactorAuthPresent", "aws:MultiFactorAuthPresent Bool"],
  ["aws:MultiFactorAuthAge", "aws:MultiFactorAuthAge Numeric"],
  ["aws:SourceIdentity", "aws:SourceIdentity String"],
  ["aws:Ec2InstanceSourceVpc", "aws:Ec2InstanceSourceVpc String"],
  ["aws:Ec2InstanceSourcePrivateIPv4", "aws:Ec2InstanceSourcePrivateIPv4 IPAddress"],
  ["ec2:RoleDelivery", "ec2:RoleDelivery Numeric"],
  ["ec2:SourceInstanceArn", "ec2:SourceInstanceARN ARN"],
  ["aws:SourceIp", "aws:SourceIp IPAddress"],
  ["aws:SourceVpc", "aws:SourceVpc String"],
  ["aws:SourceVpce", "aws:SourceVpce String"],
  ["aws:VpcSourceIp", "aws:VpcSourceIp IPAddress"],
  ["aws:VpceAccount", "aws:VpceAccount String"],
  ["aws:VpceOrgID", "aws:VpceOrgID String"],
  ["aws:VpceOrgPaths", "aws:VpceOrgPaths String*"],
  ["aws:ResourceAccount", "aws:ResourceAccount String"],
  ["aws:ResourceOrgID", "aws:ResourceOrgID String"],
  ["aws:ResourceOrgPaths", "aws:ResourceOrgPaths String*"],
  ["aws:ResourceTag/a/b:c", "aws:ResourceTag/${TagKey} String"],
  ["aws:RequestTag/team", "aws:RequestTag/${TagKey} String"],
  ["aws:TagKeys", "aws:TagKeys String*"],
  ["aws:CalledVia", "aws:CalledVia String*"],
  ["aws:CalledViaFirst", "aws:CalledViaFirst String"],
  ["aws:CalledViaLast", "aws:CalledViaLast String"],
  ["aws:ViaAWSService", "aws:ViaAWSService Bool"],
  ["aws:SourceArn", "aws:SourceArn ARN"],
  ["aws:SourceAccount", "aws:SourceAccount String"],
  ["aws:SourceOrgID", "aws:SourceOrgID String"],
  ["aws:SourceOrgPaths", "aws:SourceOrgPaths String*"],
  ["aws:SecureTransport", "aws:SecureTransport Bool"],
  ["aws:RequestedRegion", "aws:RequestedRegion String"],
  ["aws:CurrentTime", "aws:CurrentTime Date"],
  ["aws:EpochTime", "aws:EpochTime Date"],
  ["aws:UserAgent", "aws:UserAgent String"],
  ["aws:Referer", "aws:referer String"],
  // of semantics B4
  ["sts:ExternalId", "sts:ExternalId String"],
  ["sts:RoleSessionName", "sts:RoleSessionName String"],
  ["sts:SourceIdentity", "sts:SourceIdentity String"],
  ["sts:TransitiveTagKeys", "sts:TransitiveTagKeys String*"],
  ["sts:DurationSeconds", "sts:DurationSeconds Numeric"],
  ["sts:AWSServiceName", "sts:AWSServiceName String"],
  ["saml:sub", "saml:sub String"],
  ["SAML:eduPersonAffiliation", "saml:edupersonaffiliation String*"],
  ["token.actions.githubusercontent.com:sub", "${OidcProvider}:sub String"],
  [
    "token.actions.githubusercontent.com/acme:repository",
    "token.actions.githubusercontent.com/${SubPath}:repository String",
  ],
  ["oidc.eks.eu-west-1.amazonaws.com/id/ABC:aud", "${OidcProvider}:aud String"],
  ["idp.example.com:amr", "${OidcProvider}:amr String*"],
  ["cognito-identity.amazonaws.com:amr", "cognito-identity.amazonaws.com:amr String*"],
  ["accounts.google.com:oaud", "accounts.google.com:oaud String"],
  ["iam:PassedToService", "iam:PassedToService String"],
  ["iam:AssociatedResourceArn", "iam:AssociatedResourceArn ARN"],
  ["iam:PermissionsBoundary", "iam:PermissionsBoundary ARN"],
  ["iam:PolicyARN", "iam:PolicyARN ARN"],
  ["iam:ResourceTag/team", "iam:ResourceTag/${TagKey} String"],
  ["iam:AWSServiceName", "iam:AWSServiceName String"],
  // of services
  ["kms:ViaService", "kms:ViaService String"],
  ["kms:EncryptionContext:app", "kms:EncryptionContext:${EncryptionContextKey} String"],
  ["kms:EncryptionContext:aws:s3:arn", "kms:EncryptionContext:${EncryptionContextKey} String"],
  ["kms:EncryptionContextKeys", "kms:EncryptionContextKeys String*"],
  ["kms:GrantConstraintSourceArn", "kms:GrantConstraintSourceArn ARN"],
  ["kms:ValidTo", "kms:ValidTo Date"],
  ["kms:RecipientAttestation:PCR31", "kms:RecipientAttestation:PCR31 String"],
  ["kms:CustomerMasterKeySpec", "kms:CustomerMasterKeySpec String"],
  ["s3:ExistingObjectTag/team", "s3:ExistingObjectTag/${TagKey} String"],
  ["dynamodb:LeadingKeys", "dynamodb:LeadingKeys String*"],
  ["events:Metadata/a", "events:Metadata/${MetadataKey} String*"],
  ["events:Metadata/a/Matcher", "events:Metadata/${MetadataKey}/Matcher String"],
  [
    "codebuild:environment.environmentVariables/A.value",
    "codebuild:environment.environmentVariables/${name}.value String",
  ],
  // defined by a service with another prefix
  ["catalog:ChangeType", "catalog:ChangeType String"],
  ["identitystore:GroupId", "identitystore:GroupId String*"],
  ["identitystore:UserId", "identitystore:UserId String"],
  ["ec2:osuser", "ec2:osuser String"],
])("%s is %s", (key, expected) => {
  expect(shown(key)).toBe(expected);
});

test.each([
  "aws:PrincipleArn",
  "aws:ResourceTag",
  "aws:ResourceTag/",
  "kms:EncryptionContext:",
  "codebuild:environment.environmentVariables/.value",
  "kms:Decrypt",
  "nope:Key",
  "idp.example.com:role",
  "example:sub",
  "ViaService",
  ":",
  "",
  "__proto__:x",
])("%j is no condition key", (key) => {
  expect(keyFacts(key)).toBeUndefined();
});

test("a service's keys are filed by folded name, tags by what stands before the tag", () => {
  const { keys } = serviceFacts("kms")!;
  for (const filed of ["kms:viaservice", "kms:encryptioncontext:", "aws:resourcetag/", "aws:tagkeys"])
    expect(keys.has(filed)).toBe(true);
});

test.each([
  // listed with the action
  ["kms:Decrypt", "kms:ViaService", true],
  ["kms:Decrypt", "KMS:encryptioncontext:App", true],
  ["kms:Decrypt", "kms:GrantOperations", false],
  ["kms:CreateGrant", "kms:GrantOperations", true],
  ["kms:ListKeys", "kms:CallerAccount", false],
  ["kms:GenerateRandom", "kms:RecipientAttestation:PCR0", true],
  ["kms:GenerateRandom", "kms:ViaService", false],
  ["iam:PassRole", "iam:PassedToService", true],
  ["iam:CreateRole", "iam:PassedToService", false],
  ["sts:AssumeRole", "sts:ExternalId", true],
  ["sts:AssumeRoleWithSAML", "sts:ExternalId", false],
  ["sts:AssumeRoleWithSAML", "saml:aud", true],
  // listed with its resource type
  ["kms:Decrypt", "kms:ResourceAliases", true],
  ["kms:Decrypt", "aws:ResourceTag/team", true],
  ["kms:ListKeys", "aws:ResourceTag/team", false],
  ["kms:Decrypt", "aws:RequestTag/team", false],
  ["ec2:RunInstances", "ec2:InstanceType", true],
  ["ec2:RunInstances", "aws:TagKeys", true],
  // corrections: F23, B4
  ["kms:Decrypt", "kms:CustomerMasterKeySpec", true],
  ["kms:CreateKey", "kms:CustomerMasterKeyUsage", true],
  ["kms:ReplicateKey", "aws:RequestTag/team", true],
  ["sts:AssumeRoleWithWebIdentity", "idp.example.com:email", true],
  ["sts:AssumeRole", "idp.example.com:email", false],
  // carried whatever the action
  ["s3:GetObject", "aws:SourceIp", true],
  ["s3:GetObject", "aws:PrincipalTag/team", true],
  ["s3:GetObject", "idp.example.com:sub", true],
  ["s3:GetObject", "saml:sub", true],
  ["s3:GetObject", "saml:aud", false],
  ["s3:GetObject", "lambda:SourceFunctionArn", true],
  ["s3:GetObject", "kms:ViaService", false],
  // no key at all
  ["s3:GetObject", "aws:PrincipleArn", false],
  ["s3:GetObject", "s3:ExistingObjectTag", false],
])("%s carries %s: %s", (action, key, carries) => {
  expect(actionCarriesKey(actionFacts(action)!, key)).toBe(carries);
});
