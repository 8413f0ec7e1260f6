/**
 * Sets of actions by which an identity widens its own permissions: with all of one set it can become another, or write
 * itself a policy. After the paths of iam-vulnerable (Bishop Fox, MIT, https://github.com/BishopFox/iam-vulnerable,
 * commit 0f298666f9, modules/free-resources/privesc-paths), by their numbers there.
 */
export interface EscalationPath {
  readonly name: string;
  readonly actions: readonly string[];
}

export const ESCALATION_PATHS: readonly EscalationPath[] = [
  { name: "a new version of its policy (privesc1)", actions: ["iam:CreatePolicyVersion"] },
  { name: "an older version of its policy (privesc2)", actions: ["iam:SetDefaultPolicyVersion"] },
  { name: "an instance with another role (privesc3)", actions: ["iam:PassRole", "ec2:RunInstances"] },
  { name: "an access key of another user (privesc4)", actions: ["iam:CreateAccessKey"] },
  { name: "a password for another user (privesc5)", actions: ["iam:CreateLoginProfile"] },
  { name: "another password for another user (privesc6)", actions: ["iam:UpdateLoginProfile"] },
  { name: "a policy attached to a user (privesc7)", actions: ["iam:AttachUserPolicy"] },
  { name: "a policy attached to a group (privesc8)", actions: ["iam:AttachGroupPolicy"] },
  { name: "a policy attached to a role (privesc9)", actions: ["iam:AttachRolePolicy"] },
  { name: "an inline policy of a user (privesc10)", actions: ["iam:PutUserPolicy"] },
  { name: "an inline policy of a group (privesc11)", actions: ["iam:PutGroupPolicy"] },
  { name: "an inline policy of a role (privesc12)", actions: ["iam:PutRolePolicy"] },
  { name: "membership in a group (privesc13)", actions: ["iam:AddUserToGroup"] },
  { name: "trust of another role (privesc14)", actions: ["iam:UpdateAssumeRolePolicy"] },
  {
    name: "a function with another role, invoked (privesc15)",
    actions: ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
  },
  {
    name: "a function with another role, triggered (privesc16)",
    actions: ["iam:PassRole", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"],
  },
  { name: "the code of a function (privesc17)", actions: ["lambda:UpdateFunctionCode"] },
  { name: "a development endpoint with another role (privesc18)", actions: ["iam:PassRole", "glue:CreateDevEndpoint"] },
  { name: "keys of a development endpoint (privesc19)", actions: ["glue:UpdateDevEndpoint"] },
  { name: "a stack with another role (privesc20)", actions: ["iam:PassRole", "cloudformation:CreateStack"] },
  {
    name: "a pipeline with another role (privesc21)",
    actions: ["iam:PassRole", "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"],
  },
];
