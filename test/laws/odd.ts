import fc from "fast-check";

/** Texts that are nearly something: each broke a reader of policies once, here or elsewhere. */
const ODD_TEXTS = [
  "",
  "*",
  "**",
  "?",
  ":",
  "arn:",
  "arn:aws:::::",
  "arn:aws:kms",
  "arn:aws:kms:*:*:key/${",
  "${}",
  "${aws:username",
  "${aws:username, 'x'}",
  "${ aws:username}",
  "${$}{*}",
  "kms:",
  "kms:*:*",
  "__proto__",
  "constructor",
  "toString",
  "aws:PrincipalTag/",
  "aws:PrincipalTag/__proto__",
  "ForAnyValue:",
  "ForAllValues:Null",
  "IfExists",
  "1e999",
  "-0",
  "0000-00-00",
  "99999999999999999999",
  "::/0",
  "1.2.3.4/33",
  "fe80::1%eth0",
  "\u0000",
  "\ud800",
  "\u202e",
] as const;

export const oddTexts = fc.constantFrom<string[]>(...ODD_TEXTS);

export const oddValues = fc.oneof(
  oddTexts,
  fc.constantFrom<unknown[]>(null, true, 0, -1.5, [], {}, [[]], ["*", 1], { AWS: null }, { "*": "*" }),
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: "binary" }),
);

/** The value with one of its parts replaced, or a part renamed. */
export function damaged(value: unknown, odd: unknown, random: (below: number) => number): unknown {
  if (typeof value !== "object" || value === null || random(20) === 0) return odd;
  if (Array.isArray(value)) {
    if (value.length === 0) return [odd];
    const at = random(value.length);
    return value.map((item, index) => (index === at ? damaged(item, odd, random) : item));
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return odd;
  const at = random(entries.length);
  const rename = random(6) === 0 && typeof odd === "string";
  return Object.fromEntries(
    entries.map(([key, item], index) =>
      index !== at ? [key, item] : rename ? [odd, item] : [key, damaged(item, odd, random)],
    ),
  );
}
