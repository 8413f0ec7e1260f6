/** What `evaluate(environment, request)` takes from the environment, seen in decisions. */
import { describe, expect, test } from "vitest";
import {
  anonymous,
  type Decision,
  type EnvironmentInput,
  environment,
  evaluate,
  federatedUser,
  fullAWSAccess,
  grant,
  identityPolicy,
  keyPolicy,
  permissionsBoundary,
  type Request,
  request,
  resourceControlPolicy,
  resourcePolicy,
  role,
  rootUser,
  service,
  serviceControlPolicy,
  session,
  sessionPolicy,
  trustPolicy,
  vpcEndpointPolicy,
} from "../../src/index.ts";

const Version = "2012-10-17";
const one = (statement: object) => ({ Version, Statement: [statement] }) as never;
const allow = (Action: string | string[], more: object = {}) =>
  one({ Effect: "Allow", Action, Resource: "*", ...more });
const deny = (Action: string | string[], more: object = {}) => one({ Effect: "Deny", Action, Resource: "*", ...more });
const when = (operator: string, key: string, value: unknown) => ({ Condition: { [operator]: { [key]: value } } });
const is = (key: string, value: unknown) => when("StringEquals", key, value);

const account = "111122223333";
const foreign = "444455556666";
const app = `arn:aws:iam::${account}:role/app`;
const deep = `arn:aws:iam::${account}:role/teams/orders/worker`;
const alice = `arn:aws:iam::${account}:user/alice`;
const partner = `arn:aws:iam::${foreign}:role/partner`;
const key = `arn:aws:kms:us-west-2:${account}:key/1234abcd`;
const bucket = "arn:aws:s3:::bucket";
const object = `${bucket}/object`;
const queue = `arn:aws:sqs:us-west-2:${account}:queue`;

const admin = identityPolicy(allow("*"), { name: "admin" });
const ofRoot = { Principal: { AWS: `arn:aws:iam::${account}:root` } };
const enableIam = keyPolicy(allow("kms:*", ofRoot), { name: "key" });

const decide = (input: EnvironmentInput, asked: Request): Decision => evaluate(environment(input), asked);
const outcome = (input: EnvironmentInput, asked: Request) => decide(input, asked).outcome;

interface Case {
  readonly what: string;
  readonly input: EnvironmentInput;
  readonly asked: Request;
  readonly gets: Partial<Decision>;
}
const row = (what: string, input: EnvironmentInput, asked: Request, gets: Partial<Decision>): Case => ({
  what,
  input,
  asked,
  gets,
});
const rows = (title: string, cases: readonly Case[]) =>
  describe(title, () => {
    test.each(cases)("$what", ({ input, asked, gets }) => {
      expect(decide(input, asked)).toMatchObject(gets);
    });
  });

const closed = { openKeys: [], openPolicies: [] };
const listing = (principal: Parameters<typeof request>[0]) => request(principal, "s3:ListAllMyBuckets");

