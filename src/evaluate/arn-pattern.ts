/** A pattern in `Resource` against a resource's ARN, field by field (semantics A20). */
import { type Glob, type GlobPart, glob, globOf } from "../policy/glob.ts";
import type { Facts } from "../request/facts.ts";
import { type ArnTokens, arnTokens, wholeMatch } from "./whole-arn.ts";

/** The five fields before the last. */
export interface Head {
  readonly text: string;
  readonly fields: readonly string[];
  /** What stands before the first wildcard. */
  readonly start: string;
  /** The fields before that wildcard's, and how the others are met in turn; undefined: there is no wildcard. */
  readonly tests: { readonly from: number; readonly steps: readonly Step[] } | undefined;
  /** A `*` at the end of a field may extend over the colons that follow. */
  readonly mayCross: boolean;
}

/** A text with its colons; else one field, of a pattern or any. */
interface Step {
  readonly text: string | undefined;
  readonly glob: Glob | undefined;
}

export function compileHead(fields: readonly string[]): Head {
  const text = `${fields.join(":")}:`;
  // A colon inside a field, of a variable that is literal text here, lets the field match nothing.
  const first = fields.findIndex((field) => /[*?:]/.test(field));
  return {
    text,
    fields,
    start: text.slice(0, text.search(/[*?]|$/)),
    tests: first === -1 ? undefined : { from: lengthOf(fields.slice(0, first)), steps: stepsOf(fields.slice(first)) },
    mayCross: fields.some((field) => field.endsWith("*")),
  };
}

const lengthOf = (fields: readonly string[]) => fields.reduce((length, field) => length + field.length + 1, 0);

function stepsOf(fields: readonly string[]): readonly Step[] {
  let steps: readonly Step[] = [];
  for (const field of fields)
    if (/[*?:]/.test(field)) steps = [...steps, { text: undefined, glob: field === "*" ? undefined : glob(field) }];
    else steps = followed(steps, `${field}:`);
  return steps;
}

/** Texts that follow each other are one step. */
function followed(steps: readonly Step[], text: string): readonly Step[] {
  const before = steps.at(-1)?.text;
  return before === undefined
    ? [...steps, { text, glob: undefined }]
    : [...steps.slice(0, -1), { text: before + text, glob: undefined }];
}

/** The text of a last field that is a text and a star: most are. */
function beginningOf([only, ...more]: readonly GlobPart[]): string | undefined {
  if (!only || more.length > 0 || !("pattern" in only)) return undefined;
  return /^[^*?]*\*$/.test(only.pattern) ? only.pattern.slice(0, -1) : undefined;
}

export class ArnPattern {
  private readonly steps: readonly Step[];
  /** Of the whole text where the head has no wildcards, else of what the steps leave; undefined: anything may follow. */
  private readonly rest: Glob | undefined;
  private across: { readonly loose: Glob; readonly tokens: ArnTokens } | undefined = undefined;
  private folded: ArnPattern | undefined = undefined;

  constructor(
    private readonly head: Head,
    private readonly parts: readonly GlobPart[],
  ) {
    this.steps = head.tests?.steps ?? [];
    const beginning = head.tests && beginningOf(parts);
    if (beginning === undefined) this.rest = globOf(head.tests ? parts : [{ literal: head.text }, ...parts], "");
    else this.steps = followed(this.steps, beginning);
  }

  matches(facts: Facts): boolean {
    return this.test(facts.resource ?? "");
  }

  /** Whether it matches when case does not count. */
  matchesFolded(facts: Facts): boolean {
    this.folded ??= new ArnPattern(compileHead(this.head.fields.map(lower)), this.parts.map(fold));
    return this.folded.test(facts.foldedResource);
  }

  /** Whether it matches only because a `*` before the fifth colon extends over colons. */
  matchesAcross({ resource = "" }: Facts): boolean {
    if (!this.head.mayCross || !resource.startsWith(this.head.start)) return false;
    // A pattern whose wildcards know no fields matches more, and is quicker to ask.
    this.across ??= {
      loose: globOf([{ pattern: this.head.text }, ...this.parts], ""),
      tokens: arnTokens(this.head.fields, this.parts),
    };
    return this.across.loose.matches(resource) && wholeMatch(this.across.tokens, resource);
  }

  private test(resource: string): boolean {
    const { start, tests } = this.head;
    if (tests === undefined) return this.rest!.matches(resource);
    // Quicker than startsWith, which looks at one character after the other.
    if (resource.slice(0, start.length) !== start) return false;
    let at = tests.from;
    for (const { text, glob } of this.steps) {
      if (text !== undefined) {
        if (!resource.startsWith(text, at)) return false;
        at += text.length;
      } else {
        const end = resource.indexOf(":", at);
        if (end === -1 || (glob && !glob.matches(resource.slice(at, end)))) return false;
        at = end + 1;
      }
    }
    return this.rest === undefined || this.rest.matches(resource.slice(at));
  }
}

const lower = (text: string) => text.toLowerCase();
const fold = (part: GlobPart): GlobPart =>
  "literal" in part ? { literal: lower(part.literal) } : { pattern: lower(part.pattern) };
