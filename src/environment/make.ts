import { isPolicy } from "../policy/policy.ts";
import { isGrant } from "../request/grant.ts";
import { checkEnvironment } from "./check.ts";
import { Environment, type EnvironmentInput } from "./environment.ts";

/**
 * All that is known about the accounts under test: organization, accounts, principals, resources. What is left out is
 * unknown, and stays open where it decides.
 *
 * @param input principals and resources by ARN, an organization as a tree of units; see `EnvironmentInput`
 * @throws DiagnosticError `invalid-environment` (an unknown part or id), `dangling-reference`, `contradiction`
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * @example
 * const key = "arn:aws:kms:us-west-2:111122223333:key/1234abcd";
 * const app = "arn:aws:iam::111122223333:role/app";
 * const Version = "2012-10-17";
 * const world = environment({
 *   principals: { [app]: { policies: [identityPolicy({ Version, Statement: { Effect: "Allow", Action: "kms:*", Resource: key } })] } },
 *   resources: { [key]: { policy: keyPolicy({ Version, Statement: { Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "kms:*", Resource: "*" } }) } },
 * });
 * evaluate(world, request(app, "kms:Decrypt", key)).outcome; // "allowed"
 */
export function environment(input: EnvironmentInput): Environment {
  checkEnvironment(input);
  return new Environment(copy(input));
}

/** The test's own objects may change later; the environment, its policies and grants do not. */
function copy<T>(value: T): T {
  if (typeof value !== "object" || value === null || isPolicy(value) || isGrant(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(copy)) as T;
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copy(part)]))) as T;
}
