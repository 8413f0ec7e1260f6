/** What the workers of a runner hand to the main process, where AWS is asked: plain data. */
import type { WrittenCase } from "../cases/write-case.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import { modeOfEnvironment, VARIABLE } from "./mode.ts";

/** The name under which vitest's `task.meta` has it. */
export const META = "iam-expect";

/** Set by a reporter in the main process, and inherited by the workers: which it is, and for Jest the folder to write to. */
export const REPORTER = "IAM_EXPECT_REPORTER";

export interface HandedRequest {
  readonly request: WrittenCase["request"];
  /** The index in `policies`. */
  readonly policies: number;
  /** The matcher's call: `file:line:column`. */
  readonly at: string;
}

/** The requests of one test, with each set of policies once, as JSON. */
export interface Handed {
  readonly policies: readonly string[];
  readonly requests: readonly HandedRequest[];
}

/** What a file hands over, beside that of its tests: the requests of its hooks, and how many there are in all. */
export interface HandedFile extends Handed {
  total: number;
}

/** Gathers requests in the form in which they are handed over. */
export class Gathering {
  /** Grows with each request. */
  readonly handed: { readonly policies: string[]; readonly requests: HandedRequest[] } = { policies: [], requests: [] };
  readonly #ids = new Map<string, number>();

  add({ request, policies }: WrittenCase, at: string): void {
    const text = JSON.stringify(policies);
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.handed.policies.push(text) - 1;
      this.#ids.set(text, id);
    }
    this.handed.requests.push({ request, policies: id, at });
  }
}

/** One request of the suite, as the main process reads it. */
export interface SuiteRequest {
  readonly request: WrittenCase["request"];
  /** JSON. */
  readonly policies: string;
  readonly test: string;
  readonly at: string;
}

export const requestsOf = ({ policies, requests }: Handed, test: string): SuiteRequest[] =>
  requests.map(({ request, policies: id, at }) => ({ request, policies: policies[id]!, test, at }));

/**
 * Whether the requests of the suite are handed over. Asked for without a reporter that takes them, every test file fails.
 *
 * @throws DiagnosticError `no-reporter`, `wrong-use`
 */
export function handsOver(runner: "vitest" | "jest" | undefined): boolean {
  const mode = modeOfEnvironment();
  if (mode === undefined) return false;
  const reporter = process.env[REPORTER]?.split(" ")[0];
  if (runner !== undefined && reporter === runner) return true;
  const help = {
    vitest: '`reporters: ["default", "iam-expect/vitest-reporter"]` in the configuration of vitest',
    jest: '`"reporters": ["default", "iam-expect/jest-reporter"]` in the configuration of Jest',
    none: `the whole suite is asked in vitest and Jest, with \`iam-expect/vitest\` or \`iam-expect/jest\` as set-up file; elsewhere use \`toAgreeWithSimulator\``,
  }[runner ?? "none"];
  return refuse("no-reporter", `${VARIABLE} is \`${mode}\`, and no reporter asks AWS's simulator`, { help });
}

/** The folder that the reporter of Jest reads. */
export const handoverFolder = (): string => (process.env[REPORTER] ?? "").split(" ").slice(1).join(" ");
