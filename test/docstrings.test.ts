import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import * as simulator from "../src/entry/simulator.ts";
import * as root from "../src/index.ts";

const api = { ...root, ...simulator };

mkdirSync("test/.tmp", { recursive: true });
const folder = mkdtempSync("test/.tmp/docs-");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The examples of the docstrings: `expression; // value` says what the expression is. */
const examples = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .flatMap((name) => {
    const text = readFileSync(join("src", name), "utf8");
    return [...text.matchAll(/@example\n((?: \* ?.*\n)*?) \*\/\nexport (?:const|function) (\w+)/g)].map(
      ([, lines, what]) => ({
        what: what!,
        code: lines!.replace(/^ \* ?/gm, ""),
      }),
    );
  })
  .filter(({ what }) => what in api);

test("the public functions that decide, read and ask have an example", () => {
  const missing = [
    "evaluate",
    "explain",
    "request",
    "grant",
    "keyPolicy",
    "identityPolicy",
    "resourcePolicy",
    "trustPolicy",
    "iamSimulator",
    "policyAt",
  ].filter((name) => !examples.some(({ what }) => what === name));
  expect(missing).toEqual([]);
});

test.for(examples)("$what", async ({ what, code }, { skip }) => {
  if (what === "policyAt" && !existsSync(".git")) skip("this copy of the sources is no git repository");
  const claims = [...code.matchAll(/^(.+); \/\/ (.+)$/gm)];
  expect(claims.length, "an example says what comes out").toBeGreaterThan(0);
  const file = join(folder, `${what}.ts`);
  const importing = (names: object, from: string) =>
    `import { ${Object.keys(names).join(", ")} } from "../../../src/${from}.ts";\n`;
  const body = code.replace(/^(.+); \/\/ (.+)$/gm, "claims.push([$1, $2]);");
  writeFileSync(
    file,
    `${importing(root, "index")}${importing(simulator, "entry/simulator")}export const claims: [unknown, unknown][] = [];\n${body}`,
  );
  const { claims: got } = (await import(join(process.cwd(), file))) as { claims: [unknown, unknown][] };
  expect(got).toHaveLength(claims.length);
  for (const [actual, expected] of got) expect(actual).toEqual(expected);
});
