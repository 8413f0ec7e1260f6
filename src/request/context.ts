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
  const context: Record<string, ContextValue> = Object.create(null);
  for (const [key, value] of Object.entries(input)) {
    if (!/^[^\s:]+:./.test(key))
      refuse("invalid-context", `${quoted(key)} is not of the form \`service:Key\``, { help: "as in `aws:SourceIp`" });
    context[key] =
      value === null ? null : Array.isArray(value) ? value.map((item) => text(key, item)) : text(key, value as Scalar);
  }
  return context;
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
