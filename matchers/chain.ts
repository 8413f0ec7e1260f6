/**
 * A matcher's result as a chain: `expect(policy).toAllow(...).viaService(...)`. What a runner gets from the matcher is
 * a thenable whose `then()` keeps the runner's own judge (it knows `.not`, the custom message, the assertion count) and
 * hands back the chain. The check runs once, when the turn in which the chain was written is over.
 */
import { refuse } from "../src/diagnostic/diagnostic.ts";
import { type AnyFunction, type CallSite, callSite, judged, relocate } from "./call-site.ts";
import { type Check, type Owner, ownerOf } from "./owner.ts";

/** What we read of a runner's `this`. */
export interface MatcherState {
  readonly isNot?: boolean | undefined;
  readonly promise?: string | undefined;
  /** vitest: `expect.soft`. */
  readonly soft?: boolean | undefined;
  /** vitest 4.1 and later: the test that the `expect` belongs to. */
  readonly task?: unknown;
  /** Only in Jest's `expect`. */
  readonly dontThrow?: unknown;
  /** Jest's `expect` inside Jest. */
  readonly testPath?: unknown;
}

/** INVARIANT: no line of a message begins with white space and `at `, unless it is meant to be a stack frame. */
export interface CheckResult {
  readonly pass: boolean;
  readonly message: () => string;
  readonly actual?: unknown;
  readonly expected?: unknown;
}

type Judge = (result: CheckResult) => void;

// Held since load: fake timers replace `queueMicrotask` and `process.nextTick`, and a test may replace `Promise`.
const done: Promise<void> = Promise.resolve();

/**
 * The form with links. `links` is an object, best an instance of a class: its methods are the chain's links. What a
 * link returns is ignored, what it throws is thrown in place. `settle` reads what the links left behind; if it throws,
 * the test fails whatever `.not` says.
 */
export function deferred(state: MatcherState, matcher: AnyFunction, links: object, settle: () => CheckResult): unknown {
  const check = new DeferredCheck(state, matcher, settle);
  return new Handover(state, check, new (chainClass(links))(check, links));
}

/** The form that one argument completes: runs now and throws in place. In vitest the expression is `true`. */
export function immediate(state: MatcherState, matcher: AnyFunction, settle: () => CheckResult): unknown {
  let result: CheckResult;
  try {
    result = settle();
  } catch (thrown) {
    throw relocate(thrown, callSite(matcher));
  }
  return isJest(state) ? result : new Verdict(result);
}

function isJest(state: MatcherState): boolean {
  return "dontThrow" in state;
}

class DeferredCheck implements Check {
  readonly #settle: () => CheckResult;
  readonly #site: CallSite;
  readonly #owner: Owner;
  readonly #soft: boolean;
  readonly #turn: Promise<void>;
  #awaited = false;
  #reported = false;
  ran = false;
  error: Error | undefined = undefined;
  judge: Judge | undefined = undefined;

