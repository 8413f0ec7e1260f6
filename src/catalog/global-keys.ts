/**
 * The condition keys that do not belong to one service (semantics B3, B4).
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html, read 2026-09; every row's type
 * and value type ("Multivalued") are that page's, unless a comment names another source.
 */
import { type KeyTable, keyTable } from "./key-table.ts";
import type { KeyFacts, KeyType } from "./types.ts";

const one = (name: string, type: KeyType = "String"): KeyFacts => ({ name: `aws:${name}`, type, multiValued: false });
const many = (name: string): KeyFacts => ({ name: `aws:${name}`, type: "String", multiValued: true });

export const GLOBAL_KEYS: KeyTable = keyTable([
  // The principal.
  one("PrincipalArn", "ARN"),
  one("PrincipalAccount"),
  one("PrincipalOrgID"),
  many("PrincipalOrgPaths"),
  one("PrincipalTag/${TagKey}"),
  one("PrincipalIsAWSService", "Bool"),
  one("PrincipalServiceName"),
  many("PrincipalServiceNamesList"),
  one("PrincipalType"),
  one("userid"),
  one("username"),
  // The session.
  one("AssumedRoot", "Bool"),
  // An ARN for providers that are not built in, says the page; B3 keeps it a String.
  one("FederatedProvider"),
  one("TokenIssueTime", "Date"),
  one("SignInSessionArn", "ARN"),
  one("MultiFactorAuthAge", "Numeric"),
  one("MultiFactorAuthPresent", "Bool"),
  one("ChatbotSourceArn", "ARN"),
  one("Ec2InstanceSourceVpc"),
  one("Ec2InstanceSourcePrivateIPv4", "IPAddress"),
  one("SourceIdentity"),
  // The network.
  one("SourceIp", "IPAddress"),
  one("SourceVpc"),
  one("SourceVpcArn", "ARN"),
  one("SourceVpce"),
  one("VpcSourceIp", "IPAddress"),
  one("VpceAccount"),
  one("VpceOrgID"),
  many("VpceOrgPaths"),
  // The resource.
  one("ResourceAccount"),
  one("ResourceOrgID"),
  many("ResourceOrgPaths"),
  one("ResourceTag/${TagKey}"),
  // The request.
  many("CalledVia"),
  one("CalledViaFirst"),
  one("CalledViaLast"),
  one("CalledViaAWSMCP"),
  one("ViaAWSService", "Bool"),
  one("ViaAWSMCPService", "Bool"),
  one("IsMcpServiceAction", "Bool"),
  one("CurrentTime", "Date"),
  // Numeric operators fit as well (B3).
  one("EpochTime", "Date"),
  one("referer"),
  one("RequestedRegion"),
  one("RequestTag/${TagKey}"),
  many("TagKeys"),
  one("SecureTransport", "Bool"),
  one("SourceArn", "ARN"),
  one("SourceAccount"),
  one("SourceOrgID"),
  many("SourceOrgPaths"),
  one("UserAgent"),
  // SNS writes it into a topic's default policy: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
  one("SourceOwner"),
]);

/** Actions without `aws:ResourceAccount`, `aws:ResourceOrgID` and `aws:ResourceOrgPaths`, says the page; and all of EBS. */
const WITHOUT_OWNER: ReadonlySet<string> = new Set([
  "auditmanager:updateassessmentframeworkshare",
  "detective:acceptinvitation",
  "ds:acceptshareddirectory",
  "ec2:accepttransitgatewaypeeringattachment",
  "ec2:acceptvpcendpointconnections",
  "ec2:acceptvpcpeeringconnection",
  "ec2:copysnapshot",
  "ec2:createtransitgatewaypeeringattachment",
  "ec2:createvpcendpoint",
  "ec2:createvpcpeeringconnection",
  "es:acceptinboundconnection",
  "guardduty:acceptadministratorinvitation",
  "macie2:acceptinvitation",
  "route53:associatevpcwithhostedzone",
  "route53:createvpcassociationauthorization",
  "securityhub:acceptadministratorinvitation",
]);

/** Whether requests for the action (folded) tell whose the resource is. */
export const tellsOwner = (action: string): boolean => !action.startsWith("ebs:") && !WITHOUT_OWNER.has(action);

/** Global keys that an action carries only where its own page lists them. */
const LISTED: ReadonlySet<string> = new Set(["aws:resourcetag/${tagkey}", "aws:requesttag/${tagkey}", "aws:tagkeys"]);

/** Keys with a service's prefix that its credentials bring to every service (the page's "cross-service" keys). */
const CREDENTIAL_KEYS: ReadonlySet<string> = new Set([
  "ec2:roledelivery",
  "ec2:sourceinstancearn",
  "glue:roleassumedby",
  "glue:credentialissuingservice",
  "codebuild:buildarn",
  "codebuild:projectarn",
  "lambda:sourcefunctionarn",
  "ssm:sourceinstancearn",
  "identitystore:userid",
]);

/** What a federated session keeps (B4; app_id and user_id: "Available in session" of the IAM and STS key page). */
const SESSION_SAML: ReadonlySet<string> = new Set(["saml:namequalifier", "saml:sub", "saml:sub_type"]);
const SESSION_CLAIMS: ReadonlySet<string> = new Set(["amr", "aud", "id", "sub", "app_id", "user_id"]);

/** Whether any action's request may carry the key, for reasons that have nothing to do with the action. */
export function everyActionCarries(folded: string): boolean {
  if (folded.startsWith("aws:")) {
    const facts = GLOBAL_KEYS.find(folded);
    return facts !== undefined && !LISTED.has(facts.name.toLowerCase());
  }
  if (CREDENTIAL_KEYS.has(folded) || SESSION_SAML.has(folded)) return true;
  const colon = folded.indexOf(":");
  return isOidcProvider(folded.slice(0, colon)) && SESSION_CLAIMS.has(folded.slice(colon + 1));
}

/** The prefix of a provider's claims is a host, perhaps with a path; no service's prefix has a dot. */
export const isOidcProvider = (prefix: string): boolean => prefix.includes(".");
