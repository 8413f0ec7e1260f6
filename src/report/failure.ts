/** The message of a failing assertion: wanted, got, request; then what decided or came nearest, in its own file. */
import { readingText } from "../catalog/readings.ts";
import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import { type CompiledStatement, compile } from "../evaluate/compile.ts";
import type { Judgement } from "../evaluate/evaluate.ts";
import { Evaluation } from "../evaluate/evaluation.ts";
import { type StatementAccount, statementAccount } from "../evaluate/explain.ts";
import { policiesOf } from "../evaluate/open.ts";
import { Weighing } from "../evaluate/weigh.ts";
import { linkFor } from "./links.ts";
import { pointOf, statementFrame, statementName } from "./statement.ts";
import { plural, requestLines, short, shortArn } from "./words.ts";

export interface Wanted {
  /** The assertion as written, as in `expect(policy).not.toAllow(request)`. */
  readonly assertion: string;
  /** What it wanted: `allow`, `deny`, `explicit deny`, ... */
  readonly wanted: string;
  /** The effect of the statement that would have fulfilled it. */
  readonly effect: "Allow" | "Deny";
}

interface Accounted {
  readonly compiled: CompiledStatement;
  readonly account: StatementAccount;
}

/** A statement to show, with the words above it and below it. */
interface Block extends Accounted {
  readonly title: string;
  readonly help?: string | undefined;
}

export function failureMessage({ assertion, wanted, effect }: Wanted, judgement: Judgement): string {
  const accounts = accountAll(judgement);
  const blocks = blocksOf(judgement, accounts, effect);
  const rest = accounts.filter(({ compiled }) => !blocks.some((block) => block.compiled === compiled));
  if (process.env.IAM_EXPECT_EXPLAIN === "all")
    for (const item of rest.splice(0))
      blocks.push({
        ...item,
        title: `${statementName(item.compiled)} ${item.account.applies ? "applies" : "does not match"}`,
      });

  const [first = "", ...more] = requestLines(judgement.facts);
  const lines = [
    assertion,
    "",
    `  wanted   ${wanted}`,
    `  got      ${gotLine(judgement)}`,
    `  request  ${first}`,
    ...more.map((line) => `           ${line}`),
    ...blocks.flatMap(blockLines),
    ...grantLines(judgement),
  ];
  if (rest.length > 0) {
    const what = rest.some(({ account }) => account.applies) ? "" : " did not match";
    lines.push(
      "",
      `  ${plural(rest.length, "more statement")}${what}; IAM_EXPECT_EXPLAIN=all shows ${rest.length === 1 ? "it" : "them"}`,
    );
  }
  return [...lines, ...remarks(judgement, blocks)].join("\n");
}

function accountAll({ set, facts }: Judgement): Accounted[] {
  const { hasBoundary } = new Weighing(set, new Evaluation(facts));
  // A policy may be attached at several levels.
  return [...new Set(policiesOf(set))].flatMap((policy) =>
    compile(policy).statements.map((compiled) => ({
      compiled,
      account: statementAccount(compiled, new Evaluation(facts), hasBoundary),
    })),
  );
}

/** What decided, and what came nearest to deciding otherwise. */
function blocksOf(judgement: Judgement, accounts: readonly Accounted[], effect: Wanted["effect"]): Block[] {
  const { decision, verdict } = judgement;
  const decided = accounts.filter(({ compiled }) => verdict.statements.includes(compiled));
  if (decision.outcome === "explicitDeny")
    return decided.map((item) => ({ ...item, title: `${statementName(item.compiled)} denies it` }));
  if (decision.outcome === "allowed") {
    const blocks: Block[] = decided.map((item) => ({ ...item, title: allowTitle(item, judgement) }));
    const denies = accounts.filter(({ account }) => account.effect === "Deny" && aboutAction(account));
    const near = nearest(denies);
    if (near) {
      const which = denies.length === 1 ? "the one Deny" : `the nearest of ${denies.length} Denies`;
      const title = `${which}, ${statementName(near.compiled)}, did not apply`;
      blocks.push({ ...near, title, help: denyHelp(near.account) });
    }
    return blocks;
  }
  if (effect === "Deny") {
    const near = nearest(accounts.filter(({ account }) => account.effect === "Deny"));
    return near ? [missed(near, denyHelp(near.account))] : [];
  }
  const applied = accounts.filter(({ account }) => account.applies && account.effect === "Allow");
  const blocks: Block[] = applied.map((item) => ({
    ...item,
    title: `${statementName(item.compiled)} applies, but does not suffice`,
  }));
  const kinds = new Set(applied.map(({ account }) => account.kind));
  const near = nearest(accounts.filter(({ account }) => account.effect === "Allow" && !kinds.has(account.kind)));
  return near ? [...blocks, missed(near, allowHelp(near.account))] : blocks;
}

const missed = (near: Accounted, help: string | undefined): Block => ({
  ...near,
  title: `nearest: ${statementName(near.compiled)} misses by ${missing(near.account)}`,
  help,
});

function blockLines({ title, compiled, account, help }: Block): string[] {
  const lines = ["", `  ${title}   ${pointOf(compiled, account.elements)}`, ...statementFrame(compiled, account)];
  return help === undefined ? lines : [...lines, `  help: ${help}`];
}

