import { readFileSync } from "node:fs";
import { run } from "./child.ts";
import { readExpected } from "./expected.ts";
import { fixtures } from "./fixtures.ts";

/** Runs a script and says what is wrong with how it ended: its exit code, and where the errors it printed point. */
export async function runScript(file: string): Promise<string[]> {
  const source = readFileSync(file, "utf8");
  const { failures } = readExpected(file, "script");
  const { code, output } = await run(process.execPath, ["--import", "tsx", file], fixtures);
  const wantedCode = Number(/\/\/ code (\d+)/.exec(source)?.[1] ?? (failures.length > 0 ? 1 : 0));
  const problems: string[] = [];
  if (code !== wantedCode) problems.push(`ends with code ${code}, not ${wantedCode}`);
  if (output.includes("not reached")) problems.push("goes on after an awaited failure");
  const lines = firstFrames(output, file);
  for (const { line, words } of failures) {
    const times = lines.filter((found) => found === line).length;
    if (times !== 1) problems.push(`${times} errors point at line ${line}`);
    if (!output.includes(words)) problems.push(`no error says ${words}`);
  }
  for (const line of lines)
    if (!failures.some((failure) => failure.line === line)) problems.push(`an error points at line ${line}`);
  return problems.length > 0 ? [...problems, output] : [];
}

/** Of each stack, also of a cause, the line of the first frame in the file. */
function firstFrames(output: string, file: string): number[] {
  const stacks = output.split(/\n(?!\s+at )/).filter((lines) => /\n\s+at /.test(lines));
  return stacks.flatMap((stack) => {
    const at = stack.indexOf(`${file}:`, stack.search(/\n\s+at /));
    return at >= 0 ? Number.parseInt(stack.slice(at + file.length + 1), 10) : [];
  });
}
