import type { Policy } from "../policy/policy.ts";
import { documentOf } from "../policy/print.ts";
import { type JsonNode, readJson } from "../source/json.ts";

const TEXTS = new WeakMap<Policy, string>();

/**
 * A policy as it is sent: its own text, not what we read in it, so that AWS judges what the user wrote. White space
 * between tokens is left out, so that a policy that is laid out anew is the same question; characters that the API does not take
 * (https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html, PolicyInputList) are escaped as JSON allows.
 */
export function sentText(policy: Policy): string {
  let text = TEXTS.get(policy);
  if (text === undefined) {
    text = documentOf(policy)
      .replace(/("[^"\\]*(?:\\.[^"\\]*)*")|\s+/gs, (_, string: string | undefined) => string ?? "")
      .replace(/[^\t\n\r -\xff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
    TEXTS.set(policy, text);
  }
  return text;
}

/** 1-based, as AWS gives it. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * The statement that AWS means by a position, by its index. AWS's positions begin at the comma before a statement, or
 * within it, and end beyond it, so the statement is the one that they overlap most.
 */
export function statementAt(text: string, start: Position, end: Position): number | undefined {
  const lines = lineStarts(text);
  const offset = ({ line, column }: Position) => (lines[line - 1] ?? text.length) + column - 1;
  const [from, to] = [offset(start), offset(end)];
  let best: number | undefined;
  let most = 0;
  for (const [index, node] of statementNodes(text).entries()) {
    const overlap = Math.min(to, node.end) - Math.max(from, node.start);
    if (overlap > most) [best, most] = [index, overlap];
  }
  return best;
}

function statementNodes(text: string): readonly JsonNode[] {
  const { root } = readJson(text);
  const node = root?.type === "object" ? root.members.find(({ key }) => key === "Statement")?.value : undefined;
  if (!node) return [];
  return node.type === "array" ? node.items : [node];
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