function grantLines({ verdict }: Judgement): string[] {
  return verdict.grants.flatMap(({ name, granteePrincipal, granteeServicePrincipal, operations }) => [
    "",
    `  ${name ? `grant "${short(name, 60)}"` : "a grant"} to ${shortArn(granteePrincipal ?? granteeServicePrincipal ?? "")} allows ${operations.join(", ")}`,
  ]);
}

function gotLine({ decision, verdict, set, facts }: Judgement): string {
  const count = verdict.statements.length + verdict.grants.length;
  if (decision.outcome === "allowed") {
    if (count === 0) return `allow: ${verdict.reason}`;
    return count === 1 ? "allow" : `allow, by ${plural(count, "statement")} together`;
  }
  if (decision.outcome === "explicitDeny") return `explicit deny, by ${plural(count, "statement")}`;
  const named = policiesOf(set).some((policy) =>
    compile(policy).statements.some(({ allows, action }) => allows && action.matches(facts.action)),
  );
  return `implicit deny: ${named ? verdict.reason : `no Allow is about ${short(facts.request.action)}`}`;
}

const ATTACHED: ReadonlySet<string> = new Set(["key", "trust", "resource"]);

function allowTitle({ compiled, account }: Accounted, { facts, verdict }: Judgement): string {
  const name = statementName(compiled);
  const identityToo =
    verdict.statements.some(({ policy }) => policy.kind === "identity") || facts.request.givenIdentity === "allows";
  const ofAccount = (value: string) => value === facts.owner || value.endsWith(`:iam::${facts.owner}:root`);
  const delegates =
    ATTACHED.has(compiled.policy.kind) &&
    facts.principal.type !== "root" &&
    account.elements.some(({ element, wanted }) => element === "Principal" && wanted.some(ofAccount));
  if (delegates && identityToo) return `${name} lets IAM policies of the account decide`;
  const wild = account.elements.some(
    ({ element, wanted }) => element === "Action" && wanted.every((value) => /[*?]/.test(value)),
  );
  return `${name} ${wild ? "matches by wildcard" : "allows it"}`;
}

/** How far a statement is from applying, by what does not match. */
const WEIGHTS: Readonly<Record<string, number>> = { Action: 100, Principal: 10, Resource: 5, Condition: 1 };

const distance = ({ elements }: StatementAccount) =>
  elements.reduce((sum, { element, matches }) => sum + (matches ? 0 : WEIGHTS[element.replace(/^Not/, "")]!), 0);

/** The statement that comes nearest to applying; none when no statement is about the action. */
function nearest(items: readonly Accounted[]): Accounted | undefined {
  const about = items.filter(({ account }) => !account.applies && aboutAction(account));
  return about.sort((a, b) => distance(a.account) - distance(b.account))[0];
}

const aboutAction = ({ elements }: StatementAccount) =>
  elements.some(({ element, matches }) => element.endsWith("Action") && matches);

function missing({ elements }: StatementAccount): string {
  const misses = elements.filter(({ matches }) => !matches);
  if (misses.length > 1) return plural(misses.length, "element");
  return misses[0]?.element === "Condition" ? "one condition" : `its ${misses[0]?.element}`;
}

/** What to change so that the nearest statement applies. */
function allowHelp({ elements }: StatementAccount): string | undefined {
  const misses = elements.filter(({ matches }) => !matches);
  const [miss] = misses;
  if (misses.length !== 1 || !miss) return undefined;
  const [wanted] = miss.wanted;
  if (miss.element === "Condition" && miss.seen === null && wanted !== undefined)
    return `if the request has the key, say so: \`${linkFor(miss.key!, wanted)}\``;
  if (miss.element === "Principal") return "name the caller in `Principal`, or ask for a caller that is named there";
  return undefined;
}

/** Why a Deny with a condition on an absent key does not apply. */
function denyHelp({ elements }: StatementAccount): string | undefined {
  const miss = elements.find(({ element, matches, seen }) => element === "Condition" && !matches && seen === null);
  const operator = miss?.operator ?? "";
  if (!miss || operator.endsWith("IfExists") || operator.endsWith("Null") || operator.includes(":")) return undefined;
  return `\`${operator}IfExists\` also matches when the key is absent`;
}

/** What else a reader must know: what was not given, what is not settled, and findings of the statements shown. */
function remarks({ decision }: Judgement, blocks: readonly Block[]): string[] {
  const notes: string[] = [];
  if (decision.openPolicies.includes("resource"))
    notes.push("  note: the resource's own policy was not given; the answer is what the given policies say");
  for (const rule of decision.unverified) notes.push(`  note: rests on what AWS does not settle: ${readingText(rule)}`);
  const findings = decision.findings
    .filter((finding) => touches(finding, blocks))
    .flatMap((finding) => [
      "",
      ...String(finding)
        .split("\n")
        .map((line) => `  ${line}`),
    ]);
  return notes.length > 0 ? ["", ...notes, ...findings] : findings;
}

/** A finding of a statement that is shown, or of its whole policy. */
function touches(finding: Diagnostic, blocks: readonly Block[]): boolean {
  const { place } = finding;
  if (!place) return true;
  return blocks.some(({ compiled: { policy, statement } }) => {
    const ofPolicy = finding.code === "missing-version" || finding.code === "old-version";
    const inside = place.start >= statement.place.start && place.end <= statement.place.end;
    return policy.findings.includes(finding) && (ofPolicy || inside);
  });
}
