import type { Request } from "../request/request.ts";
import type { Place } from "../source/source.ts";
import { type CompiledStatement, compile } from "./compile.ts";
import { type Decision, type Judgement, judge } from "./evaluate.ts";
import { Evaluation } from "./evaluation.ts";
import { type Subject, toQuestion } from "./normalise.ts";
import { policiesOf } from "./open.ts";
import { NO_MATCH } from "./principal.ts";
import { Weighing } from "./weigh.ts";

/** One element of a statement beside the request: what was wanted, what was seen, whether they match. */
export interface ElementAccount {
  readonly element: "Principal" | "NotPrincipal" | "Action" | "NotAction" | "Resource" | "NotResource" | "Condition";
  readonly matches: boolean;
  /** The operator and key, for a condition. */
  readonly operator?: string;
  readonly key?: string;
  readonly wanted: readonly string[];
  /** The request's value or values; null: absent from the request. */
  readonly seen: readonly string[] | null;
  readonly place: Place;
}

/** What a statement did for a request: it applies when every element matches. */
export interface StatementAccount {
  readonly policy: string;
  readonly kind: string;
  readonly index: number;
  readonly sid: string | null;
  readonly effect: "Allow" | "Deny";
  readonly applies: boolean;
  readonly elements: readonly ElementAccount[];
  readonly place: Place;
}

export interface Explanation {
  readonly decision: Decision;
  readonly reason: string;
  readonly statements: readonly StatementAccount[];
}

/**
 * Why does AWS decide so? The complete account of every statement of every policy, from the same compiled form that decides.
 *
 * @param subject a policy, a grant, a list of them, or an environment
 * @param request made by `request(principal, action, resource?)` and its links
 * @throws DiagnosticError as `evaluate` does
 * @example
 * const policy = identityPolicy({
 *   Version: "2012-10-17",
 *   Statement: { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::reports/*" },
 * });
 * const asked = request("arn:aws:iam::111122223333:role/app", "s3:GetObject", "arn:aws:s3:::payroll/2026");
 * explain(policy, asked).statements[0]?.elements.map(({ element, matches }) => `${element} ${matches}`); // ["Action true", "Resource false"]
 */
export function explain(subject: Subject, request: Request): Explanation {
  const { set, facts } = toQuestion(subject, request);
  return account(judge(set, facts));
}

export function account(judgement: Judgement): Explanation {
  const { decision, verdict, set, facts } = judgement;
  const { hasBoundary } = new Weighing(set, new Evaluation(facts));
  const statements = policiesOf(set).flatMap((policy) =>
    compile(policy).statements.map((statement) => statementAccount(statement, new Evaluation(facts), hasBoundary)),
  );
  return { decision, reason: verdict.reason, statements };
}

export function statementAccount(compiled: CompiledStatement, run: Evaluation, hasBoundary: boolean): StatementAccount {
  const { statement, policy } = compiled;
  const { facts } = run;
  const elements: ElementAccount[] = [];
  const texts = (values: readonly { value: string }[]) => values.map(({ value }) => value);
  if (statement.principal && compiled.principal)
    elements.push({
      element: statement.principal.not ? "NotPrincipal" : "Principal",
      matches: compiled.principal(run, hasBoundary) !== NO_MATCH,
      wanted: texts(statement.principal.values),
      seen: [facts.principal.name],
      place: statement.principal.place,
    });
  if (statement.action)
    elements.push({
      element: statement.action.not ? "NotAction" : "Action",
      matches: compiled.action.matches(facts.action),
      wanted: texts(statement.action.values),
      seen: [facts.request.action],
      place: statement.action.place,
    });
  if (statement.resource && compiled.resource) {
    // Naming an unknown resource is refused only where the rest of the statement applies; here it is an account.
    const unknown = facts.resource === undefined && !statement.resource.values.some(({ value }) => value === "*");
    elements.push({
      element: statement.resource.not ? "NotResource" : "Resource",
      matches: !unknown && compiled.resource(run),
      wanted: texts(statement.resource.values),
      seen: facts.resource === undefined ? null : [facts.resource],
      place: statement.resource.place,
    });
  }
  for (const { condition, key, matches } of compiled.conditions)
    elements.push({
      element: "Condition",
      matches: matches(run),
      operator: condition.operator,
      key: condition.key,
      wanted: texts(condition.values),
      seen: run.read(key) ?? null,
      place: condition.place,
    });
  return {
    policy: policy.name,
    kind: policy.kind,
    index: statement.index,
    sid: statement.sid ?? null,
    effect: statement.effect,
    applies: !compiled.inert && elements.every(({ matches }) => matches),
    elements,
    place: statement.place,
  };
}