describe("the caller", () => {
  const lists = identityPolicy(allow("s3:ListAllMyBuckets"), { name: "lists" });
  const onlyWorker = identityPolicy(allow("s3:ListAllMyBuckets", when("ArnEquals", "aws:PrincipalArn", deep)), {
    name: "by path",
  });

  rows("is found", [
    row("a role", { principals: { [app]: { policies: [lists] } } }, listing(app), {
      outcome: "allowed",
      policies: ["lists"],
      ...closed,
    }),
    row("a user", { principals: { [alice]: { policies: [lists] } } }, listing(alice), {
      outcome: "allowed",
      ...closed,
    }),
    row(
      "a session, by the name of its role",
      { principals: { [app]: { policies: [lists] } } },
      listing(`arn:aws:sts::${account}:assumed-role/app/one`),
      { outcome: "allowed", policies: ["lists"], ...closed },
    ),
    row(
      "a session by its ARN, whose role has a path that the ARN does not say",
      { principals: { [deep]: { policies: [onlyWorker] } } },
      listing(`arn:aws:sts::${account}:assumed-role/worker/one`),
      { outcome: "allowed", policies: ["by path"], ...closed },
    ),
    row("a session of a role", { principals: { [deep]: { policies: [lists] } } }, listing(session(deep, "one")), {
      outcome: "allowed",
      ...closed,
    }),
    row(
      "not a session of another account's role of that name",
      { principals: { [app]: { policies: [lists] } } },
      listing(`arn:aws:sts::${foreign}:assumed-role/app/one`),
      { outcome: "implicitDeny", policies: [], openPolicies: ["identity"] },
    ),
    row(
      "not a session of a role whose name ends alike",
      { principals: { [`arn:aws:iam::${account}:role/my-app`]: { policies: [lists] } } },
      listing(`arn:aws:sts::${account}:assumed-role/app/one`),
      { outcome: "implicitDeny", openPolicies: ["identity"] },
    ),
    row(
      "a federated user, by the user that asked for its credentials",
      { principals: { [alice]: { policies: [lists], session: [sessionPolicy(allow("s3:*"), { name: "passed" })] } } },
      listing(federatedUser(`arn:aws:sts::${account}:federated-user/guest`, { issuer: alice })),
      { outcome: "allowed", policies: ["lists", "passed"], ...closed },
    ),
  ]);

  rows("has identity policies, or none, or nobody knows", [
    row("none", { principals: { [app]: { policies: [] } } }, listing(app), {
      outcome: "implicitDeny",
      policies: [],
      ...closed,
    }),
    row("a caller that the environment does not have", {}, listing(app), {
      outcome: "implicitDeny",
      openPolicies: ["identity"],
    }),
    row(
      "a caller of which it does not say the policies",
      { principals: { [app]: { tags: { team: "a" } } } },
      listing(app),
      {
        outcome: "implicitDeny",
        openPolicies: ["identity"],
      },
    ),
    row("the test says that they allow", {}, listing(app).givenIdentityAllows(), { outcome: "allowed", ...closed }),
    row("the test says that there are none", {}, listing(app).givenNoIdentityPolicies(), {
      outcome: "implicitDeny",
      ...closed,
    }),
    row(
      "unknown, where the key policy leaves it to them",
      { resources: { [key]: { policy: enableIam } } },
      request(app, "kms:Decrypt", key),
      {
        outcome: "implicitDeny",
        openPolicies: ["identity"],
        policies: ["key"],
      },
    ),
    row(
      "unknown, where the key policy names the role: they do not matter",
      { resources: { [key]: { policy: keyPolicy(allow("kms:Decrypt", { Principal: { AWS: app } })) } } },
      request(app, "kms:Decrypt", key),
      { outcome: "allowed", ...closed },
    ),
    row(
      "a service has none",
      { resources: { [queue]: { policy: null } } },
      request(service("sns.amazonaws.com"), "sqs:SendMessage", queue),
      {
        outcome: "implicitDeny",
        ...closed,
      },
    ),
    row("the root user needs none", {}, request(rootUser(account), "sqs:SendMessage", queue), { outcome: "allowed" }),
  ]);

  const developers = `arn:aws:iam::${account}:group/teams/developers`;
  const audit = `arn:aws:iam::${account}:group/audit`;
  const groups = {
    [developers]: [lists],
    [audit]: [identityPolicy(deny("s3:*"), { name: "audit" })],
    [`arn:aws:iam::${foreign}:group/developers`]: [admin],
  };
  const member = (...of: string[]) => ({ groups, principals: { [alice]: { policies: [], groups: of } } });

  rows("has the policies of its groups", [
    row("an Allow", member("developers"), listing(alice), { outcome: "allowed", policies: ["lists"], ...closed }),
    row("a Deny", member("developers", "audit"), listing(alice), {
      outcome: "explicitDeny",
      statements: [{ policy: "audit", index: 0, sid: null }],
      policies: ["lists", "audit"],
    }),
    row("no group", member(), listing(alice), { outcome: "implicitDeny", policies: [] }),
  ]);

  const boundary = permissionsBoundary(allow("s3:*"), { name: "most" });

  rows("has a boundary and session policies", [
    row("the boundary allows", { principals: { [app]: { policies: [admin], boundary } } }, listing(app), {
      outcome: "allowed",
      policies: ["admin", "most"],
    }),
    row(
      "the boundary does not",
      { principals: { [app]: { policies: [admin], boundary } } },
      request(app, "sqs:SendMessage", queue),
      {
        outcome: "implicitDeny",
        policies: ["admin", "most"],
      },
    ),
    row(
      "a session policy does not",
      { principals: { [app]: { policies: [admin], session: [sessionPolicy(allow("sqs:*"), { name: "passed" })] } } },
      listing(session(app, "one")),
      { outcome: "implicitDeny", policies: ["admin", "passed"] },
    ),
    row(
      "one of two session policies does",
      {
        principals: {
          [app]: { policies: [admin], session: [sessionPolicy(allow("sqs:*")), sessionPolicy(allow("s3:*"))] },
        },
      },
      listing(session(app, "one")),
      { outcome: "allowed" },
    ),
  ]);

  const tagged = (value: string) => identityPolicy(allow("s3:ListAllMyBuckets", is("aws:PrincipalTag/Team", value)));
  const withTags = (value: string) => ({
    principals: { [app]: { policies: [tagged(value)], tags: { team: "orders" } } },
  });

  rows("has tags and an id", [
    row("its tag", withTags("orders"), listing(app), { outcome: "allowed", ...closed }),
    row("another value", withTags("billing"), listing(app), { outcome: "implicitDeny", ...closed }),
    row("in another case too", withTags("billing"), listing(role(app, { tags: { TEAM: "billing" } })), {
      outcome: "allowed",
      ...closed,
    }),
    row("a session's own tags come first", withTags("billing"), listing(role(app, { tags: { team: "billing" } })), {
      outcome: "allowed",
    }),
    row("what the test says comes first", withTags("billing"), listing(app).withPrincipalTags({ team: "billing" }), {
      outcome: "allowed",
    }),
    row("the test says that there is none", withTags("orders"), listing(app).withoutContext("aws:PrincipalTag/team"), {
      outcome: "implicitDeny",
    }),
    row(
      "its unique id",
      {
        principals: {
          [app]: {
            policies: [identityPolicy(allow("s3:*", when("StringLike", "aws:userid", "AROAEXAMPLE:*")))],
            uniqueId: "AROAEXAMPLE",
          },
        },
      },
      listing(session(app, "one")),
      { outcome: "allowed", ...closed },
    ),
  ]);
});

