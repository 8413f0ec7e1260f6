/** The message of a failing assertion: wanted, got, request; then what decided or came nearest, in its own file. */

import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import { type CompiledStatement, compile } from "../evaluate/compile.ts";
import type { Judgement } from "../evaluate/evaluate.ts";
import { Evaluation } from "../evaluate/evaluation.ts";
import { type StatementAccount, statementAccount } from "../evaluate/explain.ts";
import { policiesOf } from "../evaluate/open.ts";
import { linkFor } from "./links.ts";
import { pointOf, statementFrame, statementName } from "./statement.ts";
import { plural, requestLines, shortArn } from "./words.ts";

export interface Wanted {
  /** The assertion as written, as in `expect(policy).not.toAllow(request)`. */
  readonly assertion: string;
  /** What it wanted: `allow`, `deny`, `explicit deny`, ... */
  readonly wanted: string;
}

interface Accounted {
  readonly compiled: CompiledStatement;
  readonly account: StatementAccount;
}

export function failureMessage({ assertion, wanted }: Wanted, judgement: Judgement): string {
  const { decision, verdict, facts } = judgement;
  const accounts = accountAll(judgement);
  const [first = "", ...more] = requestLines(facts);
  const lines = [
    assertion,
    "",
    `  wanted   ${wanted}`,
    `  got      ${gotLine(judgement)}`,
    `  request  ${first}`,
    ...more.map((line) => `           ${line}`),
  ];
  const shown: CompiledStatement[] = [];
  const block = (title: string, { compiled, account }: Accounted) => {
    shown.push(compiled);
    lines.push(
      "",
      `  ${title}   ${pointOf(compiled, account.elements)}`,
      ...statementFrame(compiled, account.elements),
    );
  };
  const decided = accounts.filter(({ compiled }) => verdict.statements.includes(compiled));

  if (decision.outcome === "allowed") {
    for (const item of decided) block(allowTitle(item, judgement), item);
    for (const grant of verdict.grants)
      lines.push(
        "",
        `  ${grant.name ? `grant "${grant.name}"` : "a grant"} to ${shortArn(grant.granteePrincipal ?? grant.granteeServicePrincipal ?? "")} allows ${grant.operations.join(", ")}`,
      );
    const denies = accounts.filter(({ account }) => account.effect === "Deny" && actionMatches(account));
    const near = nearest(denies);
    if (near) {
      const one = denies.length === 1 ? "the one Deny" : `the nearest of ${denies.length} Denies`;
      block(`${one}, ${statementName(near.compiled)}, did not apply`, near);
      lines.push(...denyHelp(near.account));
    }
  } else if (decision.outcome === "explicitDeny") {
    for (const item of decided) block(`${statementName(item.compiled)} denies it`, item);
  } else {
    const applied = accounts.filter(({ account }) => account.applies && account.effect === "Allow");
    for (const item of applied) block(`${statementName(item.compiled)} applies, but does not suffice`, item);
    const near = nearest(
      accounts.filter(
        ({ account }) =>
          account.effect === "Allow" &&
          !account.applies &&
          (applied.length === 0 || account.kind !== applied[0]!.account.kind),
      ),
    );
    if (near) {
      block(`nearest: ${statementName(near.compiled)} misses by ${missing(near.account)}`, near);
      lines.push(...allowHelp(near.account));
    }
  }

  const rest = accounts.filter(({ compiled }) => !shown.includes(compiled));
  if (rest.length > 0) {
    if (process.env.IAM_EXPECT_EXPLAIN === "all")
      for (const item of rest)
        block(`${statementName(item.compiled)} ${item.account.applies ? "applies" : "does not match"}`, item);
    else lines.push("", `  ${plural(rest.length, "more statement")} did not match; IAM_EXPECT_EXPLAIN=all shows them`);
  }
  lines.push(...remarks(judgement, shown));
  return lines.join("\n");
}

function accountAll({ set, facts }: Judgement): Accounted[] {
  const run = () => new Evaluation(facts);
  const hasBoundary = set.permissionsBoundary.length > 0;
  return policiesOf(set).flatMap((policy) =>
    compile(policy).statements.map((compiled) => ({
      compiled,
      account: statementAccount(compiled, run(), hasBoundary),
    })),
  );
}

function gotLine({ decision, verdict }: Judgement): string {
  const count = verdict.statements.length + verdict.grants.length;
  if (decision.outcome === "allowed")
    return count > 1
      ? `allow, by ${plural(count, "statement")} together`
      : count === 1
        ? "allow"
        : `allow: ${verdict.reason}`;
  if (decision.outcome === "explicitDeny") return `explicit deny, by ${plural(verdict.statements.length, "statement")}`;
  return `implicit deny: ${verdict.reason}`;
}

