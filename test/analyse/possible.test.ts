/** Requests that a proof once left out, each with its rule: what AWS may send counts as possible. */
import { expect, test } from "vitest";
import {
  compareAccess,
  findAccess,
  identityPolicy,
  keyPolicy,
  type PolicyDocument,
  resourcePolicy,
  role,
} from "../../src/index.ts";

const HOME = "111122223333";
const KEY = `arn:aws:kms:us-west-2:${HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const app = `arn:aws:iam::${HOME}:role/app`;
const ann = `arn:aws:iam::${HOME}:user/ann`;
const far = "arn:aws:iam::444455556666:role/far";
const document = (...Statement: object[]) => ({ Version: "2012-10-17", Statement }) as PolicyDocument;
const allow = (Action: string | string[], more: object = {}) => ({ Effect: "Allow", Action, Resource: "*", ...more });
const deny = (Action: string | string[], Condition: object) => ({ Effect: "Deny", Action, Resource: "*", Condition });
const where = (Condition: object) => ({ Condition });
const onKey = (...statements: object[]) => keyPolicy(document(...statements), { key: KEY });
const ofCaller = (...statements: object[]) => identityPolicy(document(...statements));

test("the account of the resource that is asked about, whatever owner its policy suggests", () => {
  const foreign = (...Action: string[]) => keyPolicy(document(allow(Action, { Principal: { AWS: far } })));
  expect(findAccess(foreign("kms:Decrypt"), { actions: "kms:Decrypt", on: KEY, by: far })).toMatchObject({
    verdict: "refuted",
    request: { resource: KEY },
  });
  expect(compareAccess(foreign("kms:Encrypt", "kms:Decrypt"), foreign("kms:Encrypt"), { on: KEY }).verdict).toBe(
    "refuted",
  );
  const anyAccount = { actions: "kms:Decrypt", on: "arn:aws:kms:us-west-2:*:key/1234abcd-12ab-34cd-56ef-1234567890ab" };
  expect(findAccess(foreign("kms:Decrypt"), anyAccount).verdict).toBe("refuted");
});

test.each([
  ["an access point's objects", "s3:us-west-2", "accesspoint/ap", "/object/*", "s3:GetObject"],
  ["any object of an access point", "s3:us-west-2", "accesspoint/ap", undefined, "s3:GetObject"],
  ["a stream's consumers", "kinesis:us-west-2", "stream/s", undefined, "kinesis:SubscribeToShard"],
  ["a table's streams", "dynamodb:us-west-2", "table/t", undefined, "dynamodb:GetRecords"],
  ["a table's indexes", "dynamodb:us-west-2", "table/t", "/index/*", "dynamodb:Query"],
  ["a table bucket's tables", "s3tables:us-west-2", "bucket/b", undefined, "s3tables:GetTableData"],
])("%s, whatever other actions are asked about", (_, place, name, inside, action) => {
  const resource = `arn:aws:${place}:${HOME}:${name}`;
  const statement = allow(action, { Principal: { AWS: far }, ...(inside ? { Resource: resource + inside } : {}) });
  const policy = resourcePolicy(document(statement), { resource });
  const of = action.slice(0, action.indexOf(":"));
  for (const actions of [action, `${of}:*`, "*"])
    expect(findAccess(policy, { actions, by: far }).verdict).toBe("refuted");
});

test("a federated user of another account, whose session policy nobody gave, at its widest (E7)", () => {
  const joe = "arn:aws:sts::444455556666:federated-user/joe";
  const bucket = resourcePolicy(document(allow("s3:GetObject", { Principal: { AWS: joe } })), {
    resource: "arn:aws:s3:::site",
    account: HOME,
  });
  const found = findAccess(bucket, { actions: "s3:GetObject", by: joe });
  expect(found.verdict).toBe("refuted");
  expect(found.needs).toHaveLength(1);
});

test("events of a log group whose name has slashes", () => {
  const resource = `arn:aws:logs:us-west-2:${HOME}:log-group:/aws/es/*`;
  const statement = {
    ...allow("logs:PutLogEvents", { Principal: { Service: "es.amazonaws.com" } }),
    Resource: resource,
  };
  for (const actions of ["logs:PutLogEvents", "logs:*"])
    expect(findAccess(resourcePolicy(document(statement)), { actions, by: "es.amazonaws.com" }).verdict).toBe(
      "refuted",
    );
});

test("paths of an organization come with its id (B3)", () => {
  const bucket = (Condition: object) =>
    resourcePolicy(
      document({ ...allow("s3:GetObject", { Principal: "*", Condition }), Resource: "arn:aws:s3:::site/*" }),
      {
        resource: "arn:aws:s3:::site",
        account: HOME,
      },
    );
  const within = bucket({
    "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": ["o-aaaa1111/r-ab12/*", "o-aaaa1111/x*"] },
  });
  const others = { when: { StringNotEquals: { "aws:PrincipalOrgID": "o-aaaa1111", "aws:PrincipalAccount": HOME } } };
  expect(findAccess(within, { actions: "s3:GetObject", ...others }).verdict).toBe("proved");
  const wider = bucket({ "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": ["o-aaaa1111/*", "o-bbbb2222/*"] } });
  const found = findAccess(wider, { actions: "s3:GetObject", ...others });
  expect(found.request?.context["aws:PrincipalOrgID"]).toBe("o-bbbb2222");
  const inside = { when: { StringEquals: { "aws:PrincipalOrgID": "o-aaaa1111" } } };
  expect(findAccess(within, { actions: "s3:GetObject", ...inside }).verdict).toBe("refuted");
  const none = bucket({
    Null: { "aws:PrincipalOrgPaths": "true" },
    StringEquals: { "aws:PrincipalOrgID": "o-aaaa1111" },
  });
  expect(findAccess(none, { actions: "s3:GetObject", by: far }).verdict).toBe("proved");
});

test("an ARN that is too short beside a whole one (A21)", () => {
  const policy = keyPolicy(
    document({ ...allow("kms:DescribeKey", { Principal: { AWS: HOME } }), Resource: [KEY, "arn:aws:kms:us-west-2"] }),
  );
  expect(findAccess(policy, { actions: "kms:DescribeKey" }).request?.resource).toBe(KEY);
});

test("two policies of a process may spell a tag in two ways", () => {
  const create = (more: object) => ofCaller({ ...allow("ec2:CreateTags"), ...more });
  const ask = (policy: ReturnType<typeof create>) => findAccess(policy, { actions: "ec2:CreateTags" }).verdict;
  expect(ask(create(where({ StringEquals: { "aws:RequestTag/team": "x" } })))).toBe("refuted");
  expect(ask(create({ Resource: "arn:aws:ec2:*:*:instance/${aws:RequestTag/TEAM}" }))).toBe("refuted");
});

test("a caller's tags are part of the question", () => {
  const tagged = onKey(
    allow("kms:Decrypt", { Principal: { AWS: app }, Condition: { StringEquals: { "aws:PrincipalTag/team": "blue" } } }),
  );
  const by = (team: string) =>
    findAccess(tagged, { actions: "kms:Decrypt", by: role(app, { tags: { team } }) }).verdict;
  expect([by("blue"), by("red")]).toEqual(["refuted", "proved"]);
});

test("a bucket's policy denies all that is done on it and on what it holds", () => {
  const bucket = resourcePolicy(
    document(
      { ...allow("s3:GetObject", { Principal: "*" }), Resource: "arn:aws:s3:::site/*" },
      { ...deny("s3:*", {}), Principal: "*", Resource: ["arn:aws:s3:::site", "arn:aws:s3:::site/*"] },
    ),
    { resource: "arn:aws:s3:::site", account: HOME },
  );
  expect(findAccess(bucket, { actions: "s3:GetObject" }).verdict).toBe("proved");
});

test("a user's session with a second factor calls IAM (B7)", () => {
  const temporary = ofCaller(allow("iam:ListUsers", where({ Null: { "aws:TokenIssueTime": "false" } })));
  const found = findAccess(temporary, { actions: "iam:ListUsers", by: ann });
  expect(found.verdict).toBe("refuted");
  expect(found.request?.context).toMatchObject({ "aws:MultiFactorAuthPresent": "true" });
  const revoked = ofCaller(
    allow("iam:*"),
    deny("*", { DateLessThanIfExists: { "aws:TokenIssueTime": "2026-01-01T00:00:00Z" } }),
  );
  expect(findAccess(revoked, { actions: "iam:CreateAccessKey", by: ann }).verdict).toBe("refuted");
});

test.each([
  ["s3:prefix", "s3:ListBucket"],
  ["s3:delimiter", "s3:ListBucket"],
  ["aws:referer", "s3:GetObject"],
])("%s may be empty", (key, action) => {
  const empty = ofCaller(allow(action, where({ StringEquals: { [key]: "" } })));
  expect(findAccess(empty, { actions: action }).request?.context).toMatchObject({ [key]: "" });
  const filled = ofCaller(
    allow(action),
    deny(action, { StringLike: { [key]: "?*" } }),
    deny(action, { Null: { [key]: "true" } }),
  );
  expect(findAccess(filled, { actions: action }).verdict).toBe("refuted");
});

test("what takes tags away lists their names alone (F23)", () => {
  const listed = { "ForAnyValue:StringEquals": { "aws:TagKeys": "team" }, Null: { "aws:RequestTag/team": "true" } };
  const may = (action: string) => findAccess(ofCaller(allow(action, where(listed))), { actions: action }).verdict;
  expect(["kms:UntagResource", "iam:UntagRole", "ec2:DeleteTags"].map(may)).toEqual(["refuted", "refuted", "refuted"]);
  expect(["kms:TagResource", "iam:TagRole", "ec2:CreateTags"].map(may)).toEqual(["proved", "proved", "proved"]);
});

test("a service's type beside one of a caller (B2)", () => {
  const policy = onKey(
    allow("kms:Decrypt", {
      Principal: { Service: "s3.amazonaws.com" },
      Condition: { StringEquals: { "aws:PrincipalType": ["AssumedRole", "Svc"] } },
    }),
    allow("kms:Encrypt", { Principal: { AWS: HOME } }),
  );
  expect(findAccess(policy, { actions: "kms:Decrypt", by: "s3.amazonaws.com" }).request?.context).toEqual({
    "aws:PrincipalType": "Svc",
  });
});

test("the names of a service are not all known: neither proved nor refuted (B3)", () => {
  const regional = { "ForAnyValue:StringEquals": { "aws:PrincipalServiceNamesList": "logs.eu-west-1.amazonaws.com" } };
  const policy = onKey(allow("kms:Decrypt", { Principal: { Service: "logs.amazonaws.com" }, Condition: regional }));
  expect(findAccess(policy, { actions: "kms:Decrypt" })).toMatchObject({
    verdict: "unknown",
    reason: expect.stringContaining("aws:PrincipalServiceNamesList"),
  });
});

test.each(["ec2:CreateVpcEndpoint", "ec2:CopySnapshot", "ebs:GetSnapshotBlock"])("%s tells no owner (B3)", (action) => {
  const unowned = (key: string) => ofCaller(allow(action, where({ Null: { [key]: "true" } })));
  const owned = (key: string) => ofCaller(allow(action, where({ Null: { [key]: "false" } })));
  for (const key of ["aws:ResourceAccount", "aws:ResourceOrgID"]) {
    expect(findAccess(unowned(key), { actions: action }).verdict).toBe("refuted");
    expect(findAccess(owned(key), { actions: action }).verdict).toBe("proved");
  }
});

test("defaults that no page states may not be there (F23)", () => {
  const absent = { Null: { "kms:ScheduleKeyDeletionPendingWindowInDays": "true" } };
  const policy = onKey(allow("kms:ScheduleKeyDeletion", { Principal: { AWS: app }, Condition: absent }));
  expect(findAccess(policy, { actions: "kms:ScheduleKeyDeletion" }).verdict).toBe("refuted");
});

test("global services of other partitions are in their own Regions (B3)", () => {
  const there = { StringEquals: { "aws:RequestedRegion": "cn-north-1" } };
  const policy = ofCaller({
    ...allow("iam:GetUser", where(there)),
    Resource: `arn:aws-cn:iam::${HOME}:user/*`,
  });
  expect(findAccess(policy, { actions: "iam:GetUser" }).verdict).toBe("refuted");
});
