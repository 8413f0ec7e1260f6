import fc from "fast-check";
import {
  anonymous,
  federated,
  federatedUser,
  type Principal,
  principalFromArn,
  role,
  rootUser,
  service,
  session,
  user,
} from "../request/principal.ts";
import {
  CHINA_ROLE,
  FEDERATED_USER,
  HOME,
  PARTNER,
  PARTNER_ROLE,
  PARTNER_USER,
  PATH_ROLE,
  PATH_SESSION,
  PROVIDER,
  ROLE,
  ROLE_ID,
  SERVICE_LINKED,
  SERVICES,
  SESSION,
  USER,
  USER_ID,
} from "./universe.ts";

const RED = { team: "red" };

const COMMON: readonly Principal[] = [
  role(ROLE),
  role(ROLE, { tags: RED, uniqueId: ROLE_ID }),
  role(PATH_ROLE),
  session(ROLE, "main"),
  session(PATH_ROLE, "other", { tags: { Team: "blue" } }),
  // Only the session's ARN: the role's path is not known.
  principalFromArn(PATH_SESSION),
  user(USER, { tags: RED }),
  user(USER, { uniqueId: USER_ID }),
  role(PARTNER_ROLE),
  user(PARTNER_USER),
  rootUser(HOME),
];

const RARE: readonly Principal[] = [
  rootUser(PARTNER),
  federatedUser(FEDERATED_USER, { issuer: USER }),
  federatedUser(FEDERATED_USER),
  federated(PROVIDER),
  ...SERVICES.map((name) => service(name)),
  anonymous,
  role(SERVICE_LINKED),
  role(CHINA_ROLE),
  role(ROLE, { managementAccount: true }),
];

/** Callers of every type: mostly roles, sessions and users of two accounts. */
export function callers(): fc.Arbitrary<Principal> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...COMMON) },
    { weight: 1, arbitrary: fc.constantFrom(...RARE) },
  );
}

/** A `Principal` element as a policy document writes it. */
export type PrincipalElement = "*" | Readonly<Record<string, string | readonly string[]>>;

const NAMED = [HOME, `arn:aws:iam::${HOME}:root`, PARTNER, ROLE, PATH_ROLE, USER, SESSION, PARTNER_ROLE] as const;
const SELDOM_NAMED = [PATH_SESSION, PARTNER_USER, FEDERATED_USER, ROLE_ID, USER_ID, SERVICE_LINKED, "*"] as const;

/** Whom a statement names: everyone, accounts, roles, users, sessions, services, providers. */
export function principalElements(): fc.Arbitrary<PrincipalElement> {
  const aws = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...NAMED) },
    { weight: 1, arbitrary: fc.constantFrom(...SELDOM_NAMED) },
  );
  const list = (value: fc.Arbitrary<string>) => fc.uniqueArray(value, { minLength: 1, maxLength: 3 });
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant("*" as const) },
    { weight: 6, arbitrary: list(aws).map((AWS) => ({ AWS })) },
    { weight: 2, arbitrary: aws.map((AWS) => ({ AWS })) },
    { weight: 1, arbitrary: fc.record({ AWS: list(aws), Service: fc.constantFrom(...SERVICES) }) },
    { weight: 1, arbitrary: fc.constantFrom({ Federated: PROVIDER }, { AWS: [] }, { Service: [...SERVICES] }) },
  );
}
