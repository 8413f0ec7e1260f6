/**
 * A question's variables and their classes: the action, the resource, the caller, and each condition key. Each class has
 * one example, and whether a statement's element holds for the class is what the evaluator says of the example: one
 * place says what an operator means.
 */
import { actionCarriesKey, actionFacts, keyFacts } from "../catalog/catalog.ts";
import type { UnsettledRule } from "../catalog/readings.ts";
import type { CompiledAction } from "../evaluate/action.ts";
import type { CompiledStatement } from "../evaluate/compile.ts";
import type { CompiledCondition } from "../evaluate/condition.ts";
import { Evaluation } from "../evaluate/evaluation.ts";
import { type MatchClass, type MatchPrincipal, NO_MATCH } from "../evaluate/principal.ts";
import type { Policy } from "../policy/policy.ts";
import { buildFacts } from "../request/build-facts.ts";
import type { ContextValue } from "../request/context.ts";
import { derivedKey, OpenKey } from "../request/derived-keys.ts";
import type { Facts } from "../request/facts.ts";
import { anonymous, type Principal } from "../request/principal.ts";
import type { RequestFields } from "../request/request.ts";
import { natureOf } from "./action-rows.ts";
import { and, type Box, full, intersect, isEmpty, type Mask, maskOf, type Region } from "./box.ts";
import { INSIDE, type OpenTexts, OpenVariables, OUTSIDE, type Placed } from "./open-texts.ts";
import type { Target } from "./resources.ts";
import { conditionText, resourceText } from "./statements.ts";
import { OF_PRINCIPAL, PARTLY_OF_PRINCIPAL } from "./world.ts";

export const ACTION = 0;
export const RESOURCE = 1;
export const PRINCIPAL = 2;
const FIRST_KEY = 3;

export interface KeyVariable {
  readonly folded: string;
  readonly name: string;
  /** The first is `null`: absent. */
  readonly values: readonly ContextValue[];
  /** The question says the value: the last is the only one. */
  readonly fixed?: true;
  /** Constraints of grants read it, besides conditions. */
  readonly ofGrants?: true;
  /** The last value stands for more than one class. */
  readonly open?: OpenTexts | undefined;
}

export interface ModelFields {
  readonly actions: readonly string[];
  /** For each of the actions, all that it stands for. */
  readonly members: () => readonly (readonly string[])[];
  /** Undefined: which resource it is makes no difference. */
  readonly targets: readonly Target[] | undefined;
  readonly callers: readonly Principal[];
  /** Callers that stand for more than one class. */
  readonly openCallers?: OpenTexts | undefined;
  readonly keys: readonly KeyVariable[];
  /** The statements that bear on the question. */
  readonly statements: readonly CompiledStatement[];
  /** Callers that grants name. */
  readonly grantees: readonly string[];
  readonly owner: string;
  /** Keys whose one value is fixed. */
  readonly pinned: Readonly<Record<string, ContextValue>>;
}

/** What was found for an element, and the rules of which it rested on one reading. */
interface Noted<T> {
  readonly value: T;
  readonly touched: ReadonlySet<string>;
}
type Notes<T> = Map<unknown, Noted<T>>;

export class Model {
  readonly sizes: readonly number[];
  readonly actionFacts: readonly Facts[];
  readonly targetFacts: readonly Facts[];
  readonly callerFacts: readonly Facts[];
  private actionAt: ReadonlyMap<string, number> | undefined;
  private readonly keyAt: ReadonlyMap<string, number>;
  private readonly keyFacts: readonly (readonly Facts[])[];
  private readonly resources: Notes<boolean | Mask> = new Map();
  private readonly bounded: Notes<readonly MatchClass[]> = new Map();
  private readonly unbounded: Notes<readonly MatchClass[]> = new Map();
  private readonly conditions: Notes<readonly Box[]> = new Map();
  private readonly actions = new Map<CompiledAction, Mask>();
  private readonly applying: Notes<readonly Box[]> = new Map();
  /** The rules whose two readings gave different answers somewhere. */
  readonly touched = new Set<string>();
  private noting = this.touched;
  private regional: readonly [Box, Box] | undefined;
  /** Where sets of texts are variables of their own. */
  readonly open: OpenVariables | undefined;

