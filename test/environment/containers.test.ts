import { describe, expect, test } from "vitest";
import {
  environment,
  findAccess,
  identityPolicy,
  type PolicyDocument,
  request,
  resourcePolicy,
} from "../../src/index.ts";

const HOME = "111122223333";
const app = `arn:aws:iam::${HOME}:role/app`;
const far = "arn:aws:iam::444455556666:role/far";
const document = (...Statement: object[]) => ({ Version: "2012-10-17", Statement }) as PolicyDocument;
const everything = identityPolicy(document({ Effect: "Allow", Action: "*", Resource: "*" }));

describe.each([
  ["an object of an access point", "s3:us-west-2", "accesspoint/ap", "/object/k", "s3:GetObject"],
  ["an index of a table", "dynamodb:us-west-2", "table/t", "/index/i", "dynamodb:Query"],
  ["a table of a table bucket", "s3tables:us-west-2", "bucket/b", "/table/t", "s3tables:GetTableData"],
  ["an index of a domain", "es:us-west-2", "domain/d", "/index/_search", "es:ESHttpGet"],
  ["a method of an API", "execute-api:us-west-2", "abc123", "/prod/GET/x", "execute-api:Invoke"],
] as const)("%s is decided by the policy of what it is in", (_, place, name, inside, action) => {
  const resource = `arn:aws:${place}:${HOME}:${name}`;
  const world = (statement: object) =>
    environment({
      principals: { [app]: { policies: [everything] } },
      resources: { [resource]: { policy: resourcePolicy(document({ Resource: "*", ...statement }), { resource }) } },
    });

  test("in decisions", () => {
    const denying = world({ Effect: "Deny", Principal: "*", Action: action });
    expect(() => expect(denying).toDeny(request(app, action, resource + inside))).not.toThrow();
    expect(() => expect(denying).toAllow(request(app, action, resource + inside))).toThrow("explicit deny");
  });

  test("in proofs", () => {
    const open = world({ Effect: "Allow", Principal: { AWS: far }, Action: action });
    for (const actions of [action, "*"]) {
      const found = findAccess(open, { actions, by: far });
      expect(found.verdict).toBe("refuted");
      expect(found.decision?.outcome).toBe("allowed");
    }
    expect(findAccess(open, { actions: action, by: far, on: resource + inside }).verdict).toBe("refuted");
    const closed = world({ Effect: "Deny", Principal: "*", Action: "*" });
    expect(findAccess(closed, { actions: action, on: resource + inside }).verdict).toBe("proved");
  });
});
