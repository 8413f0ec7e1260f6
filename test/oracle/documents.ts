/** Policies as their JSON says them: the encoding reads documents, not what our parser makes of them. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface Document {
  readonly Version?: string;
  readonly Statement: unknown;
}

/** What cannot be put to z3, with the reason: such a question is left out and counted. */
export class LeftOut extends Error {}

export type Kind =
  | "identity"
  | "permissionsBoundary"
  | "session"
  | "key"
  | "trust"
  | "resource"
  | "serviceControl"
  | "resourceControl"
  | "vpcEndpoint"
  | "question";

export interface PrincipalList {
  readonly not: boolean;
  readonly values: readonly { readonly type: string; readonly value: string }[];
}
export interface List {
  readonly not: boolean;
  readonly values: readonly string[];
}
export interface Test {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}
export interface StatementRead {
  readonly kind: Kind;
  readonly allow: boolean;
  readonly principal: PrincipalList | undefined;
  readonly action: List;
  readonly resource: List | undefined;
  readonly tests: readonly Test[];
  /** Whether `${…}` is a variable (semantics A3). */
  readonly variables: boolean;
  readonly endpoint: string | undefined;
}

const list = (value: unknown): string[] =>
  value === undefined ? [] : (Array.isArray(value) ? value : [value]).map((one) => String(one));

/** The statements that can apply at all (semantics A8, A9). */
export function statementsOf(document: Document, kind: Kind, endpoint?: string): StatementRead[] {
  const statements = (
    Array.isArray(document.Statement) ? document.Statement : [document.Statement]
  ) as readonly Readonly<Record<string, unknown>>[];
  return statements.flatMap((statement) => {
    const pair = (name: string): List | undefined =>
      statement[`Not${name}`] !== undefined
        ? { not: true, values: list(statement[`Not${name}`]) }
        : statement[name] !== undefined
          ? { not: false, values: list(statement[name]) }
          : undefined;
    const action = pair("Action");
    const resource = pair("Resource");
    if (!action || action.values.length === 0) return [];
    if (resource?.values.length === 0) return [];
    if (kind === "key" && !resource) return [];
    const principal = principalOf(statement);
    if (principal?.values.length === 0) return [];
    if (principal?.not && statement.Effect === "Allow") throw new LeftOut("NotPrincipal with Allow");
    const tests = Object.entries((statement.Condition ?? {}) as Record<string, Record<string, unknown>>).flatMap(
      ([operator, keys]) => Object.entries(keys).map(([key, values]) => ({ operator, key, values: list(values) })),
    );
    return [
      {
        kind,
        allow: statement.Effect === "Allow",
        principal,
        action,
        resource,
        tests,
        variables: document.Version === "2012-10-17",
        endpoint,
      },
    ];
  });
}

function principalOf(statement: Readonly<Record<string, unknown>>): PrincipalList | undefined {
  const not = statement.NotPrincipal !== undefined;
  const value = statement.NotPrincipal ?? statement.Principal;
  if (value === undefined) return undefined;
  if (typeof value === "string") return { not, values: [{ type: "AWS", value }] };
  const values = Object.entries(value as Record<string, unknown>).flatMap(([type, of]) =>
    list(of).map((one) => ({ type, value: one })),
  );
  return { not, values };
}
