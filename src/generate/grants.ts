import fc from "fast-check";
import type { GrantInput } from "../request/grant.ts";
import {
  FEDERATED_USER,
  HOME,
  KEY,
  PARTNER,
  PARTNER_KEY,
  PARTNER_ROLE,
  PATH_ROLE,
  ROLE,
  SERVICES,
  SESSION,
  USER,
} from "./universe.ts";

const GRANTEES = [ROLE, USER, PATH_ROLE, SESSION, HOME, PARTNER_ROLE, PARTNER, FEDERATED_USER] as const;

/** Grants on the keys of the small world. */
export function grants(): fc.Arbitrary<GrantInput> {
  return fc
    .record({
      key: fc.constantFrom(KEY, KEY, PARTNER_KEY),
      grantee: fc.constantFrom(...GRANTEES),
      service: fc.constantFrom(undefined, undefined, undefined, SERVICES[0]),
      operations: fc.uniqueArray(fc.constantFrom("Decrypt", "CreateGrant", "DescribeKey", "RetireGrant"), {
        minLength: 1,
      }),
      retiring: fc.constantFrom(undefined, ...GRANTEES),
      constraints: fc.constantFrom<NonNullable<GrantInput["constraints"]>[]>(
        {},
        {},
        { EncryptionContextEquals: { app: "orders" } },
        { EncryptionContextSubset: { App: "orders" } },
        { SourceArn: "arn:aws:s3:::reports" },
      ),
    })
    .map(({ key, grantee, service, operations, retiring, constraints }): GrantInput => {
      if (service)
        // A grant to a service has these two (F14).
        return {
          key,
          granteeServicePrincipal: service,
          operations,
          constraints: { ...constraints, SourceArn: "arn:aws:s3:::reports" },
          retiringPrincipal: retiring ?? HOME,
        };
      const retires = retiring ? { retiringPrincipal: retiring } : {};
      return { key, granteePrincipal: grantee, operations, constraints, ...retires };
    });
}
