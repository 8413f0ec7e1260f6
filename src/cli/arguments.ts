/** The arguments of a command, as AWS's own command line and git read theirs: what is not known is an error. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { nearest } from "../catalog/nearest.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";

/** Options by name; `text` takes a value and may be repeated. */
export type Options = Readonly<Record<string, "flag" | "text">>;

export interface Arguments {
  readonly files: readonly string[];
  readonly flag: (name: string) => boolean;
  readonly texts: (name: string) => readonly string[];
  /** The last: as elsewhere, a later option wins. */
  readonly text: (name: string) => string | undefined;
}

/** @throws DiagnosticError `wrong-use` */
export function readArguments(command: string, args: readonly string[], options: Options): Arguments {
  const known: NonNullable<ParseArgsConfig["options"]> = {};
  for (const [name, kind] of Object.entries(options))
    known[name] = kind === "flag" ? { type: "boolean" } : { type: "string", multiple: true };
  const { positionals, tokens } = parseArgs({
    args: [...args],
    options: known,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const help = `\`iam-expect ${command} --help\` lists the options`;
  const found = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    const kind = Object.hasOwn(options, name) ? options[name] : undefined;
    if (kind === undefined) {
      const near = nearest(name, Object.keys(options));
      refuse("wrong-use", `${quoted(rawName)} is not an option of \`iam-expect ${command}\``, {
        help: near ? `did you mean \`--${near}\`?` : help,
      });
    }
    if (kind === "text" && (value === undefined || value === ""))
      refuse("wrong-use", `${quoted(rawName)} needs a value`, { help });
    if (kind === "flag" && value !== undefined) refuse("wrong-use", `${quoted(rawName)} takes no value`, { help });
    found.set(name, [...(found.get(name) ?? []), value ?? ""]);
  }
  return {
    files: positionals,
    flag: (name) => found.has(name),
    texts: (name) => found.get(name) ?? [],
    text: (name) => found.get(name)?.at(-1),
  };
}
