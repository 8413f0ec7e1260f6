import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";

/** What a request says of a key: its value or values, or `null` for absent. */
export type ContextValue = string | readonly string[] | null;
export type Context = Readonly<Record<string, ContextValue>>;
/** What a test may write: numbers, booleans and dates are taken as their text. */
export type ContextInput = Readonly<Record<string, Scalar | readonly Scalar[] | null>>;
type Scalar = string | number | boolean | Date;

/** Turns a test's values into texts; refuses what is no value (`invalid-context`). */
export function toContext(input: ContextInput): Record<string, ContextValue> {
  if (!isPlainObject(input))
    refuse("invalid-context", "context keys and their values are wanted", {
      help: 'as in `{ "aws:SourceIp": "203.0.113.7" }`',
    });
  const context: Record<string, ContextValue> = Object.create(null);
  for (const [key, value] of Object.entries(input)) {
    if (!/^[^\s:]+:./.test(key))
      refuse("invalid-context", `${quoted(key)} is not of the form \`service:Key\``, { help: "as in `aws:SourceIp`" });
    context[key] =
      value === null ? null : Array.isArray(value) ? value.map((item) => text(key, item)) : text(key, value as Scalar);
  }
  return context;
}

/** An object of members: no list, Map or the like, whose members are none of its keys. */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || prototype === Object.prototype || prototype.constructor?.name === "Object";
}

function text(key: string, value: Scalar): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) return String(value);
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  return refuse(
    "invalid-context",
    `the value of ${quoted(key)} is ${value === undefined ? "undefined" : "not a text, number, boolean or date"}`,
    {
      help: "`null` says that the key is absent",
    },
  );
}
