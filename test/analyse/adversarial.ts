/** Policies that are hard on an analyser, each with the answer that is right by the way it is made. */
import { compareAccess } from "../../src/analyse/compare-access.ts";
import { type Answer, findAccess } from "../../src/analyse/find-access.ts";
import {
  identityPolicy,
  keyPolicy,
  permissionsBoundary,
  resourcePolicy,
  serviceControlPolicy,
  sessionPolicy,
} from "../../src/policy/constructors.ts";
import type { Policy } from "../../src/policy/policy.ts";

export interface Adversary {
  readonly name: string;
  /** Whether there is such a request. */
  readonly truth: "some" | "none";
  readonly ask: () => Answer;
}

const HOME = "111122223333";
const KEY = `arn:aws:kms:us-west-2:${HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);
type Statement = Readonly<Record<string, unknown>>;
const policy = (Statement: readonly Statement[]) => ({ Version: "2012-10-17", Statement }) as const;
const id = (...statements: readonly Statement[]): Policy => identityPolicy(policy(statements));
const allow = (rest: Statement = {}): Statement => ({
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: "*",
  ...rest,
});
const deny = (rest: Statement = {}): Statement => ({ ...allow(rest), Effect: "Deny" });
const tag = (name: string) => `aws:RequestTag/${name}`;
/** An action that carries tags. */
const TAGS = "ec2:CreateTags";
const tagged = (effect: "Allow" | "Deny", Condition: Statement): Statement => ({
  Effect: effect,
  Action: TAGS,
  Resource: "*",
  Condition,
});
const key = (...statements: readonly Statement[]): Policy => keyPolicy(policy(statements), { key: KEY });
const decrypt = (rest: Statement): Statement => ({ Effect: "Allow", Action: "kms:Decrypt", Resource: "*", ...rest });
const object = (pattern: string) => `arn:aws:s3:::logs/${pattern}`;
const account = (number: number) => String(100_000_000_000 + number * 7_919);
const cidr = (number: number) => `10.${number >> 8}.${number & 255}.0/24`;
const LETTERS = "abcdefghijklmnopqrstuvwxyz".split("");
const day = (number: number) => new Date(Date.UTC(2020, 0, 1 + number)).toISOString();

/** Each of some keys has one of some values, and no two keys have the same. */
function pigeons(keys: number, holes: number): Policy {
  const values = numbers(holes).map((hole) => `hole${hole}`);
  const each = Object.fromEntries(numbers(keys).map((at) => [tag(`p${at}`), values]));
  const apart = numbers(keys).flatMap((one) =>
    numbers(one).flatMap((other) =>
      values.map((value) => tagged("Deny", { StringEquals: { [tag(`p${one}`)]: value, [tag(`p${other}`)]: value } })),
    ),
  );
  return id(tagged("Allow", { StringEquals: each }), ...apart);
}

/** A ring of keys, each `t` or `f`, and each other than the next. */
function ring(length: number): Policy {
  const each = Object.fromEntries(numbers(length).map((at) => [tag(`r${at}`), ["t", "f"]]));
  const unlike = numbers(length).flatMap((at) =>
    ["t", "f"].map((value) =>
      tagged("Deny", { StringEquals: { [tag(`r${at}`)]: value, [tag(`r${(at + 1) % length}`)]: value } }),
    ),
  );
  return id(tagged("Allow", { StringEquals: each }), ...unlike);
}

/** Clauses of three over keys that are `t` or `f`; one assignment is meant to satisfy all. */
function clauses(variables: number, count: number): Policy {
  let state = 7;
  const below = (most: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % most;
  };
  const planted = numbers(variables).map(() => below(2) === 0);
  const each = Object.fromEntries(numbers(variables).map((at) => [tag(`x${at}`), ["t", "f"]]));
  const denies: Statement[] = [];
  while (denies.length < count) {
    const chosen = [...new Set([below(variables), below(variables), below(variables)])];
    if (chosen.length < 3) continue;
    const falsified = chosen.map((at) => [at, below(2) === 0] as const);
    if (falsified.every(([at, value]) => planted[at] === value)) continue;
    const values = Object.fromEntries(falsified.map(([at, value]) => [tag(`x${at}`), value ? "t" : "f"]));
    denies.push(tagged("Deny", { StringEquals: values }));
  }
  return id(tagged("Allow", { StringEquals: each }), ...denies);
}

const infixes = (count: number) => numbers(count).map((at) => object(`*tok${at}z*`));
const list = (count: number) => numbers(count).map((at) => `value-${at}`);
const anyTag = (pattern: string | readonly string[]) => ({ "ForAnyValue:StringLike": { "aws:TagKeys": pattern } });
const big = numbers(120).map((at) =>
  allow({ Action: [`s3:${at % 2 ? "Get" : "Put"}Object`], Resource: [object(`team${at}/*`), object(`*/shared${at}`)] }),
);

export const ADVERSARIES: readonly Adversary[] = [
  {
    name: "60 infix globs, each denied",
    truth: "none",
    ask: () => findAccess(id(allow({ Resource: infixes(60) }), ...infixes(60).map((one) => deny({ Resource: one })))),
  },
  {
    name: "60 infix globs, all but one denied",
    truth: "some",
    ask: () =>
      findAccess(
        id(...infixes(60).map((one) => allow({ Resource: one })), ...infixes(59).map((one) => deny({ Resource: one }))),
      ),
  },
  {
    name: "30 infix globs that must all match",
    truth: "some",
    ask: () =>
      findAccess(id(allow(), ...infixes(30).map((one) => ({ Effect: "Deny", Action: "*", NotResource: one })))),
  },
  {
    name: "24 infix globs of one key in as many statements, all denied by a wider one",
    truth: "none",
    ask: () =>
      findAccess(
        id(
          ...numbers(24).map((at) => tagged("Allow", { StringLike: { [tag("a")]: `*x${at}-*` } })),
          tagged("Deny", { StringLike: { [tag("a")]: "*x*" } }),
        ),
      ),
  },
  { name: "7 pigeons in 6 holes", truth: "none", ask: () => findAccess(pigeons(7, 6)) },
  { name: "6 pigeons in 6 holes", truth: "some", ask: () => findAccess(pigeons(6, 6)) },
  { name: "9 pigeons in 8 holes", truth: "none", ask: () => findAccess(pigeons(9, 8)) },
  { name: "a ring of 21 keys, each unlike the next", truth: "none", ask: () => findAccess(ring(21)) },
  { name: "a ring of 20 keys, each unlike the next", truth: "some", ask: () => findAccess(ring(20)) },
  { name: "160 clauses over 40 keys", truth: "some", ask: () => findAccess(clauses(40, 160)) },
  {
    name: "10,000 values, all of them meant",
    truth: "none",
    ask: () =>
      findAccess(id(tagged("Allow", { StringEquals: { [tag("a")]: list(10_000) } })), {
        except: { when: { StringEquals: { [tag("a")]: list(10_000).reverse() } } },
      }),
  },
  {
    name: "10,000 values, all but the last meant",
    truth: "some",
    ask: () =>
      findAccess(id(tagged("Allow", { StringEquals: { [tag("a")]: list(10_000) } })), {
        except: { when: { StringEquals: { [tag("a")]: list(9_999) } } },
      }),
  },
  {
    name: "10,000 beginnings of a resource, all denied by their common beginning",
    truth: "none",
    ask: () =>
      findAccess(
        id(allow({ Resource: list(10_000).map((one) => object(`${one}-*`)) }), deny({ Resource: object("value-*") })),
      ),
  },
  {
    name: "1,000 statements, each with its Deny",
    truth: "none",
    ask: () =>
      findAccess(
        id(
          ...numbers(500).flatMap((at) => {
            const part = {
              Resource: object(`${at}/*`),
              Condition: { StringEquals: { "aws:PrincipalTag/t": `${at}` } },
            };
            return [allow(part), deny(part)];
          }),
        ),
      ),
  },
  {
    name: "1,000 statements, each with its Deny but one",
    truth: "some",
    ask: () =>
      findAccess(
        id(
          ...numbers(500).flatMap((at) => {
            const part = {
              Resource: object(`${at}/*`),
              Condition: { StringEquals: { "aws:PrincipalTag/t": `${at}` } },
            };
            return at === 377 ? [allow(part), allow(part)] : [allow(part), deny(part)];
          }),
        ),
      ),
  },
  {
    name: "NotAction within NotAction, 40 deep, with nothing left",
    truth: "none",
    ask: () =>
      findAccess(
        id(
          ...numbers(40).map((at) => ({
            Effect: at % 2 ? "Deny" : "Allow",
            NotAction: at % 2 ? ["s3:Get*", `ec2:Describe${at}`] : ["s3:*", `ec2:Run${at}`],
            Resource: "*",
          })),
        ),
      ),
  },
  {
    name: "NotAction of all services but one, and the other way round",
    truth: "some",
    ask: () =>
      findAccess([
        id({ Effect: "Allow", NotAction: ["iam:*", "kms:*"], Resource: "*" }),
        serviceControlPolicy(
          policy([
            { Effect: "Allow", NotAction: "ec2:*", Resource: "*" },
            { Effect: "Deny", NotAction: "s3:GetObject", Resource: "*" },
          ]),
        ),
      ]),
  },
  {
    name: "13 tests of one list, all of which must find something",
    truth: "some",
    ask: () =>
      findAccess(
        id(
          { Effect: "Allow", Action: TAGS, Resource: "*" },
          ...numbers(13).map((at) => tagged("Deny", { "ForAllValues:StringNotLike": { "aws:TagKeys": `t${at}-*` } })),
        ),
      ),
  },
  {
    name: "40 tests of one list, each denied where it finds something",
    truth: "none",
    ask: () =>
      findAccess(
        id(
          ...numbers(20).map((at) => tagged("Allow", anyTag(`t${at}-*`))),
          ...numbers(20).map((at) => tagged("Deny", anyTag(`t${at}-*`))),
        ),
      ),
  },
  {
    name: "700 blocks of addresses, all within a meant one",
    truth: "none",
    ask: () =>
      findAccess(id(allow({ Condition: { IpAddress: { "aws:SourceIp": numbers(700).map(cidr) } } })), {
        except: { when: { IpAddress: { "aws:SourceIp": "10.0.0.0/14" } } },
      }),
  },
  {
    name: "256 blocks of addresses denied out of a wider one, one of them not",
    truth: "some",
    ask: () =>
      findAccess(
        id(
          allow({ Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/16" } } }),
          ...numbers(256).flatMap((at) =>
            at === 77 ? [] : [deny({ Condition: { IpAddress: { "aws:SourceIp": cidr(at) } } })],
          ),
        ),
      ),
  },
  {
    name: "400 blocks of IPv6 addresses, all of one that is denied",
    truth: "none",
    ask: () =>
      findAccess(
        id(
          allow({
            Condition: { IpAddress: { "aws:SourceIp": numbers(400).map((at) => `2001:db8:${at.toString(16)}::/48`) } },
          }),
          deny({ Condition: { IpAddress: { "aws:SourceIp": "2001:db8::/32" } } }),
        ),
      ),
  },
  {
    name: "a literal of 100,000 characters",
    truth: "none",
    ask: () =>
      findAccess(id(tagged("Allow", { StringEquals: { [tag("a")]: "a".repeat(100_000) } })), {
        except: { when: { StringLike: { [tag("a")]: "aaa*" } } },
      }),
  },
  {
    name: "an infix of 1,500 characters, and one that it holds",
    truth: "none",
    ask: () =>
      findAccess(
        id(
          tagged("Allow", { StringLike: { [tag("a")]: `*${"ab".repeat(750)}*` } }),
          tagged("Deny", { StringLike: { [tag("a")]: `*${"ab".repeat(600)}*` } }),
        ),
      ),
  },
  {
    name: "stars between the same letters, in ten lengths",
    truth: "none",
    ask: () =>
      findAccess(
        id(
          ...numbers(10).map((at) => tagged("Allow", { StringLike: { [tag("a")]: `${"*a".repeat(at + 4)}*b` } })),
          tagged("Deny", { StringLike: { [tag("a")]: "*a*a*a*b" } }),
        ),
      ),
  },
  {
    name: "texts of each length up to 64, and all but the empty one meant",
    truth: "none",
    ask: () =>
      findAccess(id(tagged("Allow", { StringLike: { [tag("a")]: numbers(64).map((at) => "?".repeat(at + 1)) } })), {
        except: { when: { StringLike: { [tag("a")]: "?*" } } },
      }),
  },
  {
    name: "3,000 accounts, all meant",
    truth: "none",
    ask: () =>
      findAccess(key(decrypt({ Principal: { AWS: numbers(3_000).map(account) } })), {
        except: { by: numbers(3_000).map(account) },
      }),
  },
  {
    name: "2,000 accounts, all but one meant",
    truth: "some",
    ask: () =>
      findAccess(key(decrypt({ Principal: { AWS: numbers(2_000).map(account) } })), {
        except: { by: numbers(1_999).map(account) },
      }),
  },
  {
    name: "1,500 limits of a number, and what lies between two of them",
    truth: "some",
    ask: () =>
      findAccess(
        id(
          allow({ Action: "sts:AssumeRole" }),
          ...numbers(1_500).flatMap((at) =>
            at === 750
              ? []
              : [
                  {
                    Effect: "Deny",
                    Action: "sts:AssumeRole",
                    Resource: "*",
                    Condition: {
                      NumericGreaterThanEqualsIfExists: { "aws:MultiFactorAuthAge": at },
                      NumericLessThanIfExists: { "aws:MultiFactorAuthAge": at + 1 },
                    },
                  },
                ],
          ),
        ),
        {
          when: {
            NumericGreaterThanEquals: { "aws:MultiFactorAuthAge": "0" },
            NumericLessThan: { "aws:MultiFactorAuthAge": "1500" },
          },
        },
      ),
  },
  {
    name: "500 days, each allowed and denied",
    truth: "none",
    ask: () =>
      findAccess(
        id(
          ...numbers(500).map((at) =>
            allow({
              Condition: {
                DateGreaterThanEquals: { "aws:CurrentTime": day(at) },
                DateLessThan: { "aws:CurrentTime": day(at + 1) },
              },
            }),
          ),
          deny({
            Condition: {
              DateGreaterThanEquals: { "aws:CurrentTime": day(0) },
              DateLessThan: { "aws:CurrentTime": day(1_000) },
            },
          }),
        ),
      ),
  },
  {
    name: "a Deny of all but 1,000 roles, of whom one is allowed",
    truth: "some",
    ask: () => {
      const roles = numbers(1_000).map((at) => `arn:aws:iam::${HOME}:role/app${at}`);
      return findAccess(
        key(decrypt({ Principal: { AWS: roles[500] } }), {
          Effect: "Deny",
          NotPrincipal: { AWS: [HOME, ...roles] },
          Action: "*",
          Resource: "*",
        }),
      );
    },
  },
  {
    name: "all that begins with a letter denied, letter by letter",
    truth: "some",
    ask: () =>
      findAccess(
        id(
          tagged("Allow", { StringLike: { [tag("a")]: "*" } }),
          ...LETTERS.map((one) => tagged("Deny", { StringLike: { [tag("a")]: [`${one}*`, ""] } })),
        ),
      ),
  },
  {
    name: "what begins with a letter, for all letters, each denied",
    truth: "none",
    ask: () =>
      findAccess(
        id(
          tagged("Allow", { StringLike: { [tag("a")]: LETTERS.map((one) => `${one}*`) } }),
          ...LETTERS.map((one) => tagged("Deny", { StringLike: { [tag("a")]: `${one}*` } })),
        ),
      ),
  },
  {
    name: "1,000 names in any case, their small and great forms denied",
    truth: "some",
    ask: () =>
      findAccess(
        id(
          tagged("Allow", { StringEqualsIgnoreCase: { [tag("a")]: list(1_000) } }),
          tagged("Deny", { StringEquals: { [tag("a")]: list(1_000).flatMap((one) => [one, one.toUpperCase()]) } }),
        ),
      ),
  },
  {
    name: "60 keys that must all be there",
    truth: "some",
    ask: () =>
      findAccess(
        id(
          { Effect: "Allow", Action: TAGS, Resource: "*" },
          ...numbers(60).map((at) => tagged("Deny", { StringNotEquals: { [tag(`k${at}`)]: `v${at}` } })),
        ),
      ),
  },
  {
    name: "40 patterns of callers, each denied to all that it does not match",
    truth: "some",
    ask: () =>
      findAccess(
        key(
          decrypt({ Principal: "*" }),
          ...numbers(40).map((at) => ({
            Effect: "Deny",
            Principal: "*",
            Action: "*",
            Resource: "*",
            Condition: { ArnNotLike: { "aws:PrincipalArn": `arn:aws:iam::${HOME}:role/*n${at % 5}*` } },
          })),
        ),
      ),
  },
  {
    name: "20 variables in one resource, and another bucket asked for",
    truth: "none",
    ask: () =>
      findAccess(
        id(
          allow({
            Resource: object(
              numbers(20)
                .map((at) => `\${aws:PrincipalTag/t${at}}`)
                .join("/"),
            ),
          }),
        ),
        { on: "arn:aws:s3:::other/*" },
      ),
  },
  {
    name: "15 session policies, and a boundary that denies all that they allow",
    truth: "none",
    ask: () =>
      findAccess(
        [
          id(allow({ Action: "*" })),
          ...numbers(15).map((at) =>
            sessionPolicy(policy([allow({ Action: "s3:Get*", Resource: object(`${at}/a*`) })])),
          ),
          permissionsBoundary(policy([allow({ Action: "*" }), deny({ Action: "*", Resource: object("*/a*") })])),
        ],
        { on: "arn:aws:s3:::*" },
      ),
  },
  {
    name: "120 statements beside themselves in another order",
    truth: "none",
    ask: () => compareAccess(id(...big), id(...[...big].reverse())),
  },
  {
    name: "120 statements beside themselves without one",
    truth: "some",
    ask: () => compareAccess(id(...big), id(...big.filter((_, at) => at !== 77))),
  },
  {
    name: "a bucket with 400 exceptions to its Deny",
    truth: "none",
    ask: () =>
      findAccess(
        resourcePolicy(
          policy([
            { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: object("*") },
            {
              Effect: "Deny",
              Principal: "*",
              Action: "s3:*",
              Resource: object("*"),
              Condition: { StringNotEquals: { "aws:PrincipalOrgID": numbers(400).map((at) => `o-${at}`) } },
            },
          ]),
          { resource: "arn:aws:s3:::logs", account: HOME },
        ),
        { by: "anonymous" },
      ),
  },
];
