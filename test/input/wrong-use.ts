/** Requests, principals, grants, options and documents that are none, and the whole message that says so. */
import { readCase } from "../../src/cases/read-case.ts";
import { runCase } from "../../src/cases/run-case.ts";
import {
  evaluate,
  federated,
  federatedUser,
  grant,
  identityPolicy,
  keyPolicy,
  request,
  resourcePolicy,
  role,
  rootUser,
  service,
  session,
  trustPolicy,
  vpcEndpointPolicy,
} from "../../src/index.ts";
import { readJson } from "../../src/source/json.ts";
import { Source } from "../../src/source/source.ts";

interface WrongUse {
  readonly name: string;
  readonly act: () => unknown;
  /** `<cwd>` stands for the working directory. */
  readonly message: readonly string[];
  /** What `src` does instead, today. The row must fail; who repairs it takes the mark away. */
  readonly bug?: string;
}

/** What the types forbid, as a test in plain JavaScript writes it. */
const wrong = (value: unknown) => value as never;

const app = "arn:aws:iam::111122223333:role/app";
const key = "arn:aws:kms:us-west-2:111122223333:key/1234abcd";
const decrypt = "kms:Decrypt";
const s3 = "s3.us-west-2.amazonaws.com";
const document = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Principal: { AWS: app } as unknown, Action: decrypt, Resource: "*" },
};
const policy = keyPolicy(document, { key });
const identityDocument = { Version: "2012-10-17", Statement: { Effect: "Allow", Action: decrypt, Resource: "*" } };
const identity = identityPolicy(identityDocument);
const asked = request(app, decrypt, key);
const granted = { key, granteePrincipal: app, operations: ["Decrypt"] as const };

function round(): object {
  const whole: { Statement: unknown } = { ...document };
  whole.Statement = [whole];
  return whole;
}

function deep(levels: number): object {
  let whole = {};
  for (let level = 0; level < levels; level++) whole = { a: whole };
  return whole;
}

/** What the command answers to a file with one case; its refusal is thrown, as the others are. */
function decided(item: object): unknown {
  const source = new Source("case.json", JSON.stringify(item, null, 2));
  const { answer } = runCase(readCase(source, readJson(source.text).root!));
  if ("error" in answer) throw new Refused(answer.error.message);
  return answer;
}

/** A refusal of which only the message is left. */
export class Refused extends Error {}

