import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build, type Format } from "esbuild";
import { run } from "./child.ts";
import { fixtures, root } from "./fixtures.ts";
import type { Failure, Ran } from "./ran.ts";

/** As fixtures/jest/jest.config.cjs knows them; the first fills the table's column. */
export const VARIANTS = ["preset", "no preset", "modules", "no globals", "no set-up"] as const;
export type Variant = (typeof VARIANTS)[number];

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

export async function runJest(variant: Variant): Promise<Map<string, Ran>> {
  const folder = mkdtempSync(join(tmpdir(), "iam-expect-jest-"));
  try {
    const modules = variant === "modules";
    const setup = await bundle(join(folder, modules ? "setup.mjs" : "setup.cjs"), modules ? "esm" : "cjs");
    const report = join(folder, "report.json");
    const jest = join(dirname(createRequire(import.meta.url).resolve("jest/package.json")), "bin/jest.js");
    const args = [jest, "--config", "jest/jest.config.cjs", "--json", "--outputFile", report];
    const { code, output } = await run(
      process.execPath,
      modules ? ["--experimental-vm-modules", ...args] : args,
      fixtures,
      {
        RUNNER_VARIANT: variant,
        RUNNER_SETUP: setup,
      },
    );
    if (!existsSync(report) || code !== 1) throw new Error(`jest ended with code ${code}\n${output}`);
    return readReport(JSON.parse(readFileSync(report, "utf8")) as Report);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The set-up as the package ships it: bundled, and to CommonJS unless Jest runs modules. */
async function bundle(outfile: string, format: Format): Promise<string> {
  const banner = 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;';
  await build({
    entryPoints: [join(fixtures, "jest/setup.ts")],
    outfile,
    format,
    bundle: true,
    platform: "node",
    target: "node20.19",
    packages: "external",
    absWorkingDir: root,
    ...(format === "cjs" ? { define: { "import.meta.url": "moduleUrl" }, banner: { js: banner } } : {}),
  });
  return outfile;
}

const STATES: Record<string, "passed" | "failed" | "skipped"> = {
  passed: "passed",
  failed: "failed",
  pending: "skipped",
};

function readReport({ testResults }: Report): Map<string, Ran> {
  return new Map(
    testResults.map(({ name: file, message, assertionResults }) => {
      const tests = new Map(assertionResults.map(({ title, status }) => [title, STATES[status] ?? "failed"]));
      const failed = assertionResults.flatMap(({ title, failureMessages }) =>
        failureMessages.map((text) => failure(title, text, file)),
      );
      const ofFile = message.split("● Test suite failed to run").slice(1);
      return [
        file,
        { tests, failures: [...failed, ...ofFile.map((text) => failure("file", text.split("  ● ")[0] ?? "", file))] },
      ];
    }),
  );
}

function failure(owner: string, message: string, file: string): Failure {
  const frames = message.split("\n").filter((line) => /^\s+at /.test(line) && !/node_modules|node:/.test(line));
  const [, path = "", line = 0] = /(?:\(|at )(?:file:\/\/)?([^()\s]+):(\d+):\d+\)?$/.exec(frames[0] ?? "") ?? [];
  return { owner, message, line: Number(line), inFixture: path !== "" && file.endsWith(path) };
}
