/** The text of an access snapshot: the same access in other letters is the same text, other access another. */
import { describe, expect, test } from "vitest";
import { compareAccess } from "../../src/analyse/compare-access.ts";
import { wholeAccess } from "../../src/analyse/whole-access.ts";
import { DiagnosticError } from "../../src/diagnostic/diagnostic.ts";
import { environment } from "../../src/environment/make.ts";
import * as makers from "../../src/policy/constructors.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { accessText } from "../../src/report/access.ts";
import { grant } from "../../src/request/grant.ts";
import { realPolicies } from "../input/real-policies.ts";

const { identityPolicy, keyPolicy } = makers;
const HOME = "111122223333";
const APP = `arn:aws:iam::${HOME}:role/app`;
const KEY = `arn:aws:kms:us-west-2:${HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

interface Document {
  readonly Statement: unknown;
}
const textOf = (subject: Parameters<typeof wholeAccess>[0]) => accessText(wholeAccess(subject));

/** Undefined: refused, or undecided. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof DiagnosticError) return undefined;
    throw error;
  }
}

/** Those whose access is too much to tell in words take long to say so. */
const LONG =
  /perimeter|bypass|RSA-key|Enforce-30|AutoScaling|HTTPS|GitHub|s3-object.json#reference|principals.json#reference/i;
const REAL = realPolicies().flatMap(({ name, kind, text }) => {
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: by name, as the data say
  const make = makers[kind] as (document: string | object) => Policy;
  const policy = LONG.test(name) ? undefined : attempt(() => make(text));
  return policy ? [{ name, make, document: JSON.parse(text) as Document, policy }] : [];
});

test("there are policies to try", () => expect(REAL.length).toBeGreaterThan(25));

/** Another order of all that has none, and other Sids. */
function rewritten(value: unknown, at = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => rewritten(item)).reverse();
  if (typeof value !== "object" || value === null) return at === "Action" ? String(value).toUpperCase() : value;
  const entries = Object.entries(value).reverse();
  const renamed = entries.filter(([key]) => key !== "Sid").map(([key, part]) => [key, rewritten(part, key)]);
  return Object.fromEntries(
    renamed.some(([key]) => key === "Effect") ? [...renamed, ["Sid", `S${renamed.length}`]] : renamed,
  );
}

describe("the same in another order, with other Sids and spaces, is the same text", () => {
  test.for(REAL.map((one) => [one.name, one] as const))("%s", ([, { make, document, policy }]) => {
    const text = attempt(() => textOf(policy));
    const { Statement, ...rest } = document;
    const other = make(JSON.stringify({ Statement: [rewritten(Statement)].flat(), ...rest }));
    // Two Sids that are the same are refused; none here are.
    expect(attempt(() => textOf(other))).toBe(text);
  });
});

type Path = readonly (string | number)[];
function* paths(value: unknown, path: Path = []): Iterable<Path> {
  yield path;
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value))
    yield* paths((value as Record<string, unknown>)[key], [...path, Array.isArray(value) ? Number(key) : key]);
}

type Change = (parent: Record<string | number, unknown>, key: string | number) => void;
const set =
  (change: (text: string) => string): Change =>
  (parent, key) => {
    if (typeof parent[key] === "string") parent[key] = change(parent[key] as string);
  };
const rename =
  (from: string, to: string): Change =>
  (parent, key) => {
    if (typeof key !== "string" || !key.startsWith(from)) return;
    parent[key.replace(from, to)] = parent[key];
    delete parent[key];
  };
/** What a pull request may do to a policy. */
const CHANGES: readonly Change[] = [
  (parent, key) => {
    if (Array.isArray(parent)) parent.splice(key as number, 1);
    else delete parent[key];
  },
  set((text) => (text === "Allow" ? "Deny" : text === "Deny" ? "Allow" : "*")),
  set((text) => `${text.slice(0, -2)}*`),
  set((text) => `${text}x`),
  set((text) => text.replace(/\d{12}/, "123412341234")),
  set((text) => text.replace(/\$\{[^}]*\}/, "${aws:PrincipalTag/other}")),
  rename("StringEquals", "StringLike"),
  rename("StringEquals", "StringEqualsIgnoreCase"),
  rename("StringLike", "ArnLike"),
  rename("ArnLike", "StringLike"),
  rename("Bool", "BoolIfExists"),
  rename("StringNotEquals", "StringEquals"),
  rename("ForAnyValue:", "ForAllValues:"),
  rename("Action", "NotAction"),
  rename("Resource", "NotResource"),
  rename("aws:PrincipalOrgID", "aws:ResourceOrgID"),
];

/** So many changes of each policy, from all over it; `LAW_RUNS=1000` for all. */
const MOST = Number(process.env.LAW_RUNS ?? 3);
const spread = <T>(list: readonly T[]): readonly T[] =>
  list.length <= MOST ? list : Array.from({ length: MOST }, (_, at) => list[Math.floor((at * list.length) / MOST)]!);

function changed(document: Document): readonly (readonly [what: string, document: Document])[] {
  const places = [...paths(document)].filter(([first, ...rest]) => first === "Statement" && rest.length > 0);
  return places.flatMap((path) =>
    CHANGES.flatMap((change, at) => {
      const copy = structuredClone(document);
      const parent = path
        .slice(0, -1)
        .reduce((node: unknown, key) => (node as Record<string | number, unknown>)[key], copy);
      change(parent as Record<string | number, unknown>, path.at(-1)!);
      const same = JSON.stringify(copy) === JSON.stringify(document);
      return same ? [] : [[`change ${at} at ${path.join(".")}`, copy] as const];
    }),
  );
}

describe("other access is another text", () => {
  test.for(REAL.map((one) => [one.name, one] as const))(
    "%s",
    { timeout: 600_000 },
    ([name, { make, document, policy }]) => {
      const text = attempt(() => textOf(policy));
      // Where much is allowed each answer takes long; a Deny made an Allow in the last lets everything happen.
      if (text === undefined || (MOST < 100 && (text.length > 4_000 || name.includes("cross-account")))) return;
      const blind = spread(changed(document)).flatMap(([what, copy]) => {
        const other = attempt(() => make(copy));
        if (!other || attempt(() => textOf(other)) !== text) return [];
        const answers = [attempt(() => compareAccess(other, policy)), attempt(() => compareAccess(policy, other))];
        return answers.some((answer) => answer?.verdict === "refuted") ? [what] : [];
      });
      expect(blind).toEqual([]);
    },
  );
});

describe("as text", () => {
  const policy = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });

  test("a delegating key policy", () => {
    const statement = {
      Effect: "Allow",
      Principal: { AWS: HOME },
      Action: ["kms:Decrypt", "kms:Encrypt"],
      Resource: "*",
    };
    expect(textOf(keyPolicy(policy(statement), { key: KEY }))).toBe(`any principal of ${HOME}
  if its identity policies allow it
    kms:Decrypt
    kms:Encrypt

