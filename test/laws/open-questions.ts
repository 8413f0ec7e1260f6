import fc from "fast-check";
import { callers } from "../../src/generate/callers.ts";
import { conditionBlocks } from "../../src/generate/conditions.ts";
import type { Document } from "../../src/generate/documents.ts";
import type { PolicyDocuments } from "../../src/generate/policy-sets.ts";
import { requests } from "../../src/generate/requests.ts";
import type { StatementDocument } from "../../src/generate/statements.ts";
import { type Attached, HOME, PARTNER, ROLE, SESSION, USER } from "../../src/generate/universe.ts";
import { KINDS, type PolicyKind } from "../../src/policy/kinds.ts";
import { Request } from "../../src/request/request.ts";
import { OPEN_ROWS, type OpenRow } from "./open-grid.ts";
import type { Question } from "./questions.ts";

export interface OpenQuestion {
  readonly rows: readonly OpenRow[];
  readonly question: Question;
}

/** Small policies about one to three open keys, and requests that tell none of them. */
export const openQuestions: fc.Arbitrary<OpenQuestion> = fc
  .record({
    near: fc.constantFrom("key", "key", "resource", "trust" as const),
    rows: fc.uniqueArray(fc.constantFrom(...OPEN_ROWS), { minLength: 1, maxLength: 3 }),
  })
  .chain(({ near, rows }) =>
    fc
      .record({
        request: requests({ near: near as Attached }),
        principal: callers(),
        policies: openPolicies(near as Attached, rows),
      })
      .map(({ request, principal, policies }) => ({
        rows,
        question: { near: near as Attached, request: new Request({ ...request, principal, context: {} }), policies },
      })),
  );

function openPolicies(near: Attached, rows: readonly OpenRow[]): fc.Arbitrary<PolicyDocuments> {
  const document = (kind: PolicyKind) =>
    fc
      .array(conditional(kind, rows), { minLength: 1, maxLength: 2 })
      .map((list): Document => ({ Version: "2012-10-17", Statement: list }));
  const seldom = (kind: PolicyKind) =>
    fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.tuple(document(kind)) });
  const perhaps = <T>(some: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 2, arbitrary: some }, { weight: 1, arbitrary: fc.constant(undefined) });
  return fc
    .record({
      identity: perhaps(fc.tuple(document("identity"))),
      resource: perhaps(
        fc.oneof({ weight: 3, arbitrary: document(near) }, { weight: 1, arbitrary: fc.constant(null) }),
      ),
      permissionsBoundary: seldom("permissionsBoundary"),
      session: seldom("session"),
      serviceControl: seldom("serviceControl"),
      resourceControl: seldom("resourceControl"),
    })
    .map(({ identity, resource, serviceControl, resourceControl, ...rest }) => ({
      ...(identity ? { identity } : {}),
      ...(resource === undefined ? {} : { resource }),
      ...rest,
      grants: [],
      serviceControl: serviceControl.map((policy) => [policy]),
      resourceControl: resourceControl.map((policy) => [policy]),
      vpcEndpoint: [],
    }));
}

/** Of the object that requests here are for, where the user agent is `alice`. */
const VARIABLE = "arn:aws:s3:::home/${aws:UserAgent}/*";

function conditional(kind: PolicyKind, rows: readonly OpenRow[]): fc.Arbitrary<StatementDocument> {
  const facts = KINDS[kind];
  return fc
    .record({
      effect: fc.constantFrom("Allow", "Allow", "Deny" as const),
      principal: fc.constantFrom("*", { AWS: [HOME, PARTNER] }, { AWS: ROLE }, { AWS: SESSION }, { AWS: [USER, HOME] }),
      condition: conditionBlocks(rows),
      resource: fc.constantFrom("*", "*", ...(rows.some(({ key }) => key === "aws:UserAgent") ? [VARIABLE] : [])),
    })
    .map(({ effect, principal, condition, resource }): StatementDocument => {
      const who = facts.principal === "everyone" ? "*" : (principal as "*");
      return {
        Effect: facts.denyOnly ? "Deny" : (effect as "Allow" | "Deny"),
        ...(facts.principal === "forbidden" ? {} : { Principal: who }),
        Action: facts.denyOnly ? ["kms:*", "s3:*", "sts:*", "sqs:*"] : "*",
        ...(facts.resource === "forbidden" ? {} : { Resource: resource }),
        Condition: condition,
      };
    });
}
