// Builds dist/: ESM in chunks, CommonJS in whole bundles, declarations, and AWS's catalogue beside them.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const common = {
  bundle: true,
  platform: "node",
  target: "node20.19",
  packages: "external",
  entryNames: "[name]",
  outdir: "dist",
  logLevel: "warning",
};

rmSync("dist", { recursive: true, force: true });
mkdirSync("dist");
copyFileSync("src/catalog/catalog.txt", "dist/catalog.txt");
copyFileSync("src/catalog/iam-data.LICENSE.txt", "dist/iam-data.LICENSE.txt");

await build({
  ...common,
  format: "esm",
  splitting: true,
  entryPoints: [
    "src/index.ts",
    "matchers/matchers.ts",
    "matchers/vitest.ts",
    "matchers/jest.ts",
    "src/entry/simulator.ts",
    "src/entry/vitest-reporter.ts",
    "src/entry/jest-reporter.ts",
    "src/entry/fast-check.ts",
    "src/cli/main.ts",
  ],
});
await build({
  ...common,
  format: "cjs",
  outExtension: { ".js": ".cjs" },
  entryPoints: [
    "src/index.ts",
    "matchers/matchers.ts",
    "matchers/jest.ts",
    "src/entry/simulator.ts",
    "src/entry/jest-reporter.ts",
    "src/entry/fast-check.ts",
  ],
  // The catalogue is found beside the module, which CommonJS names otherwise.
  define: { "import.meta.url": "moduleUrl" },
  banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
});

copyFileSync("matchers/jest-preset.json", "dist/jest-preset.json");

execFileSync("node_modules/.bin/tsc", ["-p", "test/tsconfig.build.json"], { stdio: "inherit" });
// Older compilers do not read `.ts` in the imports of declarations.
for (const name of readdirSync("dist/types", { recursive: true, encoding: "utf8" })) {
  if (!name.endsWith(".d.ts")) continue;
  const file = join("dist/types", name);
  writeFileSync(file, readFileSync(file, "utf8").replace(/"(\.[^"]+)\.ts"/g, '"$1.js"'));
}
