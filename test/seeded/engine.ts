/** Plants each bug of the analyser in a copy of the package, and runs the analyser's own tests and short fuzzers on it. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENGINE_BUGS } from "./engine-bugs.ts";

/** The quick ones first: a bug is caught by the first test that fails. */
const TESTS = ["find-access", "compare-access", "fuzz", "telling", "adversarial"].map(
  (name) => `test/analyse/${name}.test.ts`,
);

interface Report {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** The name of a test that fails; undefined when all pass. */
function failing(folder: string): string | undefined {
  for (const file of TESTS) {
    const args = [
      "run",
      "--config",
      "test/vitest.config.ts",
      "--project",
      "unit",
      "--bail=1",
      "--testTimeout=300000",
      "--reporter=json",
      file,
    ];
    const { status, stdout } = spawnSync(join(folder, "node_modules/.bin/vitest"), args, {
      cwd: folder,
      encoding: "utf8",
      maxBuffer: 1 << 28,
      timeout: 600_000,
      env: { ...process.env, FUZZ_RUNS: "4" },
    });
    if (status === 0) continue;
    const start = stdout.indexOf("{");
    if (start < 0) return `${file} does not end`;
    const { testResults } = JSON.parse(stdout.slice(start)) as Report;
    const failed = testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .find((one) => one.status === "failed");
    return `${file.slice("test/analyse/".length)}: ${failed?.fullName ?? testResults[0]?.message}`;
  }
  return undefined;
}

/** How many of the bugs live. */
export function plantEngineBugs(only: string | undefined): number {
  const folder = mkdtempSync(join(tmpdir(), "iam-expect-engine-"));
  for (const part of ["src", "test", "matchers", "package.json", "tsconfig.json"])
    cpSync(part, join(folder, part), { recursive: true });
  symlinkSync(join(process.cwd(), "node_modules"), join(folder, "node_modules"));
  const bugs = ENGINE_BUGS.filter(({ name }) => only === undefined || name.includes(only));
  let lived = 0;
  try {
    const broken = failing(folder);
    if (broken) throw new Error(`the analyser's tests fail without any bug: ${broken}`);
    for (const { name, file, from, to } of bugs) {
      const path = join(folder, file);
      const text = readFileSync(path, "utf8");
      const places = text.split(from).length - 1;
      if (places !== 1) throw new Error(`"${name}" does not fit ${file}: the place is there ${places} times`);
      writeFileSync(
        path,
        text.replace(from, () => to),
      );
      const caught = failing(folder);
      writeFileSync(path, text);
      if (!caught) lived++;
      console.log(`${caught ? "caught" : "LIVED "}  ${name}${caught ? `\n          by ${caught}` : ""}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`${bugs.length - lived} of ${bugs.length} bugs seeded in the analyser caught`);
  return lived;
}
