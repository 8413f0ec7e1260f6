/** What an environment refuses: unknown parts and ids, dangling references, contradictions. Whole messages. */
import { describe, expect, test } from "vitest";
import {
  type EnvironmentInput,
  environment,
  evaluate,
  grant,
  identityPolicy,
  keyPolicy,
  permissionsBoundary,
  request,
  resourceControlPolicy,
  resourcePolicy,
  serviceControlPolicy,
  sessionPolicy,
  trustPolicy,
  vpcEndpointPolicy,
} from "../../src/index.ts";
import { messageOf } from "../messages/message-of.ts";

const Version = "2012-10-17";
const all = { Version, Statement: { Effect: "Allow", Action: "*", Resource: "*" } } as const;
const toAll = { Version, Statement: { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" } } as const;
const denyAll = { Version, Statement: { Effect: "Deny", Principal: "*", Action: "kms:*", Resource: "*" } } as const;
const admin = identityPolicy(all, { name: "admin" });
const most = permissionsBoundary(all, { name: "most" });
const passed = sessionPolicy(all, { name: "passed" });
const scp = serviceControlPolicy(all, { name: "scp" });
const rcp = resourceControlPolicy(denyAll, { name: "rcp" });
const bucketPolicy = resourcePolicy(toAll, { name: "bucket" });
const ofKey = keyPolicy({ Version, Statement: { ...toAll.Statement, Action: "kms:*" } }, { name: "key" });
const trust = trustPolicy(
  { Version, Statement: { Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" } },
  { name: "trust" },
);
const endpointPolicy = vpcEndpointPolicy(toAll, { name: "endpoint" });

const account = "111122223333";
const app = `arn:aws:iam::${account}:role/app`;
const alice = `arn:aws:iam::${account}:user/alice`;
const key = `arn:aws:kms:us-west-2:${account}:key/1234abcd`;
const bucket = "arn:aws:s3:::bucket";
const id = "o-abc123defg";

/** What JavaScript may pass and the types forbid. */
const loose = (input: unknown) => input as EnvironmentInput;

const text = (code: string, sentence: string, help?: string) =>
  `error[${code}]\n  ${sentence}${help ? `\n  help: ${help}` : ""}`;

async function refusal(input: EnvironmentInput): Promise<string> {
  return messageOf(() => environment(input));
}

describe("unknown parts and ids", () => {
  test.each<[what: string, input: EnvironmentInput, sentence: string, help?: string]>([
    ["a text", loose("x"), "an environment is an object"],
    ["a list", loose([]), "an environment is an object"],
    ["null", loose(null), "an environment is an object"],
    [
      "a misspelt part",
      loose({ principal: {} }),
      "`principal` is not a part of an environment",
      "did you mean `principals`?",
    ],
    [
      "another part",
      loose({ simulator: {} }),
      "`simulator` is not a part of an environment",
      "its parts are organization, accounts, principals, groups, resources, endpoints",
    ],
    [
      "no organization's id",
      { organization: { id: "abc" } },
      "`abc` is not the id of an organization",
      "as in `o-abc123defg`",
    ],
    [
      "the organization's root",
      { organization: { id, rootId: "root" } },
      "`root` is not the id of an organization's root",
      "as in `r-ab12`",
    ],
    [
      "a part of the organization",
      loose({ organization: { id, managementAcount: account } }),
      "`managementAcount` is not a part of the organization",
      "did you mean `managementAccount`?",
    ],
    [
      "a part of a unit",
      loose({ organization: { id, units: { prod: { account: [account] } } } }),
      "`account` is not a part of unit `prod`",
      "did you mean `accounts`?",
    ],
    [
      "an organization's id in a unit",
      loose({ organization: { id, units: { prod: { id } } } }),
      "`id` is not a part of unit `prod`",
      "its parts are serviceControl, resourceControl, accounts, units",
    ],
    [
      "the management account",
      { organization: { id, managementAccount: "1111" } },
      "`1111` in `managementAccount` is not an account id",
      "it has twelve digits, in quotes",
    ],
    [
      "an account of the root",
      { organization: { id, accounts: ["1111-2222-3333"] } },
      "`1111-2222-3333` in the root is not an account id",
      "it has twelve digits, in quotes",
    ],
    [
      "an account id that is a number",
      loose({ organization: { id, accounts: [111122223333] } }),
      "`111122223333` in the root is not an account id",
      "it has twelve digits, in quotes",
    ],
    [
      "an account of a unit",
      { organization: { id, units: { prod: { units: { eu: { accounts: ["eu-prod"] } } } } } },
      "`eu-prod` in the root/prod/eu is not an account id",
      "it has twelve digits, in quotes",
    ],
    [
      "an account",
      { accounts: { "12345678901": {} } },
      "`12345678901` in `accounts` is not an account id",
      "it has twelve digits, in quotes",
    ],
    ["no account", loose({ organization: { id }, accounts: { [account]: null } }), `account ${account} is an object`],
    [
      "a part of an account",
      loose({ accounts: { [account]: { scps: [] } } }),
      `\`scps\` is not a part of account ${account}`,
      "its parts are serviceControl, resourceControl",
    ],
    ["a group by its name", { groups: { developers: [] } }, "`developers` is not the ARN of a group"],
    ["a role as a group", { groups: { [app]: [] } }, `\`${app}\` is not the ARN of a group`],
    [
      "a group's policy alone",
      loose({ groups: { [`arn:aws:iam::${account}:group/dev`]: admin } }),
      `the policies of group arn:aws:iam::${account}:group/dev are a list`,
    ],
    ["a principal by its name", { principals: { app: {} } }, "`app` is not the ARN of a role or user"],
    [
      "a session as a principal",
      { principals: { [`arn:aws:sts::${account}:assumed-role/app/x`]: {} } },
      `\`arn:aws:sts::${account}:assumed-role/app/x\` is not the ARN of a role or user`,
    ],
    [
      "the root user as a principal",
      { principals: { [`arn:aws:iam::${account}:root`]: {} } },
      `\`arn:aws:iam::${account}:root\` is not the ARN of a role or user`,
    ],
    [
      "a part of a principal",
      loose({ principals: { [app]: { polices: [admin] } } }),
      `\`polices\` is not a part of principal ${app}`,
      "did you mean `policies`?",
    ],
    [
      "a principal's policy alone",
      loose({ principals: { [app]: { policies: admin } } }),
      `the policies of ${app} are a list`,
    ],
    [
      "a document in place of a policy",
      loose({ principals: { [app]: { policies: [all] } } }),
      `what ${app} holds is not a policy`,
      "make it with `identityPolicy(…)`, `keyPolicy(…)` and the like",
    ],
    ["a resource by its name", { resources: { bucket: {} } }, "`bucket` is not the ARN of a resource"],
    ["a pattern", { resources: { [`${bucket}/*`]: {} } }, `\`${bucket}/*\` is not the ARN of a resource`],
    [
      "a part of a resource",
      loose({ resources: { [key]: { aliasses: ["alias/app"] } } }),
      `\`aliasses\` is not a part of resource ${key}`,
      "did you mean `aliases`?",
    ],
    [
      "a resource's owner",
      { resources: { [bucket]: { owner: "me" } } },
      `\`me\` in ${bucket} is not an account id`,
      "it has twelve digits, in quotes",
    ],
    [
      "aliases of a bucket",
      { resources: { [bucket]: { aliases: ["alias/app"] } } },
      `${bucket} is no key, so it has no aliases, grants or key attributes`,
    ],
    [
      "key attributes of a bucket",
      { resources: { [bucket]: { key: {} } } },
      `${bucket} is no key, so it has no aliases, grants or key attributes`,
    ],
    [
      "an unknown attribute of a key",
      loose({ resources: { [key]: { key: { keySpec: "RSA_2048" } } } }),
      `\`keySpec\` is not a part of \`key\` of ${key}`,
      "its parts are spec, usage, origin, multiRegionKeyType",
    ],
    [
      "an attribute that is no text",
      loose({ resources: { [key]: { key: { spec: 2048 } } } }),
      `\`spec\` of ${key} is not a text`,
    ],
    [
      "a multi-Region type",
      loose({ resources: { [key]: { key: { multiRegionKeyType: "COPY" } } } }),
      "`COPY` is not a `multiRegionKeyType`",
      "`PRIMARY` or `REPLICA`",
    ],
    [
      "a role in a group",
      { groups: { [`arn:aws:iam::${account}:group/dev`]: [] }, principals: { [app]: { groups: ["dev"] } } },
      `${app} is a role, and only users are in groups`,
    ],
    [
      "a user in a group whose own policies are left out: the group's Deny would be lost",
      { groups: { [`arn:aws:iam::${account}:group/dev`]: [] }, principals: { [alice]: { groups: ["dev"] } } },
      `${alice} is in groups, and its own policies are not said`,
      "add `policies`; `[]` where it has none of its own",
    ],
    [
      "an alias without its prefix",
      { resources: { [key]: { aliases: ["app"] } } },
      "`app` is not the name of an alias",
      "as in `alias/app`",
    ],
    [
      "what is no grant",
      loose({ resources: { [key]: { grants: [{ operations: ["Decrypt"] }] } } }),
      `what ${key} holds is not a grant`,
      "make it with `grant(…)`",
    ],
    [
      "an endpoint by its service",
      { endpoints: { s3: {} } },
      "`s3` is not the id of a VPC endpoint",
      "as in `vpce-0abc`",
    ],
    [
      "a part of an endpoint",
      loose({ endpoints: { "vpce-0abc": { vpcs: "vpc-1" } } }),
      "`vpcs` is not a part of endpoint vpce-0abc",
      "did you mean `vpc`?",
    ],
  ])("%s", async (_what, input, sentence, help) => {
    expect(await refusal(input)).toBe(text("invalid-environment", sentence, help));
  });
});

test("an account id of a policy that is a number", async () => {
  const policy = () => resourcePolicy(toAll, { account: 111122223333 } as never);
  expect(await messageOf(() => environment({ resources: { [bucket]: { policy: policy() } } }))).toContain(
    "is not an account id",
  );
});

describe("dangling references", () => {
  const groups = { [`arn:aws:iam::${account}:group/teams/developers`]: [admin] };

  test.each<[what: string, input: EnvironmentInput, sentence: string, help: string]>([
    [
      "a group that is misspelt",
      { groups, principals: { [alice]: { groups: ["develpers"] } } },
      `${alice} is in the group \`develpers\`, which the environment does not have`,
      "did you mean `developers`?",
    ],
    [
      "a group that is not there",
      { groups, principals: { [alice]: { groups: ["administrators"] } } },
      `${alice} is in the group \`administrators\`, which the environment does not have`,
      "add it under `groups`, by its ARN",
    ],
    [
      "a group of another account",
      {
        groups: { "arn:aws:iam::444455556666:group/dev": [] },
        principals: { [alice]: { policies: [], groups: ["dev"] } },
      },
      `${alice} is in the group \`dev\`, which its account does not have`,
      "arn:aws:iam::444455556666:group/dev is of another account",
    ],
    [
      "no groups at all",
      { principals: { [alice]: { groups: ["developers"] } } },
      `${alice} is in the group \`developers\`, which the environment does not have`,
      "add it under `groups`, by its ARN",
    ],
  ])("%s", async (_what, input, sentence, help) => {
    expect(await refusal(input)).toBe(text("dangling-reference", sentence, help));
  });

  test("a request through an endpoint that is not there", async () => {
    const world = environment({ endpoints: { "vpce-0abc": {} } });
    const asked = request(app, "s3:GetObject", `${bucket}/o`).fromVpcEndpoint("vpce-0def");
    expect(await messageOf(() => evaluate(world, asked))).toBe(
      text(
        "dangling-reference",
        "the environment does not have the VPC endpoint `vpce-0def`",
        "add it under `endpoints`",
      ),
    );
  });

  test("a request for an alias that no key has", async () => {
    const world = environment({ resources: { [key]: { aliases: ["alias/app"] } } });
    const alias = `arn:aws:kms:us-west-2:${account}:alias/ap`;
    expect(await messageOf(() => evaluate(world, request(app, "kms:Decrypt", alias)))).toBe(
      text(
        "dangling-reference",
        `no key of the environment has the alias \`${alias}\``,
        "add it to the key's `aliases`",
      ),
    );
  });
});

describe("contradictions", () => {
  const other = `arn:aws:kms:us-west-2:${account}:key/5678efgh`;
  const grantOf = (of: string) => grant({ key: of, granteePrincipal: app, operations: ["Decrypt"] });

  test.each<[what: string, input: EnvironmentInput, sentence: string, help?: string]>([
    [
      "an account in two places",
      { organization: { id, accounts: [account], units: { prod: { accounts: [account] } } } },
      `account ${account} is in the root/prod and in the root`,
      "an account has one place",
    ],
    [
      "an account twice in one place",
      { organization: { id, units: { prod: { accounts: [account, account] } } } },
      `account ${account} is in the root/prod and in the root/prod`,
      "an account has one place",
    ],
    [
      "a boundary among policies",
      { principals: { [app]: { policies: [most] } } },
      `\`most\` is a permissions boundary; ${app} takes an identity policy`,
    ],
    [
      "an identity policy as boundary",
      { principals: { [app]: { boundary: admin } } },
      `\`admin\` is an identity policy; ${app} takes a permissions boundary`,
    ],
    [
      "an identity policy of a session",
      { principals: { [app]: { session: [admin] } } },
      `\`admin\` is an identity policy; ${app} takes a session policy`,
    ],
    [
      "a session policy of a group",
      { groups: { [`arn:aws:iam::${account}:group/dev`]: [passed] } },
      `\`passed\` is a session policy; group arn:aws:iam::${account}:group/dev takes an identity policy`,
    ],
    [
      "a resource control policy as service control policy",
      { organization: { id, serviceControl: [rcp] } },
      "`rcp` is a resource control policy; the organization takes a service control policy",
    ],
    [
      "a service control policy as resource control policy",
      { organization: { id, units: { prod: { resourceControl: [scp] } } } },
      "`scp` is a service control policy; unit `prod` takes a resource control policy",
    ],
    [
      "an identity policy of an account",
      { accounts: { [account]: { serviceControl: [admin] } } },
      `\`admin\` is an identity policy; account ${account} takes a service control policy`,
    ],
    [
      "a bucket's policy of a key",
      { resources: { [key]: { policy: bucketPolicy } } },
      `\`bucket\` is a resource policy; ${key} takes a key policy`,
    ],
    [
      "a key's policy of a bucket",
      { resources: { [bucket]: { policy: ofKey } } },
      `\`key\` is a key policy; ${bucket} takes a resource policy`,
    ],
    [
      "a key's policy of a role",
      { resources: { [app]: { policy: ofKey } } },
      `\`key\` is a key policy; ${app} takes a trust policy`,
    ],
    [
      "a role's trust of a bucket",
      { resources: { [bucket]: { policy: trust } } },
      `\`trust\` is a trust policy; ${bucket} takes a resource policy`,
    ],
    [
      "a bucket's policy of an endpoint",
      { endpoints: { "vpce-0abc": { policy: bucketPolicy } } },
      "`bucket` is a resource policy; endpoint vpce-0abc takes a VPC endpoint policy",
    ],
    [
      "an endpoint's policy of a bucket",
      { resources: { [bucket]: { policy: endpointPolicy } } },
      `\`endpoint\` is a VPC endpoint policy; ${bucket} takes a resource policy`,
    ],
    [
      "an owner that the ARN denies",
      { resources: { [key]: { owner: "444455556666" } } },
      `${key} is of account ${account}, so it cannot be of 444455556666`,
    ],
    [
      "an owner that the policy denies",
      { resources: { [bucket]: { owner: "444455556666", policy: resourcePolicy(toAll, { account }) } } },
      `${bucket} is of account 444455556666, and its policy says that it is of ${account}`,
    ],
    [
      "service control policies of an account that the organization does not have",
      { organization: { id }, accounts: { [account]: { serviceControl: [scp] } } },
      `account ${account} has policies of an organization, and the organization does not have the account`,
      "add it to `accounts` of the organization, or of one of its units",
    ],
    [
      "resource control policies of such an account",
      { organization: { id }, accounts: { [account]: { resourceControl: [rcp] } } },
      `account ${account} has policies of an organization, and the organization does not have the account`,
      "add it to `accounts` of the organization, or of one of its units",
    ],
    [
      "two keys with one alias",
      { resources: { [key]: { aliases: ["alias/a"] }, [other]: { aliases: ["alias/b", "alias/a"] } } },
      `${key} and ${other} are both the alias arn:aws:kms:us-west-2:${account}:alias/a`,
    ],
    [
      "an alias twice",
      { resources: { [key]: { aliases: ["alias/a", "alias/a"] } } },
      `${key} has the alias arn:aws:kms:us-west-2:${account}:alias/a twice`,
    ],
    [
      "two roles of an account with one name",
      { principals: { [`arn:aws:iam::${account}:role/a/x`]: {}, [`arn:aws:iam::${account}:role/b/X`]: {} } },
      `arn:aws:iam::${account}:role/a/x and arn:aws:iam::${account}:role/b/X are both the role \`x\` of account ${account}`,
    ],
    [
      "two groups of an account with one name",
      { groups: { [`arn:aws:iam::${account}:group/a/x`]: [], [`arn:aws:iam::${account}:group/b/x`]: [] } },
      `arn:aws:iam::${account}:group/a/x and arn:aws:iam::${account}:group/b/x are both the group \`x\` of account ${account}`,
    ],
    [
      "a multi-Region type of a key that is none",
      { resources: { [key]: { key: { multiRegionKeyType: "REPLICA" } } } },
      `${key} is no multi-Region key, so it has no \`multiRegionKeyType\``,
      "their ids begin with `mrk-`",
    ],
    [
      "the policy of another key",
      { resources: { [other]: { policy: keyPolicy({ Version, Statement: [] }, { key }) } } },
      `the policy of ${other} says that it is attached to ${key}`,
    ],
    [
      "the grant of another key",
      { resources: { [other]: { grants: [grantOf(key)] } } },
      `a grant of ${other} is for the key ${key}`,
    ],
  ])("%s", async (_what, input, sentence, help) => {
    expect(await refusal(input)).toBe(text("contradiction", sentence, help));
  });

  test("identity policies that the environment has and the test gives", async () => {
    const world = environment({ principals: { [app]: { policies: [admin] } } });
    const sentence = `the environment has the identity policies of \`${app}\`, so nothing else can be given of them`;
    for (const asked of [
      request(app, "s3:GetObject", `${bucket}/o`).givenIdentityAllows(),
      request(app, "s3:GetObject", `${bucket}/o`).givenNoIdentityPolicies(),
    ])
      expect(await messageOf(() => evaluate(world, asked))).toBe(text("contradiction", sentence));
  });
});

describe("what is accepted", () => {
  test("nothing", () => {
    expect(JSON.parse(JSON.stringify(environment({})))).toEqual({
      organization: null,
      accounts: {},
      principals: {},
      groups: {},
      resources: {},
      endpoints: {},
    });
  });

  test("the right policy in every place", () => {
    const world = environment({
      organization: {
        id,
        managementAccount: "999999999999",
        serviceControl: [scp],
        resourceControl: [rcp],
        accounts: ["999999999999"],
        units: { prod: { serviceControl: [scp], resourceControl: [], accounts: [account] } },
      },
      accounts: { [account]: { serviceControl: [scp], resourceControl: [rcp] }, "444455556666": {} },
      principals: {
        [app]: { policies: [admin], boundary: most, session: [passed], tags: { team: "a" }, uniqueId: "AROAEXAMPLE" },
        [alice]: { groups: ["dev"], policies: [] },
      },
      groups: { [`arn:aws:iam::${account}:group/dev`]: [admin] },
      resources: {
        [app]: { policy: trust },
        [key]: {
          policy: ofKey,
          owner: account,
          aliases: ["alias/app", "alias/team/app_1"],
          grants: [],
          tags: {},
          key: {},
        },
        [bucket]: { policy: bucketPolicy, owner: account },
        [`arn:aws:sqs:us-west-2:${account}:queue`]: { policy: null },
      },
      endpoints: { "vpce-0abc": { policy: endpointPolicy, vpc: "vpc-0abc" }, "vpce-0def": {} },
    });
    expect(Object.isFrozen(world)).toBe(true);
    expect(Object.keys(JSON.parse(JSON.stringify(world)))).toHaveLength(6);
  });

  test("one alias in two Regions, one name of a role and a user, or in two accounts", () => {
    const replica = key.replace("us-west-2", "eu-west-1");
    expect(() =>
      environment({
        resources: { [key]: { aliases: ["alias/a"] }, [replica]: { aliases: ["alias/a"] } },
        principals: {
          [app]: {},
          [app.replace(account, "444455556666")]: {},
          [app.replace("role/", "user/")]: {},
        },
      }),
    ).not.toThrow();
  });

  test("an environment does not change once it is made", () => {
    const unfrozen = Object.freeze({ [app]: { policies: [] as (typeof admin)[] } });
    const world = environment({ principals: unfrozen });
    expect(() => (world.principals[app]!.policies as unknown[]).push(admin)).toThrow();
    expect(() => Object.assign(world.principals, { [alice]: {} })).toThrow();
    expect(() => Object.assign(world.resources, { [bucket]: {} })).toThrow();
    unfrozen[app]!.policies.push(admin);
    expect(evaluate(world, request(app, "s3:ListAllMyBuckets")).outcome).toBe("implicitDeny");
  });

  test("the test's own objects may change later", () => {
    const policies = [admin];
    const principals = { [app]: { policies } };
    const world = environment({ principals });
    policies.pop();
    expect(evaluate(world, request(app, "s3:ListAllMyBuckets")).outcome).toBe("allowed");
  });
});
