/** Looks for a request that a set of policies allows, in every scene and under every supposition that a question leaves. */
import { keyFacts } from "../catalog/catalog.ts";
import { nearestKey } from "../catalog/nearest.ts";
import { readingText } from "../catalog/readings.ts";
import { type CompiledStatement, compile } from "../evaluate/compile.ts";
import type { Judgement } from "../evaluate/evaluate.ts";
import { policiesOf } from "../evaluate/open.ts";
import type { PolicySet } from "../evaluate/policy-set.ts";
import type { Policy } from "../policy/policy.ts";
import { isKeyForm } from "../policy/variables.ts";
import type { Context, ContextValue } from "../request/context.ts";
import { GRANT_OPERATIONS } from "../request/grant.ts";
import type { Request } from "../request/request.ts";
import type { Group } from "./access.ts";
import { axiomsOf, catalogueAxioms } from "./axioms.ts";
import type { Box, Region } from "./box.ts";
import { type ModelAsked, modelOf, type Parts, partsOf } from "./build-model.ts";
import { coneOf } from "./candidates.ts";
import { choices } from "./choices.ts";
import type { Model } from "./model.ts";
import { Outside } from "./outside.ts";
import { requestsPolicy } from "./question.ts";
import { type Scene, scenesOf } from "./scenes.ts";
import type { Scope } from "./scopes.ts";
import { Budget, OverBudget, solve } from "./solve.ts";
import { statementsOf } from "./statements.ts";
import type { ClassLimits } from "./string-classes.ts";
import { onlyOwn } from "./subject.ts";
import { bounded, narrowed, variablesOf, widened } from "./variables.ts";
import { Disagreement, requestIn } from "./witness.ts";

/** What is looked for in one model: each of these, with what is left out of all of them. */
export interface Target {
  readonly groups: readonly Group[];
  readonly excluded: readonly Box[];
}

export interface Searching {
  readonly scope: Scope;
  /** Further sets that the question weighs against the scope's. */
  readonly others: readonly PolicySet[];
  /** The requests that are asked for, as Allow statements of a policy. */
  readonly asked: Policy;
  readonly except: Policy | undefined;
  /** What each of the requests carries, besides what the scope says. */
  readonly told?: Context;
  /** The problems to solve; `identityAllows` as in `accessOf`. */
  readonly targets: (model: Model, sets: readonly PolicySet[], identityAllows: boolean) => Iterable<Target>;
  /** Whether the evaluator confirms a request. */
  readonly confirms: (request: Request, owner: string) => boolean;
  /** Statements of which one covers whatever is looked for; undefined: anything may be. */
  readonly changed?: (set: PolicySet, others: readonly PolicySet[]) => readonly CompiledStatement[] | undefined;
  /** What to take identity policies for that were not given; left out: first to allow nothing, then everything. */
  readonly suppose?: readonly boolean[];
  /** Looks for requests that are not allowed: actions count that no policy allows. */
  readonly denied?: boolean;
  /** Identity policies that were not given can only add to what is found. */
  readonly monotone?: boolean;
  readonly mostNodes?: number;
  /** More classes of texts are not listed, but searched. */
  readonly limits?: ClassLimits | undefined;
}

export type Found =
  | {
      readonly verdict: "refuted";
      readonly request: Request;
      /** What the evaluator says to it. */
      readonly judgement: Judgement;
      readonly needs: readonly string[];
      readonly region: Region;
      readonly space: Space;
      /** All that would be found. */
      readonly spaces: () => readonly Space[];
      readonly nodes: number;
      readonly assumptions: readonly string[];
    }
  | { readonly verdict: "proved"; readonly assumptions: readonly string[]; readonly nodes: number }
  | { readonly verdict: "unknown"; readonly reason: string; readonly assumptions: readonly string[] };

/**
 * Never "proved" by exhaustion: whatever is outside what can be decided ends as `unknown`, with the reason. A request that
 * would have to carry a key that AWS does not have, as far as the catalogue knows, refutes nothing and proves nothing.
 */
