import { rcpSupports } from "../../catalog/catalog.ts";
import type { Evaluation } from "../evaluation.ts";

/**
 * The services that AWS's page lists as supporting resource control policies; AWS's data has more (semantics E21).
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
 */
const DOCUMENTED: ReadonlySet<string> = new Set([
  "aoss",
  "appconfig",
  "appstream",
  "autoscaling",
  "codebuild",
  "codecommit",
  "cognito-identity",
  "cognito-idp",
  "comprehend",
  "comprehendmedical",
  "dax",
  "dynamodb",
  "ecr",
  "health",
  "kinesisvideo",
  "kms",
  "logs",
  "s3",
  "secretsmanager",
  "signin",
  "sqs",
  "sts",
  "support",
  "textract",
  "transcribe",
  "translate",
]);

/** Whether resource control policies bind requests to this service: AWS's data says so, by our reading. */
export function isRcpService(run: Evaluation): boolean {
  const { service } = run.facts;
  return run.weak("E21", rcpSupports(service), DOCUMENTED.has(service));
}