the root user of ${HOME}
    kms:Decrypt
    kms:Encrypt`);
  });

  test("nothing, and all but some", () => {
    expect(textOf(identityPolicy(policy({ Effect: "Deny", Action: "*", Resource: "*" })))).toBe(
      "nobody may do anything",
    );
    const most = { Effect: "Allow", NotAction: ["iam:*", "organizations:*", "sts:*"], Resource: "*" };
    expect(textOf(identityPolicy(policy(most)))).toBe(
      "the caller\n    * except iam:*, kms:RetireGrant, organizations:* and sts:*",
    );
  });

  test("long lists are told in full, and the operator where words could mean several", () => {
    const resources = ["a", "b", "c", "d", "e", "f"].map((name) => `arn:aws:sqs:*:${HOME}:${name}`);
    const ids = ["1", "2", "3", "4", "5", "6", "7", "8"];
    const text = textOf(
      identityPolicy(
        policy({
          Effect: "Allow",
          Action: "sqs:SendMessage",
          Resource: resources,
          Condition: { StringEqualsIgnoreCase: { "aws:PrincipalTag/id": ids } },
        }),
      ),
    );
    expect(text).toBe(`the caller
  on ${resources.slice(0, 5).join(", ")} and ${resources[5]}
  when aws:PrincipalTag/id StringEqualsIgnoreCase "1", "2", "3", "4", "5", "6", "7" or "8"
    sqs:SendMessage`);
  });

  test("variables are read as any value above, and told below", () => {
    const statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::home/${aws:username}/*" };
    expect(textOf(identityPolicy(policy(statement)))).toBe(`the caller
  on arn:aws:s3:::home/*/*
    s3:GetObject

(in part by example, or with variables read as any value; these statements say it exactly)
{"Effect":"Allow","Action":["s3:getobject"],"Resource":["arn:aws:s3:::home/\${aws:username}/*"]}`);
  });

  test("an environment, by caller and resource; the order of its parts does not matter", () => {
    const own = identityPolicy(policy({ Effect: "Allow", Action: "kms:Decrypt", Resource: KEY }));
    const root = keyPolicy(policy({ Effect: "Allow", Principal: { AWS: HOME }, Action: "kms:*", Resource: "*" }));
    const other = `arn:aws:iam::${HOME}:role/other`;
    const grants = [grant({ key: KEY, granteePrincipal: other, operations: ["Encrypt"], name: "g" })];
    const text = textOf(
      environment({
        principals: { [APP]: { policies: [own] }, [other]: { policies: [] } },
        resources: { [KEY]: { policy: root, grants } },
      }),
    );
    expect(text).toBe(
      textOf(
        environment({
          resources: { [KEY]: { grants, policy: root } },
          principals: { [other]: { policies: [] }, [APP]: { policies: [own] } },
        }),
      ),
    );
    expect(text).toMatchSnapshot();
  });
});
