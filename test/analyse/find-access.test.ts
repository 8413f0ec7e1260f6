import { describe, expect, test } from "vitest";
import { compareAccess } from "../../src/analyse/compare-access.ts";
import { findAccess } from "../../src/analyse/find-access.ts";
import { EMPTY_SET } from "../../src/evaluate/policy-set.ts";
import {
  identityPolicy,
  keyPolicy,
  permissionsBoundary,
  resourceControlPolicy,
  resourcePolicy,
  serviceControlPolicy,
  sessionPolicy,
  trustPolicy,
  vpcEndpointPolicy,
} from "../../src/policy/constructors.ts";
import { type GrantInput, grant } from "../../src/request/grant.ts";

const HOME = "111122223333";
const APP = `arn:aws:iam::${HOME}:role/app`;
const KEY = `arn:aws:kms:us-west-2:${HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const policy = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });
const allow = (rest: object) => ({ Effect: "Allow", Action: "kms:Decrypt", Resource: "*", ...rest });
const deny = (rest: object) => ({ Effect: "Deny", Action: "*", Resource: "*", ...rest });
const toApp = allow({ Principal: { AWS: APP } });
const toAccount = allow({ Principal: { AWS: HOME }, Action: "kms:*" });
const everything = policy({ Effect: "Allow", Action: "*", Resource: "*" });

describe("a key policy", () => {
  const key = keyPolicy(policy(toApp), { key: KEY });

  test("reaches those it names, and nobody else", () => {
    expect(findAccess(key, { actions: "kms:Decrypt", except: { by: APP } }).verdict).toBe("proved");
    const found = findAccess(key, { actions: "kms:*" });
    expect(found.verdict).toBe("refuted");
    expect(found.request?.principal.name).toBe(APP);
    expect(found.request?.action).toBe("kms:Decrypt");
    expect(found.decision?.outcome).toBe("allowed");
    expect(found.needs).toEqual([]);
  });

  test("that lets identity policies decide: the root user outright, others if they have such a policy", () => {
    const delegating = keyPolicy(policy(toAccount), { key: KEY });
    expect(findAccess(delegating).request?.principal.type).toBe("root");
    const root = { by: HOME, when: { StringEquals: { "aws:PrincipalType": "Account" } } };
    const others = findAccess(delegating, { actions: "kms:Decrypt", except: root });
    expect(others.verdict).toBe("refuted");
    expect(others.needs?.[0]).toContain("that allows kms:Decrypt");
    expect(findAccess(delegating, { except: { by: HOME } }).verdict).toBe("proved");
  });

  test("with identity policies that do not allow, and with some that do", () => {
    const delegating = keyPolicy(policy(toAccount), { key: KEY });
    const none = identityPolicy(policy({ Effect: "Allow", Action: "s3:*", Resource: "*" }));
    const some = identityPolicy(policy({ Effect: "Allow", Action: "kms:De*", Resource: KEY }));
    const byRoles = { by: `arn:aws:iam::${HOME}:role/*` };
    expect(findAccess([delegating, none], byRoles).verdict).toBe("proved");
    const found = findAccess([delegating, some], byRoles);
    expect(found.verdict).toBe("refuted");
    expect(found.needs).toEqual([]);
  });

  test("conditions on a service that calls", () => {
    const via = keyPolicy(
      policy(allow({ Principal: "*", Condition: { StringLike: { "kms:ViaService": "s3.*.amazonaws.com" } } })),
      { key: KEY },
    );
    const direct = { actions: "kms:Decrypt", when: { Null: { "kms:ViaService": "true" } } };
    expect(findAccess(via, direct).verdict).toBe("proved");
    expect(findAccess(via, { actions: "kms:Decrypt" }).request?.context).toEqual({
      "kms:ViaService": expect.stringMatching(/^s3\.[a-z0-9-]+\.amazonaws\.com$/),
    });
  });

  test("a proof says when it rests on what AWS sends, and only then", () => {
    const rests = (Condition: object, by = APP) =>
      findAccess(keyPolicy(policy(allow({ Principal: "*", Condition })), { key: KEY }), { actions: "kms:Decrypt", by })
        .assumptions;
    const sends = "requests are such as AWS sends: which callers bring which keys, and which keys come together";
    const twice = { StringLike: { "kms:ViaService": "s3.*", "aws:SourceVpce": "vpce-*" } };
    expect(rests(twice)).toContain(sends);
    expect(rests({ StringLike: { "aws:SourceAccount": "*" } })).toContain(sends);
    expect(rests({ StringEquals: { "aws:PrincipalAccount": "444455556666" } })).not.toContain(sends);
  });

  test.each([
    ["an id of its own", { StringLike: { "aws:userid": "*" } }, "refuted"],
    ["some id", { Null: { "aws:userid": "false" } }, "refuted"],
    ["a type of its own", { StringLike: { "aws:PrincipalType": "*" } }, "refuted"],
    ["some type", { Null: { "aws:PrincipalType": "false" } }, "refuted"],
    ["no type", { Null: { "aws:PrincipalType": "true" } }, "refuted"],
    ["a role's type", { StringEquals: { "aws:PrincipalType": "AssumedRole" } }, "proved"],
    ["nobody's type", { StringEquals: { "aws:PrincipalType": "Anonymous" } }, "proved"],
    ["a name of a user", { StringLike: { "aws:username": "*" } }, "proved"],
    ["no user agent", { Null: { "aws:UserAgent": "true" } }, "proved"],
  ] as const)("a service has, or has not: %s (B2)", (_, Condition, verdict) => {
    const policyOf = keyPolicy(policy(allow({ Principal: { Service: "ec2.amazonaws.com" }, Condition })), { key: KEY });
    expect(findAccess(policyOf, { actions: "kms:Decrypt" }).verdict).toBe(verdict);
  });

  test("a boundary caps the role's own name but not a grant to its session (E3)", () => {
    const boundary = permissionsBoundary(policy({ Effect: "Allow", Action: "s3:*", Resource: "*" }));
    expect(findAccess([key, boundary]).verdict).toBe("proved");
    const session = `arn:aws:sts::${HOME}:assumed-role/app/main`;
    const named = keyPolicy(policy(allow({ Principal: { AWS: session } })), { key: KEY });
    expect(findAccess([named, boundary]).request?.principal.name).toBe(session);
  });

  test("a session policy caps, too", () => {
    expect(findAccess([key, sessionPolicy(everything)]).verdict).toBe("refuted");
    const other = sessionPolicy(policy({ Effect: "Allow", Action: "s3:*", Resource: "*" }));
    expect(findAccess([key, other]).verdict).toBe("proved");
  });

  test("service control policies bind the caller's account, and every level must allow", () => {
    const only = (Action: string) => serviceControlPolicy(policy({ Effect: "Allow", Action, Resource: "*" }));
    expect(findAccess([key, only("s3:*")]).verdict).toBe("proved");
    expect(findAccess([key, only("kms:*")]).verdict).toBe("refuted");
  });

  test("a resource control policy denies strangers", () => {
    const open = keyPolicy(policy(allow({ Principal: "*" })), { key: KEY });
    const perimeter = resourceControlPolicy(
      policy({
        Effect: "Deny",
        Principal: "*",
        Action: "kms:*",
        Resource: "*",
        Condition: {
          StringNotEqualsIfExists: { "aws:PrincipalOrgID": "o-1234567890" },
          BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
        },
      }),
    );
    const strangers = { actions: "kms:Decrypt", when: { StringNotEquals: { "aws:PrincipalOrgID": "o-1234567890" } } };
    expect(findAccess(open, strangers).verdict).toBe("refuted");
    const found = findAccess([open, perimeter], strangers);
    // Services, whom the policy exempts, and service-linked roles, whom it does not bind.
    expect(found.verdict).toBe("refuted");
    expect(found.request?.principal.type === "service" || found.request?.principal.serviceLinked).toBe(true);
  });

  test("an endpoint's policy caps what comes through it", () => {
    const endpoint = vpcEndpointPolicy(policy({ Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*" }));
    const through = { when: { Null: { "aws:SourceVpce": "false" } } };
    expect(findAccess([key, endpoint], through).verdict).toBe("proved");
    expect(findAccess([key, endpoint]).verdict).toBe("refuted");
  });
});

test("a trust policy: who may assume the role", () => {
  const role = trustPolicy(
    policy({
      Effect: "Allow",
      Principal: { Federated: `arn:aws:iam::${HOME}:oidc-provider/token.actions.githubusercontent.com` },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: { StringLike: { "token.actions.githubusercontent.com:sub": "repo:org/app:*" } },
    }),
    { role: APP },
  );
  const other = { StringNotLike: { "token.actions.githubusercontent.com:sub": "repo:org/*" } };
  expect(findAccess(role, { when: other }).verdict).toBe("proved");
  expect(findAccess(role).request?.context["token.actions.githubusercontent.com:sub"]).toMatch(/^repo:org\/app:/);
});

test("a bucket's policy: public access, and what a Deny leaves of it", () => {
  const bucket = { resource: "arn:aws:s3:::site", account: HOME };
  const open = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::site/*" };
  const found = findAccess(resourcePolicy(policy(open), bucket), { by: "anonymous" });
  expect(found.request?.resource).toMatch(/^arn:aws:s3:::site\/./);
  const secure = deny({ Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } });
  const insecure = { by: "anonymous", when: { Bool: { "aws:SecureTransport": "false" } } };
  expect(findAccess(resourcePolicy(policy(open), bucket), insecure).verdict).toBe("refuted");
  expect(findAccess(resourcePolicy(policy(open, secure), bucket), insecure).verdict).toBe("proved");
});

test("policy variables: proved under the wide reading, refuted with values fixed", () => {
  const own = identityPolicy(
    policy({ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::home/${aws:username}/*" }),
  );
  const found = findAccess(own);
  expect(found.verdict).toBe("refuted");
  expect(found.request?.resource).toContain(found.request!.principal.name.split("/").at(-1)!);
  expect(findAccess(own, { on: "arn:aws:s3:::other/*" }).verdict).toBe("proved");
});

describe("what is outside ends as `unknown`, with a reason", () => {
  test.each([
    [
      "types that are mixed",
      { NumericLessThan: { "aws:RequestTag/n": "3" }, StringLike: { "aws:RequestTag/n": "1*" } },
    ],
    ["a canonical user", undefined],
  ])("%s", (_, Condition) => {
    const subject = Condition
      ? identityPolicy(policy({ Effect: "Allow", Action: "ec2:*", Resource: "*", Condition }))
      : resourcePolicy(policy(allow({ Principal: { CanonicalUser: "f".repeat(64) }, Action: "s3:GetObject" })), {
          account: HOME,
        });
    const found = findAccess(subject, { actions: ["ec2:RunInstances", "s3:GetObject"] });
    expect(found.verdict).toBe("unknown");
    expect(found.reason).toBeTruthy();
  });

  test("more than the budget", () => {
    const found = findAccess(keyPolicy(policy(toApp), { key: KEY }), { mostNodes: 0 });
    expect(found).toEqual({ verdict: "unknown", reason: "the search grew beyond its budget", assumptions: [] });
  });

  test("a list of conditions on a key with several values", () => {
    const conditions = Array.from({ length: 15 }, (_, at) => `t${at}*`);
    const subject = identityPolicy(
      policy(
        ...conditions.map((pattern) => ({
          Effect: "Allow",
          Action: "ec2:RunInstances",
          Resource: "*",
          Condition: { "ForAnyValue:StringLike": { "aws:TagKeys": pattern } },
        })),
      ),
    );
    const found = findAccess(subject, { except: { when: { "ForAnyValue:StringLike": { "aws:TagKeys": "t*" } } } });
    expect(found.verdict).toBe("unknown");
  });
});

test("a proof says on which unsettled rule it rests", () => {
  const role = trustPolicy(policy({ Effect: "Allow", Principal: { AWS: APP }, Action: "sts:AssumeRole" }), {
    role: APP,
  });
  expect(findAccess(role, { except: { by: APP } }).assumptions).toEqual([]);
  const crossing = identityPolicy(
    policy(
      { Effect: "Deny", Action: "sqs:*", Resource: "arn:aws:sqs:*" },
      {
        Effect: "Allow",
        Action: "sqs:*",
        Resource: "*",
      },
    ),
  );
  const found = findAccess(crossing, { actions: "sqs:SendMessage" });
  expect(found.verdict).toBe("proved");
});

test("some other text is a class of its own, though the shortest such text is no value", () => {
  const tagged = (operator: string) =>
    identityPolicy(
      policy({
        Effect: "Allow",
        Action: "ec2:CreateTags",
        Resource: "*",
        Condition: { [operator]: { "aws:TagKeys": ["*a?"] } },
      }),
    );
  const found = findAccess(tagged("ForAnyValue:StringNotLike"));
  expect(found.verdict).toBe("refuted");
  expect(found.request?.context["aws:TagKeys"]).not.toEqual([""]);
});

test("a service-linked role is not bound by service control policies", () => {
  const none = serviceControlPolicy(policy(deny({})));
  const key = keyPolicy(policy(allow({ Principal: { AWS: HOME } })), { key: KEY });
  const id = identityPolicy(everything);
  const found = findAccess([key, id, none]);
  expect(found.request?.principal.serviceLinked).toBe(true);
});

test("a Deny of all but one's own folder leaves that folder", () => {
  const own = "arn:aws:s3:::home/${aws:username}/*";
  const subject = identityPolicy(
    policy(
      { Effect: "Allow", Action: "s3:GetObject", Resource: "*" },
      { Effect: "Deny", Action: "*", NotResource: own },
    ),
  );
  expect(findAccess(subject, { actions: "s3:GetObject" }).request?.resource).toMatch(/^arn:aws:s3:::home\//);
  expect(findAccess(subject, { actions: "s3:GetObject", on: "arn:aws:s3:::other/*" }).verdict).toBe("proved");
});

test("the caller's account, as AWS KMS has it, is no key of other services", () => {
  const Condition = { StringNotEquals: { "kms:CallerAccount": HOME } };
  const subject = identityPolicy(
    policy({ Effect: "Allow", Action: ["ec2:RunInstances", "kms:Decrypt"], Resource: "*", Condition }),
  );
  expect(findAccess(subject, { actions: "ec2:RunInstances", by: HOME }).verdict).toBe("refuted");
  expect(findAccess(subject, { actions: "kms:Decrypt", by: HOME }).verdict).toBe("proved");
});

test("a session's ARN may be that of a service-linked role, which no policy of an organization binds", () => {
  const named = (name: string) =>
    keyPolicy(policy(allow({ Principal: { AWS: `arn:aws:sts::${HOME}:assumed-role/${name}/main` } })), { key: KEY });
  const none = resourceControlPolicy(policy(deny({ Principal: "*", Action: "kms:*" })));
  const scaling = findAccess([named("AWSServiceRoleForAutoScaling"), none]);
  expect(scaling.request?.principal.serviceLinked).toBe(true);
  expect(findAccess([named("app"), none]).verdict).toBe("proved");
  // With a pattern of callers, too.
  const notUsers = { when: { StringNotLike: { "aws:PrincipalArn": "*:user/*" } } };
  expect(findAccess([named("AWSServiceRoleForAutoScaling"), none], notUsers).request?.principal.serviceLinked).toBe(
    true,
  );
  expect(findAccess([named("app"), none], notUsers).verdict).toBe("proved");
});

describe("grants", () => {
  const key = keyPolicy(policy(toAccount), { key: KEY });
  const none = identityPolicy(policy({ Effect: "Allow", Action: "s3:*", Resource: "*" }));
  const notRoot = {
    except: { by: `arn:aws:iam::${HOME}:root`, when: { StringEquals: { "aws:PrincipalType": "Account" } } },
  };
  const roles = { by: `arn:aws:iam::${HOME}:role/*` };
  const given = (rest: Partial<GrantInput> = {}) =>
    grant({ key: KEY, granteePrincipal: APP, operations: ["Decrypt"], ...rest });

  test("let the grantee in, and nobody else", () => {
    expect(findAccess([key, none], roles).verdict).toBe("proved");
    const found = findAccess([key, none, given()], roles);
    expect(found.request?.principal.name).toBe(APP);
    expect(found.request?.action).toBe("kms:Decrypt");
    expect(findAccess([key, none, given()], { ...roles, except: { by: APP, actions: "kms:Decrypt" } }).verdict).toBe(
      "proved",
    );
  });

  test("hold within their constraints", () => {
    const bound = given({ constraints: { EncryptionContextSubset: { app: "orders" } } });
    const other = { ...roles, when: { StringNotEquals: { "kms:EncryptionContext:app": "orders" } } };
    expect(findAccess([key, none, bound], other).verdict).toBe("proved");
    expect(findAccess([key, none, bound], roles).request?.context).toEqual({ "kms:EncryptionContext:app": "orders" });
    const exact = given({ constraints: { EncryptionContextEquals: { app: "orders" } } });
    const more = { ...roles, when: { Null: { "kms:EncryptionContext:part": "false" } } };
    expect(findAccess([key, none, bound], more).verdict).toBe("refuted");
    expect(findAccess([key, none, exact], more).verdict).toBe("proved");
  });

  test("under a grant, no more is granted than it holds (F16)", () => {
    const handing = given({ operations: ["CreateGrant", "Decrypt"] });
    const more = {
      ...roles,
      actions: "kms:CreateGrant",
      when: { "ForAnyValue:StringEquals": { "kms:GrantOperations": "Encrypt" } },
    };
    expect(findAccess([key, none, handing], more).verdict).toBe("proved");
    expect(findAccess([key, none, handing], { ...roles, actions: "kms:CreateGrant" }).verdict).toBe("refuted");
  });

  test("to EC2's role for one instance (F21)", () => {
    const instance = `arn:aws:iam::${HOME}:role/aws:ec2-infrastructure/i-0123456789abcdef0`;
    const found = findAccess([key, none, given({ granteePrincipal: instance })], {
      actions: "kms:Decrypt",
      ...notRoot,
    });
    expect(found.request?.principal.name).toBe(
      `arn:aws:sts::${HOME}:assumed-role/aws:ec2-infrastructure/i-0123456789abcdef0`,
    );
  });

  test("are retired by whom they name, and by the account's own policies (F18)", () => {
    const retire = { ...roles, actions: "kms:RetireGrant" };
    expect(findAccess([key, none, given()], retire).verdict).toBe("proved");
    expect(findAccess([key, none, given({ retiringPrincipal: APP })], retire).request?.principal.name).toBe(APP);
    const may = identityPolicy(policy({ Effect: "Allow", Action: "kms:RetireGrant", Resource: "*" }));
    expect(findAccess([key, may, given()], retire).verdict).toBe("refuted");
  });

  test("a Deny wins over a grant", () => {
    const denying = keyPolicy(policy(toAccount, deny({ Principal: "*", Action: "kms:Decrypt" })), { key: KEY });
    expect(findAccess([denying, none, given()], { actions: "kms:Decrypt" }).verdict).toBe("proved");
  });

  test("that are new grant newly", () => {
    expect(compareAccess([key, none, given()], [key, none]).request?.principal.name).toBe(APP);
    expect(compareAccess([key, none], [key, none, given()]).verdict).toBe("proved");
  });
});

describe("an action that a rule knows by name is not hidden behind another", () => {
  test.each([
    [
      "EBS sends no `aws:ResourceAccount`",
      ["dynamodb:PutItem", "ebs:GetSnapshotBlock"],
      "*",
      { when: { Null: { "aws:ResourceAccount": "true" } } },
      "ebs:GetSnapshotBlock",
    ],
    [
      "AWS's own roles can be passed, though not changed",
      ["iam:DeleteRole", "iam:PassRole"],
      `arn:aws:iam::${HOME}:role/aws-reserved/x`,
      { actions: ["iam:DeleteRole", "iam:PassRole"] },
      "iam:PassRole",
    ],
  ])("%s", (_, Action, Resource, question, action) => {
    const subject = identityPolicy(policy({ Effect: "Allow", Action, Resource }));
    expect(findAccess(subject, question).request?.action).toBe(action);
  });
});

test("a text that begins with none of the letters is a text, too", () => {
  const letters = "abcdefghijklmnopqrstuvwxyz".split("");
  const tag = (effect: string, operator: string, values: readonly string[]) => ({
    Effect: effect,
    Action: "ec2:CreateTags",
    Resource: "*",
    Condition: { [operator]: { "aws:RequestTag/a": values } },
  });
  for (const beginning of ["", "team-"]) {
    const subject = identityPolicy(
      policy(
        tag("Allow", "StringLike", [`${beginning}*`]),
        tag(
          "Deny",
          "StringLike",
          letters.map((one) => `${beginning}${one}*`),
        ),
        tag("Deny", "StringEquals", [beginning]),
      ),
    );
    const found = findAccess(subject);
    expect(found.verdict).toBe("refuted");
    expect(found.request?.context["aws:RequestTag/a"]).toMatch(new RegExp(`^${beginning}[^a-z]`));
  }
});

test("a name that begins with none of the letters is a name, too", () => {
  const letters = "abcdefghijklmnopqrstuvwxyz".split("");
  const denied = (patterns: readonly string[]) =>
    deny({ Principal: "*", Condition: { ArnLike: { "aws:PrincipalArn": patterns } } });
  const named = letters.map((one) => `arn:aws:iam::*:role/${one}*`);
  const inPath = "arn:aws:iam::*:role/*/*";
  const key = keyPolicy(policy(allow({ Principal: "*" }), denied([...named, inPath])), { key: KEY });
  const found = findAccess(key, { by: "arn:aws:iam::*:role/*" });
  expect(found.verdict).toBe("refuted");
  expect(found.request?.principal.name).toMatch(/:role\/[^a-z/][^/]*$/);
});

