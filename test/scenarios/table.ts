/** Where an operation stops and what its message says of it, as rows of a table. */
import { describe, expect, test } from "vitest";
import { runScenario, type StepJudgement } from "../../src/evaluate/run-scenario.ts";
import { type Short, shortPolicies } from "../../src/evaluate/short.ts";
import type { Scenario } from "../../src/index.ts";
import { shortArn } from "../../src/report/words.ts";
import { messageOf } from "../messages/message-of.ts";
import { adding, build, type Change, type Statements, type World } from "./world.ts";

export interface Row {
  readonly what: string;
  readonly change: Change;
  readonly stops: Stop;
  /** Where another operation is asked than the one that passes. */
  readonly scenario: Scenario | undefined;
}

interface Stop {
  readonly step: number;
  /** Who, and what: `role/app kms:Decrypt`. */
  readonly call: string;
  /** The policies of which each alone, with one statement more, lets the step pass; joined by ` and `: all together. */
  readonly short: readonly string[];
  /** The statements that the message shows, with what it says of them. */
  readonly shows?: readonly string[];
}

type Why = { readonly denies: string } | { readonly short: readonly string[]; readonly shows?: readonly string[] };

/** With this change the operation stops at this step, since a statement denies it or policies are short of one. */
export const row = (what: string, change: Change, step: number, call: string, why: Why, scenario?: Scenario): Row => ({
  what,
  change,
  stops: { step, call, ...("denies" in why ? { short: [], shows: [`"${why.denies}" denies it`] } : why) },
  scenario,
});

/** The environment as it is, for another operation. */
export const same: Change = (world) => world;

export interface Table {
  readonly scenario: Scenario;
  readonly world: World;
  readonly rows: readonly Row[];
}

export function describeScenario(title: string, { scenario, world, rows }: Table): void {
  describe(title, () => {
    test("all steps pass", () => {
      expect(build(world)).toAllow(scenario);
      expect(build(world)).not.toDeny(scenario);
      expect(runScenario(build(world), scenario)).toHaveLength(scenario.steps.length);
    });

    test("every step has a row", () => {
      const steps = rows.filter((row) => row.scenario === undefined).map(({ stops }) => stops.step);
      expect([...new Set(steps)].sort((a, b) => a - b)).toEqual(scenario.steps.map((_, at) => at + 1));
    });

    test.each(rows)("stops: $what", async ({ change, scenario: asked = scenario, stops }) => {
      const changed = change(world);
      expect(build(changed)).toDeny(asked);
      expect(await stopOf(changed, asked)).toMatchObject(stops);
    });
  });
}

async function stopOf(world: World, scenario: Scenario): Promise<Stop> {
  const done = runScenario(build(world), scenario);
  const { step, judgement } = done.at(-1)!;
  const message = await messageOf(() => expect(build(world)).toAllow(scenario));
  expect(message).toContain(`\n  got      deny at step ${done.length} of ${scenario.steps.length}: ${step.title}\n`);
  expect(message).toContain(
    `\n  ${done.length} NO  ${step.title}: ${shortArn(step.request.principal.name)}  ${step.request.action}`,
  );
  expect(message.endsWith(`\n  see: ${scenario.page}`)).toBe(true);
  const short = shortPolicies(judgement);
  for (const { what, add } of short)
    expect(message).toContain(`\n  short: ${what}\n  help: add ${JSON.stringify(add)}`);
  const names = short.map(({ what }) => nameOf(what));
  return {
    step: done.length,
    call: `${shortArn(step.request.principal.name)} ${step.request.action}`,
    short: names.length > 0 && together(world, scenario, done, short) ? [names.join(" and ")] : names,
    shows: message
      .split("\n")
      .flatMap(
        (line) =>
          /^ {2}(?:nearest: )?("[^"]*" (?:denies it|misses by [\w ]+|applies, but does not suffice)) {3}/.exec(
            line,
          )?.[1] ?? [],
      ),
  };
}

/** `an identity policy of role/app`, `key/orders`. */
const nameOf = (what: string) => what.replace(/, the policy of .*$/, "").replace(/arn:\S+/, (arn) => shortArn(arn));

/** Whether only all the additions together let the step pass; an addition that lets nothing pass is wrong help. */
function together(world: World, scenario: Scenario, done: readonly StepJudgement[], short: readonly Short[]): boolean {
  const { request } = done.at(-1)!.step;
  const passes = (some: readonly Short[]) =>
    runScenario(build(some.reduce((wider, one) => add(wider, one, request.principal.name), world)), scenario).filter(
      ({ judgement }) => judgement.decision.outcome === "allowed",
    ).length >= done.length;
  const alone = short.filter((one) => passes([one]));
  expect(passes(short)).toBe(true);
  expect([0, short.length]).toContain(alone.length);
  return short.length > 1 && alone.length === 0;
}

/** The world with what a message says to add. */
function add(world: World, { what, add: statement }: Short, caller: string): World {
  const statements: Statements = { Added: statement };
  if (what === "a service control policy")
    return { ...world, serviceControl: { ...world.serviceControl, ...statements } };
  const attached = /, the policy of (arn:\S+)$/.exec(what)?.[1] ?? /^the policy of (arn:\S+)$/.exec(what)?.[1];
  if (attached) {
    const place = Object.keys(world.attached).find((arn) => attached === arn || attached.startsWith(`${arn}/`));
    return adding("attached", place ?? attached, statements)(world);
  }
  const name = caller.includes(":assumed-role/") ? caller.split("/")[1]! : caller.slice(caller.lastIndexOf("/") + 1);
  const arn = Object.keys({ ...world.identity, ...world.boundary, ...world.session }).find((one) =>
    one.endsWith(`/${name}`),
  );
  const kind = what.startsWith("an identity") ? "identity" : what === "the session policy" ? "session" : "boundary";
  return adding(kind, arn!, statements)(world);
}
