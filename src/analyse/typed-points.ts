/** For numbers, instants and addresses: one value for each way in which the listed ones can lie around it. */

import { type Cidr, parseCidr, parseDate, parseNumber } from "../policy/values.ts";
import { Outside } from "./outside.ts";

/** Each listed number, one in each gap, one on either side; whole where the gap holds a whole one. */
export function numberPoints(listed: readonly string[]): string[] {
  return around(listed.map(parseNumber), 1, (low, high) => {
    const whole = Math.floor(low) + 1;
    return whole < high ? whole : (low + high) / 2;
  }).map(decimal);
}

function decimal(value: number): string {
  const text = Number.isInteger(value) ? BigInt(value).toString() : String(value);
  if (parseNumber(text) === undefined) throw new Outside(`the number ${text} is too small to be written out`);
  return text;
}

/** The same for instants, as ISO texts. */
export function datePoints(listed: readonly string[]): string[] {
  const day = 86_400_000;
  const gap = (low: number, high: number) => {
    const second = Math.ceil((low + 1) / 1000) * 1000;
    return second < high ? second : Math.floor((low + high) / 2);
  };
  return around(listed.map(parseDate), day, gap)
    .filter((instant) => Math.abs(instant) < 60_000 * 365 * day && instant > -60 * 365 * day)
    .map((instant) => new Date(instant).toISOString())
    .filter((text) => parseDate(text) !== undefined);
}

function around(
  read: readonly (number | undefined)[],
  step: number,
  between: (low: number, high: number) => number,
): number[] {
  const points = [...new Set(read.filter((value) => value !== undefined))].sort((a, b) => a - b);
  if (points.length === 0) return [Math.max(step, 1)];
  const found = [points[0]! - step];
  for (const [at, point] of points.entries()) {
    found.push(point);
    const next = points[at + 1];
    if (next !== undefined) {
      const middle = between(point, next);
      if (middle > point && middle < next) found.push(middle);
    }
  }
  found.push(points.at(-1)! + step);
  return found;
}

/** In each family the first address, and the first after each end of a block: every stretch begins with one of them. */
export function addressPoints(listed: readonly string[]): string[] {
  const found = new Set<string>();
  for (const version of [4, 6] as const) {
    const bits = version === 4 ? 32 : 128;
    const blocks = listed.map(parseCidr).filter((block) => block?.version === version) as Cidr[];
    // An address to show first that is in none of the common blocks (RFC 5737, RFC 3849).
    found.add(version === 4 ? "203.0.113.77" : "2001:db8::77");
    const starts = [0n];
    // The other reading of an IPv6 address without a prefix (semantics C9).
    for (const block of blocks)
      for (const prefix of block.written ? [block.prefix] : [block.prefix, Math.min(32, bits)]) {
        const size = BigInt(bits - prefix);
        const first = (toNumber(block.bytes) >> size) << size;
        starts.push(first, first + (1n << size));
      }
    for (const start of starts) if (start < 1n << BigInt(bits)) found.add(toAddress(start, version));
  }
  return [...found];
}

const toNumber = (bytes: readonly number[]) => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

function toAddress(number: bigint, version: 4 | 6): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 255n).join(".");
  return Array.from({ length: 8 }, (_, at) => ((number >> BigInt(112 - 16 * at)) & 0xffffn).toString(16)).join(":");
}
