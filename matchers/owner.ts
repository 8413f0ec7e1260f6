/**
 * Whose failure is it? A check that nobody awaits fails the test that made it, else the file, else the process; each
 * runner has its own way of being told.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { appendFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers";
import type { WrittenCase } from "../src/cases/write-case.ts";
import { Gathering, handoverFolder, META } from "../src/simulator/handover.ts";
import { originOf, remark } from "./call-site.ts";

/** A check that runs at the end of the turn in which it was made. */
export interface Check {
  readonly error: Error | undefined;
  /** Runs it now, unless it has run. */
  run(): void;
}

/** Who answers for the checks that nobody awaits. */
export interface Owner {
  made(check: Check): void;
  /** It failed, un-awaited. True: the owner reports it; false: its promise has to be rejected. */
  failed(check: Check): boolean;
  /** It passed, or was awaited after all. */
  settled(check: Check): void;
  /** Hands a request to the reporter, where the whole suite is compared with AWS's simulator; absent: nobody takes it. */
  hand?(asked: WrittenCase, at: string): void;
  /** Waits for a check that takes time, where its runner would not. */
  waitFor?(check: Promise<unknown>): void;
}

/** What we read of a vitest test. */
export interface Task {
  readonly name: string;
  readonly mode?: string | undefined;
  readonly result?: { readonly state?: string | undefined } | undefined;
  readonly file?: Task | undefined;
  /** Goes to the main process with the result. */
  readonly meta?: object | undefined;
}

/** One for all copies of this module in a realm: the set-up file and the tests may each load their own. */
interface Registry {
  /** The try of a vitest test in which the running code was started. */
  readonly tries: AsyncLocalStorage<TestTry>;
  readonly latestTry: WeakMap<Task, TestTry>;
  /** The vitest file whose hooks and tests are running. */
  file: TestFile | undefined;
  jest: JestFile | undefined;
  script: Script | undefined;
}

const KEY = Symbol.for("iam-expect/owner@1");
const realm = globalThis as { [KEY]?: Registry };
realm[KEY] ??= {
  tries: new AsyncLocalStorage(),
  latestTry: new WeakMap(),
  file: undefined,
  jest: undefined,
  script: undefined,
};
export const registry: Registry = realm[KEY];

/** Who answers for a check that is made now, by a matcher with this `this`. */
export function ownerOf(state: {
  readonly task?: unknown;
  readonly testPath?: unknown;
  readonly dontThrow?: unknown;
}): Owner {
  const { tries, latestTry, file, jest } = registry;
  const started = tries.getStore() ?? latestTry.get(state.task as Task);
  const owner = started ?? file ?? jest;
  if (owner) return owner;
  const noRunner = "dontThrow" in state && state.testPath === undefined;
  if (!noRunner) return UNKNOWN;
  registry.script ??= new Script();
  return registry.script;
}

/** The vitest test in which a matcher with this `this` is called. */
export const taskOf = (state: { readonly task?: unknown }): unknown => registry.tries.getStore()?.task ?? state.task;

/** A runner without our set-up: it sees an unhandled rejection. */
const UNKNOWN: Owner = { made() {}, failed: () => false, settled() {} };

/** Checks underway, of which a runner must see the end before it is done. */
class Waiting {
  readonly #checks = new Set<Promise<unknown>>();

  add(check: Promise<unknown>): void {
    this.#checks.add(check);
    const done = () => this.#checks.delete(check);
    check.then(done, done);
  }

