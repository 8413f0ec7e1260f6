/** Sizes that nobody writes and somebody sends: each is read or refused within two seconds. */
import { describe, expect, test } from "vitest";
import { DiagnosticError } from "../../src/diagnostic/diagnostic.ts";
import { evaluate, federated, identityPolicy, keyPolicy, request, role } from "../../src/index.ts";
import { within } from "./within.ts";

const LIMIT = 10_000;
const MB = 1024 * 1024;
const ROLE = "arn:aws:iam::111122223333:role/app";
const KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd";

interface Row {
  readonly name: string;
  readonly act: () => unknown;
  /** It takes seconds: only a long run (`FUZZ_RUNS`) looks. */
  readonly slow?: true;
}

const big = (piece: string, bytes = 10 * MB) => piece.repeat(bytes / piece.length);
const statement = (more: object) => ({ Effect: "Allow", Action: "kms:Decrypt", Resource: "*", ...more });
const one = (more: object) => JSON.stringify({ Version: "2012-10-17", Statement: statement(more) });
const many = (count: number, more: (at: number) => object = () => ({})) =>
  JSON.stringify({ Version: "2012-10-17", Statement: Array.from({ length: count }, (_, at) => statement(more(at))) });
const when = (operator: string, key: string, value: unknown) => one({ Condition: { [operator]: { [key]: value } } });
const list = <T>(count: number, item: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => item(at));
const members = (count: number, name: string, value: unknown) =>
  Object.fromEntries(list(count, (at) => [`${name}${at}`, value]));

function deep(levels: number): object {
  let whole = {};
  for (let level = 0; level < levels; level++) whole = { a: whole };
  return whole;
}

const TEXTS: readonly Row[] = [
  ...Object.entries({
    Version: big("x"),
    Sid: big("x"),
    Effect: big("x"),
    Action: `kms:${big("x")}`,
    Resource: `arn:aws:s3:::${big("*:")}`,
    Statement: big("x"),
    [big("Action")]: "kms:Decrypt",
  }).map(([element, value]) => ({
    name: `10 MB for ${element.slice(0, 12)}`,
    act: () => identityPolicy(element === "Version" ? { Version: value, Statement: [] } : one({ [element]: value })),
  })),
  { name: "10 MB of an account's role", act: () => keyPolicy(one({ Principal: { AWS: `${ROLE}${big("x")}` } })) },
  { name: "10 MB of hyphens for a service", act: () => keyPolicy(one({ Principal: { Service: big("x-") } })) },
  {
    name: "10 MB of labels for a service",
    act: () => keyPolicy(one({ Principal: { Service: `${big("x.")}com` } })),
  },
  {
    name: "10 MB of labels for a provider",
    act: () => keyPolicy(one({ Principal: { Federated: big("x.") } })),
  },
  { name: "10 MB for an operator", act: () => identityPolicy(when(big("String"), "aws:userid", "x")) },
  { name: "10 MB for a key", act: () => identityPolicy(when("StringEquals", `aws:${big("x")}`, "x")) },
  { name: "10 MB of colons for a key", act: () => identityPolicy(when("StringEquals", `a.b${big(":x")}`, "x")) },
  { name: "10 MB of dots for a key", act: () => identityPolicy(when("StringEquals", `a${big(".")}:x`, "x")) },
  { name: "10 MB for a text", act: () => identityPolicy(when("StringEquals", "aws:userid", big("x"))) },
  { name: "10 MB of variables", act: () => identityPolicy(when("StringEquals", "aws:userid", big("${a:b}"))) },
  { name: "10 MB of open variables", act: () => identityPolicy(when("StringEquals", "aws:userid", big("${"))) },
  { name: "10 MB for a number", act: () => identityPolicy(when("NumericEquals", "s3:max-keys", big("9"))) },
  { name: "10 MB for a date", act: () => identityPolicy(when("DateEquals", "aws:CurrentTime", big("9"))) },
  { name: "10 MB for a boolean", act: () => identityPolicy(when("Bool", "aws:SecureTransport", big("t"))) },
  { name: "10 MB for bytes", act: () => identityPolicy(when("BinaryEquals", "aws:userid", big("AAAA"))) },
  { name: "10 MB for an address", act: () => identityPolicy(when("IpAddress", "aws:SourceIp", big("1:"))) },
  { name: "10 MB for an ARN", act: () => identityPolicy(when("ArnLike", "aws:SourceArn", big(":"))) },
  { name: "10 MB for kms:ViaService", act: () => identityPolicy(when("StringEquals", "kms:ViaService", big("x."))) },
  { name: "10 MB of spaces", act: () => identityPolicy(big(" ") + one({})) },
  { name: "10 MB of lines", act: () => identityPolicy(`${big("\n")}x`) },
  { name: "10 MB of escapes", act: () => identityPolicy(`{"Version":"${big("\\n")}"}`) },
  { name: "10 MB of a string that is not closed", act: () => identityPolicy(`{"Version":"${big("x")}`) },
  { name: "10 MB of digits", act: () => identityPolicy(`{"Version":${big("9")}}`) },
  { name: "10 MB of brackets", act: () => identityPolicy(big("[")) },
  { name: "1,000 levels as text", act: () => identityPolicy(`${'{"a":'.repeat(1000)}1${"}".repeat(1000)}`) },
  { name: "1,000 levels as an object", act: () => identityPolicy(deep(1000)) },
  { name: "100,000 levels as text", act: () => identityPolicy("[".repeat(100_000)) },
  { name: "100,000 levels as an object", act: () => identityPolicy(deep(100_000)) },
  {
    name: "10 MB of open variables in a short ARN",
    act: () => identityPolicy(one({ Resource: `arn:aws:s3:${big("${")}` })),
  },
];

