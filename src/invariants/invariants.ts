import { noAnonymousAccess, noConfusedDeputy, oidcTrust, onlyAccounts, onlyOrganization } from "./access.ts";
import { noPrivilegeEscalation } from "./escalation.ts";
import {
  administratorsCannotUse,
  grantsOnlyForAwsResources,
  noLockout,
  onlyAdministratorsControl,
  onlyThroughServices,
  usersCannotAdminister,
} from "./keys.ts";

/** Rules that policies are meant to keep, each with the AWS page that advises it: `expect(policy).toHoldFor(invariants.noAnonymousAccess())`. */
export const invariants = {
  onlyAccounts,
  onlyOrganization,
  noAnonymousAccess,
  noConfusedDeputy,
  oidcTrust,
  administratorsCannotUse,
  usersCannotAdminister,
  onlyAdministratorsControl,
  onlyThroughServices,
  grantsOnlyForAwsResources,
  noLockout,
  noPrivilegeEscalation,
} as const;