  constructor(state: MatcherState, matcher: AnyFunction, settle: () => CheckResult) {
    this.#settle = settle;
    this.#site = callSite(matcher);
    this.#owner = ownerOf(state);
    // Under `.resolves` vitest has a promise of its own, with the place of the call.
    this.#soft = state.soft === true && !state.promise;
    this.#owner.made(this);
    this.#turn = done.then(() => {
      this.run();
      if (this.error && !this.#reported) throw this.error;
    });
  }

  run(): void {
    if (this.ran) return;
    this.ran = true;
    let meant = false;
    try {
      if (!this.judge) refuse("unsupported-runner", "this `expect` did not take over a check that waits for its links");
      const result = this.#settle();
      judged(this.judge, result, () => {
        meant = true;
      });
    } catch (thrown) {
      this.error = relocate(thrown, this.#site, meant);
    }
    if (this.error && !this.#awaited) this.#reported = this.#owner.failed(this);
    else this.#owner.settled(this);
  }

  /** The bare result, for a matcher inside a value: `expect.objectContaining({ policy: expect.toAllow(...) })`. */
  now(): CheckResult {
    this.abandon();
    try {
      return this.#settle();
    } catch (thrown) {
      throw relocate(thrown, this.#site);
    }
  }

  abandon(): void {
    this.ran = true;
    this.#owner.settled(this);
  }

  /** Somebody waits for the check; its failure is theirs. */
  wait(): Promise<void> {
    if (this.#soft) return done;
    this.#awaited = true;
    if (!this.ran) return this.#turn;
    this.#owner.settled(this);
    if (!this.#reported) return this.#turn;
    return done.then(() => {
      throw this.error;
    });
  }
}

class Chain {
  readonly #check: DeferredCheck;
  readonly #links: object;

  constructor(check: DeferredCheck, links: object) {
    this.#check = check;
    this.#links = links;
  }

  then(fulfilled?: (() => unknown) | null, rejected?: ((reason: unknown) => unknown) | null): Promise<unknown> {
    return this.#check.wait().then(fulfilled, rejected);
  }

  catch(rejected?: ((reason: unknown) => unknown) | null): Promise<unknown> {
    return this.#check.wait().catch(rejected);
  }

  finally(settled?: (() => void) | null): Promise<void> {
    return this.#check.wait().finally(settled);
  }

  static link(name: string): (this: Chain, ...args: unknown[]) => Chain {
    return function link(this: Chain, ...args: unknown[]): Chain {
      const links = this.#links as { [key: string]: AnyFunction };
      try {
        if (this.#check.ran)
          refuse("late-link", `\`.${name}\` came after its check had run`, {
            help: "write the matcher and all its links in one expression, with nothing awaited in between",
          });
        links[name]!(...(args as never[]));
      } catch (thrown) {
        if (!this.#check.ran) this.#check.abandon();
        throw relocate(thrown, callSite(link));
      }
      return this;
    };
  }
}

const chainClasses = new WeakMap<object, typeof Chain>();

/** One class of chains for each class of links. */
function chainClass(links: object): typeof Chain {
  const prototype: object | null = Object.getPrototypeOf(links);
  const owner = prototype === null || prototype === Object.prototype ? links : prototype;
  let made = chainClasses.get(owner);
  if (!made) {
    made = class extends Chain {};
    for (let own = owner as object | null; own && own !== Object.prototype; own = Object.getPrototypeOf(own))
      for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(own)))
        if (name !== "constructor" && typeof value === "function" && !Object.hasOwn(made.prototype, name))
          Object.defineProperty(made.prototype, name, { value: Chain.link(name) });
    chainClasses.set(owner, made);
  }
  return made;
}

/** What the runner gets: it brings its judge with `then` and is given the chain, which it returns to the user. */
class Handover {
  readonly #state: MatcherState;
  readonly #check: DeferredCheck;
  readonly #chain: Chain;

  constructor(state: MatcherState, check: DeferredCheck, chain: Chain) {
    this.#state = state;
    this.#check = check;
    this.#chain = chain;
  }

  get pass(): boolean {
    return this.#check.now().pass;
  }

  then(judge: Judge): unknown {
    this.#check.judge = judge;
    // Jest goes on with `.catch(handler)`, vitest under `expect.soft` with `.then(noop, handler)`.
    if (isJest(this.#state)) return { catch: () => this.#chain };
    return this.#state.soft ? new SoftHandover(this.#check, this.#chain) : this.#chain;
  }
}

class SoftHandover {
  readonly #check: DeferredCheck;
  readonly #chain: Chain;

  constructor(check: DeferredCheck, chain: Chain) {
    this.#check = check;
    this.#chain = chain;
  }

  then(fulfilled: () => unknown, rejected: () => unknown): unknown {
    // Under `.resolves` a promise may call instead, later.
    return this.#check.ran ? this.#chain.then(fulfilled, rejected) : this.#chain;
  }
}

/** A result that vitest is given as a thenable, only for the value of the expression: a property test needs `true`. */
class Verdict {
  readonly #result: CheckResult;

  constructor(result: CheckResult) {
    this.#result = result;
  }

  get pass(): boolean {
    return this.#result.pass;
  }

  then(judge: Judge): true {
    let meant = false;
    try {
      judged(judge, this.#result, () => {
        meant = true;
      });
    } catch (thrown) {
      throw relocate(thrown, callSite(this.then), meant);
    }
    return true;
  }
}
