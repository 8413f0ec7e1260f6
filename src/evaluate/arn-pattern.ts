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
  /** The fields that this does not settle, by position; undefined: there is no wildcard. */
  readonly tests: readonly { readonly at: number; readonly glob: Glob }[] | undefined;
  /** A `*` at the end of a field may extend over the colons that follow. */
  readonly mayCross: boolean;
}

export function compileHead(fields: readonly string[]): Head {
  const text = `${fields.join(":")}:`;
  // A colon inside a field, of a variable that is literal text here, lets the field match nothing.
  const first = fields.findIndex((field) => /[*?:]/.test(field));
  const tests = fields.map((field, at) => ({ at, field })).filter(({ at, field }) => at >= first && field !== "*");
  return {
    text,
    fields,
    start: text.slice(0, text.search(/[*?]|$/)),
    tests: first === -1 ? undefined : tests.map(({ at, field }) => ({ at, glob: glob(field) })),
    mayCross: fields.some((field) => field.endsWith("*")),
  };
}

export class ArnPattern {
  /** Of the whole text where the head has no wildcards, else of the last field. */
  private readonly glob: Glob;
  private across: { readonly loose: Glob; readonly tokens: ArnTokens } | undefined = undefined;
  private folded: ArnPattern | undefined = undefined;

  constructor(
    private readonly head: Head,
    private readonly parts: readonly GlobPart[],
  ) {
    this.glob = globOf(head.tests ? parts : [{ literal: head.text }, ...parts], "");
  }

  matches(facts: Facts): boolean {
    return this.test(facts.resource ?? "", facts, false);
  }

  /** Whether it matches when case does not count. */
  matchesFolded(facts: Facts): boolean {
    this.folded ??= new ArnPattern(compileHead(this.head.fields.map(lower)), this.parts.map(fold));
    return this.folded.test(facts.foldedResource, facts, true);
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

  private test(resource: string, facts: Facts, folded: boolean): boolean {
    const { start, tests } = this.head;
    if (tests === undefined) return this.glob.matches(resource);
    if (!resource.startsWith(start)) return false;
    const fields = folded ? facts.foldedFields : facts.fields;
    if (fields.length < 6) return false;
    for (const { at, glob } of tests) if (!glob.matches(fields[at]!)) return false;
    return this.glob.matches(fields[5]!);
  }
}

const lower = (text: string) => text.toLowerCase();
const fold = (part: GlobPart): GlobPart =>
  "literal" in part ? { literal: lower(part.literal) } : { pattern: lower(part.pattern) };
