import { createHash } from "node:crypto";

/** One entry of `ContextEntries`. */
export interface ContextEntry {
  readonly key: string;
  readonly type: ContextType;
  readonly values: readonly string[];
}

type Scalar = "string" | "numeric" | "boolean" | "ip" | "binary" | "date";
export type ContextType = Scalar | `${Scalar}List`;

/** A policy that `SimulatePrincipalPolicy` leaves out, as its `PolicyExclusionList` takes it. */
export type Exclusion =
  | { readonly PolicyType: "inline" | "aws-managed" | "user-managed" | "permission-boundary" | "scp" | "rcp" }
  | { readonly PolicyArn: string }
  | { readonly InlinePolicyIdentifier: Readonly<Record<string, string>> };

/** Everything of a question but its request: what is the same in all calls about one set of policies. */
export interface Scope {
  readonly identity: readonly string[];
  readonly permissionsBoundary: readonly string[];
  /** Levels from the root to the account. */
  readonly serviceControl: readonly (readonly string[])[];
  readonly resource: string | null;
  readonly caller: string | null;
  readonly owner: string | null;
  /** Set where the principal's own policies are simulated and `identity` and `serviceControl` are not sent. */
  readonly principal: string | null;
  readonly exclude: readonly Exclusion[];
}

/** What AWS is asked, in full. */
export interface Question {
  readonly scope: Scope;
  readonly action: string;
  /** An ARN, or `*`. */
  readonly resource: string;
  /** By key. */
  readonly context: readonly ContextEntry[];
  /** What the policies are called, in the order of `policiesIn`; no part of the question. */
  readonly names: readonly string[];
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const SCOPES = new WeakMap<Scope, string>();

/** The same for two scopes that say the same. */
export function scopeHash(scope: Scope): string {
  let hash = SCOPES.get(scope);
  if (hash === undefined) {
    const { identity, permissionsBoundary, serviceControl, resource, caller, owner, principal, exclude } = scope;
    hash = sha256(
      JSON.stringify([identity, permissionsBoundary, serviceControl, resource, caller, owner, principal, exclude]),
    );
    SCOPES.set(scope, hash);
  }
  return hash;
}

export const contextId = (context: readonly ContextEntry[]): string =>
  JSON.stringify(context.map(({ key, type, values }) => [key, type, values]));

export const questionHash = ({ scope, action, resource, context }: Question): string =>
  sha256(JSON.stringify([scopeHash(scope), action, resource, contextId(context)]));
