/** The keys of the request's context, as variables of z3, and conditions on them (semantics B3, C). */
import { keyFacts } from "../../src/catalog/catalog.ts";
import { ARNS, account, callerKey, restGlobs, wholeArn } from "./callers.ts";
import { LeftOut, type Test } from "./documents.ts";
import { globs, piecesOf, plainOf, sameFolded } from "./glob.ts";
import {
  ANY_CHAR,
  and,
  DIGIT,
  either,
  FALSE,
  type Formula,
  inRegex,
  known,
  many,
  NO_COLON,
  not,
  oneOf,
  or,
  regex,
  same,
  sequence,
  some,
  type Text,
  TRUE,
  term,
  times,
  when,
} from "./smt.ts";
import { dateTerm, type Family, inBlock, numberTerm, type Operator, operatorOf, ordered } from "./values.ts";

/** How many values a list may have: one for each test on the key, and one more. */
const MOST_VALUES = 6;

export interface KeyVariable {
  readonly folded: string;
  readonly name: string;
  readonly present: Formula;
  /** What its values are: texts, or one of the types. */
  readonly family: "string" | "numeric" | "date" | "ip";
  /** One value, or the places of a list with whether each is taken. */
  readonly values: readonly { readonly taken: Formula; readonly term: string }[];
  readonly many: boolean;
  /** Typed operators on a key of type String: whether its value is of the type at all. */
  readonly typed: Formula;
}

const TEXTS: ReadonlySet<Family> = new Set(["string", "arn", "bool"]);

export class Context {
  readonly declarations: string[] = [];
  readonly texts: string[] = [];
  readonly forms: Formula[] = [];
  readonly keys = new Map<string, KeyVariable>();
  /** The values that conditions list, by key. */
  readonly written = new Map<string, readonly string[]>();
  private readonly families = new Map<string, Set<Family>>();
  private readonly counts = new Map<string, number>();

  /** `tests`: all of the question. `derived`: values that something other than the context decides. */
  constructor(
    tests: readonly Test[],
    private readonly derived: (folded: string) => readonly { readonly of: Formula; readonly value: Text }[] | undefined,
  ) {
    for (const { key, operator, values } of tests) {
      const folded = key.toLowerCase();
      this.written.set(folded, [...(this.written.get(folded) ?? []), ...values]);
      const families = this.families.get(folded) ?? new Set<Family>();
      families.add(operatorOf(operator).family);
      this.families.set(folded, families);
      this.counts.set(folded, (this.counts.get(folded) ?? 0) + 1);
    }
    for (const { key } of tests) this.want(key);
  }

  /** The variable of a key that the context tells; declared when first wanted. */
  want(key: string): KeyVariable | undefined {
    const folded = key.toLowerCase();
    if (callerKey(folded) || this.derived(folded)) return undefined;
    const made = this.keys.get(folded);
    if (made) return made;
    if (["aws:userid", "aws:federatedprovider", "aws:principaltype", "aws:principalservicenameslist"].includes(folded))
      throw new LeftOut(`the key ${key}`);
    const facts = keyFacts(key);
    const type = facts?.type ?? "String";
    const used = [...(this.families.get(folded) ?? [])].filter((one) => one !== "null");
    const isText = type === "String" || type === "ARN" || type === "Bool";
    if (used.includes("binary") || type === "Binary") throw new LeftOut("binary values");
    const own = { Numeric: "numeric", Date: "date", IPAddress: "ip" }[type as string] as Family | undefined;
    let family: KeyVariable["family"] = "string";
    if (own !== undefined) {
      if (used.some((one) => one !== own)) throw new LeftOut("operators of several types on one key");
      family = own as KeyVariable["family"];
    } else if (type !== "Bool" && used.some((one) => !TEXTS.has(one))) {
      if (used.length > 1 || !isText || type === "ARN") throw new LeftOut("operators of several types on one key");
      family = used[0] as KeyVariable["family"];
    }
    const many = facts?.multiValued ?? false;
    if (many && family !== "string") throw new LeftOut("a list of typed values");
    const variable = this.declare(folded, facts?.name.includes("${") ? key : (facts?.name ?? key), family, type, many);
    this.keys.set(folded, variable);
    return variable;
  }

