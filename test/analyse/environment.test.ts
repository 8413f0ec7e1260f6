import { describe, expect, test } from "vitest";
import { compareAccess } from "../../src/analyse/compare-access.ts";
import { findAccess } from "../../src/analyse/find-access.ts";
import type { EnvironmentInput } from "../../src/environment/environment.ts";
import { environment } from "../../src/environment/make.ts";
import {
  identityPolicy,
  keyPolicy,
  resourceControlPolicy,
  resourcePolicy,
  serviceControlPolicy,
} from "../../src/policy/constructors.ts";
import { grant } from "../../src/request/grant.ts";

const HOME = "111122223333";
const PARTNER = "444455556666";
const APP = `arn:aws:iam::${HOME}:role/app`;
const ADMIN = `arn:aws:iam::${HOME}:role/admin`;
const KEY = `arn:aws:kms:us-west-2:${HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const BUCKET = "arn:aws:s3:::orders";
const policy = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });
const allow = (Action: string | string[], Resource: string | string[] = "*", rest: object = {}) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...rest,
});
const delegating = keyPolicy(policy(allow("kms:*", "*", { Principal: { AWS: HOME } })));
const mayUse = identityPolicy(policy(allow("kms:Decrypt", KEY)));
const mayAll = identityPolicy(policy(allow("*")));
const world = (input: EnvironmentInput = {}) =>
  environment({
    principals: { [APP]: { policies: [mayUse] }, [ADMIN]: { policies: [mayAll] } },
    resources: { [KEY]: { policy: delegating } },
    ...input,
  });
const roots = { when: { StringEquals: { "aws:PrincipalType": "Account" } } };

describe("an environment", () => {
  test("knows what each of its principals may do", () => {
    expect(findAccess(world(), { actions: "kms:Decrypt", by: APP }).request?.resource).toBe(KEY);
    expect(findAccess(world(), { actions: "kms:Encrypt", by: APP }).verdict).toBe("proved");
    expect(findAccess(world(), { actions: "kms:PutKeyPolicy", by: ADMIN }).verdict).toBe("refuted");
  });

  test("of callers it does not list, only those whom a policy lets in", () => {
    const others = findAccess(world(), { actions: "kms:Decrypt", on: KEY, except: [{ by: [APP, ADMIN] }, roots] });
    expect(others.verdict).toBe("refuted");
    expect(others.needs).toEqual([
      `an identity policy of ${others.request?.principal.name} that allows kms:Decrypt on ${KEY}`,
    ]);
    expect(others.request?.principal.account).toBe(HOME);
    expect(findAccess(world(), { actions: "kms:*", on: KEY, except: { by: HOME } }).verdict).toBe("proved");
  });

  test("on resources it does not list, the callers whose policies are known", () => {
    const elsewhere = findAccess(world(), { actions: "s3:DeleteBucket" });
    expect(elsewhere.request?.principal.name).toBe(ADMIN);
    expect(findAccess(world(), { actions: "s3:DeleteBucket", by: APP }).verdict).toBe("proved");
    const key = findAccess(world(), { actions: "kms:ScheduleKeyDeletion", by: ADMIN, except: { on: KEY } });
    expect(key.verdict).toBe("refuted");
    expect(key.request?.resource).not.toBe(KEY);
  });

  test("organizations bind, the management account aside", () => {
    const noKms = serviceControlPolicy(policy({ Effect: "Deny", Action: "kms:*", Resource: "*" }));
    const within = (managementAccount: string) =>
      world({
        organization: {
          id: "o-aaaa1111",
          managementAccount,
          accounts: [HOME, PARTNER],
          serviceControl: [serviceControlPolicy(policy(allow("*"))), noKms],
        },
      });
    expect(findAccess(within(PARTNER), { actions: "kms:*", on: KEY, by: [APP, ADMIN] }).verdict).toBe("proved");
    expect(findAccess(within(HOME), { actions: "kms:*", on: KEY, by: ADMIN }).verdict).toBe("refuted");
  });

  test("what the organization is decides conditions on it", () => {
    const shared = keyPolicy(
      policy(
        allow("kms:Decrypt", "*", {
          Principal: "*",
          Condition: { StringEquals: { "aws:PrincipalOrgID": "o-aaaa1111" } },
        }),
      ),
    );
    const inside = (accounts: string[]) =>
      world({
        resources: { [KEY]: { policy: shared } },
        accounts: { [PARTNER]: {} },
        organization: { id: "o-aaaa1111", accounts },
      });
    const partner = { actions: "kms:Decrypt", on: KEY, by: PARTNER };
    expect(findAccess(inside([HOME]), partner).verdict).toBe("proved");
    expect(findAccess(inside([HOME, PARTNER]), partner).verdict).toBe("refuted");
  });

  test("tags of principals and resources", () => {
    const tagged = identityPolicy(
      policy(
        allow("kms:Decrypt", "*", {
          Condition: { StringEquals: { "aws:ResourceTag/team": "${aws:PrincipalTag/team}" } },
        }),
      ),
    );
    const of = (team: string) =>
      world({
        principals: { [APP]: { policies: [tagged], tags: { team } } },
        resources: { [KEY]: { policy: delegating, tags: { team: "red" } } },
      });
    const decrypt = { actions: "kms:Decrypt", on: KEY, by: APP };
    expect(findAccess(of("red"), decrypt).verdict).toBe("refuted");
    expect(findAccess(of("blue"), decrypt).verdict).toBe("proved");
  });

  test("grants, buckets with what is in them, and resource control policies", () => {
    const given = grant({ key: KEY, granteePrincipal: APP, operations: ["Encrypt"] });
    const granted = world({ resources: { [KEY]: { policy: delegating, grants: [given] } } });
    expect(findAccess(granted, { actions: "kms:Encrypt", by: APP }).verdict).toBe("refuted");
    const bucket = resourcePolicy(policy(allow("s3:GetObject", `${BUCKET}/public/*`, { Principal: "*" })));
    const open = (rest: EnvironmentInput = {}) =>
      world({ resources: { [BUCKET]: { policy: bucket, owner: HOME } }, ...rest });
    const stranger = { actions: "s3:*", by: "anonymous" };
    expect(findAccess(open(), stranger).request?.resource).toMatch(/^arn:aws:s3:::orders\/public\//);
    const perimeter = resourceControlPolicy(
      policy({
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: "*",
        Condition: { StringNotEquals: { "aws:PrincipalAccount": HOME } },
      }),
    );
    const organization = { id: "o-aaaa1111", accounts: [HOME], resourceControl: [perimeter] };
    expect(findAccess(open({ organization }), stranger).verdict).toBe("proved");
  });
});

describe("two versions of an environment", () => {
  const previous = world();

  test("the same grants nothing new", () => {
    expect(compareAccess(world(), previous)).toMatchObject({ verdict: "proved" });
    expect(
      compareAccess(world({ principals: { [ADMIN]: { policies: [mayAll] } } }), previous, { by: ADMIN }).verdict,
    ).toBe("proved");
  });

  test("what is no longer listed is taken to be gone, and the proof says so; somebody else under the same name is another matter", () => {
    const listing = (...names: string[]) =>
      environment({ principals: Object.fromEntries(names.map((name) => [name, { policies: [] }])) });
    const without = compareAccess(listing(ADMIN), listing(ADMIN, APP));
    expect(without.assumptions.join()).toContain(`is gone: ${APP}`);
    const of = (uniqueId: string) => environment({ principals: { [ADMIN]: { policies: [], uniqueId } } });
    expect(compareAccess(of("AROAEXAMPLEEXAMPLE222"), of("AROAEXAMPLEEXAMPLE111")).reason).toContain(
      "another unique id",
    );
  });

  test("a wider policy, a new principal, a new resource", () => {
    const wider = world({
      principals: {
        [APP]: { policies: [identityPolicy(policy(allow("kms:*", KEY)))] },
        [ADMIN]: { policies: [mayAll] },
      },
    });
    const found = compareAccess(wider, previous);
    expect(found.request?.principal.name).toBe(APP);
    expect(found.request?.action).not.toBe("kms:Decrypt");
    const two = `arn:aws:iam::${HOME}:role/two`;
    const more = world({
      principals: { [APP]: { policies: [mayUse] }, [ADMIN]: { policies: [mayAll] }, [two]: { policies: [mayUse] } },
    });
    expect(compareAccess(more, previous).request?.principal.name).toBe(two);
    const bucket = resourcePolicy(policy(allow("s3:GetObject", `${BUCKET}/*`, { Principal: "*" })));
    const open = world({ resources: { [KEY]: { policy: delegating }, [BUCKET]: { policy: bucket, owner: HOME } } });
    expect(compareAccess(open, previous, { by: "anonymous" }).verdict).toBe("refuted");
  });

  test("what changed in facts is not guessed", () => {
    const tagged = (team: string) => world({ principals: { [APP]: { policies: [mayUse], tags: { team } } } });
    expect(compareAccess(tagged("red"), tagged("blue"), { by: APP }).reason).toMatch(
      /^what is known of .*role\/app on .* changed \(tags, owner or organization\)/,
    );
  });
});
