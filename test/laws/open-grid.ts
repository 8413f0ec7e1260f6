/**
 * What could change an outcome, found by trying: every value of a grid is told to the evaluator as a test would tell it,
 * and every policy that was not given is given. Nothing here knows how the evaluator looks for the same.
 */
import { decide } from "../../src/evaluate/decide.ts";
import { Evaluation } from "../../src/evaluate/evaluation.ts";
import { ownerOf } from "../../src/evaluate/normalise.ts";
import type { PolicySet } from "../../src/evaluate/policy-set.ts";
import type { Outcome } from "../../src/evaluate/verdict.ts";
import type { Document } from "../../src/generate/documents.ts";
import type { KeyRow } from "../../src/generate/keys.ts";
import { toPolicy } from "../../src/generate/policies.ts";
import { toPolicySet } from "../../src/generate/policy-sets.ts";
import { HOME, PATH_ROLE } from "../../src/generate/universe.ts";
import { buildFacts } from "../../src/request/build-facts.ts";
import { type Principal, session } from "../../src/request/principal.ts";
import { Request } from "../../src/request/request.ts";
import type { Question } from "./questions.ts";

/** A key that AWS sends and a test may not have told, with the callers that have it (B3). */
export interface OpenRow extends KeyRow {
  /** What the decision calls it. */
  readonly label: string;
  isOpen(caller: Principal): boolean;
  /** Requests of that caller may lack it. */
  readonly maybe?: true;
}

const ofSessions = ({ type }: Principal) => type === "role" || type === "session";
const anybody = () => true;

const INSTANTS = [
  "2025-12-31T23:59:59Z",
  "2026-01-01T00:00:00Z",
  // The same instant: text operators tell its spellings apart.
  "2026-01-01T00:00:00.000Z",
  "2026-01-01T00:00:01Z",
  "2026-03-01T00:00:00Z",
  "2026-06-30",
  "2026-06-30T00:00:00.000Z",
  "2026-06-30T00:00:01Z",
];

export const OPEN_ROWS: readonly OpenRow[] = [
  {
    key: "aws:SourceIp",
    label: "aws:SourceIp",
    family: "ip",
    wanted: ["203.0.113.0/24", "198.51.100.7", "2001:db8::/32", "203.0.113.*"],
    seen: ["203.0.112.255", "203.0.113.0", "203.0.113.9", "203.0.114.0", "198.51.100.7", "2001:db8::1", "2001:db9::"],
    isOpen: anybody,
  },
  {
    key: "aws:CurrentTime",
    label: "aws:CurrentTime",
    family: "date",
    wanted: ["2026-01-01T00:00:00Z", "2026-06-30", "1767225600"],
    seen: INSTANTS,
    isOpen: anybody,
  },
  {
    key: "aws:EpochTime",
    label: "aws:CurrentTime",
    family: "numeric",
    wanted: ["1767225600", "1767225600.5"],
    seen: INSTANTS,
    isOpen: anybody,
  },
  {
    key: "aws:TokenIssueTime",
    label: "aws:TokenIssueTime",
    family: "date",
    wanted: ["2026-01-01T00:00:00Z", "2026-06-30"],
    seen: INSTANTS,
    isOpen: (caller) => ofSessions(caller) || caller.type === "federatedUser",
  },
  {
    key: "aws:UserAgent",
    label: "aws:UserAgent",
    family: "string",
    wanted: ["aws-cli/*", "curl", "Curl", "*boto*"],
    seen: [
      "aws-cli/2",
      "curl",
      "Curl",
      "CURL",
      "a boto",
      "aws-cli/boto",
      "other",
      "alice",
      // To the operators without wildcards a star is a star.
      "aws-cli/*",
      "AWS-CLI/*",
      "*boto*",
      "*BOTO*",
    ],
    isOpen: anybody,
  },
  {
    key: "aws:PrincipalOrgID",
    label: "aws:PrincipalOrgID",
    family: "string",
    wanted: ["o-aaaa1111", "o-bbbb2222"],
    seen: ["o-aaaa1111", "o-bbbb2222", "o-cccc3333", "O-AAAA1111", "O-BBBB2222"],
    isOpen: ({ account }) => account !== null,
    maybe: true,
  },
  {
    key: "aws:MultiFactorAuthPresent",
    label: "aws:MultiFactorAuthPresent",
    family: "bool",
    wanted: ["true", "false"],
    seen: ["true", "false"],
    isOpen: ofSessions,
    maybe: true,
  },
  {
    // The ARN of a session does not say its role's path.
    key: "aws:PrincipalArn",
    label: "aws:PrincipalArn",
    family: "arn",
    wanted: [PATH_ROLE, `arn:aws:iam::${HOME}:role/build`, "arn:aws:iam::*:role/team/*", "arn:aws:iam::*:role/*"],
    seen: [PATH_ROLE, `arn:aws:iam::${HOME}:role/build`, `arn:aws:iam::${HOME}:role/a/build`],
    isOpen: ({ type, role }) => type === "session" && role === null,
  },
];

