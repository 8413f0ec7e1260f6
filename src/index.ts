import type { PolicyMatchers } from "../matchers/types.ts";

export type { Chain, HoldOptions, PolicyMatchers, Property } from "../matchers/types.ts";
export { compareAccess } from "./analyse/compare-access.ts";
export { describeAccess } from "./analyse/describe-access.ts";
export type { AccessBox } from "./analyse/describe-box.ts";
export type { AccessPart } from "./analyse/describe-spaces.ts";
export { type Answer, findAccess } from "./analyse/find-access.ts";
export type { AccessQuestion } from "./analyse/finding.ts";
export type { Requests, Who } from "./analyse/question.ts";
export { reachableActions } from "./analyse/reachable-actions.ts";
export type { Analysed } from "./analyse/subject.ts";
export { type TestPoint, testPoints } from "./analyse/test-points.ts";
export { Diagnostic, DiagnosticError } from "./diagnostic/diagnostic.ts";
export type { Environment, EnvironmentInput } from "./environment/environment.ts";
export { environment } from "./environment/make.ts";
export { fullAWSAccess } from "./evaluate/collect.ts";
export { type Decision, evaluate, type StatementRef } from "./evaluate/evaluate.ts";
export { type ElementAccount, type Explanation, explain, type StatementAccount } from "./evaluate/explain.ts";
export type { Subject } from "./evaluate/normalise.ts";
export type { Outcome } from "./evaluate/verdict.ts";
export type { Invariant } from "./invariants/invariant.ts";
export { invariants } from "./invariants/invariants.ts";
export {
  identityPolicy,
  keyPolicy,
  permissionsBoundary,
  resourceControlPolicy,
  resourcePolicy,
  serviceControlPolicy,
  sessionPolicy,
  trustPolicy,
  vpcEndpointPolicy,
} from "./policy/constructors.ts";
export type { PolicyDocument } from "./policy/document.ts";
export type { Policy, Statement } from "./policy/policy.ts";
export { policyAt } from "./policy/policy-at.ts";
export { printPolicy } from "./policy/print.ts";
export { type Grant, type GrantInput, grant } from "./request/grant.ts";
export {
  anonymous,
  federated,
  federatedUser,
  type Principal,
  role,
  rootUser,
  service,
  session,
  user,
} from "./request/principal.ts";
export { type Request, request } from "./request/request.ts";
export { ebs } from "./scenarios/ebs.ts";
export { autoscaling, ec2 } from "./scenarios/ec2.ts";
export { sns, sqs } from "./scenarios/messaging.ts";
export { s3 } from "./scenarios/s3.ts";
export type { Scenario } from "./scenarios/scenario.ts";
export { kms, lambda, rds, secretsmanager, sts } from "./scenarios/services.ts";

declare global {
  // The one augmentation that vitest 3, 4 and 5 all read without complaint (matcher-mechanics.md, Types).
  namespace Chai {
    interface Assertion extends PolicyMatchers {}
  }
}