  constructor(
    readonly fields: ModelFields,
    /** The rule that is read the other way. */
    readonly reading: string | undefined,
    /** The same model by our readings: what does not rest on the rule is the same. */
    private readonly ours?: Model,
  ) {
    const { actions, targets, callers, keys } = fields;
    const listed = [actions.length, targets?.length ?? 1, callers.length, ...keys.map(({ values }) => values.length)];
    const placed = ours ? [] : placedAfter(listed.length, fields);
    this.sizes = ours?.sizes ?? [...listed, ...placed.flatMap(({ texts }) => Array<number>(texts.count).fill(2))];
    this.open = ours ? ours.open : placed.length > 0 ? new OpenVariables(placed, this.sizes) : undefined;
    this.actionFacts = ours?.actionFacts ?? actions.map((action) => this.factsOf({ action }));
    // With an action that is done on it: one without resources would be decided on `*` (A23).
    this.targetFacts =
      ours?.targetFacts ??
      (targets ?? []).map(({ resource, actions: own }) =>
        this.factsOf({ resource, action: own?.values().next().value ?? "none:None" }),
      );
    this.callerFacts = ours?.callerFacts ?? callers.map((principal) => this.factsOf({ principal }));
    this.keyAt = ours?.keyAt ?? new Map(keys.map(({ folded }, at) => [folded, FIRST_KEY + at]));
    this.keyFacts =
      ours?.keyFacts ??
      keys.map(({ name, values }) => values.map((value) => this.factsOf({ context: { [name]: value } })));
  }

  factsOf(part: Partial<RequestFields>): Facts {
    const { owner, callers, pinned, targets, actions } = this.fields;
    return buildFacts(
      {
        principal: callers[0] ?? anonymous,
        action: actions[0] ?? "none:None",
        resource: targets?.[0]?.resource ?? "*",
        resourceAccount: owner,
        givenIdentity: null,
        ...part,
        context: { ...pinned, ...part.context },
      },
      owner,
    );
  }

  get everything(): Region {
    const { keys } = this.fields;
    return this.sizes.map((size, at) =>
      keys[at - FIRST_KEY]?.fixed ? maskOf(size, (index) => index === size - 1) : full(size),
    );
  }

  keyVariable(folded: string): number | undefined {
    return this.keyAt.get(folded);
  }

  valuesAt(variable: number): readonly ContextValue[] {
    return this.fields.keys[variable - FIRST_KEY]!.values;
  }

  nameAt(variable: number): string {
    return this.fields.keys[variable - FIRST_KEY]!.name;
  }

  /** One side from what holds of each class. */
  side(variable: number, holds: (index: number) => boolean): Box {
    return { sides: [{ variable, mask: maskOf(this.sizes[variable]!, holds) }] };
  }

  callersThat(holds: (facts: Facts) => boolean): Box {
    return this.side(PRINCIPAL, (index) => holds(this.callerFacts[index]!));
  }
  actionsThat(holds: (facts: Facts) => boolean): Box {
    return this.side(ACTION, (index) => holds(this.actionFacts[index]!));
  }
  /** All but these. */
  actionsBut(actions: ReadonlySet<string>): Box {
    const mask = full(this.sizes[ACTION]!);
    this.actionAt ??= new Map(this.fields.actions.map((action, index) => [action, index]));
    for (const action of actions) {
      const index = this.actionAt.get(action);
      if (index !== undefined) mask[index >> 5]! &= ~(1 << (index & 31));
    }
    return { sides: [{ variable: ACTION, mask }] };
  }
  targetsThat(holds: (target: Target) => boolean): Box {
    return this.side(RESOURCE, (index) => (this.fields.targets ? holds(this.fields.targets[index]!) : true));
  }
  /** Requests with the key, or without it; undefined when nothing reads the key. */
  present(folded: string, wanted: boolean): Box | undefined {
    const variable = this.keyAt.get(folded);
    return variable === undefined ? undefined : this.side(variable, (index) => index > 0 === wanted);
  }
  valued(folded: string, holds: (value: ContextValue) => boolean): Box | undefined {
    const variable = this.keyAt.get(folded);
    return variable === undefined ? undefined : this.side(variable, (index) => holds(this.valuesAt(variable)[index]!));
  }

  /** What was found before, or by our readings without resting on the rule that is read the other way here. */
  private remember<T>(notes: Notes<T>, ours: Notes<T> | undefined, key: unknown, find: () => T): T {
    let noted = notes.get(key);
    if (!noted) {
      const known = ours?.get(key);
      noted = known && !known.touched.has(this.reading!) ? known : this.note(find);
      notes.set(key, noted);
    }
    for (const rule of noted.touched) this.noting.add(rule);
    return noted.value;
  }

