import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const fixtures = fileURLToPath(new URL("fixtures", import.meta.url));

/** A situation and the fixtures that make it up: `wrong-use.test.ts`, or the scripts `wrong-use.ts` and `wrong-use.link.ts`. */
export function situationsIn(...folders: string[]): Map<string, string[]> {
  const situations = new Map<string, string[]>();
  for (const folder of folders)
    for (const name of readdirSync(join(fixtures, folder)).sort()) {
      if (folder === "script" ? name === "api.ts" || !name.endsWith(".ts") : !name.endsWith(".test.ts")) continue;
      const situation = basename(name).split(".")[0] as string;
      situations.set(situation, [...(situations.get(situation) ?? []), join(fixtures, folder, name)]);
    }
  return situations;
}
