/** Checks the shape of a case, with the place of what is wrong. */
import { nearest } from "../catalog/nearest.ts";
import { Diagnostic, DiagnosticError } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import type { JsonNode } from "../source/json.ts";
import type { Source } from "../source/source.ts";

export class CaseReader {
  constructor(readonly source: Source) {}

  refuse(at: { start: number; end: number }, sentence: string, help?: string, code = "invalid-case"): never {
    throw new DiagnosticError([
      new Diagnostic("error", { code, sentence, help, place: this.source.place(at.start, at.end) }, this.source),
    ]);
  }

  /** The members of an object, of which only `known` may be there. */
  object(node: JsonNode, what: string, known: readonly string[]): ReadonlyMap<string, JsonNode> {
    if (node.type !== "object") return this.refuse(node, `${what} is an object`);
    const members = new Map<string, JsonNode>();
    for (const { key, keyStart, keyEnd, value } of node.members) {
      const at = { start: keyStart, end: keyEnd };
      if (!known.includes(key)) {
        const near = nearest(key, known);
        this.refuse(
          at,
          `${quoted(key)} is not a part of ${what}`,
          near ? `did you mean \`${near}\`?` : `its parts are ${known.join(", ")}`,
        );
      }
      if (members.has(key)) this.refuse(at, `${quoted(key)} is written twice`);
      members.set(key, value);
    }
    return members;
  }

  list(node: JsonNode, what: string): readonly JsonNode[] {
    return node.type === "array" ? node.items : this.refuse(node, `${what} is a list`);
  }

  text(node: JsonNode, what: string): string {
    return node.type === "string" ? node.value : this.refuse(node, `${what} is a text`);
  }

  optionalText(node: JsonNode | undefined, what: string): string | undefined {
    return node && this.text(node, what);
  }

  flag(node: JsonNode | undefined, what: string): boolean {
    if (node === undefined) return false;
    return node.type === "boolean" ? node.value : this.refuse(node, `${what} is \`true\` or \`false\``);
  }

  texts(node: JsonNode, what: string): string[] {
    return this.list(node, what).map((item) => this.text(item, `an item of ${what}`));
  }

  /** Pairs of texts, as of tags. */
  pairs(node: JsonNode | undefined, what: string): Record<string, string> {
    if (!node) return {};
    if (node.type !== "object") return this.refuse(node, `${what} is an object`);
    return Object.fromEntries(node.members.map(({ key, value }) => [key, this.text(value, `a value of ${what}`)]));
  }
}

/** A node as plain data. */
export function toData(node: JsonNode): unknown {
  if (node.type === "object") return Object.fromEntries(node.members.map(({ key, value }) => [key, toData(value)]));
  if (node.type === "array") return node.items.map(toData);
  if (node.type === "null") return null;
  return node.type === "number" ? Number(node.value) : node.value;
}
