import {
  identityPolicy,
  keyPolicy,
  permissionsBoundary,
  resourceControlPolicy,
  resourcePolicy,
  serviceControlPolicy,
  sessionPolicy,
  trustPolicy,
  vpcEndpointPolicy,
} from "../../src/policy/constructors.ts";
import type { Policy } from "../../src/policy/policy.ts";

export const MAKERS = {
  identityPolicy,
  keyPolicy,
  permissionsBoundary,
  resourceControlPolicy,
  resourcePolicy,
  serviceControlPolicy,
  sessionPolicy,
  trustPolicy,
  vpcEndpointPolicy,
};
export type Maker = keyof typeof MAKERS;

interface Row {
  readonly name: string;
  readonly kind: Maker;
  readonly options?: { readonly key?: string };
  /** The document; lines where it has several. */
  readonly text: string | readonly string[];
  /** What `src` does instead, today. The row must fail; who repairs it takes the mark away. */
  readonly bug?: string;
}

/** A document that is refused, and the whole message. */
export interface Malformed extends Row {
  readonly message: readonly string[];
}

/** A document that is read, and the whole text of its findings, an empty line between two. */
export interface Remarked extends Row {
  readonly findings: readonly string[];
}

export const textOf = ({ text }: Row): string => (typeof text === "string" ? text : text.join("\n"));

export function read(row: Row): Policy {
  const make = MAKERS[row.kind] as (document: string, options: object) => Policy;
  return make(textOf(row), { name: "policy.json", ...row.options });
}