export function search(searching: Searching): Found {
  const found = searchOnce(searching);
  if (found.verdict !== "refuted") return found;
  const { told, asked, except } = searching;
  const meant = new Set(keysOf([asked, ...(except ? [except] : [])]));
  const strange = Object.keys(found.request.context).find(
    (key) => keyFacts(key) === undefined && told?.[key] === undefined && !meant.has(key.toLowerCase()),
  );
  if (strange === undefined) return found;
  const without = search({ ...searching, told: { ...told, [strange]: null } });
  if (without.verdict !== "proved") return without;
  const near = nearestKey(strange);
  const reason = `it turns on \`${strange}\`, which is not a condition key of AWS as far as we know${near ? ` (did you mean \`${near}\`?)` : ""}`;
  return { verdict: "unknown", reason, assumptions: without.assumptions };
}

const keysOf = (policies: readonly Policy[]): string[] =>
  policies.flatMap(({ statements }) =>
    statements.flatMap(({ conditions }) => conditions.map(({ key }) => key.toLowerCase())),
  );

function searchOnce(searching: Searching): Found {
  try {
    return new Search(searching).run();
  } catch (error) {
    if (error instanceof Outside) return { verdict: "unknown", reason: error.message, assumptions: [] };
    if (error instanceof OverBudget)
      return { verdict: "unknown", reason: "the search grew beyond its budget", assumptions: [] };
    throw error;
  }
}

/** All that is looked for: the requests of any of the targets, of those that are possible. */
export interface Space {
  readonly model: Model;
  readonly targets: readonly Target[];
  /** Requests that AWS never sees. */
  readonly impossible: readonly Box[];
  readonly scene: Scene;
  readonly identityAllows: boolean;
  /** The callers are those that have the given identity policies. */
  readonly ownCallers: boolean;
}

/** The spaces of a search, or why it is outside of what can be decided. */
export function spacesOf(searching: Searching): ReturnType<Search["spaces"]> | string {
  try {
    return new Search(searching).spaces();
  } catch (error) {
    if (error instanceof Outside) return error.message;
    throw error;
  }
}

interface Hit {
  readonly region: Region;
  readonly space: Space;
}

interface Prepared {
  readonly scene: Scene;
  readonly asked: ModelAsked;
  readonly parts: Parts | undefined;
}

interface Drawn {
  readonly model: Model;
  readonly wanted: readonly Group[];
  readonly meant: readonly Box[];
  readonly axioms: readonly Box[];
  readonly catalogue: readonly Box[];
  readonly targets: Map<boolean, readonly Target[]>;
  /** What is left out of problems, by what their targets leave out: with the catalogue, and without. */
  readonly excluded: readonly Map<Group, Group>[];
}

function excludedIn({ axioms, catalogue, excluded }: Drawn, target: Target, withCatalogue: boolean): Group {
  const known = excluded[withCatalogue ? 1 : 0]!;
  let boxes = known.get(target.excluded);
  if (!boxes) {
    boxes = [...target.excluded, ...axioms, ...(withCatalogue ? catalogue : [])];
    known.set(target.excluded, boxes);
  }
  return boxes;
}

/** By some match of a statement's principal, with a boundary or without. */
const covered = (model: Model, statements: readonly CompiledStatement[]): Group =>
  statements.flatMap((statement) => [false, true].flatMap((bounded) => model.boxes(statement, bounded, () => true)));

class Search {
  private readonly models = new Map<Parts, Map<string | undefined, Drawn | undefined>>();
  private readonly budget: Budget;
  private readonly rules = new Set<string>();
  private catalogueMatters = false;

  private readonly within: Policy | undefined;
  /** What each of the requests carries. */
  private readonly told: Context;

  constructor(private readonly searching: Searching) {
    const { scope, told } = searching;
    this.budget = new Budget(searching.mostNodes);
    this.within = scope.within && requestsPolicy([scope.within], "the resource asked about");
    this.told = { ...scope.context, ...told };
  }

  run(): Found {
    const { scope, others, asked, except } = this.searching;
    const sets = [scope.set, ...others];
    const questions = except ? [asked, except] : [asked];
    // Nothing that could be looked for: two versions that say the same, or the second more.
    if (this.searching.changed?.(scope.set, others)?.length === 0)
      return { verdict: "proved", assumptions: [], nodes: 0 };
    const { scenes, assumptions: ofScenes, incomplete } = scenesOf(sets, questions, scope);
    const assumptions = [...scope.assumptions, ...ofScenes];
    const keys = this.openVariables(variablesOf([...sets.flatMap(policiesOf), ...questions]));
    const found = keys.length === 0 ? this.exactly(scenes, this.told) : this.withVariables(scenes, keys);
    if (found) return { ...found, assumptions: [...assumptions, ...found.assumptions] };
    if (incomplete) return { verdict: "unknown", reason: incomplete, assumptions };
    return {
      verdict: "proved",
      assumptions: [...assumptions, ...this.ownAssumptions()],
      nodes: this.budget.nodes,
    };
  }

  /**
   * All that is looked for, in each scene and under each supposition. Policies with variables are read widely: a space may
   * then hold more than the policies allow.
   */
  spaces(): { readonly spaces: readonly Space[]; readonly exact: boolean } {
    const { scope, others, asked, except } = this.searching;
    const questions = except ? [asked, except] : [asked];
    const { scenes } = scenesOf([scope.set, ...others], questions, scope);
    const keys = this.openVariables(variablesOf([...[scope.set, ...others].flatMap(policiesOf), ...questions]));
    const search = keys.length === 0 ? this : new Search(this.widely());
    const spaces = search.spacesOf(scenes, this.told);
    if (spaces.some(({ model }) => model.open)) throw new Outside("too many patterns overlap to tell all of it");
    return { spaces, exact: keys.length === 0 };
  }

  /** The callers are those that have the given identity policies. */
  private get ownCallers(): boolean {
    const { set, names } = this.searching.scope;
    return onlyOwn(set) || names.length > 0;
  }

  private suppositions(): readonly boolean[] {
    const { suppose, scope } = this.searching;
    return suppose ?? (scope.set.identity === undefined ? [false, true] : [false]);
  }

  private spacesOf(scenes: readonly Scene[], pinned: Context): Space[] {
    const suppositions = this.suppositions();
    return this.prepared(scenes, pinned).flatMap(({ scene, asked, parts }) => {
      const drawn = parts && this.drawn(parts, asked, undefined);
      if (!drawn) return [];
      const impossible = [...drawn.axioms, ...drawn.catalogue];
      return suppositions.map((identityAllows) => ({
        model: drawn.model,
        targets: this.targets(drawn, asked, identityAllows),
        impossible,
        scene,
        identityAllows,
        ownCallers: this.ownCallers,
      }));
    });
  }

  /** Those whose value the question does not say. */
  private openVariables(keys: readonly string[]): string[] {
    const told = new Set(Object.keys(this.told).map((key) => key.toLowerCase()));
    const { closed } = this.searching.scope;
    return keys.filter((key) => {
      const folded = key.toLowerCase();
      // What is no key, such as a placeholder of a template, has no value in any request.
      if (!isKeyForm(key)) return false;
      return !told.has(folded) && !closed.some((prefix) => folded.startsWith(prefix));
    });
  }

  private get asksWhatGrantsGive(): boolean {
    return compile(this.searching.asked).statements.some(({ action }) =>
      GRANT_OPERATIONS.some((operation) => action.matches(`kms:${operation.toLowerCase()}`)),
    );
  }

  private ownAssumptions(): string[] {
    const { set } = this.searching.scope;
    return [
      ...[...this.rules].sort().map((rule) => `our reading of what AWS does not settle: ${readingText(rule)}`),
      ...(this.catalogueMatters
        ? ["actions are done on the resources, and carry the keys, that AWS's Service Authorization Reference lists"]
        : []),
      ...(set.serviceControl.length + set.resourceControl.length > 0
        ? ["neither the caller's account nor the resource's is the management account of its organization"]
        : []),
      ...(set.identity !== undefined && set.resource === undefined
        ? ["the resource's own policy, which was not given, lets nobody in"]
        : []),
      ...(set.resource?.kind === "key" && this.asksWhatGrantsGive
        ? ["the key has no grants but those that were given (see who may `kms:CreateGrant`)"]
        : []),
    ];
  }

  /** First what the given policies allow outright, then what identity policies that were not given could add. */
  private exactly(scenes: readonly Scene[], pinned: Readonly<Record<string, ContextValue>>): Found | undefined {
    const suppositions = this.suppositions();
    const parts = this.prepared(scenes, pinned);
    const first = (identityAllows: boolean): Hit | undefined => {
      for (const { scene, asked, parts: own } of parts) {
        const hit = own && this.solve(own, asked, scene, identityAllows, undefined, true);
        if (hit) return hit;
      }
      return undefined;
    };
    // Where identity policies can only add access, nothing with them is nothing at all.
    const widest = this.searching.monotone && suppositions.length > 1 ? first(true) : undefined;
    const worth = this.searching.monotone ? suppositions.slice(-1) : suppositions;
    const found = suppositions.length > 1 && this.searching.monotone && !widest ? undefined : first(suppositions[0]!);
    const hit = found ?? widest ?? (suppositions.length > 1 && !this.searching.monotone ? first(true) : undefined);
    if (hit) return this.confirm(hit, () => this.spacesOf(scenes, pinned));
    this.noteAssumptions(parts, worth);
    return undefined;
  }

  private prepared(scenes: readonly Scene[], pinned: Context): readonly Prepared[] {
    const { scope, others, asked, except } = this.searching;
    const statements = (policy: Policy | undefined) => (policy ? statementsOf([policy]) : []);
    const changed = this.searching.changed?.(scope.set, others);
    const cone = coneOf({
      set: scope.set,
      others,
      asked: statements(asked),
      except: statements(except),
      within: statements(this.within),
      denied: this.searching.denied,
      changed,
    });
    return scenes.map((scene) => {
      const own = { ...this.modelAsked(scene, pinned), changed, cone };
      return { scene, asked: own, parts: partsOf(own) };
    });
  }

  /** A rule matters when its other reading gives another answer; so does the catalogue. */
  private noteAssumptions(scenes: readonly Prepared[], suppositions: readonly boolean[]): void {
    for (const { scene, asked, parts } of scenes) {
      if (!parts) continue;
      for (const identityAllows of suppositions) {
        for (const rule of this.touched) {
          if (this.rules.has(rule)) continue;
          if (this.solve(parts, asked, scene, identityAllows, rule, true)) this.rules.add(rule);
        }
        this.catalogueMatters ||= this.solve(parts, asked, scene, identityAllows, undefined, false) !== undefined;
      }
    }
  }

  private readonly touched = new Set<string>();

  private solve(
    parts: Parts,
    asked: ModelAsked,
    scene: Scene,
    identityAllows: boolean,
    reading: string | undefined,
    withCatalogue: boolean,
  ): Hit | undefined {
    const drawn = this.drawn(parts, asked, reading);
    if (!drawn) return undefined;
    const { model } = drawn;
    const impossible = withCatalogue ? [...drawn.axioms, ...drawn.catalogue] : drawn.axioms;
    try {
      const targets = this.targets(drawn, asked, identityAllows);
      for (const target of targets) {
        const excluded = excludedIn(drawn, target, withCatalogue);
        const { everything, open } = model;
        const region = solve({ region: everything, groups: target.groups, excluded, open }, this.budget);
        if (region)
          return {
            region,
            space: { model, targets, impossible, scene, identityAllows, ownCallers: this.ownCallers },
          };
      }
      return undefined;
    } finally {
      if (reading === undefined) for (const rule of model.touched) this.touched.add(rule);
    }
  }

  private targets(drawn: Drawn, { set, others }: ModelAsked, identityAllows: boolean): readonly Target[] {
    const { model, wanted, meant } = drawn;
    let targets = drawn.targets.get(identityAllows);
    if (!targets) {
      const found = [...this.searching.targets(model, [set, ...others], identityAllows)];
      const left = new Map<Group, Group>();
      targets = found.map(({ groups, excluded }) => {
        if (!left.has(excluded)) left.set(excluded, [...excluded, ...meant]);
        return { groups: [...wanted, ...groups], excluded: left.get(excluded)! };
      });
      drawn.targets.set(identityAllows, targets);
    }
    return targets;
  }

  /** The model of a scene, with the boxes of the question: drawn once for each reading. */
  private drawn(parts: Parts, asked: ModelAsked, reading: string | undefined): Drawn | undefined {
    const readings = this.models.get(parts) ?? new Map<string | undefined, Drawn | undefined>();
    this.models.set(parts, readings);
    if (readings.has(reading)) return readings.get(reading);
    const ours = reading === undefined ? undefined : readings.get(undefined);
    const model = modelOf(parts, asked, reading, ours?.model);
    const boxesOf = (statements: ModelAsked["asked"]) =>
      statements.flatMap((statement) => model.boxes(statement, false, () => true));
    const drawn = model.sizes.some((size) => size === 0)
      ? undefined
      : {
          model,
          wanted: [
            boxesOf(asked.asked),
            ...(asked.within.length > 0 ? [boxesOf(asked.within)] : []),
            ...(asked.changed ? [covered(model, asked.changed)] : []),
          ],
          meant: boxesOf(asked.except),
          // What AWS can see rests on none of the rules.
          axioms: ours?.axioms ?? axiomsOf(model),
          catalogue: ours?.catalogue ?? catalogueAxioms(model),
          targets: new Map<boolean, readonly Target[]>(),
          excluded: [new Map<Group, Group>(), new Map<Group, Group>()],
        };
    readings.set(reading, drawn);
    return drawn;
  }

  private modelAsked(scene: Scene, pinned: Context): ModelAsked {
    const { scope, others, asked, except } = this.searching;
    return {
      set: scope.set,
      others,
      asked: statementsOf([asked]),
      except: except ? statementsOf([except]) : [],
      within: this.within ? statementsOf([this.within]) : [],
      ...scene,
      pinned,
      closed: scope.closed,
      limits: this.searching.limits,
      callers: scope.callers,
      names: scope.names,
    };
  }

  private confirm({ region, space }: Hit, spaces: () => readonly Space[]): Found {
    const { scope, confirms } = this.searching;
    const { model, scene, identityAllows } = space;
    const request = requestIn(region, model, { ...scene, identityAllows });
    const judgement = scope.judge(request, scene.owner);
    if (!confirms(request, scene.owner)) throw new Disagreement(request, judgement.decision);
    const needs = identityAllows
      ? [`an identity policy of ${request.principal.name} that allows ${request.action} on ${request.resource}`]
      : [];
    return {
      verdict: "refuted",
      request,
      judgement,
      needs,
      region,
      space,
      spaces,
      nodes: this.budget.nodes,
      assumptions: [],
    };
  }

  /** Nothing under the wide reading is nothing; else with the variables' values fixed, one choice after another. */
  private withVariables(scenes: readonly Scene[], keys: readonly string[]): Found | undefined {
    const { scope, others, asked, except } = this.searching;
    const over = new Search(this.widely());
    const hit = over.exactly(scenes, this.told);
    if (!hit) {
      for (const rule of over.rules) this.rules.add(rule);
      this.catalogueMatters ||= over.catalogueMatters;
      return undefined;
    }
    for (const pinned of choices(
      keys,
      [...[scope.set, ...others].flatMap(policiesOf), asked, ...(except ? [except] : [])],
      scenes,
    )) {
      const found = this.pinned(scenes, { ...this.told, ...pinned });
      if (found) return found;
    }
    return {
      verdict: "unknown",
      reason: `the policies use \`\${${keys[0]}}\`, and no value of it that was tried decides the question`,
      assumptions: [],
    };
  }

  private widely(): Searching {
    const { scope, others, asked, except } = this.searching;
    return {
      ...this.searching,
      scope: { ...scope, set: widened(scope.set) },
      others: others.map((other) => narrowed(other)),
      asked: bounded(asked, true),
      ...(except ? { except: bounded(except, false) } : {}),
      confirms: () => true,
    };
  }

  private pinned(scenes: readonly Scene[], pinned: Readonly<Record<string, ContextValue>>): Found | undefined {
    try {
      return this.exactly(scenes, pinned);
    } catch (error) {
      if (error instanceof Outside) return undefined;
      throw error;
    }
  }
}
