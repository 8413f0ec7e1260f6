import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What an assertion costs in vitest, beside its own `toBe`. */
export function measureMatcher(): void {
  console.log("\nin vitest");
  const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const printed = execFileSync("npx", ["vitest", "run", "--config", here("vitest.config.ts")], {
    cwd: here("../.."),
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  for (const line of printed.split("\n")) if (line.startsWith("cost: ")) console.log(`  ${line.slice(6)}`);
}
