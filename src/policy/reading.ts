import { Diagnostic, type DiagnosticFields } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import type { JsonMember, JsonNode, JsonObject } from "../source/json.ts";
import type { Place, Source } from "../source/source.ts";
import type { KindFacts, PolicyKind } from "./kinds.ts";
import type { Located } from "./policy.ts";

/** What the readers of a policy's elements share: where they are, and the problems and findings so far. */
export class Reading {
  readonly problems: Diagnostic[] = [];
  readonly findings: Diagnostic[] = [];
  /** Places that findings show and the policy itself does not hold. */
  readonly spans: { document?: Span; version?: Span; statements?: Span; readonly sids: Map<number, Span> } = {
    sids: new Map(),
  };

  constructor(
    readonly source: Source,
    readonly kind: PolicyKind,
    readonly facts: KindFacts,
  ) {}

  problem(at: Span, code: string, sentence: string, more: More = {}): void {
    this.problems.push(this.diagnostic("error", at, code, sentence, more));
  }

  finding(at: Span, code: string, sentence: string, more: More = {}): void {
    this.findings.push(this.diagnostic("finding", at, code, sentence, more));
  }

  place(at: Span): Place {
    return this.source.place(at.start, at.end);
  }

  private diagnostic(severity: "error" | "finding", at: Span, code: string, sentence: string, more: More): Diagnostic {
    return new Diagnostic(severity, { code, sentence, place: this.place(at), ...more }, this.source);
  }
}

export interface Span {
  readonly start: number;
  readonly end: number;
}
type More = Omit<DiagnosticFields, "code" | "sentence" | "place">;

const ARTICLES: Readonly<Record<JsonNode["type"], string>> = {
  object: "an object",
  array: "a list",
  string: "a string",
  number: "a number",
  boolean: "a boolean",
  null: "null",
};
export const typeName = (node: JsonNode): string => ARTICLES[node.type];

export const keySpan = (member: JsonMember): Span => ({ start: member.keyStart, end: member.keyEnd });

/** Members by key, each once; duplicates are problems. Policies are case-sensitive in their element names (A1). */
export function members(reading: Reading, node: JsonObject, what: string): Map<string, JsonMember> {
  const byKey = new Map<string, JsonMember>();
  for (const member of node.members) {
    if (byKey.has(member.key))
      reading.problem(keySpan(member), "duplicate-key", `${quoted(member.key)} is written twice in this ${what}`, {
        note: "JSON readers keep the last of two equal keys without a word, so the other would silently not count",
      });
    else byKey.set(member.key, member);
  }
  return byKey;
}

/** The help for a function of CloudFormation: `{ "Fn::Sub": … }`, `{ "Ref": … }`. */
export const templateHelp = (name: string | undefined): string | undefined =>
  name !== undefined && /^(Fn::[A-Za-z]+|Ref)$/.test(name)
    ? `\`${name}\` is a function of CloudFormation: render the template first, a policy has its result`
    : undefined;

/** Refuses what stands for a text. */
export function notText(reading: Reading, node: JsonNode, what: string): void {
  const member = node.type === "object" && node.members.length === 1 ? node.members[0]!.key : undefined;
  reading.problem(node, "wrong-type", `${what} takes a string or a list of strings, not ${typeName(node)}`, {
    help: templateHelp(member),
  });
}

/** A string or a list of strings, where the grammar allows either. Undefined after a problem. */
export function strings(reading: Reading, node: JsonNode, element: string): Located[] | undefined {
  const nodes = node.type === "array" ? node.items : [node];
  const values: Located[] = [];
  let sound = true;
  for (const item of nodes) {
    if (item.type === "string") values.push({ value: item.value, place: reading.place(item) });
    else {
      notText(reading, item, `\`${element}\``);
      sound = false;
    }
  }
  return sound ? values : undefined;
}
