/**
 * Requests at the edges of policies: for each statement one whose decision it turns, then that request with one part
 * changed: to each class that the policies can tell apart, to each value they list, and to what is just beside those.
 */
import { actionFacts } from "../catalog/catalog.ts";
import { parseOperator } from "../catalog/operators.ts";
import { DiagnosticError } from "../diagnostic/diagnostic.ts";
import { type CompiledStatement, compile } from "../evaluate/compile.ts";
import type { CompiledCondition } from "../evaluate/condition.ts";
import { evaluate } from "../evaluate/evaluate.ts";
import { contextKey } from "../evaluate/evaluation.ts";
import type { Subject } from "../evaluate/normalise.ts";
import { policiesOf } from "../evaluate/open.ts";
import { mapPolicies, type PolicySet } from "../evaluate/policy-set.ts";
import { parseArn } from "../policy/arn.ts";
import { glob } from "../policy/glob.ts";
import { hasVariables, Policy, sourceOf } from "../policy/policy.ts";
import type { ContextValue } from "../request/context.ts";
import { type Principal, principalFromArn, role, user } from "../request/principal.ts";
import { Request } from "../request/request.ts";
import { actionsOfService } from "./action-rows.ts";
import { compareIn } from "./compare-access.ts";
import type { Found } from "./found.ts";
import type { Model } from "./model.ts";
import {
  isTemplate,
  nearAccount,
  nearAddresses,
  nearArn,
  nearInstants,
  nearNumbers,
  nearText,
  nearViaService,
  templateInstances,
} from "./near-misses.ts";
import { plainScope, type Scope, scopesOf } from "./scopes.ts";
import { OF_PRINCIPAL } from "./world.ts";

/** A request at an edge. Plain data but for the request. */
export interface TestPoint {
  readonly request: Request;
  readonly allowed: boolean;
  /** `on`: inside a statement that decides; `off`: one part is changed, and the decision with it; `near`: changed for nothing. */
  readonly kind: "on" | "off" | "near";
  /** The element of a statement that the point turns, or would turn. */
  readonly flips:
    | { readonly policy: string; readonly statement: number; readonly sid: string | null; readonly element: string }
    | undefined;
}

/** After so many statements of which the analyser cannot tell, and none of which it can, it is not asked further. */
const MOST_UNDECIDED = 3;

/** More callers and resources of an environment than this are not gone through one by one. */
const MOST_SCOPES = 60;
const MOST_POINTS = 6_000;

/**
 * Which requests show what each element of the policies does?
 *
 * @returns for every statement that decides anything, requests that it decides and requests that just miss it
 * @throws DiagnosticError those of `evaluate` for the subject as a whole
 * @example
 * const policy = keyPolicy({
 *   Version: "2012-10-17",
 *   Statement: [{ Effect: "Allow", Principal: { AWS: "arn:aws:iam::111122223333:role/app" }, Action: "kms:Decrypt", Resource: "*" }],
 * });
 * testPoints(policy).filter(({ kind }) => kind === "off").length > 0; // true
 */
export function testPoints(subject: Subject): readonly TestPoint[] {
  const points = new Points(subject);
  let scopes = 0;
  for (const scope of scopesOf(subject, {})) {
    if (++scopes > MOST_SCOPES || points.full) break;
    for (const statement of statementsIn(scope.set)) points.around(statement, scope);
  }
  return points.list;
}

const statementsIn = (set: PolicySet): CompiledStatement[] =>
  [...new Set(policiesOf(set))].flatMap((policy) => compile(policy).statements.filter(({ inert }) => !inert));

class Points {
  readonly list: TestPoint[] = [];
  private readonly seen = new Set<string>();
  private undecided = 0;

  constructor(private readonly subject: Subject) {}

  get full(): boolean {
    return this.list.length >= MOST_POINTS;
  }

  around(statement: CompiledStatement, scope: Scope): void {
    if (this.undecided === MOST_UNDECIDED && this.list.length === 0) return;
    const found = decisive(statement, scope);
    if (found.verdict === "unknown") this.undecided++;
    if (found.verdict !== "refuted") return;
    const { request, space } = found;
    const { model } = space;
    const before = this.add(request, undefined, statement, "on");
    if (before === undefined) return;
    for (const [element, changed] of changes(request, statement, model)) {
      if (this.full) return;
      this.add(changed, before, statement, element);
    }
  }