  private note<T>(find: () => T): Noted<T> {
    const outer = this.noting;
    const touched = new Set<string>();
    this.noting = touched;
    try {
      return { value: find(), touched };
    } finally {
      this.noting = outer;
    }
  }

  private ask(facts: Facts, question: (run: Evaluation) => boolean): boolean {
    const run = new Evaluation(facts, undefined, this.reading);
    const answer = question(run);
    for (const rule of run.touched) this.noting.add(rule);
    return answer;
  }

  /** Reads a rule as the evaluator would. */
  weak<T>(rule: UnsettledRule, ours: T, other: T): T {
    if (ours !== other) this.noting.add(rule);
    return this.reading === rule ? other : ours;
  }

  /** The classes of a key's own variable for which a condition holds. */
  valuesMask(condition: CompiledCondition, variable: number): Mask {
    const facts = this.keyFacts[variable - FIRST_KEY]!;
    return maskOf(facts.length, (at) => this.ask(facts[at]!, (run) => condition.matches(run)));
  }

  /** The callers for whom a condition on a key holds that the caller decides. */
  callersMask(condition: CompiledCondition): Mask {
    return maskOf(this.callerFacts.length, (at) => this.ask(this.callerFacts[at]!, (run) => condition.matches(run)));
  }

  actionMask({ action }: CompiledStatement): Mask {
    const { actions } = this.fields;
    let mask = this.ours?.actions.get(action) ?? this.actions.get(action);
    if (!mask) {
      mask = maskOf(actions.length, (at) => action.matches(actions[at]!));
      this.actions.set(action, mask);
    }
    return mask;
  }

  /** The requests to which a statement applies with such a match of its principal. */
  boxes(statement: CompiledStatement, hasBoundary: boolean, fits: (match: MatchClass) => boolean): Box[] {
    const action = this.actionMask(statement);
    if (isEmpty(action)) return [];
    const { principal } = statement;
    let mask: Mask | undefined;
    if (principal) {
      const matches = this.matchesOf(principal, hasBoundary);
      mask = maskOf(matches.length, (at) => matches[at] !== NO_MATCH && fits(matches[at]!));
      if (isEmpty(mask)) return [];
    }
    const found = this.remember(this.applying, this.ours?.applying, statement, () =>
      this.boxesBesidePrincipal(statement, action),
    );
    if (!mask) return [...found];
    const named: Box = { sides: [{ variable: PRINCIPAL, mask }] };
    return found.flatMap((box) => intersect(box, named) ?? []);
  }

  private boxesBesidePrincipal(statement: CompiledStatement, action: Mask): Box[] {
    let found: Box[] = [{ sides: [{ variable: ACTION, mask: action }] }];
    const on = this.resourceMask(statement);
    if (on === false) return [];
    if (on !== undefined && on !== true) {
      if (isEmpty(on)) return [];
      found[0] = { sides: [...found[0]!.sides, { variable: RESOURCE, mask: on }] };
    }
    for (const condition of statement.conditions) {
      const boxes = this.boxesOfCondition(condition, statement.policy);
      found = found.flatMap((box) => boxes.flatMap((other) => intersect(box, other) ?? []));
      if (found.length === 0) return [];
    }
    return found;
  }

  /** A truth where it makes no difference which resource it is. */
  resourceMask({ resource, statement, policy }: CompiledStatement): boolean | Mask | undefined {
    if (!resource) return undefined;
    return this.remember(this.resources, this.ours?.resources, resourceText(statement.resource!, policy), () =>
      this.fields.targets
        ? maskOf(this.targetFacts.length, (at) => this.ask(this.targetFacts[at]!, resource))
        : this.ask(this.factsOf({}), resource),
    );
  }

  /** How closely a principal element names each caller. */
  private matchesOf(principal: MatchPrincipal, hasBoundary: boolean): readonly MatchClass[] {
    const kind = hasBoundary ? "bounded" : "unbounded";
    return this.remember(this[kind], this.ours?.[kind], principal, () =>
      this.callerFacts.map((facts) => {
        let match: MatchClass = NO_MATCH;
        this.ask(facts, (run) => {
          match = principal(run, hasBoundary);
          return true;
        });
        return match;
      }),
    );
  }

  private boxesOfCondition(condition: CompiledCondition, policy: Policy): readonly Box[] {
    return this.remember(this.conditions, this.ours?.conditions, conditionText(condition, policy), () =>
      this.conditionBoxes(condition),
    );
  }

