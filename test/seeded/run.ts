/**
 * `npm run test:seeded [-- --evaluator | --engine] [--only=text]`: plants each bug in a copy of the sources and runs the
 * corpus on it, for the analyser's its own tests. A bug that lives is a gap.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";
import { BUGS } from "./bugs.ts";
import { plantEngineBugs } from "./engine.ts";

const only = process.argv.find((one) => one.startsWith("--only="))?.slice("--only=".length);
const all = !process.argv.includes("--evaluator") && !process.argv.includes("--engine");
const bugs =
  all || process.argv.includes("--evaluator")
    ? BUGS.filter(({ name }) => only === undefined || name.includes(only))
    : [];

const folder = mkdtempSync(join(tmpdir(), "iam-expect-seeded-"));
cpSync("src", join(folder, "src"), { recursive: true });
symlinkSync(join(process.cwd(), "node_modules"), join(folder, "node_modules"));
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
const corpus = readdirSync("test/conformance", { recursive: true, encoding: "utf8" })
  .filter((name) => name.includes("/") && name.endsWith(".json"))
  .map((name) => join(process.cwd(), "test/conformance", name));

/** How many cases are not as expected; every case when the program itself fails. */
function wrongCases(): number {
  const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", "src/cli/main.ts", "decide", ...corpus], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status === 0) return 0;
  return stderr.split("\n").filter((line) => line.includes(": expected ") || line.includes(": ")).length || 1;
}

let lived = 0;
try {
  if (bugs.length > 0 && wrongCases() !== 0) throw new Error("the corpus does not hold without any bug");
  for (const { name, file, from, to } of bugs) {
    const path = join(folder, normalize(file));
    const text = readFileSync(path, "utf8");
    if (text.split(from).length !== 2)
      throw new Error(`"${name}" does not fit ${file}: the place is there ${text.split(from).length - 1} times`);
    writeFileSync(
      path,
      text.replace(from, () => to),
    );
    const wrong = wrongCases();
    writeFileSync(path, text);
    if (wrong === 0) lived++;
    console.log(`${wrong === 0 ? "LIVED " : "caught"}  ${String(wrong).padStart(4)} cases  ${name}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (bugs.length > 0) console.log(`${bugs.length - lived} of ${bugs.length} bugs seeded in the evaluator caught`);
if (all || process.argv.includes("--engine")) lived += plantEngineBugs(only);
process.exitCode = lived > 0 ? 1 : 0;
