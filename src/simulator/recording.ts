/** The text of a recording: one file for one set of policies. */
import { createHash } from "node:crypto";
import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import type { DatedAnswer, MatchedStatement } from "./answer.ts";
import { type ContextEntry, type Question, questionHash, type Scope, scopeHash } from "./question.ts";
import type { Position } from "./sent-text.ts";

/** The answers that were recorded about one set of policies. */
export interface Recording {
  readonly names: readonly string[];
  readonly scope: Scope;
  readonly scrubbed: boolean;
  /** By the hash of the question. */
  readonly answers: ReadonlyMap<string, { readonly question: Question; readonly answer: DatedAnswer }>;
}

const FORMAT = 1;
/** Of the IAM API. */
const API = "2010-05-08";

/** Sorted and spread over lines, so that a change of one answer is a change of a few lines. */
export function printRecording({ names, scope, scrubbed, answers }: Recording): string {
  const rows = [...answers.entries()].sort(
    ([, { question: a }], [, { question: b }]) =>
      order(a.action, b.action) || order(a.resource, b.resource) || order(contextText(a), contextText(b)),
  );
  const file = {
    recording: FORMAT,
    api: `IAM ${API}`,
    scrubbed,
    hash: scopeHash(scope),
    names,
    ...(scope.principal === null ? {} : { principal: scope.principal, exclude: scope.exclude }),
    ...(scope.caller === null ? {} : { caller: scope.caller }),
    ...(scope.owner === null ? {} : { owner: scope.owner }),
    policies: {
      identity: scope.identity.map(document),
      ...(scope.permissionsBoundary.length > 0 ? { permissionsBoundary: scope.permissionsBoundary.map(document) } : {}),
      ...(scope.serviceControl.length > 0
        ? { serviceControl: scope.serviceControl.map((level) => level.map(document)) }
        : {}),
      ...(scope.resource === null ? {} : { resource: document(scope.resource) }),
    },
    answers: rows.map(([hash, { question, answer }]) => ({
      hash,
      action: question.action,
      resource: question.resource,
      ...(question.context.length > 0
        ? { context: question.context.map(({ key, type, values }) => [key, type, ...values]) }
        : {}),
      decision: answer.decision,
      ...(answer.matched.length > 0 ? { matched: answer.matched.map(printMatched) } : {}),
      ...(answer.missing.length > 0 ? { missing: answer.missing } : {}),
      ...(answer.allowedByOrganizations === null ? {} : { allowedByOrganizations: answer.allowedByOrganizations }),
      ...(answer.allowedByBoundary === null ? {} : { allowedByBoundary: answer.allowedByBoundary }),
      ...(Object.keys(answer.details).length > 0 ? { details: answer.details } : {}),
      ...(answer.unexcluded ? { unexcluded: true } : {}),
      model: answer.model,
      date: answer.date,
    })),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const contextText = ({ context }: Question) => JSON.stringify(context);

/** As an object, which people can read, unless that would not give the same text back. */
function document(text: string): unknown {
  const object = JSON.parse(text) as unknown;
  return JSON.stringify(object) === text ? object : text;
}

const printMatched = ({ policy, type, start, end }: MatchedStatement) => ({
  policy,
  type,
  ...(start && end ? { from: `${start.line}:${start.column}`, to: `${end.line}:${end.column}` } : {}),
});

/** @throws DiagnosticError `edited-recording` where the text is not what was recorded */
export function readRecording(text: string, file: string): Recording {
  const wrong = (what: string): never =>
    refuse("edited-recording", `${quoted(file, 200)}: ${what}`, { help: "record it again" });
  let data: RecordingFile;
  try {
    data = JSON.parse(text) as RecordingFile;
  } catch {
    return wrong("this is no JSON, so no recording");
  }
  if (data?.recording !== FORMAT)
    return wrong(
      data?.recording === undefined ? "this is no recording" : `it is of format ${data.recording}, not ${FORMAT}`,
    );
  const { policies } = data;
  const texts = (list: readonly unknown[] = []) => list.map(textOf);
  const scope: Scope = {
    identity: texts(policies?.identity),
    permissionsBoundary: texts(policies?.permissionsBoundary),
    serviceControl: (policies?.serviceControl ?? []).map(texts),
    resource: policies?.resource === undefined ? null : textOf(policies.resource),
    caller: data.caller ?? null,
    owner: data.owner ?? null,
    principal: data.principal ?? null,
    exclude: data.exclude ?? [],
  };
  if (scopeHash(scope) !== data.hash) wrong("the policies were changed after they were recorded");
  const answers = new Map<string, { question: Question; answer: DatedAnswer }>();
  for (const row of data.answers ?? []) {
    const context = (row.context ?? []).map(([key, type, ...values]) => ({ key, type, values }) as ContextEntry);
    const question = { scope, action: row.action, resource: row.resource, context, names: data.names };
    if (questionHash(question) !== row.hash) wrong(`the request of the answer ${row.hash?.slice(0, 12)} was changed`);
    if (!["allowed", "explicitDeny", "implicitDeny"].includes(row.decision))
      wrong(`${quoted(String(row.decision))} is no decision`);
    answers.set(row.hash, { question, answer: readRow(row) });
  }
  return { names: data.names, scope, scrubbed: data.scrubbed === true, answers };
}

interface RecordingFile {
  readonly recording?: number;
  readonly scrubbed?: boolean;
  readonly hash: string;
  readonly names: readonly string[];
  readonly principal?: string;
  readonly exclude?: Scope["exclude"];
  readonly caller?: string;
  readonly owner?: string;
  readonly policies?: {
    readonly identity?: readonly unknown[];
    readonly permissionsBoundary?: readonly unknown[];
    readonly serviceControl?: readonly (readonly unknown[])[];
    readonly resource?: unknown;
  };
  readonly answers?: readonly Row[];
}

interface Row {
  readonly hash: string;
  readonly action: string;
  readonly resource: string;
  readonly context?: readonly (readonly [string, string, ...string[]])[];
  readonly decision: DatedAnswer["decision"];
  readonly matched?: readonly { policy: string; type: string; from?: string; to?: string }[];
  readonly missing?: readonly string[];
  readonly allowedByOrganizations?: boolean;
  readonly allowedByBoundary?: boolean;
  readonly details?: Readonly<Record<string, string>>;
  readonly unexcluded?: boolean;
  readonly model: DatedAnswer["model"];
  readonly date: string;
}

const textOf = (written: unknown): string => (typeof written === "string" ? written : JSON.stringify(written));

function readRow(row: Row): DatedAnswer {
  return {
    decision: row.decision,
    matched: (row.matched ?? []).map(({ policy, type, from, to }) => ({
      policy,
      type,
      start: readPosition(from),
      end: readPosition(to),
    })),
    missing: row.missing ?? [],
    allowedByOrganizations: row.allowedByOrganizations ?? null,
    allowedByBoundary: row.allowedByBoundary ?? null,
    details: row.details ?? {},
    ...(row.unexcluded ? { unexcluded: true as const } : {}),
    model: row.model,
    date: row.date,
  };
}

function readPosition(text: string | undefined): Position | null {
  const [line, column] = (text ?? "").split(":").map(Number);
  return line && column ? { line, column } : null;
}

/** `orders-key+reader-0123abcd.json`: what the policies are called, and the beginning of their hash. */
export function fileName(names: readonly string[], scope: Scope): string {
  return `${slug(names)}-${scopeHash(scope).slice(0, 8)}.json`;
}

/** The part of a recording's name that stays when its policies change. */
export function slug(names: readonly string[]): string {
  const words = names.map((name) =>
    name
      .replace(/^.*[\\/]/, "")
      .replace(/\.json$/i, "")
      .replace(/[^A-Za-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, ""),
  );
  const text = words.filter(Boolean).join("+") || "policies";
  if (text.length <= 80) return text;
  return `${text.slice(0, 70)}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
}
