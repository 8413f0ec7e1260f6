/**
 * `iam-expect/jest-reporter`: with `IAM_EXPECT_SIMULATOR=live|record|replay`, every request of the suite is asked of AWS's policy
 * simulator too, when the tests have run. A disagreement fails the run. Jest's workers have no channel for this, so they
 * write lines of JSON into a folder of the reporter's.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../simulator/config.ts";
import { REPORTER, type SuiteRequest } from "../simulator/handover.ts";
import { modeOfEnvironment } from "../simulator/mode.ts";
import { askSuite } from "../simulator/suite.ts";

export interface ReporterOptions {
  /** The module that exports the simulator's options; left out: `iam-expect.config.mjs` in Jest's root folder. */
  readonly config?: string;
}

/** What is read of Jest, so that its types are not needed. */
interface GlobalConfig {
  readonly rootDir: string;
}
interface Results {
  readonly testResults: readonly {
    readonly testFilePath: string;
    readonly skipped?: boolean;
    readonly testExecError?: unknown;
    readonly testResults: readonly { readonly status: string }[];
  }[];
}

export default class JestReporter {
  readonly #options: ReporterOptions;
  readonly #root: string;
  readonly #folder: string | undefined;
  #error: Error | undefined;

  constructor(globalConfig: GlobalConfig, options: ReporterOptions = {}) {
    this.#options = options;
    this.#root = globalConfig.rootDir;
    if (modeOfEnvironment() === undefined) return;
    this.#folder = mkdtempSync(join(tmpdir(), "iam-expect-jest-"));
    // Workers are started later and inherit it.
    process.env[REPORTER] = `jest ${this.#folder}`;
    process.on("exit", () => this.#remove());
  }

  /** Runs more than once where Jest watches. */
  onRunStart(): void {
    if (this.#folder === undefined) return;
    this.#error = undefined;
    this.#remove();
    mkdirSync(this.#folder, { recursive: true });
  }

  async onRunComplete(_contexts: unknown, results: Results): Promise<void> {
    if (this.#folder === undefined) return;
    try {
      const requests = readHanded(this.#folder, results);
      const { text, failed } = await askSuite(requests, await loadConfig(this.#root, this.#options.config));
      process.stderr.write(`\n${text}\n`);
      if (failed) this.#error = new Error("iam-expect: AWS's policy simulator disagrees, or could not be asked");
    } catch (error) {
      this.#error = error instanceof Error ? error : new Error(String(error));
      process.stderr.write(`\n${this.#error.message}\n`);
    }
  }

  #remove(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Jest ends with code 1 where a reporter has one. */
  getLastError(): Error | undefined {
    return this.#error;
  }
}

interface Line {
  readonly begin?: string;
  readonly handed?: number;
  readonly request?: SuiteRequest["request"];
  readonly policies?: string;
  readonly at?: string;
}

function readHanded(folder: string, { testResults }: Results): SuiteRequest[] {
  const requests: SuiteRequest[] = [];
  const accounted = new Set<string>();
  for (const name of readdirSync(folder)) {
    const text = readFileSync(join(folder, name), "utf8");
    const lines = text.split("\n").filter(Boolean);
    const read = lines.map((line) => JSON.parse(line) as Line);
    const file = read[0]?.begin ?? name;
    const own = read.flatMap(({ request, policies = "", at = "" }) =>
      request ? [{ request, policies, test: file, at }] : [],
    );
    const promised = read.findLast(({ handed }) => handed !== undefined)?.handed;
    if (promised !== undefined && own.length >= promised) accounted.add(file);
    requests.push(...own);
  }
  // A file whose tests ran and that did not account for its requests has lost some, or has no set-up.
  const lost = testResults.filter(
    ({ testFilePath, skipped, testExecError, testResults: tests }) =>
      !skipped &&
      !testExecError &&
      tests.some(({ status }) => status === "passed" || status === "failed") &&
      !accounted.has(testFilePath),
  );
  if (lost.length > 0)
    throw new Error(
      `iam-expect: ${lost[0]!.testFilePath} did not account for its requests, so the suite was not compared\n  help: is \`iam-expect/jest\` in \`setupFilesAfterEnv\`?`,
    );
  return requests;
}
