/** AWS's answer to one call, checked: what is not plainly an answer to what was asked is none. */
import type { Outcome } from "../evaluate/verdict.ts";
import type { Answer, MatchedStatement } from "./answer.ts";
import { UnreadableAnswer } from "./failure.ts";
import type { Position } from "./sent-text.ts";

/** A page, as any version of the SDK reads it. */
export interface Page {
  readonly EvaluationResults?: readonly Result[];
  readonly IsTruncated?: boolean;
  readonly Marker?: string;
}

interface Common {
  readonly EvalResourceName?: string;
  readonly MatchedStatements?: readonly {
    readonly SourcePolicyId?: string;
    readonly SourcePolicyType?: string;
    readonly StartPosition?: WirePosition;
    readonly EndPosition?: WirePosition;
  }[];
  readonly MissingContextValues?: readonly string[];
  readonly EvalDecisionDetails?: Readonly<Record<string, string>>;
  readonly PermissionsBoundaryDecisionDetail?: { readonly AllowedByPermissionsBoundary?: boolean };
}
interface WirePosition {
  readonly Line?: number;
  readonly Column?: number;
}
interface Result extends Common {
  readonly EvalActionName?: string;
  readonly EvalDecision?: string;
  readonly OrganizationsDecisionDetail?: { readonly AllowedByOrganizations?: boolean };
  readonly ResourceSpecificResults?: readonly (Common & { readonly EvalResourceDecision?: string })[];
}

/** The rows of an answer by `cellId`. */
export type Rows = Map<string, Answer>;

export const cellId = (action: string, resource: string): string => `${action.toLowerCase()} ${resource}`;

/** Reads a page into `rows`. A row for what was not asked means that the answer is another's. */
export function readPage(page: Page, asked: { actions: readonly string[]; resources: readonly string[] }, rows: Rows) {
  if (!Array.isArray(page.EvaluationResults)) throw new UnreadableAnswer("it holds no results");
  if (typeof page.IsTruncated !== "boolean") throw new UnreadableAnswer("it does not say whether it is whole");
  const actions = new Set(asked.actions.map((action) => action.toLowerCase()));
  const resources = new Set(asked.resources);
  for (const result of page.EvaluationResults as readonly Result[]) {
    const action = result.EvalActionName;
    if (typeof action !== "string" || !actions.has(action.toLowerCase()))
      throw new UnreadableAnswer(`it is about the action ${action}, which was not asked`);
    const allowedByOrganizations = result.OrganizationsDecisionDetail?.AllowedByOrganizations ?? null;
    const specific = result.ResourceSpecificResults ?? [];
    for (const row of specific) {
      const resource = row.EvalResourceName;
      if (typeof resource !== "string" || !resources.has(resource))
        throw new UnreadableAnswer(`it is about the resource ${resource}, which was not asked`);
      const decision = readDecision(row.EvalResourceDecision);
      add(rows, action, resource, { decision, ...common(row, result), allowedByOrganizations, model: "resource" });
    }
    if (specific.length > 0) continue;
    const resource = ofAction(result.EvalResourceName, asked.resources);
    // The decision of several resources together says nothing of each.
    if (resource === undefined) continue;
    const decision = readDecision(result.EvalDecision);
    add(rows, action, resource, { decision, ...common(result, result), allowedByOrganizations, model: "action" });
  }
}

/** The resource that a result without results by resource is about. */
function ofAction(name: string | undefined, asked: readonly string[]): string | undefined {
  if (name !== undefined && asked.includes(name)) return name;
  // Since July 2026 a template (`arn:${Partition}:s3:::${BucketName}`), or `*` for an action without resources.
  const template = name === undefined || name === "*" || name.includes("${");
  if (!template) throw new UnreadableAnswer(`it is about the resource ${name}, which was not asked`);
  return asked.length === 1 ? asked[0] : undefined;
}

function add(rows: Rows, action: string, resource: string, answer: Answer): void {
  const id = cellId(action, resource);
  const known = rows.get(id);
  if (known && known.decision !== answer.decision)
    throw new UnreadableAnswer(`it answers ${action} on ${resource} twice, and not alike`);
  rows.set(id, answer);
}

function readDecision(text: string | undefined): Outcome {
  if (text === "allowed" || text === "explicitDeny" || text === "implicitDeny") return text;
  throw new UnreadableAnswer(`the decision ${text} is none that is known`);
}

function common(row: Common, result: Common): Omit<Answer, "decision" | "model" | "allowedByOrganizations"> {
  const boundary = row.PermissionsBoundaryDecisionDetail ?? result.PermissionsBoundaryDecisionDetail;
  return {
    matched: (row.MatchedStatements ?? []).map(matched),
    missing: [...(row.MissingContextValues ?? [])].sort(),
    allowedByBoundary: boundary?.AllowedByPermissionsBoundary ?? null,
    details: { ...(row.EvalDecisionDetails ?? {}) },
  };
}

function matched(statement: NonNullable<Common["MatchedStatements"]>[number]): MatchedStatement {
  return {
    policy: statement.SourcePolicyId ?? "",
    type: statement.SourcePolicyType ?? "",
    start: position(statement.StartPosition),
    end: position(statement.EndPosition),
  };
}

const position = (at: WirePosition | undefined): Position | null =>
  at?.Line === undefined || at.Column === undefined ? null : { line: at.Line, column: at.Column };
