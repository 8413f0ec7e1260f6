/** The messages of the exact matchers: the smallest request against them, all such requests in words, a test to paste. */

import { boxText } from "../analyse/describe-box.ts";
import type { Asked } from "../analyse/find-access.ts";
import type { Found } from "../analyse/found.ts";
import { Diagnostic, DiagnosticError } from "../diagnostic/diagnostic.ts";
import type { Judgement } from "../evaluate/evaluate.ts";
import type { Request } from "../request/request.ts";
import { testLines } from "./counterexample.ts";
import { failureMessage } from "./failure.ts";
import { pasteableTest } from "./paste.ts";
import { plural } from "./words.ts";

export type Refuted = Extract<Found, { verdict: "refuted" }>;
export type Proved = Extract<Found, { verdict: "proved" }>;

export interface Claim {
  /** The assertion as written. */
  readonly assertion: string;
  readonly wanted: string;
  /** What a test calls the subject: `policy`, `policies`, `environment`. */
  readonly subject: string;
  /** What all requests of the kind are, as in `all such access`. */
  readonly all: string;
}

/** Lists longer than this are cut; IAM_EXPECT_EXPLAIN=all shows the rest. */
const MOST_BOXES = 8;

export function refutationMessage(claim: Claim, found: Refuted, excess: Asked["excess"]): string {
  const { judgement, needs, request } = found;
  const allowed = judgement.decision.outcome === "allowed";
  const { assertion, wanted, subject } = claim;
  // A policy that knows its resource need not be told.
  const told = subject !== "environment" && judgement.set.resource?.resource === request.resource;
  const paste = pasteableTest(told ? { ...request, resource: null } : request, judgement.decision, subject);
  return [
    failureMessage({ assertion, wanted, effect: allowed ? "Deny" : "Allow" }, judgement),
    ...needs.map((need) => `\n  needs: ${need}`),
    ...serviceLinkedLines(found),
    ...excessLines(claim.all, excess),
    "",
    "  the same as a test:",
    ...(paste.imports.length > 0 ? [`    import { ${paste.imports.join(", ")} } from "iam-expect";`] : []),
    `    ${paste.test}`,
    ...(paste.needs ? [`    (${paste.needs})`] : []),
  ].join("\n");
}

/** Nobody thinks of them, and no policy of an organization binds them (semantics E19, E20). */
function serviceLinkedLines({ request, judgement }: Refuted): string[] {
  const { serviceControl, resourceControl } = judgement.set;
  if (!request.principal.serviceLinked || serviceControl.length + resourceControl.length === 0) return [];
  return [
    "",
    "  note: policies of an organization do not bind service-linked roles",
    '  help: leave them out with `.except({ by: "arn:aws:iam::*:role/aws-service-role/*" })`',
  ];
}

function excessLines(all: string, excess: Asked["excess"]): string[] {
  const parts = excess();
  const several = parts.length > 1;
  const lines = parts.flatMap(({ about, boxes, complete }) => [
    ...(several ? [`${about}:`] : []),
    ...boxes.map((box) => (several ? `  ${boxText(box)}` : boxText(box))),
    ...(complete ? [] : ["… and more"]),
  ]);
  const most = process.env.IAM_EXPECT_EXPLAIN === "all" ? lines.length : MOST_BOXES;
  const more = lines.length - most;
  return [
    "",
    `  ${all}:`,
    ...lines.slice(0, most).map((line) => `    ${line}`),
    ...(more > 0
      ? [`    ${plural(more, "more line")}; IAM_EXPECT_EXPLAIN=all shows ${more === 1 ? "it" : "them"}`]
      : []),
  ];
}

export function proofMessage({ assertion, wanted }: Pick<Claim, "assertion" | "wanted">, found: Proved): string {
  return [assertion, "", `  wanted   ${wanted}`, "  got      proof that there is none", ...restsOn(found)].join("\n");
}

/** A request found by trying. */
export function huntedMessage(
  { assertion, wanted, subject }: Omit<Claim, "all">,
  request: Request,
  judgement: Judgement,
  { runs, seed, path }: { readonly runs: number; readonly seed: number; readonly path: string },
): string {
  const allowed = judgement.decision.outcome === "allowed";
  return [
    failureMessage({ assertion, wanted, effect: allowed ? "Deny" : "Allow" }, judgement),
    "",
    ...testLines(request, judgement, subject),
    "",
    `  found    by request ${runs.toLocaleString("en")} (seed ${seed}, path ${path})`,
  ].join("\n");
}

/** None was found, which proves nothing. */
export const notProvedMessage = (
  { assertion, wanted }: Pick<Claim, "assertion" | "wanted">,
  runs: number,
  seed: number,
  reason: string,
): string =>
  [
    assertion,
    "",
    `  wanted   ${wanted}`,
    `  got      none among ${plural(runs, "request")}: not proved (seed ${seed})`,
    `  why      ${reason}`,
  ].join("\n");

/** What a proof rests on, besides the policies that were given. */
export const restsOn = ({ assumptions }: Pick<Proved, "assumptions">): string[] =>
  assumptions.map((assumption, at) => `  ${at === 0 ? "rests on " : "         "}${assumption}`);

/** Neither proved nor refuted: the test fails, whatever `.not` says. */
export function refuseUndecided(assertion: string, reason: string): never {
  throw new DiagnosticError([
    new Diagnostic("error", {
      code: "undecided",
      sentence: `${assertion} is neither proved nor refuted: ${reason}`,
      help: "ask for less at once (one action, one caller, one resource), or try requests at random with `.orHunt({ runs: 10_000 })`",
      note: "not proved: nothing was found out about the policies",
    }),
  ]);
}
