import type * as FastCheck from "fast-check";
import { refuse } from "../src/diagnostic/diagnostic.ts";
import type { Judgement } from "../src/evaluate/evaluate.ts";
import { asker } from "../src/hunt/ask.ts";
import { Budget, checkOptions } from "../src/hunt/budget.ts";
import { sourceOf } from "../src/hunt/source-of.ts";
import { isInvariant } from "../src/invariants/invariant.ts";
import { counterexampleMessage, heldMessage } from "../src/report/counterexample.ts";
import { refuseOpen } from "../src/report/open.ts";
import { isRequest, type Request } from "../src/request/request.ts";
import { type CheckResult, immediate, type MatcherState } from "./chain.ts";
import { checkInvariant } from "./check-invariant.ts";
import { loadFastCheck } from "./load-fast-check.ts";
import { nameOf } from "./name-of.ts";
import { type Received, readSubject } from "./subject.ts";
import type { HoldOptions, Property } from "./types.ts";

type Arbitrary = FastCheck.Arbitrary<Request>;

/** Does this hold for every request, as far as a search can tell? Of a ready invariant: exactly, where that can be decided. */
export function toHoldFor(this: MatcherState, received: unknown, ...args: readonly unknown[]): unknown {
  const subject = readSubject(received);
  const isNot = this.isNot === true;
  const [first, second, third] = args;
  if (isInvariant(first)) {
    if (args.length > 2 || typeof second === "function")
      refuse("wrong-use", "an invariant says itself what must hold", {
        help: "as in `expect(policy).toHoldFor(invariants.noAnonymousAccess(), { runs: 5000 })`",
      });
    const options = (second ?? {}) as HoldOptions;
    checkOptions(options, ["runs", "milliseconds", "seed"]);
    return immediate(this, toHoldFor, () => checkInvariant(subject, isNot, first, options));
  }
  const isArbitrary = typeof first === "object" && first !== null && "generate" in first;
  if (!isArbitrary || typeof second !== "function" || args.length > 3)
    refuse("wrong-use", "`toHoldFor` takes an arbitrary and a property, or a ready invariant", {
      help: 'as in `expect(policy).toHoldFor(requestsFor(policy), (request, decision) => decision.outcome !== "allowed")`',
    });
  const options = (third ?? {}) as HoldOptions;
  checkOptions(options, ["runs", "milliseconds", "seed", "path"]);
  return immediate(this, toHoldFor, () => check(subject, isNot, first as Arbitrary, second as Property, options));
}

function check(
  received: Received,
  isNot: boolean,
  arbitrary: Arbitrary,
  property: Property,
  options: HoldOptions,
): CheckResult {
  const { subject, readAs } = received;
  const name = nameOf(subject);
  const assertion = `expect(${name})${isNot ? ".not" : ""}.toHoldFor(requests, property)`;
  const ask = asker(subject);
  const examples = sourceOf(arbitrary)?.points ?? [];
  const budget = new Budget(options, examples.length);
  // What is wrong with a request is told whatever `.not` says.
  let refused: unknown;
  const once = (request: Request): boolean => {
    let judgement: Judgement;
    try {
      judgement = judged(request, ask, assertion);
    } catch (error) {
      refused ??= error;
      throw error;
    }
    const result = property(request, judgement.decision);
    if (isPromise(result)) {
      refused ??= asynchronous();
      throw refused;
    }
    return result !== false;
  };
  const fc = loadFastCheck();
  // Once a request has failed, only smaller ones are tried: time no longer counts.
  let failing = false;
  const details = fc.check(
    fc.property(arbitrary, (request) => {
      if (!failing && budget.isSpent()) throw SPENT;
      try {
        const holds = once(request);
        failing ||= !holds;
        return holds;
      } catch (error) {
        failing ||= !fc.PreconditionFailure.isFailure(error);
        throw error;
      }
    }),
    {
      seed: budget.seed,
      numRuns: budget.runs,
      examples: examples.map((request): [Request] => [request]),
      ...(options.path === undefined ? {} : { path: options.path }),
    },
  );
  budget.done();
  if (refused !== undefined) throw refused;
  const failed = details.failed && details.errorInstance !== SPENT;
  if (failed && details.counterexample === null)
    refuse("wrong-use", "the property's preconditions left too few requests to try", {
      help: "limit the requests instead, as in `requestsFor(policy, { actions })`",
    });
  const message = (): string => {
    if (!failed) return heldMessage(assertion, details.numRuns, budget.seed);
    const [request] = details.counterexample!;
    return counterexampleMessage({
      assertion,
      wanted: "the property to hold for every request",
      thrown: thrownBy(() => once(request)),
      request,
      judgement: ask(request),
      subject: name,
      search: {
        runs: details.numRuns,
        shrinks: details.numShrinks,
        seed: budget.seed,
        path: details.counterexamplePath!,
      },
    });
  };
  return {
    pass: !failed,
    message: () => (readAs ? `${message()}\n\n  note: what was given to expect was read as ${readAs}` : message()),
  };
}

/** Ends the search when its time is over. */
const SPENT = new Error("the time is over");

function judged(request: Request, ask: (request: Request) => Judgement, assertion: string): Judgement {
  if (!isRequest(request))
    refuse("wrong-use", "the arbitrary makes something that is no request", {
      help: "make requests with `requestsFor(policy)`, or map values with `request(principal, action, resource)`",
    });
  const judgement = ask(request);
  refuseOpen(assertion, judgement, "changesAllowed");
  return judgement;
}

const isPromise = (value: unknown): boolean =>
  typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";

function asynchronous(): unknown {
  return thrownBy(() =>
    refuse("wrong-use", "the property gives a promise, and nobody would wait for it", {
      help: "a property is not `async`; in it use the matchers with one request, `expect(policy).toDeny(request)`",
    }),
  );
}

/** Undefined: it threw nothing. */
function thrownBy(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}
