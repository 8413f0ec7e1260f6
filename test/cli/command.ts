/** The command as it is shipped, bundled once for a file of tests: it starts dozens of times. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll } from "vitest";

/** The path of the program, there from the first test to the last. Inside the checkout, where its packages are. */
export function bundledCommand(): string {
  mkdirSync("test/.tmp", { recursive: true });
  const folder = mkdtempSync(resolve("test/.tmp/cli-"));
  const program = join(folder, "main.mjs");
  beforeAll(async () => {
    await build({
      entryPoints: ["src/cli/main.ts"],
      outfile: program,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20.19",
      packages: "external",
    });
    copyFileSync("src/catalog/catalog.txt", join(folder, "catalog.txt"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return program;
}