  private declare(
    folded: string,
    name: string,
    family: KeyVariable["family"],
    type: string,
    many: boolean,
  ): KeyVariable {
    const id = `k${this.keys.size}`;
    const declare = (suffix: string, sort: string) => {
      if (sort === "String") this.texts.push(`${id}${suffix}`);
      else this.declarations.push(`(declare-const ${id}${suffix} ${sort})`);
      return `${id}${suffix}`;
    };
    const present = declare("present", "Bool");
    const own = this.counts.get(folded) ?? 0;
    if (many && own + 1 > MOST_VALUES) throw new LeftOut("many tests of one list");
    const places = many ? own + 1 : 1;
    const values = Array.from({ length: places }, (_, at) => {
      const taken = at === 0 ? TRUE : declare(`taken${at}`, "Bool");
      if (at > 1) this.forms.push(when(taken, `${id}taken${at - 1}`));
      if (family === "ip") {
        declare(`six${at}`, "Bool");
        declare(`four${at}`, "(_ BitVec 32)");
        declare(`long${at}`, "(_ BitVec 128)");
        return { taken, term: `${id}|${at}` };
      }
      const value = declare(`v${at}`, family === "string" ? "String" : "Real");
      if (family === "string") this.forms.push(formOf(folded, type, many, value));
      return { taken, term: value };
    });
    let typed: Formula = TRUE;
    if (type === "String" && family !== "string") typed = declare("typed", "Bool");
    return { folded, name, present, family, values, many, typed };
  }

  /** Whether the request has the key. */
  isPresent(folded: string): Formula {
    const values = callerKey(folded) ?? this.derived(folded);
    if (values) return or(...values.map(({ of }) => of));
    const variable = this.keys.get(folded);
    if (!variable) throw new Error(`no variable for ${folded}`);
    return variable.present;
  }

  holds({ operator, key, values }: Test, variables: boolean): Formula {
    const read = operatorOf(operator);
    const folded = key.toLowerCase();
    const present = this.isPresent(folded);
    if (read.family === "null") {
      if (read.qualifier) return either(read.qualifier === "ForAllValues");
      return or(...values.map((value) => (value.toLowerCase() === "true" ? not(present) : present)));
    }
    if (values.length === 0 && read.negated) throw new LeftOut("a negated operator without values");
    if (folded === "aws:principalarn" && (read.family === "arn" || read.family === "string")) {
      const matched = or(...values.map((value) => callerArnMatches(read, value, variables)));
      return whenAbsent(read, present, and(present, read.negated ? not(matched) : matched));
    }
    const fixed = callerKey(folded) ?? this.derived(folded);
    if (fixed) {
      const matched = or(...fixed.map(({ of, value }) => and(of, satisfies(value, read, values, variables))));
      return whenAbsent(read, present, and(present, matched));
    }
    const variable = this.keys.get(folded)!;
    const each = variable.values.map(({ taken, term: at }) => ({
      taken,
      holds: this.satisfied(variable, at, read, values, variables),
    }));
    const any = or(...each.map(({ taken, holds }) => and(taken, holds)));
    const all = and(...each.map(({ taken, holds }) => when(taken, holds)));
    if (values.length === 0) {
      // Only an absent key (A9).
      if (read.qualifier === "ForAllValues") return not(present);
      if (read.qualifier === "ForAnyValue") return FALSE;
      return either(read.ifExists) === TRUE ? not(present) : FALSE;
    }
    // C12, C13.
    if (read.qualifier === "ForAllValues") return or(not(present), all);
    if (read.qualifier === "ForAnyValue") return and(present, any);
    // C15: a list without a set operator.
    return whenAbsent(read, present, variable.many ? FALSE : and(present, any));
  }

  private satisfied(
    { family, typed }: KeyVariable,
    at: string,
    read: Operator,
    values: readonly string[],
    variables: boolean,
  ): Formula {
    if (family === "string") return satisfies(term(at), read, values, variables);
    if (!["numeric", "date", "ip"].includes(read.family)) throw new LeftOut("operators of several types on one key");
    const [id, place] = at.split("|");
    const address = { six: `${id}six${place}`, v4: `${id}four${place}`, v6: `${id}long${place}` };
    const one = (value: string): Formula => {
      if (family === "ip") return inBlock(address, value);
      return ordered(at, read.compare, family === "numeric" ? numberTerm(value) : dateTerm(value));
    };
    const matched = and(typed, or(...values.map(one)));
    return read.negated ? not(matched) : matched;
  }
}

