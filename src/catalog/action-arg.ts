/**
 * The type of an action that a test names: completed and checked against the catalogue while it is typed. Free passage
 * for patterns (`kms:Get*`), services the catalogue does not know, and plain `string`. One service's names are expanded
 * at a time; the union of all costs an editor megabytes a keystroke.
 *
 *     declare function toAllow<A extends string>(action: ActionArg<A>): void;
 */
import type { ActionNames } from "./action-names.ts";

export type ActionArg<A extends string> = IsOpen<A> extends true ? A : A extends Valid<A> ? A : Valid<A>;

/** Whether the text is not known to the compiler: `string`, or a template with a hole such as `kms:${string}`. */
type IsOpen<A extends string> = Record<never, never> extends Record<A, unknown> ? true : false;

type Valid<A extends string> = A extends `${string}${"*" | "?"}${string}`
  ? A
  : A extends `${infer Prefix}:${string}`
    ? Lowercase<Prefix> extends keyof ActionNames
      ? `${Prefix}:${ActionNames[Lowercase<Prefix>]}`
      : A
    : "*" | `${keyof ActionNames}:`;