test("a search may go as deep as there are resource types", { timeout: 300_000 }, () => {
  const set = {
    ...EMPTY_SET,
    resource: null,
    identity: [
      identityPolicy(
        policy(
          { Effect: "Allow", Action: ["kms:?ecrypt", "*"], Resource: [KEY, "arn:aws:kms:*:*:key/*"] },
          { Effect: "Allow", Action: "*", NotResource: ["arn:aws:kms:*:111122223333:*", "*"] },
        ),
      ),
    ],
  };
  expect(findAccess(set, { actions: "*" }).verdict).toBe("refuted");
});

test("a placeholder that nobody filled in has no value", () => {
  const bound = { StringEquals: { "aws:PrincipalOrgID": "${ORG_ID}" } };
  const key = keyPolicy(policy(allow({ Principal: "*", Condition: bound }), toApp), { key: KEY });
  expect(findAccess(key).request?.principal.name).toBe(APP);
  expect(findAccess(key, { by: "anonymous" }).verdict).toBe("proved");
});

test("every level of an organization must allow", () => {
  const key = keyPolicy(policy(toApp), { key: KEY });
  const level = (Action: string) => [serviceControlPolicy(policy({ Effect: "Allow", Action, Resource: "*" }))];
  const under = (...serviceControl: ReturnType<typeof level>[]) => ({ ...EMPTY_SET, resource: key, serviceControl });
  expect(findAccess(under(level("*"), level("kms:*"))).verdict).toBe("refuted");
  expect(findAccess(under(level("*"), level("s3:*"))).verdict).toBe("proved");
  expect(findAccess(under(level("s3:*"), level("*"))).verdict).toBe("proved");
});

