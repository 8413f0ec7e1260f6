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

/** The parts of a complete ARN; undefined for anything else. */
export function parseArn(text: string): Arn | undefined {
  if (!text.startsWith("arn:")) return undefined;
  const [, partition, service, region, account, resource] = arnFields(text);
  if (!partition || !service || region === undefined || account === undefined || !resource) return undefined;
  return { partition, service, region, account, resource };
}

export const isAccountId = (text: string): boolean => /^\d{12}$/.test(text);