  /** Usually one box; more where a caller, an action or a resource decides whether the key is free. */
  private conditionBoxes(condition: CompiledCondition): Box[] {
    const { folded } = condition.key;
    const ofCallers = () => this.matching(condition, PRINCIPAL, this.callerFacts);
    if (OF_PRINCIPAL.has(folded)) return ofCallers();
    if (folded === "aws:resourceaccount") return this.byResourceAccount(condition);
    if (folded === "kms:calleraccount") return this.byCallerAccount(condition, ofCallers());
    const variable = this.keyAt.get(folded);
    if (variable === undefined) throw new Error(`no variable for ${folded}`);
    const values = this.matching(condition, variable, this.keyFacts[variable - FIRST_KEY]!);
    if (PARTLY_OF_PRINCIPAL.has(folded)) {
      const fixed = this.callersThat((facts) => fixedByCaller(folded, facts));
      const free = this.callersThat((facts) => !fixedByCaller(folded, facts));
      return nonempty([...within(ofCallers(), fixed), ...within(values, free)]);
    }
    if (folded === "aws:requestedregion" && this.fields.targets) {
      this.regional ??= [this.targetsThat(hasRegion), this.targetsThat((target) => !hasRegion(target))];
      const [fixed, free] = this.regional;
      const named = this.matching(condition, RESOURCE, this.targetFacts);
      return nonempty([...within(named, fixed), ...within(values, free)]);
    }
    return values;
  }

  private matching(condition: CompiledCondition, variable: number, facts: readonly Facts[]): Box[] {
    return this.boxesWhere(variable, facts, condition, (one) => this.ask(one, (run) => condition.matches(run)));
  }

  /** Usually one box; where texts of a class stay together, also one for those in an element's set, or outside it. */
  private boxesWhere(
    variable: number,
    facts: readonly Facts[],
    element: object,
    holds: (facts: Facts) => boolean,
  ): Box[] {
    const size = this.sizes[variable]!;
    const placed = this.open?.at(variable);
    const set = placed?.texts.setOf(element, this.reading);
    if (!placed || set === undefined)
      return nonempty([{ sides: [{ variable, mask: maskOf(size, (at) => holds(facts[at]!)) }] }]);
    const halves = facts.map((example, at): readonly boolean[] => {
      const own = placed.texts.classAt(at);
      if (!own) return [holds(example), holds(example)];
      const texts = [own.texts.find({ inside: [], outside: [set] }), own.texts.find({ inside: [set], outside: [] })];
      const answers = texts.map((text) => (text === undefined ? undefined : holds(this.with(example, own.part(text)))));
      // Where all texts are on one side, that side says it.
      return [answers[OUTSIDE] ?? answers[INSIDE] ?? false, answers[INSIDE] ?? answers[OUTSIDE] ?? false];
    });
    return nonempty([
      { sides: [{ variable, mask: maskOf(size, (at) => halves[at]![OUTSIDE]! && halves[at]![INSIDE]!) }] },
      ...[OUTSIDE, INSIDE].map((side) => ({
        sides: [
          { variable, mask: maskOf(size, (at) => halves[at]![side]! && !halves[at]![1 - side]!) },
          { variable: placed.first + set, mask: maskOf(2, (at) => at === side) },
        ],
      })),
    ]);
  }

  private with({ request }: Facts, part: Partial<RequestFields>): Facts {
    return this.factsOf({ ...request, ...part });
  }

  /** Some actions do not send it. */
  private byResourceAccount(condition: CompiledCondition): Box[] {
    const mask = maskOf(this.sizes[ACTION]!, (at) => this.ask(this.actionFacts[at]!, (run) => condition.matches(run)));
    return isEmpty(mask) ? [] : [{ sides: [{ variable: ACTION, mask }] }];
  }

  /** Only requests on keys carry it. */
  private byCallerAccount(condition: CompiledCondition, matching: readonly Box[]): Box[] {
    const carries = ({ actionFacts }: Facts) => !!actionFacts && actionCarriesKey(actionFacts, "kms:CallerAccount");
    const isAlias = ({ resource }: Target) => /^arn:[^:]*:kms:[^:]*:[^:]*:alias\//.test(resource);
    const absent = this.ask(this.factsOf({ context: { [condition.key.name]: null } }), (run) => condition.matches(run));
    const carried = both(
      this.actionsThat(carries),
      this.targetsThat((target) => !isAlias(target)),
    );
    return nonempty([
      ...within(matching, carried),
      absent ? this.actionsThat((facts) => !carries(facts)) : undefined,
      absent && this.fields.targets ? both(this.actionsThat(carries), this.targetsThat(isAlias)) : undefined,
    ]);
  }
}