export const WRONG_USE: readonly WrongUse[] = [
  {
    name: "a principal without a value",
    act: () => request(wrong(undefined), decrypt),
    message: [
      "error[invalid-principal]",
      "  `undefined` is not the ARN of a caller",
      "  help: write the ARN of a role, user, session, federated user or account root, as in `arn:aws:iam::111122223333:role/app`",
    ],
  },
  {
    name: "an account for a principal",
    act: () => request("111122223333", decrypt),
    message: [
      "error[invalid-principal]",
      "  `111122223333` is not the ARN of a caller",
      "  help: write the ARN of a role, user, session, federated user or account root, as in `arn:aws:iam::111122223333:role/app`",
    ],
  },
  {
    name: "everybody for a principal",
    act: () => request("*", decrypt),
    message: [
      "error[invalid-principal]",
      "  `*` is not the ARN of a caller",
      "  help: write the ARN of a role, user, session, federated user or account root, as in `arn:aws:iam::111122223333:role/app`",
    ],
  },
  {
    name: "a pattern for a principal",
    act: () => request("arn:aws:iam::111122223333:role/*", decrypt),
    message: [
      "error[invalid-principal]",
      "  `arn:aws:iam::111122223333:role/*` is not the ARN of a caller",
      "  help: write the ARN of a role, user, session, federated user or account root, as in `arn:aws:iam::111122223333:role/app`",
    ],
  },
  {
    name: "a placeholder in a principal",
    act: () => request("arn:aws:iam::${ACCOUNT}:role/app", decrypt),
    message: [
      "error[invalid-principal]",
      "  `arn:aws:iam::${ACCOUNT}:role/app` is not the ARN of a caller",
      "  help: write the ARN of a role, user, session, federated user or account root, as in `arn:aws:iam::111122223333:role/app`",
    ],
  },
  {
    name: "a group for a principal",
    act: () => request("arn:aws:iam::111122223333:group/admins", decrypt),
    message: [
      "error[invalid-principal]",
      "  `arn:aws:iam::111122223333:group/admins` is not the ARN of a caller",
      "  help: write the ARN of a role, user, session, federated user or account root, as in `arn:aws:iam::111122223333:role/app`",
    ],
  },
  {
    name: "a policy for a principal",
    act: () => request(wrong(policy), decrypt),
    message: [
      "error[invalid-principal]",
      "  `an object` is not the ARN of a caller",
      "  help: write the ARN of a role, user, session, federated user or account root, as in `arn:aws:iam::111122223333:role/app`",
    ],
  },
  {
    name: "a bidirectional control in a principal",
    act: () => request("arn:\u202eaws", decrypt),
    message: [
      "error[invalid-principal]",
      "  `arn:�aws` is not the ARN of a caller",
      "  help: write the ARN of a role, user, session, federated user or account root, as in `arn:aws:iam::111122223333:role/app`",
    ],
  },
  {
    name: "a role by a session's ARN",
    act: () => session("arn:aws:sts::111122223333:assumed-role/app/me", "me"),
    message: [
      "error[invalid-principal]",
      "  `arn:aws:sts::111122223333:assumed-role/app/me` is not the ARN of a role",
      "  help: write the ARN of a role, user, session, federated user or account root, as in `arn:aws:iam::111122223333:role/app`",
    ],
  },
  {
    name: "a session's name of one letter",
    act: () => session(app, "x"),
    message: [
      "error[invalid-principal]",
      "  `x` is not a session name",
      "  help: 2 to 64 letters, digits or any of `_+=,.@-`",
    ],
  },
  {
    name: "a service by its short name",
    act: () => service("ec2"),
    message: ["error[invalid-principal]", "  `ec2` is not a service principal", "  help: as in `ec2.amazonaws.com`"],
  },
  {
    name: "a provider with its scheme",
    act: () => federated("https://token.actions.githubusercontent.com"),
    message: [
      "error[invalid-principal]",
      "  `https://token.actions.githubusercontent.com` is not an identity provider",
      "  help: write the provider's ARN, or its host name as in `cognito-identity.amazonaws.com`",
    ],
  },
  {
    name: "an account of eleven digits",
    act: () => rootUser("11112222333"),
    message: [
      "error[invalid-principal]",
      "  `11112222333` is not an account id",
      "  help: it has twelve digits, in quotes",
    ],
  },
  {
    name: "a role for a federated user",
    act: () => federatedUser(app),
    message: [
      "error[invalid-principal]",
      "  `arn:aws:iam::111122223333:role/app` is not the ARN of a federated user",
      "  help: write the ARN of a role, user, session, federated user or account root, as in `arn:aws:iam::111122223333:role/app`",
    ],
  },
  {
    name: "a principal's tag in two cases",
    act: () => evaluate(policy, request(role(app, { tags: { team: "a", Team: "b" } }), decrypt, key)),
    message: ["error[ambiguous-tags]", "  the principal has the tag `Team` twice, with names that differ only by case"],
  },
  {
    name: "a service's name for a principal",
    bug: "the help does not name what was meant",
    act: () => request("ec2.amazonaws.com", decrypt),
    message: [
      "error[invalid-principal]",
      "  `ec2.amazonaws.com` is not the ARN of a caller",
      '  help: for a service, write `service("ec2.amazonaws.com")`',
    ],
  },
  {
    name: "a user for a role",
    bug: "the help lists users among what a role may be",
    act: () => role("arn:aws:iam::111122223333:user/ann"),
    message: [
      "error[invalid-principal]",
      "  `arn:aws:iam::111122223333:user/ann` is not the ARN of a role",
      "  help: as in `arn:aws:iam::111122223333:role/app`",
    ],
  },
  {
    name: "a session without a name",
    act: () => session(app, wrong(undefined)),
    message: [
      "error[invalid-principal]",
      "  `undefined` is not a session name",
      "  help: 2 to 64 letters, digits or any of `_+=,.@-`",
    ],
  },
  {
    name: "a principal's option misspelt",
    act: () => role(app, wrong({ tag: { team: "a" } })),
    message: ["error[wrong-use]", "  `tag` is not an option of a principal", "  help: did you mean `tags`?"],
  },
  {
    name: "a number for a principal's tag",
    act: () => role(app, { tags: { team: wrong(5) } }),
    message: [
      "error[wrong-use]",
      "  the tags of a principal are texts",
      '  help: as in `{ tags: { team: "orders" } }`',
    ],
  },
  {
    name: "a request without an action",
    act: () => request(app, wrong(undefined)),
    message: [
      "error[invalid-action]",
      "  `undefined` is not one action",
      "  help: a request is for one action, as in `kms:Decrypt`, without wildcards",
    ],
  },
  {
    name: "a pattern for an action",
    act: () => request(app, "kms:*"),
    message: [
      "error[invalid-action]",
      "  `kms:*` is not one action",
      "  help: a request is for one action, as in `kms:Decrypt`, without wildcards",
    ],
  },
  {
    name: "an action without its service",
    act: () => request(app, "Decrypt"),
    message: [
      "error[invalid-action]",
      "  `Decrypt` is not one action",
      "  help: a request is for one action, as in `kms:Decrypt`, without wildcards",
    ],
  },
  {
    name: "an action with a space after it",
    act: () => request(app, "kms:Decrypt "),
    message: [
      "error[invalid-action]",
      "  `kms:Decrypt ` is not one action",
      "  help: a request is for one action, as in `kms:Decrypt`, without wildcards",
    ],
  },
  {
    name: "an alias's name for a resource",
    act: () => request(app, decrypt, "alias/app"),
    message: [
      "error[invalid-resource]",
      "  `alias/app` is not an ARN",
      "  help: as in `arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`",
    ],
  },
  {
    name: "a short ARN for a resource",
    act: () => request(app, decrypt, "arn:aws:kms"),
    message: [
      "error[invalid-resource]",
      "  `arn:aws:kms` is not an ARN",
      "  help: as in `arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`",
    ],
  },
  {
    name: "null for a resource",
    act: () => request(app, decrypt, wrong(null)),
    message: [
      "error[invalid-resource]",
      "  `null` is not an ARN",
      "  help: as in `arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`",
    ],
  },
  {
    name: "two resources",
    act: () => asked.on("arn:aws:kms:us-west-2:111122223333:key/other"),
    message: [
      "error[contradiction]",
      "  the resource is already `arn:aws:kms:us-west-2:111122223333:key/1234abcd`, it cannot be `arn:aws:kms:us-west-2:111122223333:key/other` too",
    ],
  },
  {
    name: "a pattern for a resource",
    bug: "read, and compared letter by letter: what a policy allows on one key is then denied",
    act: () => request(app, decrypt, "arn:aws:kms:us-west-2:111122223333:key/*"),
    message: [
      "error[invalid-resource]",
      "  `arn:aws:kms:us-west-2:111122223333:key/*` is not one resource",
      "  help: a request is on one resource, without wildcards",
    ],
  },
  {
    name: "a placeholder in a resource",
    act: () => request(app, decrypt, "arn:aws:kms:us-west-2:${ACCOUNT}:key/1234abcd"),
    message: [
      "error[invalid-resource]",
      "  `arn:aws:kms:us-west-2:${ACCOUNT}:key/1234abcd` is not an ARN",
      "  help: as in `arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`",
    ],
  },
  {
    name: "two services",
    act: () => asked.viaService(s3).viaService("ec2.us-west-2.amazonaws.com"),
    message: [
      "error[contradiction]",
      "  `kms:ViaService` is already `s3.us-west-2.amazonaws.com`, it cannot be `ec2.us-west-2.amazonaws.com` too",
    ],
  },
  {
    name: "a service without its Region",
    act: () => asked.viaService("s3.amazonaws.com"),
    message: [
      "error[invalid-context]",
      "  `s3.amazonaws.com` lacks the Region: `kms:ViaService` is service and Region",
      "  help: as in `ec2.us-west-2.amazonaws.com`",
    ],
  },
  {
    name: "a service by a short name",
    act: () => asked.viaService("s3"),
    message: [
      "error[invalid-context]",
      "  `s3` is not the name of a calling service",
      "  help: as in `ec2.us-west-2.amazonaws.com`",
    ],
  },
  {
    name: "a service in a Region that is none: a denial would say nothing",
    act: () => asked.viaService("s3.eu-central1.amazonaws.com"),
    message: [
      "error[invalid-context]",
      "  `eu-central1` in `s3.eu-central1.amazonaws.com` is not a Region",
      "  help: as in `ec2.us-west-2.amazonaws.com`",
    ],
  },
  {
    name: "an empty service",
    act: () => asked.viaService(""),
    message: [
      "error[invalid-context]",
      "  `` is not the name of a calling service",
      "  help: as in `ec2.us-west-2.amazonaws.com`",
    ],
  },
  {
    name: "an empty kms:ViaService in the context",
    act: () => evaluate(policy, asked.withContext({ "kms:ViaService": "" })),
    message: [
      "error[empty-value]",
      "  `kms:ViaService` is an empty string",
      "  help: write service and Region, as in `s3.eu-west-1.amazonaws.com`",
      "  note: no service has an empty name",
    ],
  },
  {
    name: "a factor given and not given",
    act: () => asked.withMfa().withoutMfa(),
    message: ["error[contradiction]", "  `aws:MultiFactorAuthPresent` is already `true`, it cannot be `false` too"],
  },
  {
    name: "a block of addresses",
    act: () => asked.fromIp("10.0.0.0/8"),
    message: ["error[invalid-context]", "  `10.0.0.0/8` is not an IP address", "  help: as in `203.0.113.7`"],
  },
  {
    name: "a public address and a VPC",
    act: () => asked.fromIp("203.0.113.7").fromVpc("vpc-1"),
    message: ["error[contradiction]", "  `aws:SourceIp` is already `203.0.113.7`, it cannot be absent too"],
  },
  {
    name: "a VPC without a value",
    act: () => asked.fromVpc(wrong(undefined)),
    message: [
      "error[invalid-context]",
      "  the value of `aws:SourceVpc` is undefined",
      "  help: `null` says that the key is absent",
    ],
  },
  {
    name: "an encryption context with two values",
    act: () => asked.withEncryptionContext({ app: "a" }).withEncryptionContext({ app: "b" }),
    message: ["error[contradiction]", "  `kms:EncryptionContext:app` is already `a`, it cannot be `b` too"],
  },
  {
    name: "an encryption context in two cases",
    act: () => evaluate(policy, asked.withEncryptionContext({ app: "a", App: "b" })),
    message: [
      "error[ambiguous-tags]",
      "  the context has `kms:EncryptionContext:App` twice, with names that differ only by case",
      "  help: names of keys and tags do not depend on case",
    ],
  },
  {
    name: "an encryption context of objects",
    act: () => asked.withEncryptionContext(wrong({ app: { team: 1 } })),
    message: ["error[invalid-context]", "  pairs of names and texts are wanted", '  help: as in `{ team: "orders" }`'],
  },
  {
    name: "an alias without `alias/`",
    act: () => asked.withAlias("app"),
    message: ["error[invalid-context]", "  `app` is not the name of an alias", "  help: as in `alias/app`"],
  },
  {
    name: "a source's account of one digit",
    act: () => asked.withSourceAccount("1"),
    message: ["error[invalid-context]", "  `1` is not an account id", "  help: it has twelve digits, in quotes"],
  },
  {
    name: "claims of a role",
    act: () => asked.withClaims({ sub: "x" }),
    message: [
      "error[wrong-use]",
      "  `.withClaims` is for a caller with a provider's token",
      '  help: the caller is `federated("<provider>")`',
    ],
  },
  {
    name: "a word for a time",
    act: () => asked.at("tomorrow"),
    message: [
      "error[invalid-context]",
      "  `tomorrow` is not a time",
      "  help: as in `2026-01-31T12:00:00Z`, epoch seconds, or a Date",
    ],
  },
  {
    name: "an invalid date",
    bug: "called `an object`, which says nothing",
    act: () => asked.at(new Date(Number.NaN)),
    message: [
      "error[invalid-context]",
      "  `Invalid Date` is not a time",
      "  help: as in `2026-01-31T12:00:00Z`, epoch seconds, or a Date",
    ],
  },
  {
    name: "a key without its service",
    act: () => asked.withContext({ SourceIp: "203.0.113.7" }),
    message: [
      "error[invalid-context]",
      "  `SourceIp` is not of the form `service:Key`",
      "  help: as in `aws:SourceIp`",
    ],
  },
  {
    name: "a key without a value",
    act: () => asked.withContext({ "aws:SourceIp": wrong(undefined) }),
    message: [
      "error[invalid-context]",
      "  the value of `aws:SourceIp` is undefined",
      "  help: `null` says that the key is absent",
    ],
  },
  {
    name: "a list in a list of values",
    act: () => asked.withContext({ "aws:TagKeys": wrong([["team"]]) }),
    message: [
      "error[invalid-context]",
      "  the value of `aws:TagKeys` is not a text, number, boolean or date",
      "  help: `null` says that the key is absent",
    ],
  },
  {
    name: "an absent key that is there",
    act: () => asked.withoutContext("aws:SourceIp").fromIp("203.0.113.7"),
    message: ["error[contradiction]", "  `aws:SourceIp` is already absent, it cannot be `203.0.113.7` too"],
  },
  {
    name: "a key that differs by case",
    act: () => asked.withContext({ "aws:SourceIp": "203.0.113.7" }).withContext({ "AWS:SOURCEIP": "203.0.113.8" }),
    message: ["error[contradiction]", "  `aws:SourceIp` is already `203.0.113.7`, it cannot be `203.0.113.8` too"],
  },
  {
    name: "identity policies that allow and do not exist",
    act: () => asked.givenIdentityAllows().givenNoIdentityPolicies(),
    message: ["error[contradiction]", "  the caller's identity policies cannot both allow this and not exist"],
  },
  {
    name: "identity policies given twice",
    act: () => evaluate([policy, identity], asked.givenIdentityAllows()),
    message: [
      "error[contradiction]",
      "  the subject has identity policies, so nothing else can be given of them",
      "  help: leave out `.givenIdentityAllows()` or `.givenNoIdentityPolicies()`",
    ],
  },
  {
    name: "a grantee that is everybody",
    act: () => asked.toGrantee("*"),
    message: [
      "error[invalid-principal]",
      "  `*` is not the ARN of a caller",
      "  help: write the ARN of a role, user, session, federated user or account root, as in `arn:aws:iam::111122223333:role/app`",
    ],
  },
  {
    name: "an encryption context without a value",
    act: () => asked.withEncryptionContext(wrong(undefined)),
    message: ["error[invalid-context]", "  pairs of names and texts are wanted", '  help: as in `{ team: "orders" }`'],
  },
  {
    name: "tags that are null",
    act: () => asked.withPrincipalTags(wrong(null)),
    message: ["error[invalid-context]", "  pairs of names and texts are wanted", '  help: as in `{ team: "orders" }`'],
  },
  {
    name: "a text for tags",
    act: () => asked.withResourceTags(wrong("abc")),
    message: ["error[invalid-context]", "  pairs of names and texts are wanted", '  help: as in `{ team: "orders" }`'],
  },
  {
    name: "a Map for a context",
    act: () => asked.withContext(wrong(new Map([["aws:SourceIp", "203.0.113.7"]]))),
    message: [
      "error[invalid-context]",
      "  context keys and their values are wanted",
      '  help: as in `{ "aws:SourceIp": "203.0.113.7" }`',
    ],
  },
  {
    name: "a context without a value",
    act: () => asked.withContext(wrong(undefined)),
    message: [
      "error[invalid-context]",
      "  context keys and their values are wanted",
      '  help: as in `{ "aws:SourceIp": "203.0.113.7" }`',
    ],
  },
  {
    name: "a time in milliseconds",
    act: () => asked.at(1767225600000),
    message: [
      "error[invalid-context]",
      "  `1767225600000` is not a time",
      "  help: as in `2026-01-31T12:00:00Z`, epoch seconds, or a Date",
    ],
  },
  {
    name: "a time beyond the calendar",
    act: () => asked.at(1e20),
    message: [
      "error[invalid-context]",
      "  `100000000000000000000` is not a time",
      "  help: as in `2026-01-31T12:00:00Z`, epoch seconds, or a Date",
    ],
  },
  {
    name: "a document for a subject",
    act: () => evaluate(wrong({ Statement: [] }), asked),
    message: [
      "error[wrong-use]",
      "  a subject is a policy, a grant, or a list of them",
      "  help: make policies with `keyPolicy(…)`, `identityPolicy(…)` and the like",
    ],
  },
  {
    name: "a request for a subject",
    act: () => evaluate(wrong(asked), asked),
    message: [
      "error[wrong-use]",
      "  a subject is a policy, a grant, or a list of them",
      "  help: make policies with `keyPolicy(…)`, `identityPolicy(…)` and the like",
    ],
  },
  {
    name: "another key's policy",
    act: () => evaluate(policy, request(app, decrypt, "arn:aws:kms:us-west-2:111122223333:key/other")),
    message: [
      "error[wrong-use]",
      "  a key policy does not decide `kms:Decrypt` on `arn:aws:kms:us-west-2:111122223333:key/other`",
      "  help: the policy is attached to `arn:aws:kms:us-west-2:111122223333:key/1234abcd`",
    ],
  },
  {
    name: "a key's policy for an object",
    act: () => evaluate(policy, request(app, "s3:GetObject", "arn:aws:s3:::b/x")),
    message: [
      "error[wrong-use]",
      "  a key policy does not decide `s3:GetObject` on `arn:aws:s3:::b/x`",
      "  help: the policy is attached to `arn:aws:kms:us-west-2:111122223333:key/1234abcd`",
    ],
  },
  {
    name: "two policies of one key",
    act: () => evaluate([keyPolicy(document), keyPolicy(document)], request(app, decrypt)),
    message: [
      "error[wrong-use]",
      "  the subject has 2 policies of resources, and which one is the resource's own is not known",
      '  help: give each its resource, as in `keyPolicy(doc, { key: "arn:…" })`, and name the resource in the request',
    ],
  },
  {
    name: "a key without an owner",
    act: () =>
      evaluate(keyPolicy({ ...document, Statement: { ...document.Statement, Principal: "*" } }), request(app, decrypt)),
    message: [
      "error[unknown-owner]",
      "  which account owns the resource is not known: the policy names no account",
      '  help: say it with the option `{ key }` of the policy, or with `.on("arn:…")`',
    ],
  },
  {
    name: "no resource",
    act: () => evaluate(identity, request(app, decrypt)),
    message: [
      "error[missing-resource]",
      "  `kms:Decrypt` is authorized on a resource, and none is named",
      '  help: name it: a third argument, or `.on("arn:…")`',
    ],
  },
  {
    name: "no request",
    act: () => evaluate(policy, wrong(undefined)),
    message: [
      "error[wrong-use]",
      "  what is asked is not a request",
      '  help: make it with `request("arn:…", "kms:Decrypt")`',
    ],
  },
  {
    name: "an action for a request",
    act: () => evaluate(policy, wrong(decrypt)),
    message: [
      "error[wrong-use]",
      "  what is asked is not a request",
      '  help: make it with `request("arn:…", "kms:Decrypt")`',
    ],
  },
  {
    name: "a grant of nothing",
    act: () => grant(wrong(undefined)),
    message: [
      "error[invalid-grant]",
      "  a grant is an object",
      "  see: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html",
    ],
  },
  {
    name: "an element that a grant has not",
    act: () => grant({ ...granted, operation: "Decrypt" } as never),
    message: [
      "error[invalid-grant]",
      "  `operation` is not an element of a grant",
      "  see: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html",
    ],
  },
  {
    name: "a grant on an alias",
    act: () => grant({ ...granted, key: "arn:aws:kms:us-west-2:111122223333:alias/app" }),
    message: [
      "error[invalid-grant]",
      "  `arn:aws:kms:us-west-2:111122223333:alias/app` is not the ARN of a key",
      "  see: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html",
    ],
  },
  {
    name: "a grant of no operations",
    act: () => grant({ ...granted, operations: [] }),
    message: [
      "error[invalid-grant]",
      "  a grant needs `operations`",
      '  help: as in `["Decrypt"]`',
      "  see: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html",
    ],
  },
  {
    name: "a grant of an operation with its service",
    act: () => grant({ ...granted, operations: wrong(["kms:Decrypt"]) }),
    message: [
      "error[invalid-grant]",
      "  `kms:Decrypt` is not an operation of a grant",
      "  help: the operations are Decrypt, Encrypt, GenerateDataKey, GenerateDataKeyWithoutPlaintext, GenerateDataKeyPair, GenerateDataKeyPairWithoutPlaintext, ReEncryptFrom, ReEncryptTo, Sign, Verify, GenerateMac, VerifyMac, DeriveSharedSecret, GetPublicKey, DescribeKey, CreateGrant, RetireGrant",
      "  see: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html",
    ],
  },
  {
    name: "a grant without a grantee",
    act: () => grant({ key, operations: ["Decrypt"] }),
    message: [
      "error[invalid-grant]",
      "  a grant has one grantee: `granteePrincipal` or `granteeServicePrincipal`",
      "  see: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html",
    ],
  },
  {
    name: "a grant with a constraint of no name",
    act: () => grant({ ...granted, constraints: wrong({ EncryptionContext: { app: "a" } }) }),
    message: [
      "error[invalid-grant]",
      "  `EncryptionContext` is not a constraint of a grant",
      "  help: the constraints are `EncryptionContextEquals`, `EncryptionContextSubset` and `SourceArn`",
      "  see: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html",
    ],
  },
  {
    name: "a grant to everybody",
    act: () => grant({ ...granted, granteePrincipal: "*" }),
    message: [
      "error[invalid-grant]",
      "  `*` is not the ARN of a principal",
      "  see: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html",
    ],
  },
  {
    name: "a grant on all keys",
    act: () => grant({ ...granted, key: "arn:aws:kms:us-west-2:111122223333:key/*" }),
    message: [
      "error[invalid-grant]",
      "  `arn:aws:kms:us-west-2:111122223333:key/*` is not the ARN of a key",
      "  see: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html",
    ],
  },
  {
    name: "a grant on an ARN of another service",
    act: () => grant({ ...granted, key: "arn:aws:s3:us-west-2:111122223333:key/x" }),
    message: [
      "error[invalid-grant]",
      "  `arn:aws:s3:us-west-2:111122223333:key/x` is not the ARN of a key",
      "  see: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html",
    ],
  },
  {
    name: "a grant to all roles",
    act: () => grant({ ...granted, granteePrincipal: "arn:aws:iam::111122223333:role/*" }),
    message: [
      "error[invalid-grant]",
      "  `arn:aws:iam::111122223333:role/*` is not the ARN of a principal",
      "  see: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html",
    ],
  },
  {
    name: "a number for a document",
    act: () => keyPolicy(wrong(5)),
    message: [
      "error[wrong-use]",
      "  a key policy is made from an object or from JSON text, not from a number",
      "  help: to read a file, use `.fromFile(path)`",
    ],
  },
  {
    name: "null for a document",
    act: () => keyPolicy(wrong(null)),
    message: [
      "error[wrong-use]",
      "  a key policy is made from an object or from JSON text, not from null",
      "  help: to read a file, use `.fromFile(path)`",
    ],
  },
  {
    name: "a Map for a document",
    act: () => keyPolicy(new Map()),
    message: [
      "error[wrong-type]",
      "  `key policy` is a Map, which is no value of a policy",
      "  help: a policy is made of plain objects, lists, texts, numbers and booleans",
    ],
  },
  {
    name: "an element of a document that is undefined",
    act: () => keyPolicy({ ...document, Id: undefined }),
    message: [
      "error[wrong-type]",
      "  `key policy.Id` is undefined, which is no value of a policy",
      "  help: a policy is made of plain objects, lists, texts, numbers and booleans",
    ],
  },
  {
    name: "a Date in a document",
    act: () => keyPolicy({ ...document, Version: new Date(0) }),
    message: [
      "error[wrong-type]",
      "  `key policy.Version` is a Date, which is no value of a policy",
      "  help: a policy is made of plain objects, lists, texts, numbers and booleans",
    ],
  },
  {
    name: "a hole in a list of statements",
    act: () => keyPolicy({ ...document, Statement: new Array(1) }),
    message: [
      "error[wrong-type]",
      "  `key policy.Statement[0]` is undefined, which is no value of a policy",
      "  help: a policy is made of plain objects, lists, texts, numbers and booleans",
    ],
  },
  {
    name: "a policy for a document",
    act: () => keyPolicy(policy),
    message: [
      "error[wrong-type]",
      "  `key policy` is a Policy, which is no value of a policy",
      "  help: a policy is made of plain objects, lists, texts, numbers and booleans",
    ],
  },
  {
    name: "a document that is part of itself",
    act: () => keyPolicy(round()),
    message: [
      "error[wrong-type]",
      "  `key policy.Statement[0]` is part of itself, which is no value of a policy",
      "  help: a policy is made of plain objects, lists, texts, numbers and booleans",
    ],
  },
  {
    name: "a document of 1,000 levels",
    act: () => keyPolicy(deep(1000)),
    message: [
      "error[wrong-type]",
      "  `key policy.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.…` is nested more than 100 levels deep, which is no value of a policy",
      "  help: a policy is made of plain objects, lists, texts, numbers and booleans",
    ],
  },
  {
    name: "a control character in an element's name",
    act: () => keyPolicy({ "x\u001b[31m": undefined }),
    message: [
      "error[wrong-type]",
      "  `key policy.x�[31m` is undefined, which is no value of a policy",
      "  help: a policy is made of plain objects, lists, texts, numbers and booleans",
    ],
  },
  {
    name: "undefined for a document",
    act: () => keyPolicy(wrong(undefined)),
    message: [
      "error[wrong-use]",
      "  a key policy is made from an object or from JSON text, not from undefined",
      "  help: to read a file, use `.fromFile(path)`",
    ],
  },
  {
    name: "NaN in a document",
    act: () => keyPolicy({ ...document, Version: Number.NaN }),
    message: [
      "error[wrong-type]",
      "  `key policy.Version` is NaN, which is no value of a policy",
      "  help: a policy is made of plain objects, lists, texts, numbers and booleans",
    ],
  },
  {
    name: "an option of no policy",
    act: () => keyPolicy(document, wrong({ arn: key })),
    message: ["error[wrong-use]", "  `arn` is not an option of this policy", "  help: its options are `name`, `key`"],
  },
  {
    name: "a key for an identity policy",
    act: () => identityPolicy(document, wrong({ key })),
    message: ["error[wrong-use]", "  `key` is not an option of this policy", "  help: its options are `name`"],
  },
  {
    name: "an id for a key",
    act: () => keyPolicy(document, { key: "1234abcd" }),
    message: ["error[invalid-resource]", "  `1234abcd` is not the ARN of a key"],
  },
  {
    name: "a pattern for a key",
    act: () => keyPolicy(document, { key: "arn:aws:kms:us-west-2:111122223333:key/*" }),
    message: ["error[invalid-resource]", "  `arn:aws:kms:us-west-2:111122223333:key/*` is not the ARN of a key"],
  },
  {
    name: "a name for a role",
    act: () => trustPolicy(document, { role: "app" }),
    message: ["error[invalid-resource]", "  `app` is not the ARN of a role"],
  },
  {
    name: "an account of one digit",
    act: () => resourcePolicy(document, { account: "1" }),
    message: ["error[wrong-use]", "  `1` is not an account id", "  help: it has twelve digits, in quotes"],
  },
  {
    name: "an endpoint misspelt",
    act: () => vpcEndpointPolicy(document, { endpoint: wrong("gatway") }),
    message: ["error[wrong-use]", "  an endpoint is `gateway` or `interface`, not `gatway`"],
  },
  {
    name: "an empty key",
    act: () => keyPolicy(document, { key: "" }),
    message: ["error[invalid-resource]", "  `` is not the ARN of a key"],
  },
  {
    name: "a key without an account",
    act: () => keyPolicy(document, { key: "arn:aws:kms:us-west-2::key/1234abcd" }),
    message: ["error[invalid-resource]", "  `arn:aws:kms:us-west-2::key/1234abcd` is not the ARN of a key"],
  },
  {
    name: "a name that moves the cursor",
    act: () => keyPolicy("", { name: "a\u001b[31m\nb" }),
    message: [
      "error[json-syntax] a�[31m�b:1:1",
      "  the text is empty: expected a JSON object",
      "    1 | ",
      "      | ^",
    ],
  },
  {
    name: "an account that the resource is not of",
    act: () => resourcePolicy(document, { resource: "arn:aws:sqs:us-east-1:111122223333:q", account: "444455556666" }),
    message: [
      "error[contradiction]",
      "  the resource is of the account `111122223333`, it cannot be of `444455556666` too",
    ],
  },
  {
    name: "a file that is not there",
    act: () => keyPolicy.fromFile("test/input/no-such.json"),
    message: [
      "error[unreadable-file]",
      "  `test/input/no-such.json`: there is no such file",
      "  note: paths start at the working directory, <cwd>",
    ],
  },
  {
    name: "a folder",
    act: () => keyPolicy.fromFile("test/input"),
    message: [
      "error[unreadable-file]",
      "  `test/input`: it is a folder",
      "  note: paths start at the working directory, <cwd>",
    ],
  },
  {
    name: "a file's name with a control character",
    act: () => keyPolicy.fromFile("x\u001b[31m.json"),
    message: [
      "error[unreadable-file]",
      "  `x�[31m.json`: there is no such file",
      "  note: paths start at the working directory, <cwd>",
    ],
  },
  {
    name: "a text for a file",
    act: () => keyPolicy.fromFile("{}"),
    message: [
      "error[unreadable-file]",
      "  `{}`: there is no such file",
      "  note: paths start at the working directory, <cwd>",
    ],
  },
  {
    name: "no path",
    act: () => keyPolicy.fromFile(wrong(undefined)),
    message: ["error[wrong-use]", "  `.fromFile` takes the path of a file, not undefined"],
  },
  {
    name: "a URL for a path",
    act: () => keyPolicy.fromFile(wrong(new URL("file:///key.json"))),
    message: ["error[wrong-use]", "  `.fromFile` takes the path of a file, not a URL"],
  },
  {
    name: "a case without a request",
    act: () => decided({}),
    message: ["error[invalid-case] case.json:1:1", "  a case needs `request`", "    1 | {}", "      | ^^"],
  },
  {
    name: "a part of a case misspelt",
    act: () => decided({ request: {}, expct: { outcome: "allowed" } }),
    message: [
      "error[invalid-case] case.json:3:3",
      "  `expct` is not a part of a case",
      '    3 |   "expct": {',
      "      |   ^^^^^^^",
      "  help: did you mean `expect`?",
    ],
  },
  {
    name: "an outcome misspelt",
    act: () => decided({ request: {}, expect: { outcome: "allow" } }),
    message: [
      "error[invalid-case] case.json:4:16",
      "  an outcome is one of allowed, explicitDeny, implicitDeny",
      '    4 |     "outcome": "allow"',
      "      |                ^^^^^^^",
    ],
  },
  {
    name: "a level of service control policies that is a policy",
    act: () =>
      decided({ request: { principal: app, action: decrypt, resource: key }, policies: { serviceControl: [{}] } }),
    message: [
      "error[invalid-case] case.json:9:7",
      "  a level of `serviceControl` is a list",
      "    9 |       {}",
      "      |       ^^",
    ],
  },
  {
    name: "a wrong value in a case's context",
    act: () =>
      decided({ request: { principal: app, action: decrypt, resource: key, context: { "aws:SourceIp": {} } } }),
    message: [
      "error[invalid-case] case.json:7:23",
      "  a context value is a text, a number, a boolean, a list of them, or null",
      '    7 |       "aws:SourceIp": {}',
      "      |                       ^^",
    ],
  },
  {
    name: "an expected statement that is null",
    act: () =>
      decided({
        request: { principal: app, action: decrypt, resource: key },
        policies: { identity: [identityDocument] },
        expect: { outcome: "allowed", statements: [null] },
      }),
    message: [
      "error[invalid-case] case.json:22:7",
      "  a statement of `expect` is an object",
      "   22 |       null",
      "      |       ^^^^",
    ],
  },
  {
    name: "a pattern for a case's action",
    bug: "no place, in a file that may hold thousands of cases",
    act: () => decided({ request: { principal: app, action: "kms:*" } }),
    message: [
      "error[invalid-action] case.json:4:15",
      "  `kms:*` is not one action",
      '    4 |     "action": "kms:*"',
      "      |               ^^^^^^^",
      "  help: a request is for one action, as in `kms:Decrypt`, without wildcards",
    ],
  },
  {
    name: "a wrong account in a case",
    act: () => decided({ request: { principal: app, action: decrypt, resource: key, resourceAccount: "prod" } }),
    message: [
      "error[invalid-case] case.json:6:24",
      "  `resourceAccount` has twelve digits",
      '    6 |     "resourceAccount": "prod"',
      "      |                        ^^^^^^",
    ],
  },
  {
    name: "a key of a case's context without its service",
    act: () =>
      decided({ request: { principal: app, action: decrypt, resource: key, context: { SourceIp: "203.0.113.7" } } }),
    message: [
      "error[invalid-case] case.json:7:7",
      "  a context key is of the form `service:Key`",
      '    7 |       "SourceIp": "203.0.113.7"',
      "      |       ^^^^^^^^^^",
    ],
  },
];
