import fc from "fast-check";
import { KINDS, type PolicyKind } from "../policy/kinds.ts";
import { type StatementDocument, statements } from "./statements.ts";
import type { Attached } from "./universe.ts";

/** A policy as people write it. */
export interface Document {
  readonly Version?: "2012-10-17" | "2008-10-17";
  readonly Id?: string;
  readonly Statement: StatementDocument | readonly StatementDocument[];
}

export interface DocumentOptions {
  readonly kind: PolicyKind;
  readonly near: Attached;
}

const RESTRICTING: ReadonlySet<PolicyKind> = new Set([
  "permissionsBoundary",
  "session",
  "serviceControl",
  "vpcEndpoint",
]);

/** Policy documents of a kind, all of which parse. */
export function documents({ kind, near }: DocumentOptions): fc.Arbitrary<Document> {
  const facts = KINDS[kind];
  const list = fc.array(statements({ kind, near }), { maxLength: 3, size: "max" });
  // As people write the kinds that only restrict: allow everything, then take away. Else hardly a request would pass.
  const full = RESTRICTING.has(kind) ? list.chain((some) => fc.constantFrom(some, [fullAccess(kind), ...some])) : list;
  return fc
    .record({
      version: facts.versionRequired
        ? fc.constant("2012-10-17" as const)
        : fc.constantFrom(
            "2012-10-17" as const,
            "2012-10-17" as const,
            "2012-10-17" as const,
            "2008-10-17" as const,
            undefined,
          ),
      id: fc.constantFrom(undefined, undefined, "id"),
      sids: fc.boolean(),
      single: fc.boolean(),
      list: full,
    })
    .map(({ version, id, sids, single, list }) => {
      const named = list.map((statement, at) => (sids ? { Sid: `S${at}`, ...statement } : statement));
      return {
        ...(version ? { Version: version } : {}),
        ...(id && facts.id ? { Id: id } : {}),
        Statement: single && named.length === 1 ? named[0]! : named,
      };
    });
}

const fullAccess = (kind: PolicyKind): StatementDocument => ({
  Effect: "Allow",
  ...(kind === "vpcEndpoint" ? { Principal: "*" as const } : {}),
  Action: "*",
  Resource: "*",
});
