/** Typed values of conditions (semantics C5-C10), as terms of z3. */
import ipaddr from "ipaddr.js";
import type { Formula } from "./smt.ts";

export type Family = "string" | "numeric" | "date" | "bool" | "ip" | "arn" | "null" | "binary";

export interface Operator {
  readonly qualifier: "ForAllValues" | "ForAnyValue" | undefined;
  readonly ifExists: boolean;
  readonly negated: boolean;
  readonly family: Family;
  readonly compare: "equals" | "ignoreCase" | "like" | "less" | "lessEquals" | "greater" | "greaterEquals";
}

export function operatorOf(text: string): Operator {
  const [, set, rest = ""] = /^(?:(ForAllValues|ForAnyValue):)?(.+)$/i.exec(text)!;
  const qualifier =
    set === undefined ? undefined : /all/i.test(set) ? ("ForAllValues" as const) : ("ForAnyValue" as const);
  const ifExists = /IfExists$/i.test(rest);
  const name = rest.replace(/IfExists$/i, "").toLowerCase();
  const base = { qualifier, ifExists };
  if (name === "null") return { ...base, negated: false, family: "null", compare: "equals" };
  if (name === "bool") return { ...base, negated: false, family: "bool", compare: "equals" };
  if (name === "binaryequals") return { ...base, negated: false, family: "binary", compare: "equals" };
  if (name === "ipaddress" || name === "notipaddress")
    return { ...base, negated: name.startsWith("not"), family: "ip", compare: "equals" };
  const [, family, not, how] = /^(string|arn|numeric|date)(not)?(.+)$/.exec(name)!;
  const compare = (
    {
      equals: "equals",
      equalsignorecase: "ignoreCase",
      like: "like",
      lessthan: "less",
      lessthanequals: "lessEquals",
      greaterthan: "greater",
      greaterthanequals: "greaterEquals",
    } as const
  )[how!]!;
  return { ...base, negated: not !== undefined, family: family as Family, compare };
}

const RELATIONS = { equals: "=", less: "<", lessEquals: "<=", greater: ">", greaterEquals: ">=" } as const;

export function ordered(term: string, compare: Operator["compare"], value: string | undefined): Formula {
  return value === undefined ? "false" : `(${RELATIONS[compare as keyof typeof RELATIONS]} ${term} ${value})`;
}

/** Integer or decimal. */
export function numberTerm(text: string): string | undefined {
  const match = /^([+-]?)(\d+)(\.\d+)?$/.exec(text);
  if (!match) return undefined;
  const digits = `${match[2]}${match[3] ?? ".0"}`;
  return match[1] === "-" ? `(- ${digits})` : digits;
}

/** Milliseconds since 1970. */
export function dateTerm(text: string): string | undefined {
  const milliseconds = /^-?\d+$/.test(text)
    ? Number(text) * 1000
    : /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text)
      ? Date.parse(/T/.test(text) && !/(Z|[+-]\d\d:\d\d)$/.test(text) ? `${text}Z` : text)
      : Number.NaN;
  if (Number.isNaN(milliseconds)) return undefined;
  return milliseconds < 0 ? `(- ${-milliseconds}.0)` : `${milliseconds}.0`;
}

export interface AddressTerms {
  /** Whether it is an IPv6 address. */
  readonly six: string;
  readonly v4: string;
  readonly v6: string;
}

export function inBlock({ six, v4, v6 }: AddressTerms, text: string): Formula {
  const [address = "", prefix] = text.split("/");
  if (!ipaddr.isValid(address) || (prefix !== undefined && !/^\d+$/.test(prefix))) return "false";
  const parsed = ipaddr.parse(address);
  const four = parsed.kind() === "ipv4";
  const width = four ? 32 : 128;
  const bits = prefix === undefined ? width : Number(prefix);
  if (bits > width) return "false";
  const family = four ? `(not ${six})` : six;
  if (bits === 0) return family;
  const whole = parsed
    .toByteArray()
    .map((byte) => byte.toString(2).padStart(8, "0"))
    .join("");
  return `(and ${family} (= ((_ extract ${width - 1} ${width - bits}) ${four ? v4 : v6}) #b${whole.slice(0, bits)}))`;
}
