import fc from "fast-check";
import type { Environment } from "../environment/environment.ts";
import { environment } from "../environment/make.ts";
import { grant } from "../request/grant.ts";
import { grants } from "./grants.ts";
import { policies } from "./policies.ts";
import { HOME, KEY, PARTNER, PARTNER_ROLE, PATH_ROLE, ROLE, USER } from "./universe.ts";

/** Environments of a small world: an organization with levels, a few callers, a key with its grants, a bucket. */
export function environments(): fc.Arbitrary<Environment> {
  const some = <T>(value: fc.Arbitrary<T>, maxLength = 2) => fc.array(value, { maxLength });
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
  const identity = some(policies({ kind: "identity" }));
  const caller = fc
    .record({ policies: identity, boundary: maybe(policies({ kind: "permissionsBoundary" })) })
    .map(({ policies, boundary }) => (boundary ? { policies, boundary } : { policies }));
  const level = fc.record(
    {
      serviceControl: some(policies({ kind: "serviceControl" })),
      resourceControl: some(policies({ kind: "resourceControl" })),
    },
    { requiredKeys: [] },
  );
  const ofKey = fc.record({ policy: policies({ kind: "key" }), inputs: some(grants()) }).map(({ policy, inputs }) => ({
    policy,
    grants: inputs.filter(({ key }) => key === KEY).map((input) => grant(input)),
  }));
  return fc
    .record({
      role: caller,
      pathRole: caller,
      user: caller,
      partner: maybe(caller),
      key: ofKey,
      bucket: fc.option(policies({ kind: "resource" }), { nil: null }),
      root: level,
      home: level,
      organized: fc.boolean(),
    })
    .map(({ role, pathRole, user, partner, key, bucket, root, home, organized }) =>
      environment({
        ...(organized
          ? {
              organization: {
                id: "o-aaaa1111",
                rootId: "r-ab12",
                ...root,
                units: { "ou-ab12-11111111": { ...home, accounts: [HOME] } },
                accounts: [PARTNER],
              },
            }
          : {}),
        principals: {
          [ROLE]: role,
          [PATH_ROLE]: pathRole,
          [USER]: user,
          ...(partner ? { [PARTNER_ROLE]: partner } : {}),
        },
        resources: { [KEY]: key, "arn:aws:s3:::reports": { policy: bucket, owner: HOME } },
      }),
    );
}

/** Policies of keys of a small world. */
export const keyPolicies = () => policies({ kind: "key" });
