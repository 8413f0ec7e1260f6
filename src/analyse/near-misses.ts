/** Texts just beside those that a policy writes, where a condition or a pattern that is a little too wide shows. */
import { isAccountId } from "../policy/arn.ts";
import { parseCidr, parseDate, parseNumber } from "../policy/values.ts";
import { parseTemplate, splitArnPattern } from "../policy/variables.ts";

/** The last character dropped, one added, one replaced, another case; empty. */
export function nearText(text: string): string[] {
  if (text === "") return ["x"];
  const last = text.at(-1)!;
  return [
    text.slice(0, -1),
    `${text}x`,
    text.slice(0, -1) + (last === "x" ? "y" : "x"),
    `x${text}`,
    recased(text),
    "",
  ].filter((near) => near !== text);
}

/** The last letter in the other case. */
export function recased(text: string): string {
  for (let at = text.length - 1; at >= 0; at--) {
    const char = text[at]!;
    const other = char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase();
    if (other !== char) return text.slice(0, at) + other + text.slice(at + 1);
  }
  return text;
}

/** The account whose last digit is another. */
export const nearAccount = (account: string): string =>
  account.slice(0, -1) + String((Number(account.at(-1)) + 1) % 10);

/** The Region beside it: another number, or another place. */
export function nearRegions(region: string): string[] {
  const number = Number(region.at(-1));
  const near = Number.isInteger(number) ? [`${region.slice(0, -1)}${(number % 3) + 1}`] : [];
  return [...near, region === "eu-west-1" ? "us-east-1" : "eu-west-1"];
}

/** Another account, another Region, other names at the end. */
export function nearArn(arn: string): string[] {
  const fields = arn.split(":");
  if (fields.length < 6) return nearText(arn);
  const withField = (at: number, value: string) => [...fields.slice(0, at), value, ...fields.slice(at + 1)].join(":");
  const [, , , region = "", account = ""] = fields;
  const resource = fields.slice(5).join(":");
  const head = fields.slice(0, 5).join(":");
  const cut = resource.slice(0, -1);
  return [
    ...(isAccountId(account) ? [withField(4, nearAccount(account))] : []),
    ...(/^[a-z]+(-[a-z]+)+-\d$/.test(region) ? nearRegions(region).map((near) => withField(3, near)) : []),
    ...(cut !== "" && !/[/:]$/.test(cut) ? [`${head}:${cut}`] : []),
    `${head}:${resource}x`,
    `${head}:${recased(resource)}`,
  ].filter((near) => near !== arn);
}

/** What `service.region.amazonaws.com` is beside: another Region, another service. */
export function nearViaService(name: string): string[] {
  const [service = "", region = ""] = name.split(".");
  return [
    ...nearRegions(region).map((near) => `${service}.${near}.amazonaws.com`),
    `${service === "s3" ? "ec2" : "s3"}.${region}.amazonaws.com`,
    `${service}x.${region}.amazonaws.com`,
  ].filter((near) => near !== name);
}

export function nearNumbers(texts: readonly string[]): string[] {
  const numbers = texts.map(parseNumber).filter((number) => number !== undefined);
  const found = new Set<string>(["0"]);
  for (const number of numbers) for (const near of [number, number - 1, number + 1]) found.add(String(near));
  if (numbers.length > 0) found.add(String(Math.max(...numbers) * 2 + 1));
  return [...found].filter((text) => parseNumber(text) !== undefined && !text.startsWith("-"));
}

const FIRST_INSTANT = 0;
/** The end of the year 9998. */
const LAST_INSTANT = Date.UTC(9998, 11, 31);

/** The instant, one second before it and one after it, as milliseconds; and a day that nobody names. */
export function nearInstants(texts: readonly string[]): number[] {
  const found = new Set<number>();
  for (const text of texts) {
    const instant = parseDate(text);
    if (instant === undefined) continue;
    for (const near of [instant, instant - 1000, instant + 1000])
      if (near >= FIRST_INSTANT && near <= LAST_INSTANT) found.add(near);
  }
  found.add(Date.UTC(2026, 0, 31, 12));
  return [...found];
}

/** Of each block its two ends and the two addresses around them; one of them as IPv4-mapped IPv6. */
export function nearAddresses(texts: readonly string[]): string[] {
  const found = new Set<string>(["203.0.113.77", "2001:db8::77"]);
  for (const text of texts) {
    const block = parseCidr(text);
    if (!block) continue;
    const bits = block.bytes.length * 8;
    const size = 1n << BigInt(bits - block.prefix);
    const first = (block.bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) / size) * size;
    for (const number of [first, first + size - 1n, first - 1n, first + size])
      if (number >= 0n && number < 1n << BigInt(bits)) found.add(address(number, block.version));
    if (block.version === 4) found.add(`::ffff:${address(first, 4)}`);
  }
  return [...found];
}

function address(number: bigint, version: 4 | 6): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 255n).join(".");
  return Array.from({ length: 8 }, (_, at) => ((number >> BigInt(112 - 16 * at)) & 0xffffn).toString(16)).join(":");
}

/** A pattern's wildcards filled in: with nothing, with one character, with what stands for the value as a whole. */
export function instances(pattern: string, fills: readonly string[] = []): string[] {
  if (!/[*?]/.test(pattern)) return [pattern];
  const one = pattern.replaceAll("?", "x");
  return [...new Set(["x", "", ...fills].map((fill) => one.replaceAll("*", fill)))];
}

/** The same in a policy that may have variables: what is escaped is the character, what reads a key stays. */
export function templateInstances(pattern: string, variables: boolean, fills: readonly string[] = []): string[] {
  if (!variables || !pattern.includes("${")) return instances(pattern, fills);
  const { parts } = parseTemplate(pattern);
  return [...new Set(["x", "", ...fills])].map((fill) =>
    parts
      .map((part) =>
        "text" in part
          ? part.text.replaceAll("?", "x").replaceAll("*", fill)
          : "literal" in part
            ? part.literal
            : `\${${part.key}${part.fallback === undefined ? "" : `,'${part.fallback}'`}}`,
      )
      .join(""),
  );
}

/** Whether the text reads a key's value, which only a whole request has. */
export const isTemplate = (text: string): boolean => text.includes("${");

/** The six fields of an ARN pattern, those that are not written as stars. */
export function arnPatternFields(pattern: string): string[] {
  const fields = splitArnPattern(pattern);
  return [...fields, ...Array<string>(Math.max(0, 6 - fields.length)).fill("*")];
}
