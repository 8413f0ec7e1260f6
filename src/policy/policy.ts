import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import type { Place, Source } from "../source/source.ts";
import type { PolicyKind } from "./kinds.ts";

/** An element's value and where it is written. */
export interface Located {
  readonly value: string;
  readonly place: Place;
}

export type PrincipalType = "AWS" | "Service" | "Federated" | "CanonicalUser";

export interface PrincipalValue extends Located {
  /** `"*"` alone reads as `{ "AWS": "*" }` (semantics A10). */
  readonly type: PrincipalType;
}

/** An element of a statement that comes in a plain and a `Not…` form. */
export interface Element<T extends Located = Located> {
  readonly not: boolean;
  readonly values: readonly T[];
  readonly place: Place;
}

/** One key under one operator: `"StringEquals": { "kms:ViaService": [...] }`. */
export interface Condition {
  readonly operator: string;
  readonly operatorPlace: Place;
  readonly key: string;
  readonly values: readonly Located[];
  /** From the key to the end of its values. */
  readonly place: Place;
  readonly keyPlace: Place;
}

export interface Statement {
  readonly index: number;
  readonly sid?: string;
  readonly effect: "Allow" | "Deny";
  readonly effectPlace: Place;
  readonly principal?: Element<PrincipalValue>;
  readonly action?: Element;
  readonly resource?: Element;
  readonly conditions: readonly Condition[];
  readonly place: Place;
}

export interface PolicyFields {
  readonly kind: PolicyKind;
  readonly name: string;
  readonly version: "2012-10-17" | "2008-10-17" | null;
  readonly id: string | null;
  readonly statements: readonly Statement[];
  readonly findings: readonly Diagnostic[];
  /** The ARN of the resource that the policy is attached to: a key, a role, or another. */
  readonly resource: string | null;
  /** The account that owns that resource. */
  readonly account: string | null;
  readonly endpoint: "gateway" | "interface" | null;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const BRAND = Symbol.for("iam-expect.policy");
const SOURCE = Symbol.for("iam-expect.policy.source");
const DOCUMENT = Symbol.for("iam-expect.policy.document");

/** A parsed policy. Immutable; its own enumerable properties are plain data. Made by `keyPolicy(...)` and the like. */
export class Policy implements PolicyFields {
  declare readonly kind: PolicyKind;
  declare readonly name: string;
  declare readonly version: PolicyFields["version"];
  declare readonly id: string | null;
  declare readonly statements: readonly Statement[];
  declare readonly findings: readonly Diagnostic[];
  declare readonly resource: string | null;
  declare readonly account: string | null;
  declare readonly endpoint: PolicyFields["endpoint"];

  /** `document`: where in the source the policy stands; left out where it was not written but made. */
  constructor(fields: PolicyFields, source: Source, document?: Span) {
    Object.assign(this, fields);
    Object.defineProperty(this, BRAND, { value: true });
    Object.defineProperty(this, SOURCE, { value: source });
    Object.defineProperty(this, DOCUMENT, { value: document });
    // A policy is compiled once: what is decided must stay what is read.
    freeze(this);
  }
}

function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
}

/** By brand, not by class: the ESM and the CommonJS build of the package may both be loaded. */
export function isPolicy(value: unknown): value is Policy {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
}

/** The text that a policy was read from, for code frames. */
export function sourceOf(policy: Policy): Source {
  return (policy as unknown as Record<symbol, Source>)[SOURCE]!;
}

/** Where in its source the policy stands. */
export function spanOf(policy: Policy): Span | undefined {
  return (policy as unknown as Record<symbol, Span | undefined>)[DOCUMENT];
}

/** Only version 2012-10-17 substitutes `${…}`; an absent version reads as 2008-10-17 (semantics A3). */
export function hasVariables(policy: { readonly version: PolicyFields["version"] }): boolean {
  return policy.version === "2012-10-17";
}
