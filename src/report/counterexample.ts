/** The message of a rule that was meant to hold for all requests: the request that breaks it, why, and how to ask again. */
import type { Judgement } from "../evaluate/evaluate.ts";
import type { Request } from "../request/request.ts";
import { failureMessage } from "./failure.ts";
import { pasteableTest } from "./paste.ts";
import { plural, short } from "./words.ts";

export interface Counterexample {
  /** The assertion as written, as in `expect(policy).toHoldFor(requests, property)`. */
  readonly assertion: string;
  readonly wanted: string;
  /** How the rule was broken: what it threw; undefined: it returned false. */
  readonly thrown: unknown;
  readonly request: Request;
  readonly judgement: Judgement;
  /** What the test gives to `expect`. */
  readonly subject: string;
  readonly search: Search;
}

export interface Search {
  /** Requests tried until the one was found. */
  readonly runs: number;
  readonly shrinks: number;
  readonly seed: number;
  readonly path: string;
}

export function counterexampleMessage(found: Counterexample): string {
  const { assertion, wanted, thrown, request, judgement, subject, search } = found;
  const lines = failureMessage({ assertion, wanted, effect: "Allow" }, judgement).split("\n");
  const at = lines.findIndex((line) => line.startsWith("  got "));
  lines.splice(at, 0, ...brokenLines(thrown));
  return [
    ...lines,
    "",
    ...testLines(request, judgement, subject),
    "",
    `  found    by request ${search.runs.toLocaleString("en")}${search.shrinks > 0 ? `, made smaller ${plural(search.shrinks, "time")}` : ""}`,
    `  again    IAM_EXPECT_SEED=${search.seed}, or \`{ seed: ${search.seed}, path: "${search.path}" }\``,
  ].join("\n");
}

/** The request as a test that fails the same way. */
export function testLines(request: Request, judgement: Judgement, subject: string): string[] {
  const { test, imports, needs } = pasteableTest(request, judgement.decision, subject);
  return [
    "  as a test, which fails until this is mended:",
    ...(imports.length > 0 ? [`    import { ${imports.join(", ")} } from "iam-expect";`] : []),
    `    ${test}`,
    ...(needs ? [`  note: ${needs}`] : []),
  ];
}

/** The first lines of what a property threw; what it asserted may print a whole decision again. */
function brokenLines(thrown: unknown): string[] {
  if (thrown === undefined) return ["  broken   the property returned false"];
  const text = thrown instanceof Error || hasMessage(thrown) ? thrown.message : String(thrown);
  const [first = "", ...more] = text.split("\n").filter((line) => line.trim() !== "");
  const rest = more.slice(0, 3).map((line) => `             ${short(line.trim(), 120)}`);
  return [`  broken   it threw: ${short(first.trim(), 120)}`, ...rest.filter((line) => !/^\s+at /.test(line))];
}

const hasMessage = (thrown: unknown): thrown is { readonly message: string } =>
  typeof thrown === "object" && thrown !== null && typeof (thrown as { message?: unknown }).message === "string";

/** Of `.not`: the rule held everywhere. */
export function heldMessage(assertion: string, runs: number, seed: number): string {
  return [
    assertion,
    "",
    "  wanted   a request that breaks the property",
    `  got      none: it held for ${plural(runs, "request")}`,
    `  again    IAM_EXPECT_SEED=${seed}`,
  ].join("\n");
}