  /** What the request is decided to be; undefined where it is none. */
  private add(
    request: Request,
    before: boolean | undefined,
    statement: CompiledStatement,
    element: string,
  ): boolean | undefined {
    const key = JSON.stringify(request);
    if (this.seen.has(key)) return undefined;
    this.seen.add(key);
    let allowed: boolean;
    try {
      allowed = evaluate(this.subject, request).outcome === "allowed";
    } catch (error) {
      if (error instanceof DiagnosticError) return undefined;
      throw error;
    }
    const { policy } = statement;
    const flips = {
      policy: policy.name,
      statement: statement.statement.index,
      sid: statement.statement.sid ?? null,
      element,
    };
    if (before === undefined) this.list.push({ request, allowed, kind: "on", flips: undefined });
    else this.list.push({ request, allowed, kind: allowed === before ? "near" : "off", flips });
    return allowed;
  }
}

/** A request that is decided otherwise without the statement. */
function decisive(statement: CompiledStatement, scope: Scope): Found {
  const less: Scope = { ...scope, set: withoutStatement(scope.set, statement) };
  const [next, previous] = statement.allows ? [scope, less] : [less, scope];
  return compareIn({ ...next, judge: plainScope(next.set).judge }, previous, {});
}

function withoutStatement(set: PolicySet, { policy, statement }: CompiledStatement): PolicySet {
  const one = (own: Policy) =>
    own === policy
      ? new Policy({ ...own, statements: own.statements.filter((other) => other !== statement) }, sourceOf(own))
      : own;
  return mapPolicies(set, one);
}

/** The request with one part changed, beside the element that reads the part. */
function* changes(
  request: Request,
  { statement, conditions, policy }: CompiledStatement,
  model: Model,
): Iterable<readonly [element: string, changed: Request]> {
  const { callers, actions, targets } = model.fields;
  const variables = hasVariables(policy);
  const principals = [
    ...callers,
    ...(statement.principal?.values ?? []).flatMap(({ value }) => nearCallers(value)),
    ...conditions.flatMap((condition) => callersOf(condition)),
  ];
  for (const principal of principals) yield ["Principal", new Request({ ...request, principal })] as const;
  for (const action of [...actions, ...nearActions(statement.action)])
    yield ["Action", new Request({ ...request, action: spelled(action) })] as const;
  for (const { resource } of targets ?? []) yield ["Resource", new Request({ ...request, resource })] as const;
  for (const { value } of statement.resource?.values ?? [])
    for (const resource of templateInstances(value, variables))
      if (parseArn(resource) && !isTemplate(resource))
        for (const near of [resource, ...nearArn(resource)])
          yield ["Resource", new Request({ ...request, resource: near })] as const;
  for (const { name, folded, values } of model.fields.keys) {
    const own = conditions.filter(({ key }) => key.folded === folded);
    const listed = own.flatMap((condition) => valuesOf(condition, folded, variables));
    const wanted = contextKey(name).multiValued ? listed.flatMap((value) => [[value], [value, "x"]]) : listed;
    for (const value of [...values, ...wanted]) yield [name, withKey(request, name, value)] as const;
  }
}

/** Of a service, when an element names it: actions that it lists, and some that it does not. */
const MOST_ACTIONS = 24;

function nearActions(element: CompiledStatement["statement"]["action"]): string[] {
  const found = new Set<string>();
  for (const { value } of element?.values ?? []) {
    const folded = value.toLowerCase();
    const prefix = folded.slice(0, Math.max(0, folded.indexOf(":")));
    if (prefix === "") continue;
    const { names } = actionsOfService(prefix);
    const pattern = glob(folded);
    const matched = names.filter((name) => pattern.matches(name));
    const word = folded.slice(0, folded.length - folded.slice(prefix.length + 1).length + 3);
    const alike = names.filter((name) => name.startsWith(word) && !matched.includes(name));
    for (const list of [matched, alike, names]) for (const name of spread(list, MOST_ACTIONS)) found.add(name);
  }
  return [...found];
}