function allowTitle({ compiled, account }: Accounted, { facts, verdict }: Judgement): string {
  const name = statementName(compiled);
  const identityToo = verdict.statements.some(({ policy }) => policy.kind === "identity");
  const attached =
    compiled.policy.kind === "key" || compiled.policy.kind === "trust" || compiled.policy.kind === "resource";
  const delegated =
    attached &&
    facts.principal.type !== "root" &&
    account.elements.some(
      ({ element, wanted }) =>
        element === "Principal" &&
        wanted.some((value) => value === facts.owner || value.endsWith(`:iam::${facts.owner}:root`)),
    );
  if (delegated && (identityToo || facts.request.givenIdentity === "allows"))
    return `${name} lets IAM policies of the account decide`;
  const wild = account.elements.some(
    ({ element, wanted }) => element === "Action" && wanted.every((value) => /[*?]/.test(value)),
  );
  return wild ? `${name} matches by wildcard` : `${name} allows it`;
}

const WEIGHTS: Readonly<Record<string, number>> = {
  Action: 100,
  NotAction: 100,
  Principal: 10,
  NotPrincipal: 10,
  Resource: 5,
  NotResource: 5,
  Condition: 1,
};

const weight = ({ elements }: StatementAccount) =>
  elements.reduce((sum, { element, matches }) => sum + (matches ? 0 : WEIGHTS[element]!), 0);

/** The statement that comes nearest to applying; none when no statement is about the action. */
function nearest(items: readonly Accounted[]): Accounted | undefined {
  const about = items.filter(({ account }) => !account.applies && actionMatches(account));
  return about.sort((a, b) => weight(a.account) - weight(b.account))[0];
}

const actionMatches = ({ elements }: StatementAccount) =>
  elements.some(({ element, matches }) => element.endsWith("Action") && matches);

function missing({ elements }: StatementAccount): string {
  const misses = elements.filter(({ matches }) => !matches);
  if (misses.length === 1) return misses[0]!.element === "Condition" ? "one condition" : `its ${misses[0]!.element}`;
  return plural(misses.length, "element");
}

/** What to change so that the nearest statement applies. */
function allowHelp({ elements }: StatementAccount): string[] {
  const misses = elements.filter(({ matches }) => !matches);
  const [miss] = misses;
  if (misses.length !== 1 || !miss) return [];
  if (miss.element === "Condition" && miss.seen === null && miss.wanted[0] !== undefined)
    return [`  help: if the request has the key, say so: \`${linkFor(miss.key!, miss.wanted[0])}\``];
  if (miss.element === "Principal")
    return ["  help: name the caller in `Principal`, or test with a caller that is named there"];
  return [];
}

/** Why a Deny with a condition on an absent key does not apply. */
function denyHelp({ elements }: StatementAccount): string[] {
  const miss = elements.find(({ element, matches, seen }) => element === "Condition" && !matches && seen === null);
  if (!miss || miss.operator!.endsWith("IfExists") || miss.operator === "Null" || miss.operator!.includes(":"))
    return [];
  return [`  help: \`${miss.operator}IfExists\` also matches when the key is absent`];
}

/** What else a reader must know: what was not given, what is not settled, and findings of the statements shown. */
function remarks({ decision }: Judgement, shown: readonly CompiledStatement[]): string[] {
  const lines: string[] = [];
  if (decision.openPolicies.includes("resource"))
    lines.push("  note: the resource's own policy was not given; the answer is what the given policies say");
  for (const rule of decision.unverified) lines.push(`  note: rests on rule ${rule}, which AWS does not settle`);
  const touching = decision.findings.filter((finding) => touches(finding, shown));
  for (const finding of touching)
    lines.push(
      "",
      ...String(finding)
        .split("\n")
        .map((line) => `  ${line}`),
    );
  return lines.length > 0 && !lines[0]!.startsWith("  note") ? lines : lines.length > 0 ? ["", ...lines] : [];
}

function touches({ place }: Diagnostic, shown: readonly CompiledStatement[]): boolean {
  if (!place) return true;
  return shown.some(
    ({ policy, statement }) =>
      policy.findings.some((finding) => finding.place === place) &&
      (place.start < 2 || (place.start >= statement.place.start && place.end <= statement.place.end)),
  );
}
