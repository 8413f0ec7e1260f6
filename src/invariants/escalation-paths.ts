/**
 * Sets of actions by which an identity widens its own permissions: with all of one set it can become another, or write
 * itself a policy. Names in own words, ids in brackets:
 * - of pathfinding.cloud (Datadog, Apache-2.0, https://github.com/DataDog/pathfinding.cloud, data/paths/aws: what each
 *   path requires), commits a89d537a42, ecc3d092e7, f61d744e4a and bbf30a06f0; in an older folder of it glue-002,
 *   sagemaker-003 and ec2instanceconnect-003 (06bb61d88e), stepfunctions-001 and -002 (433243131a) and scheduler-001
 *   (e25711c442); in its docs/labs/data only amplify-001 (ee8996572b), mwaa-001 and mwaa-002 (02169d7fbc);
 * - "privesc" of iam-vulnerable (Bishop Fox, MIT, https://github.com/BishopFox/iam-vulnerable, commit 0f298666f9,
 *   modules/free-resources/privesc-paths), where pathfinding.cloud has none;
 * - "boundaries": https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html.
 * A path that requires all that another does and more is left out: the smaller set is found wherever the larger is.
 */
export interface EscalationPath {
  readonly name: string;
  readonly actions: readonly string[];
}

export const ESCALATION_PATHS: readonly EscalationPath[] = [
  { name: "a new version of its policy (iam-001)", actions: ["iam:CreatePolicyVersion"] },
  { name: "an older version of its policy (privesc2)", actions: ["iam:SetDefaultPolicyVersion"] },
  { name: "an access key of another user (iam-002, iam-003)", actions: ["iam:CreateAccessKey"] },
  { name: "a password for another user (iam-004)", actions: ["iam:CreateLoginProfile"] },
  { name: "another password for another user (iam-006)", actions: ["iam:UpdateLoginProfile"] },
  { name: "a policy attached to a user (iam-008)", actions: ["iam:AttachUserPolicy"] },
  { name: "a policy attached to a group (iam-010)", actions: ["iam:AttachGroupPolicy"] },
  { name: "a policy attached to a role (iam-009)", actions: ["iam:AttachRolePolicy"] },
  { name: "an inline policy of a user (iam-007)", actions: ["iam:PutUserPolicy"] },
  { name: "an inline policy of a group (iam-011)", actions: ["iam:PutGroupPolicy"] },
  { name: "an inline policy of a role (iam-005)", actions: ["iam:PutRolePolicy"] },
  { name: "membership in a group (iam-013)", actions: ["iam:AddUserToGroup"] },
  { name: "trust of another role (iam-012)", actions: ["iam:UpdateAssumeRolePolicy"] },
  { name: "no permissions boundary for a user (boundaries)", actions: ["iam:DeleteUserPermissionsBoundary"] },
  { name: "no permissions boundary for a role (boundaries)", actions: ["iam:DeleteRolePermissionsBoundary"] },
  { name: "another permissions boundary for a user (boundaries)", actions: ["iam:PutUserPermissionsBoundary"] },
  { name: "another permissions boundary for a role (boundaries)", actions: ["iam:PutRolePermissionsBoundary"] },
  {
    name: "an Airflow environment with another role (mwaa-001)",
    actions: ["iam:PassRole", "airflow:CreateEnvironment"],
  },
  { name: "the code of an Airflow environment that has a role (mwaa-002)", actions: ["airflow:UpdateEnvironment"] },
  {
    name: "an app built with another role (amplify-001)",
    actions: ["iam:PassRole", "amplify:CreateApp", "amplify:CreateBranch", "amplify:StartJob"],
  },
  { name: "a web service with another role (apprunner-001)", actions: ["iam:PassRole", "apprunner:CreateService"] },
  { name: "the code of a web service that has a role (apprunner-002)", actions: ["apprunner:UpdateService"] },
  { name: "the command of a job that has a role (batch-002)", actions: ["batch:SubmitJob"] },
  {
    name: "code in an interpreter that has a role (bedrock-002)",
    actions: ["bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter"],
  },
  {
    name: "a command in an agent's runtime that has a role (bedrock-004)",
    actions: ["bedrock-agentcore:InvokeAgentRuntimeCommand"],
  },
  {
    name: "a remote browser that has a role (bedrock-007)",
    actions: ["bedrock-agentcore:StartBrowserSession", "bedrock-agentcore:ConnectBrowserAutomationStream"],
  },
  { name: "a hybrid job with another role (braket-001)", actions: ["iam:PassRole", "braket:CreateJob"] },
  { name: "a stack with another role (cloudformation-001)", actions: ["iam:PassRole", "cloudformation:CreateStack"] },
  { name: "the template of a stack that has a role (cloudformation-002)", actions: ["cloudformation:UpdateStack"] },
  {
    name: "a stack set with another role (cloudformation-003)",
    actions: ["iam:PassRole", "cloudformation:CreateStackSet", "cloudformation:CreateStackInstances"],
  },
  {
    name: "the template of a stack set (cloudformation-004)",
    actions: ["iam:PassRole", "cloudformation:UpdateStackSet"],
  },
  {
    name: "a change set for a stack that has a role (cloudformation-005)",
    actions: ["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"],
  },
  { name: "the commands of a build that has a role (codebuild-002)", actions: ["codebuild:StartBuild"] },
  { name: "the commands of a batch build that has a role (codebuild-003)", actions: ["codebuild:StartBuildBatch"] },
  {
    name: "a deployment to instances that have a role (codedeploy-001)",
    actions: [
      "codedeploy:CreateDeployment",
      "codedeploy:RegisterApplicationRevision",
      "codedeploy:GetDeploymentConfig",
    ],
  },
  {
    name: "another role for the guests of an identity pool (cognitoidentity-001)",
    actions: ["iam:PassRole", "cognito-identity:SetIdentityPoolRoles"],
  },
  {
    name: "a pipeline with another role (datapipeline-001)",
    actions: [
      "iam:PassRole",
      "datapipeline:CreatePipeline",
      "datapipeline:PutPipelineDefinition",
      "datapipeline:ActivatePipeline",
    ],
  },
  { name: "an instance with another role (ec2-001)", actions: ["iam:PassRole", "ec2:RunInstances"] },
  {
    name: "the start script of an instance that has a role (ec2-002)",
    actions: ["ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"],
  },
  { name: "a spot instance with another role (ec2-003)", actions: ["iam:PassRole", "ec2:RequestSpotInstances"] },
  {
    name: "the start script in a launch template that has a role (ec2-004, ec2-005)",
    actions: ["ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"],
  },
  {
    name: "a key to an instance that has a role (ec2instanceconnect-003)",
    actions: ["ec2-instance-connect:SendSSHPublicKey"],
  },
  {
    name: "tasks with another role, kept by a service (ecs-003, ecs-001)",
    actions: ["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:CreateService"],
  },
  { name: "a task with another role, run (ecs-008, ecs-004, ecs-002)", actions: ["iam:PassRole", "ecs:RunTask"] },
  { name: "a task with another role, placed (ecs-009, ecs-005, ecs-007)", actions: ["iam:PassRole", "ecs:StartTask"] },
  { name: "a shell in a task that has a role (ecs-006)", actions: ["ecs:ExecuteCommand", "ecs:DescribeTasks"] },
  { name: "a cluster with another role (emr-001)", actions: ["iam:PassRole", "elasticmapreduce:RunJobFlow"] },
  {
    name: "an application's job with another role (emrserverless-001)",
    actions: ["iam:PassRole", "emr-serverless:CreateApplication", "emr-serverless:StartJobRun"],
  },
  {
    name: "a fleet of game servers with another role (gamelift-001)",
    actions: ["iam:PassRole", "gamelift:CreateBuild", "gamelift:CreateFleet", "gamelift:RequestUploadCredentials"],
  },
  { name: "a development endpoint with another role (glue-001)", actions: ["iam:PassRole", "glue:CreateDevEndpoint"] },
  { name: "keys of a development endpoint (glue-002)", actions: ["glue:UpdateDevEndpoint"] },
  {
    name: "a new job with another role, started (glue-003)",
    actions: ["iam:PassRole", "glue:CreateJob", "glue:StartJobRun"],
  },
  {
    name: "a new job with another role, triggered (glue-004)",
    actions: ["iam:PassRole", "glue:CreateJob", "glue:CreateTrigger"],
  },
  {
    name: "another role for a job, started (glue-005)",
    actions: ["iam:PassRole", "glue:UpdateJob", "glue:StartJobRun"],
  },
  {
    name: "another role for a job, triggered (glue-006)",
    actions: ["iam:PassRole", "glue:UpdateJob", "glue:CreateTrigger"],
  },
  {
    name: "an interactive session with another role (glue-007)",
    actions: ["iam:PassRole", "glue:CreateSession", "glue:RunStatement"],
  },
  {
    name: "an image built with another role (imagebuilder-001)",
    actions: [
      "iam:PassRole",
      "imagebuilder:CreateComponent",
      "imagebuilder:CreateImageRecipe",
      "imagebuilder:CreateInfrastructureConfiguration",
      "imagebuilder:CreateImage",
    ],
  },
  {
    name: "a Flink application with another role (kinesisanalytics-001)",
    actions: ["iam:PassRole", "kinesisanalytics:CreateApplication", "kinesisanalytics:StartApplication"],
  },
  {
    name: "a function with another role, invoked (lambda-001)",
    actions: ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
  },
  {
    name: "a function with another role, triggered (lambda-002)",
    actions: ["iam:PassRole", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"],
  },
  {
    name: "a function with another role, opened to callers (lambda-006)",
    actions: ["iam:PassRole", "lambda:CreateFunction", "lambda:AddPermission"],
  },
  { name: "the code of a function (lambda-003, lambda-004, lambda-005)", actions: ["lambda:UpdateFunctionCode"] },
  {
    name: "a workflow run with another role (omics-001)",
    actions: ["iam:PassRole", "omics:CreateWorkflow", "omics:StartRun", "s3:GetObject"],
  },
  {
    name: "a notebook with another role (sagemaker-001)",
    actions: ["iam:PassRole", "sagemaker:CreateNotebookInstance"],
  },
  {
    name: "a training job with another role (sagemaker-002)",
    actions: ["iam:PassRole", "sagemaker:CreateTrainingJob"],
  },
  {
    name: "a processing job with another role (sagemaker-003)",
    actions: ["iam:PassRole", "sagemaker:CreateProcessingJob"],
  },
  {
    name: "a link to a notebook that has a role (sagemaker-004)",
    actions: ["sagemaker:CreatePresignedNotebookInstanceUrl"],
  },
  {
    name: "the start script of a notebook that has a role (sagemaker-005)",
    actions: [
      "sagemaker:CreateNotebookInstanceLifecycleConfig",
      "sagemaker:StopNotebookInstance",
      "sagemaker:UpdateNotebookInstance",
      "sagemaker:StartNotebookInstance",
    ],
  },
  { name: "a schedule with another role (scheduler-001)", actions: ["iam:PassRole", "scheduler:CreateSchedule"] },
  { name: "a session on an instance that has a role (ssm-001)", actions: ["ssm:StartSession"] },
  { name: "a command on an instance that has a role (ssm-002)", actions: ["ssm:SendCommand"] },
  {
    name: "an automation with another role (ssm-003)",
    actions: ["iam:PassRole", "ssm:CreateDocument", "ssm:StartAutomationExecution"],
  },
  {
    name: "a state machine with another role (stepfunctions-001)",
    actions: ["iam:PassRole", "states:CreateStateMachine", "states:StartExecution"],
  },
  {
    name: "the steps of a state machine that has a role (stepfunctions-002)",
    actions: ["states:UpdateStateMachine", "states:StartExecution"],
  },
  { name: "a policy attached to a permission set (sso-002)", actions: ["sso:AttachManagedPolicyToPermissionSet"] },
  { name: "an inline policy of a permission set (sso-003)", actions: ["sso:PutInlinePolicyToPermissionSet"] },
  { name: "another role, assumed (sts-001)", actions: ["sts:AssumeRole"] },
];
