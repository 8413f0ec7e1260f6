/**
 * Where a matcher was called, and errors told from there: a runner's code frame then points at `.toAllow` in the
 * user's file, although the check runs later or deep inside this package.
 */

/** Any function, for what is passed on and never called with arguments of ours. */
export type AnyFunction = (...args: never[]) => unknown;

/** Frames between the user's call and the matcher: the runner's, Node's, and those of in-place.ts. */
const BETWEEN =
  /[\\/]node_modules[\\/](?:expect|vitest[^\\/]*|@vitest[\\/]\w+|chai|jest-circus)[\\/]|[ (]node:|__IAM_EXPECT_/;

const JUDGED = "__IAM_EXPECT_JUDGED__";

/** Holds the frames above a function; the engine turns them into text only when they are read. */
export interface CallSite {
  readonly stack?: string;
}

export function callSite(matcher: AnyFunction): CallSite {
  const site: CallSite & { name: string; message: string } = { name: "Error", message: "" };
  Error.captureStackTrace(site, matcher);
  return site;
}

/** Where the user's call is written: `file:line:column`. */
export function placeOf(site: CallSite): string {
  const [frame = ""] = afterRunner(framesOf(site));
  return /\(?(?:file:\/\/)?((?:[A-Za-z]:)?[^()\s]+:\d+:\d+)\)?$/.exec(frame)?.[1] ?? "";
}

/** Makes the error read as thrown at the site. An exception that nobody meant to throw keeps its own frames below. */
export function relocate(thrown: unknown, site: CallSite, meant = false): Error {
  const error = isError(thrown) ? thrown : new Error(String(thrown));
  const own = framesOf(error);
  const called = afterRunner(framesOf(site));
  const refused = error.name === "DiagnosticError";
  if (called.length > 0) rewrite(error, error.message, meant || refused ? called : [...called, ...own]);
  // Called by a promise, under `.resolves`: the runner knows the place, or nobody does.
  else if (refused || own.some((frame) => frame.includes(JUDGED))) rewrite(error, error.message, []);
  return error;
}

/** Lets the runner's judge throw an error that `relocate` knows; `worded` says that the message could be made. */
export function judged<R extends { message: () => string }>(
  judge: (result: R) => void,
  result: R,
  worded: () => void,
): void {
  const message = (): string => {
    const text = result.message();
    worded();
    return text;
  };
  function __IAM_EXPECT_JUDGED__(): void {
    judge({ ...result, message });
  }
  __IAM_EXPECT_JUDGED__();
}

/** Adds a paragraph to the message, also in the stack's text. */
export function remark(error: Error, paragraph: string): void {
  rewrite(error, `${error.message}\n\n${paragraph}`, framesOf(error));
}

/** The same for two failing checks of one line that was reached the same way. */
export function originOf(error: Error): string {
  return framesOf(error).join("\n");
}

function rewrite(error: Error, message: string, frames: readonly string[]): void {
  error.message = message;
  error.stack = [`${error.name}: ${message}`, ...frames].join("\n");
}

function framesOf(holder: CallSite): string[] {
  const lines = (holder.stack ?? "").split("\n");
  return lines.slice(lines.findLastIndex((line) => !/^\s+at /.test(line)) + 1);
}

function afterRunner(frames: string[]): string[] {
  const first = frames.findIndex((frame) => !BETWEEN.test(frame));
  return first === -1 ? [] : frames.slice(first);
}

/** Not `instanceof`: runners run tests in realms of their own. */
function isError(thrown: unknown): thrown is Error {
  return typeof thrown === "object" && thrown !== null && "message" in thrown && "stack" in thrown;
}