interface Try {
  readonly request: Request;
  readonly set: PolicySet;
}
/** One thing that nobody told, and the ways to tell it; the first leaves it untold. */
interface Dimension {
  readonly label: string;
  readonly tell: readonly ((asked: Try) => Try)[];
}

const untold = (asked: Try): Try => asked;

/** What changes the answer to a question about the outcome, given some of the others. */
export interface Matters {
  readonly outcome: readonly string[];
  /** Whether the request is allowed, and whether a Deny decides: what matchers ask. */
  readonly allowed: readonly string[];
  readonly explicitDeny: readonly string[];
}

/** Keys by the names that decisions give them, `identity` and `resource` for the policies. */
export function whatMatters(question: Question, rows: readonly OpenRow[]): Matters {
  const asked = { request: question.request, set: toPolicySet(question.policies, question.near) };
  const dimensions = [...keyDimensions(asked, rows), ...policyDimensions(asked, question)];
  const outcomes = outcomesOf(asked, dimensions);
  const changing = (ask: (outcome: Outcome) => unknown): string[] => {
    const answers = outcomes.map(ask);
    let stride = 1;
    return dimensions
      .filter(({ tell }) => {
        const step = stride;
        stride *= tell.length;
        return answers.some((answer, at) => {
          const own = Math.floor(at / step) % tell.length;
          return own > 0 && answers[at - own * step] !== answer;
        });
      })
      .map(({ label }) => label)
      .sort();
  };
  return {
    outcome: changing((outcome) => outcome),
    allowed: changing((outcome) => outcome === "allowed"),
    explicitDeny: changing((outcome) => outcome === "explicitDeny"),
  };
}

/** The outcome of every combination; the first dimension varies fastest. */
function outcomesOf(asked: Try, dimensions: readonly Dimension[]): Outcome[] {
  let tries: Try[] = [asked];
  for (const { tell } of dimensions) tries = tell.flatMap((one) => tries.map(one));
  return tries.map(({ request, set }) => {
    const facts = buildFacts(request, ownerOf(request, set.resource, set.grants));
    return decide(set, new Evaluation(facts)).outcome;
  });
}

function keyDimensions({ request }: Try, rows: readonly OpenRow[]): Dimension[] {
  const { principal } = request;
  const byLabel = new Map<string, Dimension>();
  for (const { label, seen, isOpen, maybe } of rows) {
    if (!isOpen(principal)) continue;
    const values = maybe ? [...seen, null] : seen;
    byLabel.set(label, { label, tell: [untold, ...values.map((value) => told(label, value))] });
  }
  const names = principal.type === "role" ? ["main", "another"] : [];
  if (names.length > 0)
    byLabel.set("sts:RoleSessionName", {
      label: "sts:RoleSessionName",
      tell: [
        untold,
        ...names.map((name) => (asked: Try) => ({
          ...asked,
          request: new Request({ ...asked.request, principal: session(principal, name) }),
        })),
      ],
    });
  return [...byLabel.values()];
}

const told =
  (key: string, value: string | null) =>
  ({ request, set }: Try): Try => {
    // The two names of the time are one fact.
    const epoch = key === "aws:CurrentTime" ? { "aws:EpochTime": String(Math.floor(Date.parse(value!) / 1000)) } : {};
    return { set, request: new Request({ ...request, context: { ...request.context, [key]: value, ...epoch } }) };
  };

function policyDimensions({ request, set }: Try, { near }: Question): Dimension[] {
  const dimensions: Dimension[] = [];
  const giving = (some: Partial<PolicySet>) => (asked: Try) => ({ ...asked, set: { ...asked.set, ...some } });
  if (set.identity === undefined) {
    const all: Document = { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "*", Resource: "*" } };
    const identity = [toPolicy(all, "identity", "identity")];
    dimensions.push({ label: "identity", tell: [untold, giving({ identity: [] }), giving({ identity })] });
  }
  if (set.resource === undefined) {
    const { account } = request.principal;
    const delegates: Document = {
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Principal: { AWS: account ?? [] },
        Action: "*",
        ...(near === "trust" ? {} : { Resource: "*" }),
      },
    };
    const resource = toPolicy(delegates, near, "resource");
    dimensions.push({ label: "resource", tell: [untold, giving({ resource: null }), giving({ resource })] });
  }
  return dimensions;
}
