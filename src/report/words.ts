import { printable } from "../diagnostic/frame.ts";
import type { Facts } from "../request/facts.ts";

/** Names of requests as people say them. */

/** The part of an ARN that tells it apart: `role/app`, `key/1234abcd`. */
export function shortArn(arn: string): string {
  const fields = arn.split(":");
  if (fields[0] !== "arn" || fields.length < 6) return printable(arn);
  const rest = fields.slice(5).join(":");
  if (rest === "root") return "the root user";
  return printable(fields[2] === "kms" || fields[2] === "iam" || fields[2] === "sts" ? rest : `${fields[2]}:${rest}`);
}

/** Who, what, on which, then the context that the test told: lines of the message's `request`. */
export function requestLines({ principal, request, resource, owner }: Facts): string[] {
  const foreign = principal.account !== null && owner !== undefined && principal.account !== owner;
  const who = shortArn(principal.name) + (foreign ? ` of ${principal.account}` : "");
  const what = resource === undefined ? "the resource of this policy" : resource === "*" ? "" : shortArn(resource);
  const lines = [`${who}  ${printable(request.action)}${what && `  ${what}`}`];
  for (const [key, value] of Object.entries(request.context))
    lines.push(
      value === null
        ? `${printable(key)} absent`
        : `${printable(key)} = ${short(typeof value === "string" ? value : value.join(", "))}`,
    );
  if (request.givenIdentity === "allows") lines.push("identity policies: given to allow it");
  if (request.givenIdentity === "none") lines.push("identity policies: given to be none");
  return lines;
}

export const short = (text: string, max = 90): string =>
  printable(text.length > max ? `${text.slice(0, max - 1)}…` : text);

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
