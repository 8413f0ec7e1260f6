import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { type Case, readCase } from "../cases/read-case.ts";
import { Diagnostic, DiagnosticError } from "../diagnostic/diagnostic.ts";
import { type JsonNode, readJson } from "../source/json.ts";
import { Source } from "../source/source.ts";

/**
 * The cases of a file, one after the other. Standard input (`-`) and `.jsonl` files are read a line at a time, so that
 * memory does not grow with them. A case of unknown shape comes as the error that refuses it.
 */
export async function* readCases(file: string): AsyncIterable<Case | DiagnosticError> {
  if (file === "-" || file.endsWith(".jsonl")) {
    const input = file === "-" ? process.stdin : createReadStream(file);
    const name = file === "-" ? "<stdin>" : file;
    let number = 0;
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++;
      if (line.trim() !== "") yield* casesOf(new Source(name, line, number));
    }
    return;
  }
  yield* casesOf(new Source(file, await readFile(file, "utf8")));
}

function* casesOf(source: Source): Iterable<Case | DiagnosticError> {
  const { root, problems } = readJson(source.text);
  if (!root || problems.length > 0) {
    yield new DiagnosticError(
      problems.map(({ sentence, label, through, start, end }) => {
        const place = source.place(start, end);
        return new Diagnostic("error", { code: "json-syntax", sentence, label, through, place }, source);
      }),
    );
    return;
  }
  for (const node of root.type === "array" ? root.items : [root]) yield oneCase(source, node);
}

function oneCase(source: Source, node: JsonNode): Case | DiagnosticError {
  try {
    return readCase(source, node);
  } catch (error) {
    if (error instanceof DiagnosticError) return error;
    throw error;
  }
}
