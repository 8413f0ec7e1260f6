/** One call of the IAM API, all its pages. */
import { DiagnosticError, refuse } from "../diagnostic/diagnostic.ts";
import type { IamClient, IamSdk } from "./client.ts";
import { fail, kindOf, UnreadableAnswer } from "./failure.ts";
import type { Pace } from "./pace.ts";
import type { ContextEntry, Scope } from "./question.ts";
import { type Page, type Rows, readPage } from "./read-answer.ts";

/** Actions and resources under one set of policies and in one context. */
export interface Call {
  readonly scope: Scope;
  readonly context: readonly ContextEntry[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** What calls share. */
export interface Line {
  readonly client: IamClient;
  readonly sdk: IamSdk;
  readonly pace: Pace;
  /** How often a call is tried. */
  readonly tries: number;
  /** Milliseconds until a try counts as failed. */
  readonly timeout: number;
  /** Called before each call that is sent; throws when there have been enough. */
  readonly count: () => void;
}

/** The client in use does not send a parameter: it is older than the parameter. */
export class NotSent extends Error {
  constructor(readonly parameter: string) {
    super(`the client does not send ${parameter}`);
  }
}

const MOST_PAGES = 1000;

export async function askAws(call: Call, line: Line): Promise<Rows> {
  const rows: Rows = new Map();
  const markers = new Set<string>();
  let marker: string | undefined;
  do {
    const page = await onePage(call, marker, line, rows);
    marker = page.IsTruncated ? page.Marker : undefined;
    if (page.IsTruncated && (marker === undefined || marker === ""))
      refuse("simulator-answer", "AWS says that there are more results, and not where they go on");
    if (marker !== undefined && (markers.has(marker) || markers.size > MOST_PAGES))
      refuse("simulator-answer", "AWS's pages of results go round in a circle", {
        note: `the marker ${JSON.stringify(marker.slice(0, 40))} came twice`,
      });
    if (marker !== undefined) markers.add(marker);
  } while (marker !== undefined);
  return rows;
}

async function onePage(call: Call, marker: string | undefined, line: Line, rows: Rows): Promise<Page> {
  for (let tries = 1; ; tries++) {
    try {
      const page = await line.pace.run(() => send(call, marker, line));
      const read: Rows = new Map(rows);
      readPage(page, call, read);
      for (const [id, answer] of read) rows.set(id, answer);
      line.pace.succeeded();
      return page;
    } catch (error) {
      if (error instanceof NotSent || error instanceof DiagnosticError) throw error;
      const kind = kindOf(error);
      if (kind === "throttled") line.pace.throttled();
      if ((kind !== "throttled" && kind !== "passing") || tries >= line.tries) fail(error, kind, tries);
      await line.pace.beforeRetry(tries);
    }
  }
}

async function send(call: Call, marker: string | undefined, line: Line): Promise<Page> {
  line.count();
  const { principal } = call.scope;
  const input = inputOf(call, marker);
  const command =
    principal === null
      ? new line.sdk.SimulateCustomPolicyCommand(input)
      : new line.sdk.SimulatePrincipalPolicyCommand(input);
  insistOn(
    command,
    Object.keys(input).filter((name) => NEW_PARAMETERS.includes(name)),
  );
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  // A client that does not listen to the signal must not hang us either.
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(Object.assign(new Error(`no answer within ${line.timeout} ms`), { name: "TimeoutError" }));
      abort.abort();
    }, line.timeout);
  });
  try {
    const answer = await Promise.race([line.client.send(command, { abortSignal: abort.signal }), late]);
    if (typeof answer !== "object" || answer === null) throw new UnreadableAnswer("it is empty");
    return answer as Page;
  } finally {
    clearTimeout(timer);
  }
}

/** Of @aws-sdk/client-iam 3.1099.0; an older one leaves them out without a word, and AWS would answer another question. */
const NEW_PARAMETERS = ["OrderedOrganizationPolicyInputList", "PolicyExclusionList"];

function insistOn(command: unknown, parameters: readonly string[]): void {
  if (parameters.length === 0) return;
  type Next = (args: { request?: { body?: unknown } }) => Promise<unknown>;
  const stack = (command as { middlewareStack?: { add(middleware: (next: Next) => Next, options: object): void } })
    .middlewareStack;
  stack?.add(
    (next) => async (args) => {
      const body = String(args.request?.body ?? "");
      for (const parameter of parameters) if (!body.includes(`${parameter}.member.1`)) throw new NotSent(parameter);
      return next(args);
    },
    { step: "build", name: "iamExpectInsistOnParameters" },
  );
}

function inputOf({ scope, context, actions, resources }: Call, marker: string | undefined): Record<string, unknown> {
  const own = scope.principal === null;
  return {
    ...(own
      ? { PolicyInputList: scope.identity }
      : {
          PolicySourceArn: scope.principal,
          ...(scope.exclude.length > 0 ? { PolicyExclusionList: scope.exclude } : {}),
        }),
    ...(scope.permissionsBoundary.length > 0 ? { PermissionsBoundaryPolicyInputList: scope.permissionsBoundary } : {}),
    ...(own && scope.serviceControl.length > 0
      ? {
          OrderedOrganizationPolicyInputList: scope.serviceControl.map((level) => ({
            ServiceControlPolicyInputList: level,
          })),
        }
      : {}),
    ActionNames: actions,
    ResourceArns: resources,
    ...(scope.resource === null ? {} : { ResourcePolicy: scope.resource }),
    ...(scope.owner === null ? {} : { ResourceOwner: scope.owner }),
    ...(scope.caller === null ? {} : { CallerArn: scope.caller }),
    ...(context.length > 0
      ? {
          ContextEntries: context.map(({ key, type, values }) => ({
            ContextKeyName: key,
            ContextKeyType: type,
            ContextKeyValues: values,
          })),
        }
      : {}),
    MaxItems: 1000,
    ...(marker === undefined ? {} : { Marker: marker }),
  };
}