/** So many of a list, from all over it. */
const spread = <T>(list: readonly T[], most: number): readonly T[] =>
  list.length <= most ? list : Array.from({ length: most }, (_, at) => list[Math.floor((at * list.length) / most)]!);

function spelled(folded: string): string {
  const facts = actionFacts(folded);
  return facts ? `${facts.service}:${facts.name}` : folded;
}

/** Those just beside a principal that a policy names. */
function nearCallers(value: string): Principal[] {
  const arn = parseArn(value);
  if (!arn) return [];
  const make = (text: string): Principal[] => {
    try {
      return [principalFromArn(text)];
    } catch (error) {
      if (error instanceof DiagnosticError) return [];
      throw error;
    }
  };
  const near = [value, ...nearArn(value), value.replace(arn.account, nearAccount(arn.account))];
  const name = arn.resource.slice(arn.resource.indexOf("/") + 1);
  const iam = `arn:${arn.partition}:iam::${arn.account}:`;
  const other = arn.resource.startsWith("role/") ? user : role;
  const made = near.flatMap(make);
  if (/^(role|user)\//.test(arn.resource))
    made.push(...make(`${iam}${other === user ? "user" : "role"}/${name}`), ...make(`${iam}root`));
  return made;
}

/** Those whom a condition describes. */
const callersOf = ({ condition, key }: CompiledCondition): Principal[] =>
  key.folded === "aws:principalarn"
    ? condition.values.flatMap(({ value }) =>
        (/[*?$]/.test(value) ? templateInstances(value, true) : [value]).flatMap(nearCallers),
      )
    : [];

/** The values that a condition lists, and those beside them. */
function valuesOf({ condition }: CompiledCondition, folded: string, variables: boolean): string[] {
  const { facts } = parseOperator(condition.operator)!;
  const listed = condition.values.map(({ value }) => value);
  switch (facts.family) {
    case "null":
      return [];
    case "bool":
      return ["true", "false"];
    case "numeric":
      return nearNumbers(listed);
    case "date":
      return nearInstants(listed).map((instant) =>
        folded === "aws:epochtime" ? String(Math.floor(instant / 1000)) : new Date(instant).toISOString(),
      );
    case "ip":
      return nearAddresses(listed);
    default:
      return listed
        .flatMap((value) =>
          facts.compare === "like" || facts.family === "arn" ? templateInstances(value, variables) : [value],
        )
        .filter((value) => !isTemplate(value))
        .flatMap((value) => [value, ...beside(folded, value)])
        .filter((value) => value !== "" || /tag\/|^kms:encryptioncontext:/.test(folded))
        .filter((value) => folded !== "kms:viaservice" || /^[a-z0-9-]+\.[a-z0-9-]+\.amazonaws\.com$/.test(value));
  }
}

function beside(folded: string, value: string): string[] {
  if (folded === "kms:viaservice") return nearViaService(value);
  if (/account$/.test(folded) && /^\d{12}$/.test(value)) return [nearAccount(value)];
  return parseArn(value) ? nearArn(value) : nearText(value);
}

/** Keys that come and go together (semantics B5): to change one is to tell nothing of the others. */
const OF_SERVICE_CALLS: ReadonlySet<string> = new Set([
  "kms:viaservice",
  "aws:viaawsservice",
  "aws:calledvia",
  "aws:calledviafirst",
  "aws:calledvialast",
]);

function withKey(request: Request, name: string, value: ContextValue): Request {
  const folded = name.toLowerCase();
  const context: Record<string, ContextValue> = {};
  for (const [key, told] of Object.entries(request.context)) {
    const other = key.toLowerCase();
    if (other === folded || (OF_SERVICE_CALLS.has(folded) && OF_SERVICE_CALLS.has(other))) continue;
    context[key] = told;
  }
  if (OF_PRINCIPAL.has(folded)) return request;
  return new Request({ ...request, context: { ...context, [name]: value } });
}
