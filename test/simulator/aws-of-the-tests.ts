/** AWS's answers as they were recorded, to any call that asks what was asked then. */
import { readJson } from "../../src/source/json.ts";
import type { Cell, MatchedRow, WireCall } from "./query-protocol.ts";
import { type RealDecision, realDecisions } from "./real-decisions.ts";

const same = (a: string, b: string) => JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b));
const sameList = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((text, at) => same(text, b[at]!));

/** The row that answers an action on a resource under the policies and the context of a call. */
export function recorded(call: WireCall, action: string, resource: string): RealDecision | undefined {
  return realDecisions.find(
    ({ policies, request }) =>
      request.action === action &&
      request.resource === resource &&
      sameList(policies.identity, call.PolicyInputList) &&
      sameList(policies.permissionsBoundary, call.PermissionsBoundaryPolicyInputList) &&
      sameContext(request.context, call.ContextEntries),
  );
}

/** Names do not depend on case. Entries that the policies do not read are not sent. */
function sameContext(then: RealDecision["request"]["context"], now: WireCall["ContextEntries"]): boolean {
  const text = (entries: WireCall["ContextEntries"]) =>
    entries
      .map(({ ContextKeyName, ContextKeyValues }) => JSON.stringify([ContextKeyName.toLowerCase(), ContextKeyValues]))
      .sort()
      .join();
  return text(then) === text(now);
}

/** What AWS said then; of a pair that nobody asked, something that must not be read. */
export function recordedAnswer(call: WireCall, action: string, resource: string): Cell {
  const row = recorded(call, action, resource);
  if (!row) return { decision: "explicitDeny" };
  return { decision: row.decision, matched: matchedRows(row, call) };
}

/** The statements that AWS named, by Sid or by place, at the places that they have in the text as it was sent. */
function matchedRows({ matchedSids, matchedStatements, policies }: RealDecision, call: WireCall): MatchedRow[] {
  const wanted = (text: string, policy: number) => {
    const nodes = statements(text);
    return nodes.flatMap(({ start, end, sid }, index) => {
      const bySid = matchedSids?.includes(sid ?? "");
      const byPlace = matchedStatements?.some(
        ({ StartPosition, EndPosition }) =>
          policy === 0 && StartPosition.Column - 1 < end && EndPosition.Column - 1 > start + 2,
      );
      return bySid || byPlace ? [index] : [];
    });
  };
  return policies.identity.flatMap((text, policy) =>
    wanted(text, policy).map((index) => place(call.PolicyInputList[policy]!, index, policy)),
  );
}

function statements(text: string): { start: number; end: number; sid: string | undefined; alone: boolean }[] {
  const { root } = readJson(text);
  if (root?.type !== "object") throw new Error("a policy is an object");
  const node = root.members.find(({ key }) => key === "Statement")!.value;
  const nodes = node.type === "array" ? node.items : [node];
  return nodes.map((one) => {
    const sid = one.type === "object" ? one.members.find(({ key }) => key === "Sid")?.value : undefined;
    return {
      start: one.start,
      end: one.end,
      sid: sid?.type === "string" ? sid.value : undefined,
      alone: node.type === "object",
    };
  });
}

/** As AWS counts (simulator-quirks): of a list from the comma before, and one past the end; of a single statement one further in. */
function place(text: string, index: number, policy: number): MatchedRow {
  const { start, end, alone } = statements(text)[index]!;
  const from = alone ? start + 2 : index === 0 ? start + 1 : text.lastIndexOf(",", start) + 1;
  return {
    SourcePolicyId: `PolicyInputList.${policy + 1}`,
    StartPosition: { Line: 1, Column: from },
    EndPosition: { Line: 1, Column: end + 1 },
  };
}
