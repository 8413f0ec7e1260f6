/** ARNs: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** The sixth field, which keeps further colons. */
  readonly resource: string;
}

/** Splits a text in at most six fields, the sixth keeping its colons. */
export function arnFields(text: string): string[] {
  const a = text.indexOf(":");
  const b = text.indexOf(":", a + 1);
  const c = text.indexOf(":", b + 1);
  const d = text.indexOf(":", c + 1);
  const e = text.indexOf(":", d + 1);
  // Nearly always there are six, and every decision on a key or with wildcards asks.
  if (a < b && b < c && c < d && d < e)
    return [
      text.slice(0, a),
      text.slice(a + 1, b),
      text.slice(b + 1, c),
      text.slice(c + 1, d),
      text.slice(d + 1, e),
      text.slice(e + 1),
    ];
  const fields: string[] = [];
  let from = 0;
  while (fields.length < 5) {
    const colon = text.indexOf(":", from);
    if (colon === -1) break;
    fields.push(text.slice(from, colon));
    from = colon + 1;
  }
  fields.push(text.slice(from));
  return fields;
}

/** Where the sixth field of a text begins; -1 where there are fewer. */
export function lastFieldOf(text: string): number {
  let at = 0;
  for (let colons = 0; colons < 5; colons++) {
    at = text.indexOf(":", at) + 1;
    if (at === 0) return -1;
  }
  return at;
}

/** The parts of a complete ARN; undefined for anything else. */
export function parseArn(text: string): Arn | undefined {
  return text.startsWith("arn:") ? arnOf(arnFields(text)) : undefined;
}

/** The same from the fields of a text. */
export function arnOf(fields: readonly string[]): Arn | undefined {
  const partition = fields[1];
  const service = fields[2];
  const resource = fields[5];
  if (fields[0] !== "arn" || !partition || !service || !resource) return undefined;
  return { partition, service, region: fields[3]!, account: fields[4]!, resource };
}

/** Whether an ARN is of a service, and its last field begins so; without taking it apart. */
export function isArnOf(arn: string, service: string, resource = ""): boolean {
  // A partition is short: looking at its characters takes less than a search.
  let from = 4;
  while (from < arn.length && arn.charCodeAt(from) !== COLON) from++;
  from++;
  const region = from + service.length;
  if (arn.charCodeAt(region) !== COLON || !arn.startsWith(service, from)) return false;
  return resource === "" || arn.startsWith(resource, arn.indexOf(":", arn.indexOf(":", region + 1) + 1) + 1);
}

/** The account that a complete ARN names, if it names one; without taking it apart. */
export function accountOf(arn: string): string | undefined {
  if (!arn.startsWith("arn:")) return undefined;
  const service = arn.indexOf(":", 4) + 1;
  const region = arn.indexOf(":", service) + 1;
  const account = arn.indexOf(":", region) + 1;
  const end = arn.indexOf(":", account);
  const complete = service > 5 && region > service + 1 && account > region && end !== -1 && end + 1 < arn.length;
  if (!complete || end - account !== 12) return undefined;
  const text = arn.slice(account, end);
  return isAccountId(text) ? text : undefined;
}

const COLON = 0x3a;

export const isAccountId = (text: string): boolean => /^\d{12}$/.test(text);
