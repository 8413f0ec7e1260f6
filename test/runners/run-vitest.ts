import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./child.ts";
import { fixtures, root } from "./fixtures.ts";
import type { Failure, Ran } from "./ran.ts";

/** The projects of fixtures/vitest/vitest.config.mjs; the first fills the table's column. */
export const VARIANTS = [
  "forks",
  "threads",
  "vmThreads",
  "no isolation",
  "hooks in a list",
  "hooks at once",
  "no set-up",
] as const;

interface ReportedError {
  readonly message: string;
  readonly frames: readonly { readonly file: string; readonly line: number }[];
}

interface Report {
  readonly files: readonly {
    readonly file: string;
    readonly project: string;
    readonly errors: readonly ReportedError[];
    readonly tests: readonly {
      readonly name: string;
      readonly state: string;
      readonly errors: readonly ReportedError[];
    }[];
  }[];
  readonly unhandled: readonly ReportedError[];
}

const STATES = { pass: "passed", fail: "failed", skip: "skipped" } as const;

/** By variant, what was reported of each fixture. */
export async function runVitest(vitest: string, node: string): Promise<Map<string, Map<string, Ran>>> {
  const folder = mkdtempSync(join(tmpdir(), "iam-expect-vitest-"));
  try {
    const report = join(folder, "report.json");
    const args = [vitest, "run", "--config", "vitest/vitest.config.mjs", "--reporter", "./vitest/reporter.mjs"];
    const { code, output } = await run(node, args, fixtures, { RUNNER_REPORT: report });
    if (!existsSync(report) || code !== 1) throw new Error(`vitest ended with code ${code}\n${output}`);
    return readReport(JSON.parse(readFileSync(report, "utf8")) as Report);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readReport({ files, unhandled }: Report): Map<string, Map<string, Ran>> {
  const variants = new Map<string, Map<string, Ran>>(VARIANTS.map((variant) => [variant, new Map()]));
  for (const { file, project, errors, tests } of files) {
    const failures = (owner: string, errors: readonly ReportedError[]) =>
      errors.map((error) => failure(owner, error, file));
    variants.get(project)?.set(file, {
      tests: new Map(tests.map(({ name, state }) => [name, STATES[state as keyof typeof STATES]])),
      failures: [
        ...failures("file", errors),
        // A retried test that passes in the end keeps the errors of its failed tries.
        ...tests.filter(({ state }) => state === "fail").flatMap(({ name, errors }) => failures(name, errors)),
        ...unhandled.map((error) => failure("run", error, file)).filter(({ inFixture }) => inFixture),
      ],
    });
  }
  return variants;
}

function failure(owner: string, { message, frames }: ReportedError, file: string): Failure {
  const frame = frames.find(({ file }) => file.startsWith(root) && !file.includes("/node_modules/"));
  return { owner, message, line: frame?.line ?? 0, inFixture: frame?.file === file };
}
