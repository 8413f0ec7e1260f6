// Builds dist/: ESM in chunks, CommonJS in whole bundles, declarations, and AWS's catalogue beside them.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
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

// esbuild makes a chunk for each set of entries that need a module, and every file costs its import 2 ms. An entry that also
// imports the root shares one chunk with it.
const root = resolve("src/index.ts");
const besideTheRoot = {
  name: "beside-the-root",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === "entry-point" ? { path: resolve(path), namespace: "entry" } : undefined,
    );
    onLoad({ filter: /./, namespace: "entry" }, ({ path }) => {
      const [text, from] = [readFileSync(path, "utf8"), JSON.stringify(path)];
      const lines = [
        ...(/^#!.*/.exec(text) ?? []),
        `export * from ${from};`,
        ...(/^export default/m.test(text) ? [`export { default } from ${from};`] : []),
        `import ${JSON.stringify(root)};`,
      ];
      return { contents: lines.join("\n"), resolveDir: dirname(path) };
    });
  },
};

// An ES import of `node:fs` makes a wrapper of all that it exports, which loads Node's streams: 4 ms. No other module: those
// imports are bound when they are made, and fake timers change `node:timers` later.
const fileSystem = {
  name: "file-system",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:fs$/ }, ({ path }) => ({ path, namespace: "node" }));
    onLoad({ filter: /./, namespace: "node" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

await build({
  ...common,
  format: "esm",
  splitting: true,
  plugins: [fileSystem, besideTheRoot],
  // The package says that importing its files does nothing, so imports for their own sake would be left out.
  ignoreAnnotations: true,
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