/** A caller's ARN has five colons: a pattern of as many is matched field by field, whatever the operator. */
function callerArnMatches(read: Operator, value: string, variables: boolean): Formula {
  const fields = value.split(":");
  if (read.compare === "ignoreCase" || (variables && /\$\{(?![*?$]\})/.test(value)) || fields.length !== 6)
    return or(
      ...ARNS.map(({ of, service, rest }) => and(of, matches(wholeArn(service, rest), read, value, variables))),
    );
  const wild = read.family === "arn" || read.compare === "like";
  const pieces = fields.map((field) =>
    wild ? piecesOf(field, variables) : [{ text: plainOf(field, variables) }].filter(({ text }) => text !== ""),
  );
  return or(
    ...ARNS.map(({ of, service, rest }) =>
      and(
        of,
        ...["arn", "aws", service, ""].map((field, at) => globs(known(field), pieces[at]!)),
        globs(account, pieces[4]!),
        restGlobs(of, rest, pieces[5]!),
      ),
    ),
  );
}

/** C2: an absent key. */
const whenAbsent = (read: Operator, present: Formula, holds: Formula): Formula =>
  read.negated || read.ifExists ? or(not(present), holds) : holds;

/** Whether one text satisfies the operator against the list (C1, C4, C7, C10). */
function satisfies(text: Text, read: Operator, values: readonly string[], variables: boolean): Formula {
  const matched = or(...values.map((value) => matches(text, read, value, variables)));
  return read.negated ? not(matched) : matched;
}

function matches(text: Text, { family, compare }: Operator, value: string, variables: boolean): Formula {
  if (variables && /\$\{(?![*?$]\})/.test(value) && (family === "string" || family === "arn" || family === "bool"))
    throw new LeftOut("policy variables");
  switch (family) {
    case "string":
      if (compare === "like") return globs(text, piecesOf(value, variables));
      return compare === "ignoreCase"
        ? sameFolded(text, plainOf(value, variables))
        : same(text, plainOf(value, variables));
    case "bool":
      return /^(true|false)$/i.test(value) ? sameFolded(text, value) : FALSE;
    case "arn":
      return arnMatches(text, value, variables);
    default:
      // A text of a Boolean key is no number, date or address (C17).
      return FALSE;
  }
}

/** Six fields, each by itself; a pattern of fewer is no ARN (C10). */
function arnMatches(text: Text, pattern: string, variables: boolean): Formula {
  const fields = pattern.split(":");
  if (fields.length < 6) return FALSE;
  const six = [...fields.slice(0, 5), fields.slice(5).join(":")];
  const parts = six.map((field, at) => {
    const pieces = piecesOf(field, variables);
    return sequence(
      ...pieces.map((piece) =>
        "text" in piece
          ? regex(piece.text)
          : piece.wild === "?"
            ? at < 5
              ? NO_COLON
              : ANY_CHAR
            : many(at < 5 ? NO_COLON : ANY_CHAR),
      ),
    );
  });
  if (six.every((field) => !/[*?]/.test(field) && !field.includes("${"))) return same(text, pattern);
  return inRegex(text, sequence(...parts.flatMap((part, at) => (at === 0 ? [part] : [regex(":"), part]))));
}

/** What the values of a key look like. */
function formOf(folded: string, type: string, isList: boolean, value: string): Formula {
  const text = term(value);
  if (type === "Bool") return or(same(text, "true"), same(text, "false"));
  const field = some(NO_COLON);
  if (type === "ARN")
    return inRegex(
      text,
      sequence(
        regex("arn:"),
        field,
        regex(":"),
        field,
        regex(":"),
        many(NO_COLON),
        regex(":"),
        many(NO_COLON),
        regex(":"),
        some(ANY_CHAR),
      ),
    );
  if (folded === "kms:viaservice") {
    const label = some(oneOf("a-z0-9-"));
    return inRegex(text, sequence(label, regex("."), label, regex(".amazonaws.com")));
  }
  if (folded === "aws:sourceaccount" || folded === "aws:vpceaccount") return inRegex(text, times(12, DIGIT));
  if (!isList && (/tag\//.test(folded) || folded.startsWith("kms:encryptioncontext:"))) return TRUE;
  return not(same(text, ""));
}
