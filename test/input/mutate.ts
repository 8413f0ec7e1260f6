/** Small changes to a text or a value, as data: fast-check shrinks them, and a failure shows which it took. */
import fc from "fast-check";

export interface Edit {
  readonly change: "delete" | "double" | "swap" | "insert" | "replace";
  /** Where, counted round and round. */
  readonly at: number;
  readonly size: number;
  /** Which piece to put in, counted likewise. */
  readonly piece: number;
}

export const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.record({
    change: fc.constantFrom("delete", "double", "swap", "insert", "replace"),
    at: fc.nat(),
    size: fc.integer({ min: 1, max: 8 }),
    piece: fc.nat(),
  }),
  { minLength: 1, maxLength: 6 },
);

/** What breaks readers: brackets, escapes, controls, names of `Object.prototype`, wildcards, variables, other types. */
const SPLINTERS: readonly string[] = [
  ..."{}[]\":,'\\/*?$-+.0 \n\r\t\0\u001b\u007f\u00a0\u061c\u200b\u202e\u2028\ufeff\ud800\udc00é😀",
  ...[
    "${",
    "${}",
    "${aws:username}",
    "${a, 'b'}",
    "\\u0000",
    "\\ud800",
    "//",
    "/*",
    "null",
    "true",
    "1e999",
    "-0",
    "[[",
    "{}",
  ],
  ...[
    '"__proto__"',
    '"constructor"',
    '"toString"',
    '"NotAction"',
    '"Principal"',
    '"Condition"',
    '"ForAllValues:Null"',
    '""',
  ],
];

const VALUES: readonly string[] = [
  ...["null", "true", "false", "0", "-1", "1e400", '""', '"*"', '"?"', "[]", "{}", "[[]]", '[""]', "[null]", '{"":""}'],
  ...[
    '{"__proto__":{}}',
    '{"constructor":1}',
    '"__proto__"',
    '"${"',
    '"${aws:PrincipalTag/x}"',
    '"arn:aws:s3:::"',
    '"arn:"',
  ],
  ...[
    '{"AWS":"*"}',
    '{"Fn::Sub":"x"}',
    '{"Null":{"aws:TagKeys":"true"}}',
    '"\\u202e"',
    '"\\ud800"',
    '["*","*"]',
    '"kms:*"',
  ],
];

const NAMES: readonly string[] = [
  ...[
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "",
    "Statement",
    "NotPrincipal",
    "NotAction",
    "Resource",
  ],
  ...[
    "aws:PrincipalTag/x",
    "kms:ViaService",
    "ForAnyValue:StringLike",
    "NullIfExists",
    "AWS",
    "\u202e",
    "x".repeat(300),
  ],
];

const pick = <T>(list: readonly T[], at: number): T => list[at % list.length]!;

export const editedCharacters = (text: string, changes: readonly Edit[]): string =>
  edited(text.split(""), changes, SPLINTERS).join("");

/** Tokens of JSON: a string, a word or number, a bracket or sign, white space. */
export const editedTokens = (text: string, changes: readonly Edit[]): string =>
  edited(text.match(/"(?:[^"\\]|\\.)*"|[\w.+-]+|\s+|[^\w\s]/g) ?? [], changes, SPLINTERS).join("");

function edited(whole: string[], changes: readonly Edit[], pool: readonly string[]): string[] {
  let pieces = whole;
  for (const { change, at, size, piece } of changes) {
    const from = at % (pieces.length + 1);
    const before = pieces.slice(0, from);
    const part = pieces.slice(from, from + size);
    const after = pieces.slice(from + size);
    if (change === "delete") pieces = [...before, ...after];
    else if (change === "double") pieces = [...before, ...part, ...part, ...after];
    else if (change === "swap") pieces = [...before, ...after.slice(0, size), ...part, ...after.slice(size)];
    else if (change === "insert") pieces = [...before, pick(pool, piece), ...part, ...after];
    else pieces = [...before, pick(pool, piece), ...after];
  }
  return pieces;
}

type Holder = Record<string, unknown>;

/** A copy of a JSON value with members lost, doubled under another name, moved, renamed, or of another type. */
export function editedValue(value: unknown, changes: readonly Edit[]): unknown {
  const root: Holder = { value: structuredClone(value) };
  for (const { change, at, size, piece } of changes) {
    const places = placesIn(root);
    const [holder, key] = pick(places, at);
    const [from, name] = pick(places, at + size);
    if (change === "delete" && holder !== root) remove(holder, key);
    else if (change === "double") put(holder, pick(NAMES, piece), holder[key]);
    else if (change === "swap") [holder[key], from[name]] = [copy(from[name]), copy(holder[key])];
    else if (change === "insert") put(holder, pick(NAMES, piece), JSON.parse(pick(VALUES, piece >> 4)));
    else holder[key] = JSON.parse(pick(VALUES, piece));
  }
  return root.value;
}

/** Every member of the value by its holder: the root's own first. */
function placesIn(holder: Holder): [Holder, string][] {
  return Object.keys(holder).flatMap((key) => {
    const part = holder[key];
    const below = typeof part === "object" && part !== null ? placesIn(part as Holder) : [];
    return [[holder, key] as [Holder, string], ...below];
  });
}

/** Never a value in itself: swapping a member with what holds it would make a circle. */
const copy = (value: unknown): unknown => (value === undefined ? null : structuredClone(value));

function remove(holder: Holder, key: string): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

function put(holder: Holder, name: string, value: unknown): void {
  if (Array.isArray(holder)) holder.push(copy(value));
  else
    Object.defineProperty(holder, name, { value: copy(value), writable: true, enumerable: true, configurable: true });
}
