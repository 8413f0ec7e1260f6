import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

/** From the bottom up: a folder imports only from itself and from those before it. */
const LAYERS = [
  "src/source",
  "src/diagnostic",
  "src/catalog",
  "src/policy",
  "src/request",
  "src/environment",
  "src/scenarios",
  "src/evaluate",
  "src/cases",
  "src/analyse",
  "src/hunt",
  "src/invariants",
  "src/generate",
  "src/mutate",
  "src/report",
  "src/simulator",
  "src/cli",
  "src/entry",
  "matchers",
  "src/entry",
  "src",
];

const files = ["src", "matchers"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name)),
);

const imports = new Map(
  files.map((file) => {
    const text = readFileSync(file, "utf8");
    const found = [...text.matchAll(/^(?:import|export)\b[^;]*?from "(\.[^"]+)"/gms)].map((match) => match[1]!);
    return [file, found.map((path) => relative(".", resolve(dirname(file), path)))] as const;
  }),
);

const layerOf = (file: string) =>
  LAYERS.findIndex((layer) => dirname(file) === layer || (layer !== "src" && file.startsWith(`${layer}/`)));

test("there are files to check", () => {
  expect(files.length).toBeGreaterThan(50);
  expect([...imports.values()].flat().length).toBeGreaterThan(100);
});

test("every file is in a known layer", () => {
  expect(files.filter((file) => layerOf(file) === -1)).toEqual([]);
});

test("imports point one way", () => {
  const wrong = [...imports].flatMap(([file, paths]) =>
    paths.filter((path) => layerOf(path) > layerOf(file)).map((path) => `${file} imports ${path}`),
  );
  expect(wrong).toEqual([]);
});

test("no import goes in a circle", () => {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, above: readonly string[]) => {
    if (above.includes(file)) circles.push([...above.slice(above.indexOf(file)), file].join(" -> "));
    if (done.has(file)) return;
    done.add(file);
    for (const path of imports.get(file) ?? []) visit(path, [...above, file]);
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});

test("no file inside src is a barrel", () => {
  const barrels = files.filter((file) => {
    if (!file.startsWith("src/") || file === "src/index.ts" || file.startsWith("src/entry/")) return false;
    const lines = readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => /^(export|import|const|function|class|type|interface)\b/.test(line));
    return lines.length > 1 && lines.every((line) => /^export .* from /.test(line));
  });
  expect(barrels).toEqual([]);
});

describe("what only one folder may do", () => {
  const using = (pattern: RegExp) => files.filter((file) => pattern.test(readFileSync(file, "utf8")));

  test("nothing opens the network", () => {
    expect(using(/from "node:(http|https|net|dns|tls|dgram)"|\bfetch\(/)).toEqual([]);
  });

  test("one file loads the AWS SDK, and only when it is asked to", () => {
    expect(using(/^(import|export) .*"@aws-sdk/m)).toEqual([]);
    expect(using(/createRequire\(import\.meta\.url\)\("@aws-sdk/)).toEqual(["src/simulator/client.ts"]);
  });

  test("files are read at the ends only", () => {
    expect(using(/\b(readFile|readFileSync|readdirSync|createReadStream)\(/)).toEqual([
      "src/catalog/catalog.ts",
      "src/catalog/iam-data.ts",
      "src/cli/read-cases.ts",
      "src/entry/jest-reporter.ts",
      "src/policy/document.ts",
      "src/simulator/recordings.ts",
    ]);
  });

  test("git is run by one file, and nothing else is", () => {
    expect(using(/"(?:node:)?child_process"/)).toEqual(["src/policy/git-file.ts"]);
  });

  test("no regular expression is built from a policy's text", () => {
    expect(using(/new RegExp\(/)).toEqual([]);
  });
});
