import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compareAccess } from "../../src/analyse/compare-access.ts";
import { DiagnosticError } from "../../src/diagnostic/diagnostic.ts";
import { identityPolicy, keyPolicy, resourcePolicy, trustPolicy } from "../../src/policy/constructors.ts";

const FOLDER = "test/data/access-analyzer-samples";
const ACCOUNT = "111111111111";

interface Sample {
  readonly referencePolicy: object;
  readonly candidates: readonly { readonly expect: "PASS" | "FAIL"; readonly why: string; readonly policy: object }[];
}

/** The samples leave the account out. */
const read = (file: string): Sample =>
  JSON.parse(readFileSync(`${FOLDER}/${file}`, "utf8").replaceAll("<ACCOUNT ID>", ACCOUNT));

function maker(file: string): (document: object) => ReturnType<typeof identityPolicy> {
  if (file.startsWith("identity")) return (document) => identityPolicy(document);
  if (file.includes("trust"))
    return (document) => trustPolicy(document, { role: `arn:aws:iam::${ACCOUNT}:role/tested` });
  return (document) => resourcePolicy(document, { resource: "arn:aws:s3:::my-sensitive-bucket", account: ACCOUNT });
}

/** Refused by the parser: `*` is no identity provider (semantics A10). */
const REFUSED = '"Federated":"*"';

describe.each(readdirSync(FOLDER).filter((name) => name.endsWith(".json")))(
  "AWS's samples for Access Analyzer: %s",
  (file) => {
    const { referencePolicy, candidates } = read(file);
    const make = maker(file);
    test.each(candidates)("$expect: $why", ({ expect: claim, policy }) => {
      if (JSON.stringify(policy).includes(REFUSED)) {
        expect(() => make(policy)).toThrow(DiagnosticError);
        return;
      }
      const { verdict, request } = compareAccess(make(policy), make(referencePolicy));
      expect(verdict).toBe(claim === "PASS" ? "proved" : "refuted");
      expect(request !== undefined).toBe(claim === "FAIL");
    });
  },
);

test("a condition that is dropped is new access, one that is added is not", () => {
  const statement = { Effect: "Allow", Principal: "*", Action: "kms:Decrypt", Resource: "*" };
  const key = (...statements: object[]) =>
    keyPolicy({ Version: "2012-10-17", Statement: statements }, { key: "arn:aws:kms:us-west-2:111122223333:key/a" });
  const free = key(statement);
  const bound = key({ ...statement, Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } });
  expect(compareAccess(bound, free).verdict).toBe("proved");
  expect(compareAccess(free, free).verdict).toBe("proved");
  const found = compareAccess(free, bound);
  expect(found.verdict).toBe("refuted");
  expect(found.request?.context["aws:PrincipalOrgID"]).not.toBe("o-1");
});

test("a Deny that is dropped is new access", () => {
  const allow = { Effect: "Allow", Action: "s3:*", Resource: "*" };
  const deny = { Effect: "Deny", Action: "s3:Put*", Resource: "arn:aws:s3:::logs/*" };
  const id = (...Statement: object[]) => identityPolicy({ Version: "2012-10-17", Statement });
  const found = compareAccess(id(allow), id(allow, deny));
  expect(found.verdict).toBe("refuted");
  expect(found.request?.resource).toMatch(/^arn:aws:s3:::logs\//);
  expect(compareAccess(id(allow, deny), id(allow)).verdict).toBe("proved");
});
