/** The small module of a user's that says which client asks and where recordings are. */
import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import type { SimulatorOptions } from "./simulator.ts";

const NAMES = [".mjs", ".js", ".cjs", ".ts", ".mts"].map((ending) => `iam-expect.config${ending}`);

/**
 * The options that the module exports as its default. Paths in it start at its own folder.
 *
 * @param path of the module, from `root`; left out: `iam-expect.config.mjs` (or `.js`, `.cjs`, `.ts`, `.mts`) in `root`
 * @throws DiagnosticError `missing-config`, `wrong-use`
 */
export async function loadConfig(root: string, path?: string): Promise<SimulatorOptions> {
  const file = path === undefined ? NAMES.map((name) => join(root, name)).find(existsSync) : resolve(root, path);
  if (file === undefined || !existsSync(file))
    return refuse(
      "missing-config",
      path === undefined
        ? `there is no \`${NAMES[0]}\` in ${root}, which says how AWS's simulator is asked`
        : `there is no file ${quoted(path)}`,
      {
        help: 'write one: `export default { client: async () => new (await import("@aws-sdk/client-iam")).IAMClient({ region: "us-east-1" }), recordings: "recordings" }`',
      },
    );
  const loaded = (await import(pathToFileURL(file).href)) as { default?: unknown };
  // A CommonJS module that was compiled from ESM has its default within.
  const exported = loaded.default as { default?: unknown } | undefined;
  const options = (exported && typeof exported === "object" && "default" in exported ? exported.default : exported) as
    | SimulatorOptions
    | undefined;
  if (typeof options !== "object" || options === null)
    return refuse("wrong-use", `${quoted(file, 200)} does not export the simulator's options as its default`, {
      help: "as in `export default { client, recordings }`",
    });
  const { recordings } = options;
  return typeof recordings === "string" && !isAbsolute(recordings)
    ? { ...options, recordings: join(dirname(file), recordings) }
    : options;
}
