import { expect, test } from "vitest";
import { ACTION_OF_OPERATION } from "../../src/catalog/api-names.ts";
import { actionFacts } from "../../src/catalog/catalog.ts";
import { nearest, nearestAction, nearestKey } from "../../src/catalog/nearest.ts";

test.each([
  ["StringEqual", ["StringEquals", "StringNotEquals", "StringLike"], "StringEquals"],
  ["stringequals", ["StringEquals", "StringEqualz"], "StringEquals"],
  ["alow", ["Allow", "Deny"], "Allow"],
  ["Resuorce", ["Resource", "NotResource"], "Resource"],
  ["bb", ["ba", "ab"], "ab"],
  ["bb", ["ab", "ba"], "ab"],
  ["Permit", ["Allow", "Deny"], undefined],
  ["", ["a"], undefined],
  ["abc", [], undefined],
])("nearest(%j, %j) is %j", (word, candidates, expected) => {
  expect(nearest(word, candidates)).toBe(expected);
});

test.each([
  ["kms:Decrpt", "kms:Decrypt"],
  ["kms:Decript", "kms:Decrypt"],
  ["kms:decrypt", "kms:Decrypt"],
  ["KMS:GenerateDataKeyWithoutPlaintxt", "kms:GenerateDataKeyWithoutPlaintext"],
  ["kms:ReEncryptFom", "kms:ReEncryptFrom"],
  ["kmz:Decrypt", "kms:Decrypt"],
  ["kmz:Decrpt", "kms:Decrypt"],
  ["s3:GetObjects", "s3:GetObject"],
  ["s3:PutObjectACL", "s3:PutObjectAcl"],
  ["sts:AssumeRoleWithWebIdentiy", "sts:AssumeRoleWithWebIdentity"],
  ["lamda:InvokeFunction", "lambda:InvokeFunction"],
  ["kms:ReEncrypt", "kms:ReEncryptFrom"],
  ["s3:ListObjectsV2", "s3:ListBucket"],
  ["lambda:Invoke", "lambda:InvokeFunction"],
  ["kms:FrobnicateEverything", undefined],
  ["somethingelse:Decrypt", undefined],
  ["Decrypt", undefined],
  ["kms:", undefined],
  ["", undefined],
])("nearestAction(%j) is %j", (action, expected) => {
  expect(nearestAction(action)).toBe(expected);
});

test.each([
  ["kms:ViaServce", "kms:ViaService"],
  ["kms:viaservices", "kms:ViaService"],
  ["kmz:ViaService", "kms:ViaService"],
  ["aws:PrincipleArn", "aws:PrincipalArn"],
  ["aws:PrincipalOrgIDs", "aws:PrincipalOrgID"],
  ["was:SourceIp", "aws:SourceIp"],
  ["SourceIp", "aws:SourceIp"],
  ["aws:ResourceTags/team", "aws:ResourceTag/team"],
  ["kms:EncryptionContex:app", "kms:EncryptionContext:app"],
  ["kms:EncryptionContextKey", "kms:EncryptionContextKeys"],
  ["aws:ResourceTag", "aws:ResourceTag/${TagKey}"],
  ["kms:encryptioncontext", "kms:EncryptionContext:${EncryptionContextKey}"],
  ["saml:aude", "saml:aud"],
  ["sts:ExternalID1", "sts:ExternalId"],
  ["nothing-like-it:Key", undefined],
  ["kms:", undefined],
  ["", undefined],
])("nearestKey(%j) is %j", (key, expected) => {
  expect(nearestKey(key)).toBe(expected);
});

test("a word of ten megabytes is nobody's neighbour, at once", () => {
  const word = "a".repeat(10_000_000);
  const start = performance.now();
  expect(nearest(word, ["a"])).toBeUndefined();
  expect(nearestAction(`kms:${word}`)).toBeUndefined();
  expect(nearestKey(`${word}:${word}`)).toBeUndefined();
  // Comparing it with a single name would take seconds.
  expect(performance.now() - start).toBeLessThan(500);
});

test("the operations with another action's name are no actions, and those actions exist", () => {
  for (const [operation, action] of ACTION_OF_OPERATION) {
    expect(actionFacts(operation)).toBeUndefined();
    expect(actionFacts(action)).toBeDefined();
  }
});
