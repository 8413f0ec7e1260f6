import { refuse } from "../src/diagnostic/diagnostic.ts";
import { isEnvironment } from "../src/environment/environment.ts";
import type { Subject } from "../src/evaluate/normalise.ts";
import { classify } from "../src/policy/classify.ts";
import { KINDS } from "../src/policy/kinds.ts";
import { isPolicy, type Policy } from "../src/policy/policy.ts";
import { type Grant, isGrant } from "../src/request/grant.ts";

export interface Received {
  readonly subject: Subject;
  /** What a plain object or text was taken to be, for messages. */
  readonly readAs: string | undefined;
}

/** What was given to `expect`, read at the call: a document that is changed afterwards does not change the check. */
export function readSubject(received: unknown): Received {
  if (isEnvironment(received)) return { subject: received, readAs: undefined };
  const readAs: string[] = [];
  const one = (value: unknown): Policy | Grant => {
    if (isPolicy(value) || isGrant(value)) return value;
    const document =
      typeof value === "string"
        ? value
        : typeof value === "object" && value !== null && !Array.isArray(value)
          ? value
          : undefined;
    if (document === undefined)
      return refuse("wrong-use", `expect was given ${nameOf(value)}, which is no policy`, {
        help: 'give it a policy, as in `expect(keyPolicy.fromFile("policies/key.json"))`, or a list of policies and grants',
      });
    const policy = classify(document);
    readAs.push(KINDS[policy.kind].title);
    return policy;
  };
  const subject = Array.isArray(received) ? received.map(one) : one(received);
  return { subject, readAs: readAs.length > 0 ? readAs.join(", ") : undefined };
}

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return "a list inside a list";
  return value === null || value === undefined ? String(value) : `a ${typeof value}`;
}