describe("the resource", () => {
  const who = { [app]: { policies: [] }, [partner]: { policies: [admin] } };
  const reads = (statement: object) =>
    resourcePolicy(allow("s3:GetObject", { Resource: `${bucket}/*`, ...statement }), { name: "bucket" });
  const read = (by: Parameters<typeof request>[0], of = object) =>
    request(by, "s3:GetObject", of).inRegion("us-west-2");
  const anyone = reads({ Principal: "*" });

  rows("has its policy", [
    row("an object, its bucket's", { principals: who, resources: { [bucket]: { policy: anyone } } }, read(app), {
      outcome: "allowed",
      policies: ["bucket"],
      ...closed,
    }),
    row(
      "an object in a folder",
      { principals: who, resources: { [bucket]: { policy: anyone } } },
      read(app, `${bucket}/a/b/c`),
      {
        outcome: "allowed",
      },
    ),
    row(
      "not that of a bucket whose name begins alike",
      { principals: who, resources: { [bucket]: { policy: anyone } } },
      read(app, `${bucket}-2/object`),
      {
        outcome: "implicitDeny",
        policies: [],
      },
    ),
    row(
      "anybody, by an object of a known bucket",
      { resources: { [bucket]: { policy: anyone, owner: account } } },
      read(anonymous),
      {
        outcome: "allowed",
      },
    ),
    row(
      "a role, its trust policy",
      {
        principals: who,
        resources: {
          [deep]: {
            policy: trustPolicy(one({ Effect: "Allow", Principal: { AWS: app }, Action: "sts:AssumeRole" }), {
              name: "trust",
            }),
          },
        },
      },
      request(app, "sts:AssumeRole", deep),
      { outcome: "allowed", policies: ["trust"] },
    ),
    row(
      "a key without a policy: nothing is allowed",
      { principals: { [app]: { policies: [admin] } }, resources: { [key]: { policy: null } } },
      request(app, "kms:Decrypt", key),
      {
        outcome: "implicitDeny",
        ...closed,
      },
    ),
    row(
      "a key whose policy is not known",
      { principals: { [app]: { policies: [admin] } }, resources: { [key]: {} } },
      request(app, "kms:Decrypt", key),
      {
        outcome: "allowed",
        openPolicies: ["resource"],
      },
    ),
    row("a key that is not known", { principals: { [app]: { policies: [admin] } } }, request(app, "kms:Decrypt", key), {
      outcome: "allowed",
      openPolicies: ["resource"],
    }),
    row(
      "a queue that is not known: its policy may only deny",
      { principals: { [app]: { policies: [admin] } } },
      request(app, "sqs:SendMessage", queue),
      {
        outcome: "allowed",
        ...closed,
      },
    ),
    row("another account's queue that is not known", { principals: who }, request(partner, "sqs:SendMessage", queue), {
      outcome: "implicitDeny",
      openPolicies: ["resource"],
    }),
  ]);

  rows("has an owner", [
    row("the account of its ARN", { principals: who }, request(partner, "kms:ScheduleKeyDeletion", key), {
      outcome: "implicitDeny",
    }),
    row(
      "a bucket's owner makes a caller foreign",
      {
        principals: { [partner]: { policies: [] } },
        resources: { [bucket]: { owner: account, policy: reads({ Principal: { AWS: partner } }) } },
      },
      read(partner),
      { outcome: "implicitDeny", policies: ["bucket"] },
    ),
    row(
      "whose account has the policies that the caller needs",
      { principals: who, resources: { [bucket]: { owner: account, policy: reads({ Principal: { AWS: partner } }) } } },
      read(partner),
      { outcome: "allowed", policies: ["admin", "bucket"] },
    ),
    row(
      "a bucket's owner is its account in conditions",
      {
        principals: {
          [app]: { policies: [identityPolicy(allow("s3:GetObject", is("aws:ResourceAccount", foreign)))] },
        },
        resources: { [bucket]: { owner: foreign, policy: anyone } },
      },
      read(app),
      { outcome: "allowed", ...closed },
    ),
  ]);

  const ofAccount = resourcePolicy(allow("s3:GetObject", { Principal: { AWS: account }, Resource: `${bucket}/*` }), {
    account,
  });
  rows("is of the account that its policy was given", [
    row(
      "to which a caller is foreign",
      { principals: who, resources: { [bucket]: { policy: ofAccount } } },
      read(partner),
      {
        outcome: "implicitDeny",
      },
    ),
    row(
      "which its own are not",
      { principals: { [app]: { policies: [admin] } }, resources: { [bucket]: { policy: ofAccount } } },
      read(app),
      { outcome: "allowed", ...closed },
    ),
  ]);

  const teams = (of: string) => ({
    principals: { [app]: { policies: [identityPolicy(allow("s3:*", is("aws:ResourceTag/team", "a")))] } },
    resources: { [of]: { tags: { team: "a" } } },
  });
  rows("a bucket's tags", [
    row("are the bucket's", teams(bucket), request(app, "s3:ListBucket", bucket).inRegion("us-west-2"), {
      outcome: "allowed",
    }),
    row("are not its objects'", teams(bucket), read(app), { outcome: "implicitDeny" }),
    row(
      "a key's are its own by an alias too",
      {
        principals: { [app]: { policies: [identityPolicy(allow("kms:*", is("aws:ResourceTag/team", "a")))] } },
        resources: { [key]: { policy: enableIam, aliases: ["alias/a"], tags: { team: "a" } } },
      },
      request(app, "kms:Decrypt", `arn:aws:kms:us-west-2:${account}:alias/a`),
      { outcome: "allowed", ...closed },
    ),
  ]);

  const onTag = identityPolicy(allow("kms:Decrypt", is("aws:ResourceTag/Team", "orders")), { name: "by tag" });
  const tagged = (team: string) => ({
    principals: { [app]: { policies: [onTag] } },
    resources: { [key]: { policy: enableIam, tags: { team } } },
  });

  rows("has tags", [
    row("the tag", tagged("orders"), request(app, "kms:Decrypt", key), {
      outcome: "allowed",
      policies: ["by tag", "key"],
    }),
    row("another value", tagged("billing"), request(app, "kms:Decrypt", key), { outcome: "implicitDeny" }),
    row(
      "what the test says comes first",
      tagged("orders"),
      request(app, "kms:Decrypt", key).withResourceTags({ TEAM: "billing" }),
      {
        outcome: "implicitDeny",
      },
    ),
  ]);
});