export const hasRegion = ({ resource }: Target): boolean => resource !== "*" && (resource.split(":")[3] ?? "") !== "";

/** Whether the caller alone gives the key its value. */
export function fixedByCaller(folded: string, facts: Facts): boolean {
  if (!PARTLY_OF_PRINCIPAL.has(folded)) return false;
  const derived = derivedKey(folded)?.(facts);
  return derived !== undefined && !(derived instanceof OpenKey);
}

const isReal = (box: Box) => box.sides.every(({ mask }) => !isEmpty(mask));
export const nonempty = (boxes: readonly (Box | undefined)[]): Box[] =>
  boxes.filter((box) => box !== undefined && isReal(box)) as Box[];
const within = (boxes: readonly Box[], other: Box | undefined): (Box | undefined)[] =>
  boxes.map((box) => both(box, other));
export const both = (a: Box | undefined, b: Box | undefined): Box | undefined => (a && b ? intersect(a, b) : undefined);

/** The variables of sets of texts come after all others. */
function placedAfter(count: number, { keys, openCallers }: ModelFields): Placed[] {
  const open = [
    ...(openCallers ? [{ variable: PRINCIPAL, texts: openCallers }] : []),
    ...keys.flatMap(({ open: texts }, at) => (texts ? [{ variable: FIRST_KEY + at, texts }] : [])),
  ];
  let first = count;
  return open.map((one) => {
    const placed = { ...one, first };
    first += one.texts.count;
    return placed;
  });
}

/** Actions with the same answers from every statement and of the same nature are one class. */
export function actionClasses(
  candidates: readonly string[],
  statements: readonly CompiledStatement[],
  keys: readonly string[],
  targets: readonly Target[] | undefined,
  detailed: boolean,
): { readonly actions: string[]; readonly members: (listed: readonly string[]) => string[][] } {
  const elements = [...new Set(statements.map(({ action }) => action))];
  const tells = tellingApart(elements);
  const known = keys.filter((key) => keyFacts(key) !== undefined);
  const classes = new Map<string, string>();
  const done = doneOn(targets);
  const signatureOf = (action: string): string => {
    const facts = actionFacts(action);
    let signature = natureOf(action, facts, detailed);
    // Of the other elements the answer is the same for every action.
    for (const at of tells(action)) if (elements[at]!.matches(action) !== isOpen(elements[at]!)) signature += `${at},`;
    signature += facts ? (facts.resources.length === 0 ? "-" : "+") : "?";
    for (const key of known) signature += facts && actionCarriesKey(facts, key) ? "1" : "0";
    if (done) signature += `|${done.get(action)?.join() ?? ""}`;
    return signature;
  };
  for (const action of candidates) {
    const signature = signatureOf(action);
    if (!classes.has(signature)) classes.set(signature, action);
  }
  const members = (listed: readonly string[]) => {
    const found = new Map<string, string[]>([...classes.keys()].map((signature) => [signature, []]));
    for (const action of listed) found.get(signatureOf(action))?.push(action);
    return [...found.values()];
  };
  return { actions: [...classes.values()], members };
}

/** Whether the element matches the actions of services that it does not name. */
const isOpen = ({ services }: CompiledAction): boolean => services === undefined;

/** By index, the elements that name the action's service. */
function tellingApart(elements: readonly CompiledAction[]): (action: string) => readonly number[] {
  const byService = new Map<string, number[]>();
  for (const [at, { toldApart }] of elements.entries())
    for (const service of toldApart) byService.set(service, [...(byService.get(service) ?? []), at]);
  return (action) => byService.get(action.slice(0, action.indexOf(":"))) ?? [];
}

/** By index, the targets that each action is done on. */
function doneOn(targets: readonly Target[] | undefined): ReadonlyMap<string, readonly number[]> | undefined {
  if (!targets) return undefined;
  const found = new Map<string, number[]>();
  for (const [at, { actions }] of targets.entries())
    for (const action of actions ?? []) {
      const known = found.get(action);
      if (known) known.push(at);
      else found.set(action, [at]);
    }
  return found;
}

export const restrict = (region: Region, box: Box | undefined): Region | undefined => {
  if (!box) return undefined;
  const narrowed = [...region];
  for (const { variable, mask } of box.sides) narrowed[variable] = and(narrowed[variable]!, mask);
  return narrowed.some(isEmpty) ? undefined : narrowed;
};
