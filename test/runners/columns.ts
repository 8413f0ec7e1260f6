/** The runners, and what each of them makes of each situation. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { readExpected } from "./expected.ts";
import { fixtures, situationsIn } from "./fixtures.ts";
import { differences, type Ran } from "./ran.ts";
import { VARIANTS as JEST_VARIANTS, runJest } from "./run-jest.ts";
import { runScript } from "./run-script.ts";
import { runVitest, VARIANTS as VITEST_VARIANTS } from "./run-vitest.ts";

export interface Cell {
  /** Tests, or scripts, that were asserted on. */
  readonly count: number;
  readonly problems: readonly string[];
}

export interface Column {
  readonly name: string;
  /** By situation, then by variant of the runner. */
  readonly cells: ReadonlyMap<string, Cell>;
}

export interface NotRun {
  readonly name: string;
  readonly reason: string;
}

export interface Runner {
  readonly name: string;
  run(): Promise<Column | NotRun>;
}

export const runners: readonly Runner[] = [
  vitest("vitest 3.2", "./vitest-3/package.json"),
  vitest("vitest 4.1", "../../package.json"),
  vitest("vitest 5.1", "./vitest-5/package.json"),
  jest("jest 30.5"),
  script("expect 30.5, tsx"),
];

/** The vitest that a package has: `dependent` is its package.json. */
function vitest(name: string, dependent: string): Runner {
  return {
    name,
    async run() {
      const manifest = createRequire(new URL(dependent, import.meta.url)).resolve("vitest/package.json");
      const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
      if (`vitest ${version.split(".", 2).join(".")}` !== name) return { name, reason: "it is not installed" };
      const node = Number.parseInt(version, 10) < 5 ? process.execPath : await nodeForVitest5();
      if (!node) return { name, reason: "it needs Node 22, and none was to be had" };
      const variants = await runVitest(join(dirname(manifest), "vitest.mjs"), node);
      const situations = situationsIn("common", "vitest");
      return { name, cells: cellsOf(name, situations, VITEST_VARIANTS, (variant) => variants.get(variant)) };
    },
  };
}

function jest(name: string): Runner {
  return {
    name,
    async run() {
      const variants = new Map<string, Map<string, Ran>>();
      for (const variant of JEST_VARIANTS) variants.set(variant, await runJest(variant));
      return {
        name,
        cells: cellsOf(name, situationsIn("common", "jest"), JEST_VARIANTS, (variant) => variants.get(variant)),
      };
    },
  };
}

function script(name: string): Runner {
  return {
    name,
    async run() {
      const situations = situationsIn("script");
      const problems = await inPairs([...situations.values()].flat(), runScript);
      const cells = [...situations].map(([situation, files]): [string, Cell] => [
        situation,
        { count: files.length, problems: files.flatMap((file) => problems.get(file) ?? []) },
      ]);
      return { name, cells: new Map(cells) };
    },
  };
}

/** Two at a time. */
async function inPairs<T, R>(items: readonly T[], one: (item: T) => Promise<R>): Promise<Map<T, R>> {
  const done = new Map<T, R>();
  const rest = [...items];
  const next = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) done.set(item, await one(item));
  };
  await Promise.all([next(), next()]);
  return done;
}

/** A cell for each situation as the first variant has it, and one for each other variant with all situations. */
function cellsOf(
  runner: string,
  situations: Map<string, string[]>,
  [first, ...others]: readonly string[],
  reported: (variant: string) => Map<string, Ran> | undefined,
): Map<string, Cell> {
  const cells = new Map<string, Cell>();
  const ofFirst = reported(first as string) ?? new Map<string, Ran>();
  for (const [situation, files] of situations) cells.set(situation, cellOf(`${runner}, ${first}`, files, ofFirst));
  for (const variant of others) {
    const ran = reported(variant) ?? new Map<string, Ran>();
    const cell = cellOf(`${runner}, ${variant}`, [...ran.keys()], ran);
    cells.set(variant, ran.size > 0 ? cell : { count: 0, problems: [`nothing was run with ${variant}`] });
  }
  return cells;
}

function cellOf(runner: string, files: readonly string[], reported: Map<string, Ran>): Cell {
  let count = 0;
  const problems: string[] = [];
  for (const file of files) {
    const expected = readExpected(file, runner);
    count += expected.tests.length;
    const ran = reported.get(file);
    const found = ran ? differences(expected, ran) : ["was not run"];
    problems.push(...found.map((problem) => `${file.slice(fixtures.length + 1)}: ${problem}`));
  }
  return { count, problems };
}

/** vitest 5 refuses Node 20: ours if it is new enough, else one from the registry, if it can be had. */
export async function nodeForVitest5(): Promise<string | undefined> {
  if (Number(process.versions.node.split(".")[0]) >= 22) return process.execPath;
  try {
    const args = ["--yes", "--prefer-offline", "--package=node@24", "--", "node", "-p", "process.execPath"];
    const { stdout } = await promisify(execFile)("npx", args, { timeout: 60_000, cwd: "/" });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
