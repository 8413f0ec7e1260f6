import { testPoints } from "../analyse/test-points.ts";
import { DiagnosticError } from "../diagnostic/diagnostic.ts";
import type { Judgement } from "../evaluate/evaluate.ts";
import type { Subject } from "../evaluate/normalise.ts";
import { isTokenCall } from "../evaluate/services/sts.ts";
import { Request } from "../request/request.ts";
import { asker } from "./ask.ts";
import type { Scope } from "./scope.ts";
import { isSettled } from "./settled.ts";
import type { Choice } from "./world.ts";

export interface Source {
  readonly scope: Pick<Scope, "subject" | "statements" | "environment">;
  admits(request: Request): boolean;
  whole(choice: Choice): Request;
  choiceOf(request: Request): Choice;
}

const KNOWN = new WeakMap<object, readonly Request[]>();

/** The analyser's test points, once for a subject. */
function pointsOf(subject: Subject): readonly Request[] {
  let found = KNOWN.get(subject);
  if (!found) {
    found = known(subject);
    KNOWN.set(subject, found);
  }
  return found;
}

/** Each statement is a question to the analyser, for each caller and resource of an environment: past so many, only the aim is left. */
const MOST_QUESTIONS = 120;

function questionsOf({ statements, environment }: Source["scope"]): number {
  if (!environment) return statements.length;
  const sizes = [environment.principals, environment.resources].map((part) => Object.keys(part).length + 1);
  return statements.length * sizes[0]! * sizes[1]!;
}

const MOST_TURNING = 500;
const MOST_NEAR = 300;

const spread = <T>(list: readonly T[], most: number): readonly T[] =>
  list.length <= most ? list : Array.from({ length: most }, (_, at) => list[Math.floor((at * list.length) / most)]!);

/** The hunt goes without where the analyser cannot ask the subject as a whole, or searches deeper than the engine's stack. */
function known(subject: Subject): readonly Request[] {
  try {
    const points = testPoints(subject);
    // What turns the decision tells most; of what only lies near it, some from all over do.
    const turning = points.filter(({ kind }) => kind !== "near");
    const near = points.filter(({ kind }) => kind === "near");
    return [...spread(turning, MOST_TURNING), ...spread(near, MOST_NEAR)].map(({ request }) => request);
  } catch (error) {
    if (error instanceof RangeError || error instanceof DiagnosticError) return [];
    throw error;
  }
}

/** The test points as requests that the source could make, each once. */
export function pointsFor(source: Source): Request[] {
  const { subject } = source.scope;
  if (questionsOf(source.scope) > MOST_QUESTIONS) return [];
  const ask = asker(subject);
  const seen = new Set<string>();
  return pointsOf(subject).flatMap((point) => {
    // A token serves one call, and that call alone (E13).
    const bearer = point.principal.type === "federated";
    if (bearer !== isTokenCall(point.action.toLowerCase()) || !source.admits(point)) return [];
    const request = source.whole(source.choiceOf(withoutOwner(point, ask)));
    const key = JSON.stringify(request);
    if (seen.has(key)) return [];
    seen.add(key);
    const judgement = asked(request, ask);
    return judgement && isSettled(judgement) ? [request] : [];
  });
}

/** Where the owner follows without being told, nobody need tell it. */
function withoutOwner(request: Request, ask: Ask): Request {
  if (request.resourceAccount === null) return request;
  const plain = new Request({ ...request, resourceAccount: null });
  return asked(plain, ask)?.facts.owner === request.resourceAccount ? plain : request;
}

type Ask = (request: Request) => Judgement;

/** Undefined: the evaluator refuses it. */
function asked(request: Request, ask: Ask): Judgement | undefined {
  try {
    return ask(request);
  } catch (error) {
    if (error instanceof DiagnosticError) return undefined;
    throw error;
  }
}