describe("a key", () => {
  const aliasArn = `arn:aws:kms:us-west-2:${account}:alias/orders`;
  const keyed = (condition: object, resource: object = {}, action = "kms:*") => ({
    principals: { [app]: { policies: [identityPolicy(allow(action, condition), { name: "app" })] } },
    resources: { [key]: { policy: enableIam, ...resource } },
  });
  const decrypt = request(app, "kms:Decrypt", key);
  const byAlias = (name: string) => when("ForAnyValue:StringEquals", "kms:ResourceAliases", name);
  const aliases = ["alias/orders", "alias/orders-old"];

  rows("has aliases", [
    row("one of them", keyed(byAlias("alias/orders-old"), { aliases }), decrypt, { outcome: "allowed", ...closed }),
    row("none of them", keyed(byAlias("alias/billing"), { aliases }), decrypt, { outcome: "implicitDeny", ...closed }),
    row("no alias", keyed(byAlias("alias/orders"), { aliases: [] }), decrypt, { outcome: "implicitDeny", ...closed }),
    row("aliases that are not known", keyed(byAlias("alias/orders")), decrypt, {
      outcome: "implicitDeny",
      openKeys: ["kms:ResourceAliases"],
    }),
    row(
      "what the test says comes first",
      keyed(byAlias("alias/orders"), { aliases }),
      decrypt.withoutContext("kms:ResourceAliases"),
      {
        outcome: "implicitDeny",
      },
    ),
  ]);

  const asked = request(app, "kms:Decrypt", aliasArn);
  const requested = (name: string) => is("kms:RequestAlias", name);

  rows("is asked for by an alias's ARN", [
    row("its key policy decides", keyed({}, { aliases }), asked, { outcome: "allowed", policies: ["app", "key"] }),
    row("kms:RequestAlias is the alias", keyed(requested("alias/orders"), { aliases }), asked, {
      outcome: "allowed",
      ...closed,
    }),
    row("another alias of the key", keyed(requested("alias/orders-old"), { aliases }), asked, {
      outcome: "implicitDeny",
      ...closed,
    }),
    row(
      "asked for by its own ARN there is no kms:RequestAlias",
      keyed(requested("alias/orders"), { aliases }),
      decrypt,
      {
        outcome: "implicitDeny",
        ...closed,
      },
    ),
    row("a policy for the alias's ARN does not allow it: F10", keyed({ Resource: aliasArn }, { aliases }), asked, {
      outcome: "implicitDeny",
    }),
    row("a policy for the key's ARN does", keyed({ Resource: key }, { aliases }), asked, { outcome: "allowed" }),
    row(
      "the key's grants count",
      {
        principals: { [app]: { policies: [] } },
        resources: {
          [key]: {
            policy: enableIam,
            aliases,
            grants: [grant({ key, granteePrincipal: app, operations: ["Decrypt"], name: "decrypts" })],
          },
        },
      },
      asked,
      { outcome: "allowed", statements: [{ policy: "grant", index: 0, sid: "decrypts" }] },
    ),
    row(
      "but an alias itself is made on its own ARN: F9",
      keyed({ Resource: aliasArn }, { aliases }),
      request(app, "kms:DeleteAlias", aliasArn),
      {
        outcome: "allowed",
      },
    ),
  ]);

  const attributes = { spec: "RSA_2048", usage: "SIGN_VERIFY", origin: "EXTERNAL" };

  rows("has attributes", [
    row("spec", keyed(is("kms:KeySpec", "RSA_2048"), { key: attributes }), request(app, "kms:Sign", key), {
      outcome: "allowed",
      ...closed,
    }),
    row("usage", keyed(is("kms:KeyUsage", "SIGN_VERIFY"), { key: attributes }), request(app, "kms:Sign", key), {
      outcome: "allowed",
      ...closed,
    }),
    row("origin", keyed(is("kms:KeyOrigin", "AWS_KMS"), { key: attributes }), request(app, "kms:Sign", key), {
      outcome: "implicitDeny",
      ...closed,
    }),
    row("attributes that are not known", keyed(is("kms:KeySpec", "RSA_2048")), request(app, "kms:Sign", key), {
      outcome: "implicitDeny",
      openKeys: ["kms:KeySpec"],
    }),
    row(
      "what the test says comes first",
      keyed(is("kms:KeySpec", "RSA_2048"), { key: attributes }),
      request(app, "kms:Sign", key).withContext({ "kms:KeySpec": "RSA_4096" }),
      {
        outcome: "implicitDeny",
      },
    ),
  ]);

  test("a replica", () => {
    const replica = `arn:aws:kms:us-west-2:${account}:key/mrk-1234`;
    const world = (multiRegionKeyType?: "REPLICA") => ({
      principals: { [app]: { policies: [identityPolicy(allow("kms:*", is("kms:MultiRegionKeyType", "REPLICA")))] } },
      resources: { [replica]: { policy: enableIam, ...(multiRegionKeyType ? { key: { multiRegionKeyType } } : {}) } },
    });
    expect(decide(world("REPLICA"), request(app, "kms:Decrypt", replica))).toMatchObject({
      outcome: "allowed",
      ...closed,
    });
    expect(decide(world(), request(app, "kms:Decrypt", replica)).openKeys).toEqual(["kms:MultiRegionKeyType"]);
  });

  rows("has grants", [
    row(
      "to the caller",
      {
        principals: { [partner]: { policies: [] } },
        resources: {
          [key]: { policy: enableIam, grants: [grant({ key, granteePrincipal: partner, operations: ["Decrypt"] })] },
        },
      },
      request(partner, "kms:Decrypt", key),
      { outcome: "allowed" },
    ),
    row(
      "to somebody else",
      {
        principals: { [app]: { policies: [] } },
        resources: {
          [key]: { policy: enableIam, grants: [grant({ key, granteePrincipal: partner, operations: ["Decrypt"] })] },
        },
      },
      decrypt,
      { outcome: "implicitDeny" },
    ),
  ]);
});

