import { createRequire } from "node:module";

/** Readers of the typed values in conditions, shared by the evaluator and the findings. Undefined: not such a value. */

/** Integer or decimal (semantics C5). */
export function parseNumber(text: string): number | undefined {
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** Milliseconds since 1970 of a W3C date or of epoch seconds; a missing zone is UTC (semantics C6). */
export function parseDate(text: string): number | undefined {
  if (/^-?\d+$/.test(text)) return Number(text) * 1000;
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = "", zone = "Z"] = match;
  const instant = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${fraction.slice(0, 4)}${zone}`);
  if (Number.isNaN(instant)) return undefined;
  // `Date.parse` rolls 30 February over into March; such a date is no date.
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return Number(day) <= days ? instant : undefined;
}

/** A four-digit integer reads as epoch seconds, though the W3C profile allows a bare year (semantics C6). */
export const isYearLike = (text: string): boolean => /^\d{4}$/.test(text);

/** Any case (semantics C7). */
export function parseBool(text: string): boolean | undefined {
  const folded = text.toLowerCase();
  return folded === "true" ? true : folded === "false" ? false : undefined;
}

/** The bytes of base64 text, as text (semantics C8). */
export function parseBinary(text: string): string | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  return Buffer.from(text, "base64").toString("latin1");
}

export interface Cidr {
  readonly version: 4 | 6;
  readonly bytes: readonly number[];
  readonly prefix: number;
  /** Whether the prefix was written, or taken to be a single host's. */
  readonly written: boolean;
}

/** An address or a block of addresses, IPv4 or IPv6 in any spelling (semantics C9). */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf("/");
  const address = slash === -1 ? text : text.slice(0, slash);
  const length = slash === -1 ? undefined : text.slice(slash + 1);
  const bytes = addressBytes(address);
  if (!bytes) return undefined;
  const bits = bytes.length * 8;
  if (length !== undefined && (!/^\d{1,3}$/.test(length) || Number(length) > bits)) return undefined;
  return {
    version: bits === 32 ? 4 : 6,
    bytes,
    prefix: length === undefined ? bits : Number(length),
    written: length !== undefined,
  };
}

type IpAddr = typeof import("ipaddr.js");

/**
 * Loaded when the first address is read. To import this CommonJS package from an ES module starts the part of Node that
 * reads the exports of one, which takes longer than all the rest of loading this package.
 */
let loaded: IpAddr | undefined;

function addressBytes(text: string): number[] | undefined {
  loaded ??= createRequire(import.meta.url)("ipaddr.js") as IpAddr;
  const ipaddr = loaded;
  // ipaddr.js also reads octal and one-part IPv4; AWS's form has four decimal parts.
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text))
    return ipaddr.IPv4.isValidFourPartDecimal(text) ? ipaddr.IPv4.parse(text).octets : undefined;
  if (!text.includes(":") || text.includes("%") || !ipaddr.IPv6.isValid(text)) return undefined;
  return ipaddr.IPv6.parse(text).toByteArray();
}

/** Whether the block holds the address. Host bits of the block are ignored; families never mix. */
export function cidrHolds(block: Cidr, address: Cidr, prefix: number = block.prefix): boolean {
  if (block.version !== address.version || address.prefix !== address.bytes.length * 8) return false;
  const whole = prefix >> 3;
  for (let at = 0; at < whole; at++) if (block.bytes[at] !== address.bytes[at]) return false;
  const rest = prefix & 7;
  return rest === 0 || block.bytes[whole]! >> (8 - rest) === address.bytes[whole]! >> (8 - rest);
}
