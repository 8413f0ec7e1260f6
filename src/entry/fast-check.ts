/** `iam-expect/fast-check`: arbitraries of requests, of their parts, and of policies for laws. */
export { environments, keyPolicies } from "../generate/environments.ts";
export { type PolicyOptions, policies } from "../generate/policies.ts";
export {
  actionsFor,
  contextFor,
  principalsFor,
  type RequestsOptions,
  requestsFor,
  resourcesFor,
} from "../generate/requests-for.ts";