describe("the organization", () => {
  const id = "o-abc123defg";
  const unit = "ou-ab12-cdefghij";
  const management = "999999999999";
  const rootId = "r-ab12";
  const organization = { id, rootId, managementAccount: management, units: { [unit]: { accounts: [account] } } };
  const accounts = { [foreign]: {} };
  const boss = `arn:aws:iam::${management}:role/boss`;
  const stranger = "arn:aws:iam::777777777777:role/stranger";
  const open = {
    [app]: { policies: [admin] },
    [partner]: { policies: [admin] },
    [boss]: { policies: [admin] },
    [stranger]: { policies: [admin] },
  };
  const queuePolicy = (statement: object) =>
    resourcePolicy(allow("sqs:SendMessage", { Principal: "*", Resource: queue, ...statement }), { name: "queue" });
  const send = (by: Parameters<typeof request>[0]) => request(by, "sqs:SendMessage", queue);
  const receiving = (condition: object, more: EnvironmentInput = {}) => ({
    organization,
    accounts,
    principals: open,
    resources: { [queue]: { policy: queuePolicy(condition) } },
    ...more,
  });
  const ofOrganization = is("aws:PrincipalOrgID", id);
  const foreigners = { principals: { ...open, [app]: { policies: [] } } };

  rows("says whose the caller is", [
    row("a member", receiving(ofOrganization, foreigners), send(app), { outcome: "allowed", ...closed }),
    row("the management account", receiving(ofOrganization), send(boss), { outcome: "allowed", ...closed }),
    row("an account outside", receiving(ofOrganization), send(partner), { outcome: "implicitDeny", ...closed }),
    row("an account that is not known", receiving(ofOrganization), send(stranger), {
      outcome: "implicitDeny",
      openKeys: ["aws:PrincipalOrgID"],
    }),
    row(
      "no organization is known",
      { principals: open, resources: { [queue]: { policy: queuePolicy(ofOrganization) } } },
      send(partner),
      {
        outcome: "implicitDeny",
        openKeys: ["aws:PrincipalOrgID"],
      },
    ),
    row(
      "what the test says comes first",
      receiving(ofOrganization),
      send(partner).withContext({ "aws:PrincipalOrgID": id }),
      {
        outcome: "allowed",
      },
    ),
    row("nobody has no organization", receiving(ofOrganization), send(anonymous), {
      outcome: "implicitDeny",
      ...closed,
    }),
    row("a service has none", receiving(ofOrganization), send(service("sns.amazonaws.com")), {
      outcome: "implicitDeny",
      ...closed,
    }),
    row(
      "its path",
      receiving(when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", `${id}/${rootId}/${unit}/`), foreigners),
      send(app),
      { outcome: "allowed", ...closed },
    ),
    row(
      "another path",
      receiving(when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", `${id}/*/ou-ab12-other/*`), foreigners),
      send(app),
      { outcome: "implicitDeny", ...closed },
    ),
  ]);

  const pathless = (known: object) => ({
    ...receiving(when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", `${id}/r-ab12/*`), foreigners),
    organization: { id, ...known },
  });
  rows("says its path where it has every id in it, for nothing is guessed", [
    row("not without the root's", pathless({ units: { [unit]: { accounts: [account] } } }), send(app), {
      openKeys: ["aws:PrincipalOrgPaths"],
    }),
    row("not without a unit's", pathless({ rootId, units: { prod: { accounts: [account] } } }), send(app), {
      openKeys: ["aws:PrincipalOrgPaths"],
    }),
    row(
      "not of a management account without a place",
      pathless({ rootId, managementAccount: management }),
      send(boss),
      {
        openKeys: ["aws:PrincipalOrgPaths"],
      },
    ),
    row("of an account in the root", pathless({ rootId, accounts: [account] }), send(app), {
      outcome: "allowed",
      ...closed,
    }),
  ]);

  const forOrganization = is("aws:SourceOrgID", id);
  const deputy = (source: string) => send(service("s3.amazonaws.com")).withSourceAccount(source);
  rows("says for whose resource a service calls", [
    row("a member's", receiving(forOrganization), deputy(account), { outcome: "allowed", ...closed }),
    row("one outside", receiving(forOrganization), deputy(foreign), { outcome: "implicitDeny", ...closed }),
    row("of an account that is not known", receiving(forOrganization), deputy("777777777777"), {
      outcome: "implicitDeny",
      openKeys: ["aws:SourceOrgID"],
    }),
    row("what the test says comes first", receiving(forOrganization), deputy(foreign).withSourceOrg(id), {
      outcome: "allowed",
    }),
    row(
      "its path",
      receiving(when("ForAnyValue:StringLike", "aws:SourceOrgPaths", `${id}/${rootId}/${unit}/`)),
      deputy(account),
      { outcome: "allowed", ...closed },
    ),
  ]);

  const inside = identityPolicy(allow("sqs:SendMessage", is("aws:ResourceOrgID", id)), { name: "inside" });
  const senders = { principals: { [app]: { policies: [inside] }, [partner]: { policies: [inside] } } };
  const elsewhere = (of: string) => `arn:aws:sqs:us-west-2:${of}:queue`;
  const everybody = (arn: string) => ({
    [arn]: { policy: resourcePolicy(allow("sqs:SendMessage", { Principal: "*", Resource: arn })) },
  });

  rows("says whose the resource is", [
    row("a member's", receiving({}, senders), send(partner), { outcome: "allowed", ...closed }),
    row(
      "one outside",
      receiving({}, { ...senders, resources: everybody(elsewhere(foreign)) }),
      request(app, "sqs:SendMessage", elsewhere(foreign)),
      { outcome: "implicitDeny", ...closed },
    ),
    row(
      "of an account that is not known",
      receiving({}, { ...senders, resources: everybody(elsewhere("777777777777")) }),
      request(app, "sqs:SendMessage", elsewhere("777777777777")),
      { outcome: "implicitDeny", openKeys: ["aws:ResourceOrgID"] },
    ),
  ]);

  const perimeter = serviceControlPolicy(deny("s3:*", when("StringNotEquals", "aws:ResourceOrgID", id)));
  const walled = (resources: EnvironmentInput["resources"] = {}): EnvironmentInput => ({
    organization: { id, accounts: [account], serviceControl: [fullAWSAccess, perimeter] },
    principals: open,
    resources,
  });
  const read = request(app, "s3:GetObject", object).inRegion("us-west-2");
  rows("guesses no bucket's, so that a perimeter's test cannot pass for want of it", [
    row("one that the environment does not have", walled(), read, { openKeys: ["aws:ResourceOrgID"] }),
    row("one of which it does not say the owner", walled({ [bucket]: {} }), read, { openKeys: ["aws:ResourceOrgID"] }),
    row("one of which it does", walled({ [bucket]: { owner: account } }), read, { outcome: "allowed", ...closed }),
    row("an action without a resource is the caller's: E10", walled(), listing(app), { outcome: "allowed", ...closed }),
  ]);

  test("a path of the resource", () => {
    const pathed = identityPolicy(
      allow("sqs:SendMessage", when("ForAnyValue:StringLike", "aws:ResourceOrgPaths", `${id}/*/${unit}/`)),
    );
    expect(outcome(receiving({}, { principals: { [partner]: { policies: [pathed] } } }), send(partner))).toBe(
      "allowed",
    );
  });
});

describe("service control policies", () => {
  const scp = (name: string, document: never) => serviceControlPolicy(document, { name });
  const full = fullAWSAccess;
  const boss = "arn:aws:iam::999999999999:role/boss";
  const linked = `arn:aws:iam::${account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`;
  const principals = {
    [app]: { policies: [admin] },
    [partner]: { policies: [admin] },
    [boss]: { policies: [admin] },
    [linked]: { policies: [admin] },
  };
  type Level = readonly ReturnType<typeof scp>[] | undefined;
  const of = (root?: Level, unit?: Level, own?: Level): EnvironmentInput => ({
    organization: {
      id: "o-abc123defg",
      managementAccount: "999999999999",
      ...(root ? { serviceControl: root } : {}),
      units: {
        "ou-prod": { ...(unit ? { serviceControl: unit } : {}), accounts: [account] },
        "ou-other": { serviceControl: [], accounts: [] },
      },
    },
    accounts: { [account]: own ? { serviceControl: own } : {}, [foreign]: {} },
    principals,
  });
  const noS3 = scp("no S3", deny("s3:*"));
  const onlySqs = scp("only SQS", allow("sqs:*"));
  const levels = ["FullAWSAccess", "FullAWSAccess", "FullAWSAccess"];

  rows("at every level", [
    row("where none is said, FullAWSAccess is attached", of(), listing(app), {
      outcome: "allowed",
      policies: ["admin", ...levels],
      ...closed,
    }),
    row("the root denies", of([full, noS3]), listing(app), {
      outcome: "explicitDeny",
      statements: [{ policy: "no S3", index: 0, sid: null }],
      policies: ["admin", "FullAWSAccess", "no S3", "FullAWSAccess", "FullAWSAccess"],
    }),
    row("the unit denies", of(undefined, [full, noS3]), listing(app), { outcome: "explicitDeny" }),
    row("the account denies", of(undefined, undefined, [full, noS3]), listing(app), { outcome: "explicitDeny" }),
    row(
      "a Deny without FullAWSAccess beside it lets nothing through",
      of([noS3]),
      request(app, "sqs:SendMessage", queue),
      {
        outcome: "implicitDeny",
      },
    ),
    row("the root lacks it", of([onlySqs]), listing(app), { outcome: "implicitDeny" }),
    row("the unit lacks it", of(undefined, [onlySqs]), listing(app), { outcome: "implicitDeny" }),
    row("the account lacks it", of(undefined, undefined, [onlySqs]), listing(app), {
      outcome: "implicitDeny",
      ...closed,
    }),
    row("the account has nothing attached", of(undefined, undefined, []), listing(app), { outcome: "implicitDeny" }),
    row("one of two of a level has it", of(undefined, [onlySqs, scp("only S3", allow("s3:*"))]), listing(app), {
      outcome: "allowed",
    }),
    row("every level has it", of([onlySqs], [onlySqs], [onlySqs]), request(app, "sqs:SendMessage", queue), {
      outcome: "allowed",
    }),
  ]);

  const alone = (own: Level, of = account): EnvironmentInput => ({
    accounts: { [of]: { serviceControl: own! } },
    principals,
  });
  rows("bind an account of an organization that is not known", [
    row("they deny", alone([full, noS3]), listing(app), { outcome: "explicitDeny" }),
    row("they lack it", alone([onlySqs]), listing(app), { outcome: "implicitDeny" }),
    row("nothing is attached", alone([]), listing(app), { outcome: "implicitDeny" }),
    row("they have it", alone([full]), listing(app), { outcome: "allowed", policies: ["admin", "FullAWSAccess"] }),
    row("not another account", alone([noS3], foreign), listing(app), { outcome: "allowed", policies: ["admin"] }),
  ]);

  rows("bind", [
    row("the root user of a member", of([full, noS3]), listing(rootUser(account)), { outcome: "explicitDeny" }),
    row("not the management account", of([full, noS3]), listing(boss), { outcome: "allowed", policies: ["admin"] }),
    row("not the management account's root user", of([full, noS3]), listing(rootUser("999999999999")), {
      outcome: "allowed",
    }),
    row("not an account outside", of([full, noS3]), listing(partner), { outcome: "allowed" }),
    row("not a service-linked role", of([full, noS3]), listing(linked), {
      outcome: "allowed",
      policies: ["admin"],
    }),
    row(
      "not an account that is not known",
      of([full, noS3]),
      listing("arn:aws:iam::777777777777:role/x").givenIdentityAllows(),
      {
        outcome: "allowed",
      },
    ),
    row(
      "not a foreign caller of a member's resource",
      {
        ...of([full, scp("no SQS", deny("sqs:*"))]),
        resources: {
          [queue]: { policy: resourcePolicy(allow("sqs:SendMessage", { Principal: "*", Resource: queue })) },
        },
      },
      request(partner, "sqs:SendMessage", queue),
      { outcome: "allowed" },
    ),
  ]);
});

describe("resource control policies", () => {
  const rcp = resourceControlPolicy(deny("sqs:*", { Principal: "*" }), { name: "no SQS" });
  const managed = "arn:aws:sqs:us-west-2:999999999999:queue";
  const away = `arn:aws:sqs:us-west-2:${foreign}:queue`;
  const boss = "arn:aws:iam::999999999999:role/boss";
  const linked = `arn:aws:iam::${account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`;
  const anyone = (arn: string) => ({
    [arn]: { policy: resourcePolicy(allow("sqs:SendMessage", { Principal: "*", Resource: arn }), { name: "queue" }) },
  });
  const of = (place: "root" | "unit" | "account"): EnvironmentInput => ({
    organization: {
      id: "o-abc123defg",
      managementAccount: "999999999999",
      ...(place === "root" ? { resourceControl: [rcp] } : {}),
      units: { "ou-prod": { accounts: [account], ...(place === "unit" ? { resourceControl: [rcp] } : {}) } },
    },
    accounts: { [account]: place === "account" ? { resourceControl: [rcp] } : {}, [foreign]: {} },
    principals: {
      [app]: { policies: [admin] },
      [partner]: { policies: [admin] },
      [boss]: { policies: [admin] },
      [linked]: { policies: [admin] },
    },
    resources: { ...anyone(queue), ...anyone(managed), ...anyone(away) },
  });
  const send = (by: Parameters<typeof request>[0], to = queue) => request(by, "sqs:SendMessage", to);
  const denied = { outcome: "explicitDeny", statements: [{ policy: "no SQS", index: 0, sid: null }] } as const;

  rows("bind the account's resources", [
    row("from the root", of("root"), send(app), denied),
    row("from the unit", of("unit"), send(app), denied),
    row("from the account", of("account"), send(app), denied),
    row("for a caller outside", of("root"), send(partner), denied),
    row("for the management account as caller", of("root"), send(boss), denied),
    row("for a service", of("root"), send(service("sns.amazonaws.com")), denied),
    row("for nobody", of("root"), send(anonymous), denied),
    row("for the root user", of("root"), send(rootUser(account)), denied),
    row("not for a service-linked role", of("root"), send(linked), {
      outcome: "allowed",
      policies: ["admin", "queue"],
    }),
    row("not the management account's resources", of("root"), send(boss, managed), { outcome: "allowed" }),
    row("not for members there either", of("root"), send(app, managed), { outcome: "allowed" }),
    row("not resources outside", of("root"), send(app, away), { outcome: "allowed" }),
  ]);

  test("of an account whose organization is not known", () => {
    const { resources = {}, principals = {} } = of("root");
    expect(
      decide({ accounts: { [account]: { resourceControl: [rcp] } }, resources, principals }, send(app)),
    ).toMatchObject(denied);
  });

  test("a bucket's owner has them, not the caller", () => {
    const noS3 = resourceControlPolicy(deny("s3:*", { Principal: "*" }), { name: "no S3" });
    const world = (owner: string): EnvironmentInput => ({
      organization: { id: "o-abc123defg", accounts: [account], resourceControl: [noS3] },
      accounts: { [foreign]: {} },
      principals: { [app]: { policies: [admin] } },
      resources: {
        [bucket]: { owner, policy: resourcePolicy(allow("s3:*", { Principal: "*", Resource: `${bucket}/*` })) },
      },
    });
    const read = request(app, "s3:GetObject", object);
    expect(outcome(world(account), read)).toBe("explicitDeny");
    expect(outcome(world(foreign), read)).toBe("allowed");
  });
});

describe("VPC endpoints", () => {
  const policy = vpcEndpointPolicy(allow("s3:GetObject", { Principal: "*" }), {
    name: "endpoint",
    endpoint: "gateway",
  });
  const inVpc = identityPolicy(allow("s3:*", is("aws:SourceVpc", "vpc-0abc")), { name: "in VPC" });
  const of = (identity = admin): EnvironmentInput => ({
    principals: { [app]: { policies: [identity] } },
    endpoints: { "vpce-0abc": { policy, vpc: "vpc-0abc" }, "vpce-0def": {} },
  });
  const read = request(app, "s3:GetObject", object);
  const write = request(app, "s3:PutObject", object);

  rows("are found by their id", [
    row("its policy allows", of(), read.fromVpcEndpoint("vpce-0abc"), {
      outcome: "allowed",
      policies: ["admin", "endpoint"],
    }),
    row("its policy does not", of(), write.fromVpcEndpoint("vpce-0abc"), {
      outcome: "implicitDeny",
      policies: ["admin", "endpoint"],
    }),
    row("one without a policy lets everything through", of(), write.fromVpcEndpoint("vpce-0def"), {
      outcome: "allowed",
      policies: ["admin"],
    }),
    row("a request that does not come through one", of(), write, { outcome: "allowed", policies: ["admin"] }),
    row("its VPC is known", of(inVpc), read.fromVpcEndpoint("vpce-0abc"), { outcome: "allowed", ...closed }),
    row(
      "a call through a service has none: B5",
      {
        principals: { [app]: { policies: [identityPolicy(allow("kms:*", is("aws:SourceVpc", "vpc-0abc")))] } },
        endpoints: { "vpce-0abc": { vpc: "vpc-0abc" } },
      },
      request(app, "kms:Decrypt", key).fromVpcEndpoint("vpce-0abc").viaService("s3.us-west-2.amazonaws.com"),
      { outcome: "implicitDeny", openKeys: [] },
    ),
    row("the VPC of another is not", of(inVpc), read.fromVpcEndpoint("vpce-0def"), {
      outcome: "implicitDeny",
      openKeys: ["aws:SourceVpc"],
    }),
    row(
      "what the test says comes first",
      of(inVpc),
      read.fromVpcEndpoint("vpce-0abc").withContext({ "aws:SourceVpc": "vpc-0other" }),
      {
        outcome: "implicitDeny",
      },
    ),
    row(
      "an environment that knows no endpoints",
      { principals: { [app]: { policies: [admin] } } },
      read.fromVpcEndpoint("vpce-0abc"),
      {
        outcome: "allowed",
      },
    ),
  ]);
});

test("a decision names all that was weighed, kind by kind", () => {
  const world = environment({
    organization: {
      id: "o-abc123defg",
      accounts: [account],
      serviceControl: [serviceControlPolicy(allow("*"), { name: "scp" })],
      resourceControl: [resourceControlPolicy(deny("s3:DeleteBucket", { Principal: "*" }), { name: "rcp" })],
    },
    groups: { [`arn:aws:iam::${account}:group/dev`]: [identityPolicy(allow("s3:List*"), { name: "group" })] },
    principals: {
      [alice]: {
        policies: [identityPolicy(allow("s3:Get*"), { name: "own" })],
        groups: ["dev"],
        boundary: permissionsBoundary(allow("s3:*"), { name: "boundary" }),
        session: [sessionPolicy(allow("s3:*"), { name: "session" })],
      },
      [app]: { policies: [admin] },
    },
    resources: {
      [bucket]: {
        owner: account,
        policy: resourcePolicy(deny("s3:DeleteBucket", { Principal: "*", Resource: bucket }), { name: "bucket" }),
      },
      [queue]: { policy: resourcePolicy(allow("sqs:*", { Principal: "*", Resource: queue }), { name: "queue" }) },
    },
    endpoints: { "vpce-0abc": { policy: vpcEndpointPolicy(allow("*", { Principal: "*" }), { name: "endpoint" }) } },
  });
  const decision = evaluate(world, request(alice, "s3:GetObject", object).fromVpcEndpoint("vpce-0abc"));
  expect(decision).toMatchObject({
    outcome: "allowed",
    statements: [{ policy: "own", index: 0, sid: null }],
    policies: ["own", "group", "boundary", "session", "bucket", "scp", "FullAWSAccess", "rcp", "endpoint"],
  });
});
