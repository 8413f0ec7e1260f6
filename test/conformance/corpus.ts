import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Case, readCase } from "../../src/cases/read-case.ts";
import { readJson } from "../../src/source/json.ts";
import { Source } from "../../src/source/source.ts";

const FOLDER = "test/conformance";

/** The files of cases, by topic. */
export const corpusFiles: readonly string[] = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".json") && dirname(name) !== ".")
  .map((name) => join(FOLDER, name))
  .sort();

export function casesOf(file: string): Case[] {
  const source = new Source(file, readFileSync(file, "utf8"));
  const { root, problems } = readJson(source.text);
  if (problems.length > 0 || root?.type !== "array") throw new Error(`${file} holds no list of cases`);
  return root.items.map((node) => readCase(source, node));
}
