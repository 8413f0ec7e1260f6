import { readFileSync } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { Source } from "../source/source.ts";

/** A policy as a test writes it: JSON text, or an object of the same shape. */
export type PolicyDocument = string | object;

/** The text of a document, with a name for messages. An object is printed, so that it has lines to point at. */
export function documentSource(document: PolicyDocument, name: string): Source {
  if (typeof document === "string") return new Source(name, document);
  return new Source(name, print(document, name));
}

/**
 * The file's text; its name is the path from the working directory, as people and editors write it.
 *
 * @throws DiagnosticError `unreadable-file`
 */
export function fileSource(path: string): Source {
  if (typeof path !== "string")
    return refuse("wrong-use", `\`.fromFile\` takes the path of a file, not ${whatIs(path)}`);
  const absolute = resolve(path);
  const fromHere = relative(process.cwd(), absolute);
  const name = fromHere.startsWith("..") || isAbsolute(fromHere) ? absolute : fromHere.split(sep).join("/");
  try {
    return new Source(name, readFileSync(absolute, "utf8"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === "ENOENT"
        ? "there is no such file"
        : code === "EISDIR"
          ? "it is a folder"
          : path.includes("\0")
            ? "a path holds no NUL character"
            : `it cannot be read (${code})`;
    return refuse("unreadable-file", `${quoted(path, 200)}: ${why}`, {
      note: `paths start at the working directory, ${process.cwd()}`,
    });
  }
}

/** What a value is, for a sentence: `undefined`, `a number`, `a URL`, `an object`. */
export function whatIs(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  const name = typeof value === "object" ? Object.getPrototypeOf(value)?.constructor?.name : typeof value;
  if (name === "Object" || typeof name !== "string" || name === "") return "an object";
  return name === "Array" ? "a list" : name === "string" ? "a text" : `a ${name}`;
}

/** `JSON.stringify` drops members that are `undefined` and turns a `Map` into `{}`: either would lift a condition. */
function print(document: object, name: string): string {
  check(document, name, new Set());
  return JSON.stringify(document, null, 2);
}

const MAX_DEPTH = 100;

function check(value: unknown, path: string, above: Set<object>): void {
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number" && Number.isFinite(value)) return;
  const wrong = (what: string): never =>
    refuse("wrong-type", `${quoted(path, 200)} is ${what}, which is no value of a policy`, {
      help: "a policy is made of plain objects, lists, texts, numbers and booleans",
    });
  if (typeof value !== "object") wrong(typeof value === "number" ? String(value) : whatIs(value));
  const object = value as object;
  if (above.has(object)) wrong("part of itself");
  if (above.size > MAX_DEPTH) wrong(`nested more than ${MAX_DEPTH} levels deep`);
  const prototype = Object.getPrototypeOf(object);
  const plain =
    Array.isArray(object) ||
    prototype === Object.prototype ||
    prototype === null ||
    prototype?.constructor?.name === "Object";
  if (!plain || typeof (object as { toJSON?: unknown }).toJSON === "function")
    wrong(`a ${prototype?.constructor?.name ?? "value"}`);
  above.add(object);
  if (Array.isArray(object)) for (let at = 0; at < object.length; at++) check(object[at], `${path}[${at}]`, above);
  else for (const key of Object.keys(object)) check((object as Record<string, unknown>)[key], `${path}.${key}`, above);
  above.delete(object);
}
