import { spawn } from "node:child_process";

export interface Finished {
  readonly code: number | null;
  readonly output: string;
  readonly stdout: string;
  readonly stderr: string;
}

const LIMIT = 120_000;

/** Runs a program to its end, with nothing of the runner that started us in its environment. */
export function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<Finished> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|JEST|TEST$|NODE_ENV|NODE_OPTIONS|FORCE_COLOR)/.test(name),
  );
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...Object.fromEntries(inherited), NO_COLOR: "1", CI: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: LIMIT,
    });
    let [output, stdout, stderr] = ["", "", ""];
    child.stdout.on("data", (text) => {
      output += text;
      stdout += text;
    });
    child.stderr.on("data", (text) => {
      output += text;
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output, stdout, stderr }));
  });
}