  /** Until no check is underway, and a rejection that nobody takes has been seen. */
  async idle(): Promise<void> {
    if (this.#checks.size === 0) return;
    while (this.#checks.size > 0) await Promise.allSettled(this.#checks);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A file of vitest: the checks of its hooks, and those that came too late for their test. */
export class TestFile implements Owner {
  readonly #failures = new Set<Check>();
  readonly #waiting = new Waiting();
  readonly #thrown = new Map<Task, readonly Error[]>();
  readonly #handed = new Gathering();
  readonly #tries = new Map<Task, Gathering>();
  readonly #totals = { ...this.#handed.handed, total: 0 };
  #open = false;

  begin(): void {
    this.#open = true;
    registry.file = this;
  }

  hand(asked: WrittenCase, at: string): void {
    this.#handed.add(asked, at);
    this.#totals.total++;
  }

  /** What this try of a test hands over; that of the try before is forgotten. */
  handOf(task: Task): (asked: WrittenCase, at: string) => void {
    if (task.file?.meta) Object.assign(task.file.meta, { [META]: this.#totals });
    this.#totals.total -= this.#tries.get(task)?.handed.requests.length ?? 0;
    const gathering = new Gathering();
    this.#tries.set(task, gathering);
    if (task.meta) Object.assign(task.meta, { [META]: gathering.handed });
    return (asked, at) => {
      gathering.add(asked, at);
      this.#totals.total++;
    };
  }

  waitFor(check: Promise<unknown>): void {
    this.#waiting.add(check);
  }

  idle(): Promise<void> {
    return this.#waiting.idle();
  }

  made(): void {}

  failed(check: Check): boolean {
    if (this.#open) this.#failures.add(check);
    return this.#open;
  }

  settled(check: Check): void {
    this.#failures.delete(check);
  }

  /** What a try of the test has thrown; the next try begins with nothing. */
  threw(task: Task, errors: readonly Error[]): void {
    this.#thrown.set(task, errors);
  }

  /** All that the file itself has to fail for. */
  end(): Error[] {
    this.#open = false;
    if (registry.file === this) registry.file = undefined;
    const skipped = [...this.#thrown].filter(([{ mode, result }]) => mode === "skip" || result?.state === "skip");
    const forgotten = skipped.flatMap(([{ name }, errors]) => {
      for (const error of errors) remark(error, `  note: the test \`${name}\` was skipped after this check had failed`);
      return errors;
    });
    return [...oneForEachLine(this.#failures), ...forgotten];
  }
}

/** One try of a vitest test; a test that is retried or repeated has several. */
export class TestTry implements Owner {
  readonly #failures = new Set<Check>();
  readonly #thrown: Error[] = [];
  readonly #waiting = new Waiting();
  readonly #file: TestFile;
  readonly hand?: (asked: WrittenCase, at: string) => void;
  open = true;

  /** `handsOver`: the requests of the suite are handed to a reporter. */
  constructor(
    readonly task: Task,
    file: TestFile,
    handsOver: boolean,
  ) {
    this.#file = file;
    if (handsOver) this.hand = file.handOf(task);
    file.threw(task, this.#thrown);
    registry.latestTry.set(task, this);
  }

  waitFor(check: Promise<unknown>): void {
    if (this.open) this.#waiting.add(check);
    else this.#file.waitFor(check);
  }

  idle(): Promise<void> {
    return this.#waiting.idle();
  }

  made(): void {}

  failed(check: Check): boolean {
    if (!this.open) return this.#file.failed(check);
    this.#failures.add(check);
    return true;
  }

  settled(check: Check): void {
    this.#failures.delete(check);
    this.#file.settled(check);
  }

  /** The errors since the last time, to be thrown by the caller. */
  take(): Error[] {
    const errors = oneForEachLine(this.#failures);
    this.#failures.clear();
    this.#thrown.push(...errors);
    return errors;
  }
}

/** A file of Jest, which hands a rejection to the right test by itself if it gets a turn of the event loop to see it. */
export class JestFile implements Owner {
  /** Whether a check has failed since this was last set to false. */
  pending = false;
  readonly hand?: (asked: WrittenCase, at: string) => void;
  readonly #file: string | undefined;
  readonly #waiting = new Waiting();
  #handed = 0;

  /** `testFile`: set where the requests of the suite are handed to a reporter. */
  constructor(testFile?: string) {
    if (testFile === undefined) return;
    this.#file = join(handoverFolder(), `${process.pid}-${Date.now()}-${Math.random().toString(36).slice(2)}.ndjson`);
    this.#write({ begin: testFile });
    this.hand = ({ request, policies }, at) => {
      this.#handed++;
      this.#write({ request, policies: JSON.stringify(policies), at });
    };
  }

  waitFor(check: Promise<unknown>): void {
    this.pending = true;
    this.#waiting.add(check);
  }

  idle(): Promise<void> {
    return this.#waiting.idle();
  }

  /** So many requests were handed over so far. */
  account(): void {
    this.#write({ handed: this.#handed });
  }

  #write(line: object): void {
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  made(): void {}

  failed(): boolean {
    this.pending = true;
    return false;
  }

  settled(): void {}
}

/** A process without a runner: an unhandled rejection ends it with code 1, and its exit accounts for what is left. */
class Script implements Owner {
  readonly #checks = new Set<Check>();
  readonly #printed = new Set<unknown>();

  constructor() {
    process.on("uncaughtExceptionMonitor", (error) => this.#printed.add(error));
    process.on("exit", () => this.#exit());
  }

  made(check: Check): void {
    this.#checks.add(check);
  }

  failed(): boolean {
    return false;
  }

  settled(check: Check): void {
    this.#checks.delete(check);
  }

  #exit(): void {
    const checks = [...this.#checks];
    for (const check of checks) check.run();
    const errors = checks.flatMap(({ error }) => error ?? []);
    for (const error of errors) if (!this.#printed.has(error)) writeSync(2, `\n${error.stack}\n`);
    if (errors.length > 0) process.exitCode ||= 1;
  }
}

function oneForEachLine(checks: Iterable<Check>): Error[] {
  const lines = new Map<string, { first: Error; more: number }>();
  for (const { error } of checks) {
    if (!error) continue;
    const origin = originOf(error);
    const line = lines.get(origin);
    if (line) line.more++;
    else lines.set(origin, { first: error, more: 0 });
  }
  return [...lines.values()].map(({ first, more }) => {
    if (more > 0) remark(first, `  and ${more} more failing check${more === 1 ? "" : "s"} from this line`);
    return first;
  });
}