const COUNTS: readonly Row[] = [
  { name: "100,000 statements as text", act: () => identityPolicy(many(100_000)) },
  { name: "100,000 statements as an object", act: () => identityPolicy(JSON.parse(many(100_000))) },
  { name: "100,000 actions", act: () => identityPolicy(one({ Action: list(100_000, () => "kms:Decrypt") })) },
  { name: "100,000 values", act: () => identityPolicy(when("StringEquals", "aws:userid", list(100_000, String))) },
  {
    name: "100,000 keys",
    act: () => identityPolicy(one({ Condition: { StringEquals: members(100_000, "aws:PrincipalTag/t", "x") } })),
  },
  { name: "100,000 unknown elements", act: () => identityPolicy(one(members(100_000, "Element", 1))) },
  { name: "100,000 wrong actions", act: () => identityPolicy(many(100_000, () => ({ Action: "x" }))) },
  {
    name: "100,000 equal keys",
    act: () => identityPolicy(`{${list(100_000, () => '"Version":"2012-10-17"').join()},"Statement":[]}`),
  },
  {
    name: "3,000 actions misspelt",
    act: () => identityPolicy(one({ Action: list(3000, (at) => `ec2:DescribeInstanze${at}`) })),
  },
  {
    name: "2,000 ARNs of no resource",
    act: () =>
      identityPolicy(one({ Resource: list(2000, (at) => `arn:aws:ec2:us-east-1:111122223333:instanze/${at}`) })),
  },
];

const decrypt = request(ROLE, "kms:Decrypt", KEY);
const tagged = (value: string) => request(role(ROLE, { tags: { x: value } }), "kms:Decrypt", KEY);
const like = (pattern: string) => identityPolicy(when("StringLike", "aws:PrincipalTag/x", pattern));

const REQUESTS: readonly Row[] = [
  { name: "10 MB for an action", act: () => evaluate(identityPolicy(one({})), request(ROLE, `kms:${big("x")}`, KEY)) },
  {
    name: "10 MB for a resource",
    act: () => evaluate(identityPolicy(one({})), request(ROLE, "kms:Decrypt", `${KEY}${big(":")}`)),
  },
  { name: "10 MB for a tag", act: () => evaluate(like("*b"), tagged(big("a"))) },
  { name: "100,000 stars over 10 MB", act: () => evaluate(like(`${"*a".repeat(100_000)}*`), tagged(big("a"))) },
  { name: "a long run that is not there in 10 MB", act: () => evaluate(like(`*${big("a", MB)}b*`), tagged(big("a"))) },
  {
    name: "stars over colons",
    act: () =>
      evaluate(
        identityPolicy(one({ Resource: `arn:aws:kms:${"*:".repeat(200)}x` })),
        request(ROLE, "kms:Decrypt", `${KEY}${"a:".repeat(20_000)}`),
      ),
  },
  {
    name: "100,000 values of a key",
    act: () =>
      evaluate(
        identityPolicy(when("ForAllValues:StringLike", "aws:TagKeys", ["a*", "b*"])),
        decrypt.withContext({ "aws:TagKeys": list(100_000, (at) => `a${at}`) }),
      ),
  },
  {
    name: "10 MB of labels for a provider",
    act: () => federated(`${big("a.")}_`),
  },
  {
    name: "100,000 resources",
    act: () => evaluate(identityPolicy(many(100_000, (at) => ({ Resource: `${KEY}${at}` }))), decrypt),
    slow: true,
  },
  {
    name: "8,000 question marks over 16,000 letters",
    act: () => evaluate(like(`*${"?".repeat(8_000)}a*`), tagged("b".repeat(16_000))),
  },
];

for (const [what, rows] of Object.entries({ texts: TEXTS, counts: COUNTS, requests: REQUESTS }))
  describe(what, () => {
    for (const { name, act, slow } of rows)
      test.skipIf(slow && process.env.FUZZ_RUNS === undefined)(name, () => {
        within(LIMIT, () => {
          try {
            expect(act()).toBeTypeOf("object");
          } catch (error) {
            if (!(error instanceof DiagnosticError)) throw error;
            // However long the input, people read the message.
            expect(error.message.length).toBeLessThan(40_000);
          }
        });
      });
  });