test("a request names its resource where a statement names resources, though all keys are alike to it", () => {
  const ofKeys = identityPolicy(policy({ Effect: "Allow", Action: "kms:*", Resource: "arn:aws:kms:*:*:key/*" }));
  const found = findAccess([keyPolicy(policy(toAccount)), ofKeys], { by: `arn:aws:iam::${HOME}:role/*` });
  expect(found.verdict).toBe("refuted");
  expect(found.request?.resource).toMatch(/:key\//);
});

test("a pattern of a user's name does not reach into the path of its ARN", () => {
  const subject = identityPolicy(
    policy({
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: "*",
      Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:user/b/*" }, StringLike: { "aws:username": "b*" } },
    }),
  );
  expect(findAccess(subject).request?.principal.name).toMatch(/:user\/b\/(.*\/)?b[^/]*$/);
});

test("an empty tag does not stand for all tags that no pattern matches: `ForAllValues` has a rule of its own for it (C12)", () => {
  const tagged = (effect: string, condition: object) => ({
    Effect: effect,
    Action: "ec2:CreateTags",
    Resource: "*",
    Condition: condition,
  });
  const subject = identityPolicy(
    policy(
      tagged("Allow", { Null: { "aws:RequestTag/x": "false" } }),
      tagged("Deny", { "ForAllValues:StringLike": { "aws:RequestTag/x": "b*" } }),
    ),
  );
  expect(findAccess(subject).request?.context).toEqual({ "aws:RequestTag/x": "x" });
});

test("what comes through an endpoint has no public address", () => {
  const both = { StringLike: { "aws:SourceVpce": "vpce-*" }, IpAddress: { "aws:SourceIp": "203.0.113.0/24" } };
  const { IpAddress, ...through } = both;
  const key = (Condition: object) => keyPolicy(policy(allow({ Principal: "*", Condition })), { key: KEY });
  expect(findAccess(key(both)).verdict).toBe("proved");
  expect(findAccess(key(through)).verdict).toBe("refuted");
  expect(findAccess(key({ IpAddress })).verdict).toBe("refuted");
});

test("a Deny of one's own folder leaves those of others", () => {
  const own = (Resource: string) =>
    identityPolicy(
      policy(
        { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::home/*" },
        { Effect: "Deny", Action: "s3:GetObject", Resource },
      ),
    );
  const found = findAccess(own("arn:aws:s3:::home/${aws:username}/*"));
  expect(found.verdict).toBe("refuted");
  expect(findAccess(own("arn:aws:s3:::home/*")).verdict).toBe("proved");
});
