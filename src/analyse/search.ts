/** Looks for a request that a set of policies allows, in every scene and under every supposition that a question leaves. */
import type { CompiledStatement } from "../evaluate/compile.ts";
import { policiesOf } from "../evaluate/open.ts";
import type { Policy } from "../policy/policy.ts";
import { isKeyForm } from "../policy/variables.ts";
import type { Context, ContextValue } from "../request/context.ts";
import type { Group } from "./access.ts";
import { axiomsOf, catalogueAxioms } from "./axioms.ts";
import type { Box, Region } from "./box.ts";
import { type ModelAsked, modelOf, type Parts, partsOf } from "./build-model.ts";
import { coneOf } from "./candidates.ts";
import { choices } from "./choices.ts";
import type { Found, Searching, Space, Target } from "./found.ts";
import type { Model } from "./model.ts";
import { Outside } from "./outside.ts";
import { requestsPolicy } from "./question.ts";
import { proof, restsOn } from "./rests-on.ts";
import { type Scene, scenesOf } from "./scenes.ts";
import { Budget, OverBudget, solve } from "./solve.ts";
import { statementsOf } from "./statements.ts";
import { onlyKnownKeys } from "./strange-keys.ts";
import { onlyOwn } from "./subject.ts";
import { bounded, narrowed, variablesOf, widened } from "./variables.ts";
import { Disagreement, requestIn } from "./witness.ts";

/** Never "proved" by exhaustion: whatever is outside what can be decided ends as `unknown`, with the reason. */
export const search = (searching: Searching): Found => onlyKnownKeys(searching, searchOnce);

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
  /** What is left out of problems, by what their targets leave out, for each state of knowledge. */
  readonly excluded: Readonly<Record<Knowledge, Map<Group, Group>>>;
}

/** What is taken to be impossible: all that AWS is known not to see, that without its catalogue of actions, or nothing. */
type Knowledge = "all" | "uncatalogued" | "none";

const impossibleIn = ({ axioms, catalogue }: Pick<Drawn, "axioms" | "catalogue">, knowledge: Knowledge): Group =>
  knowledge === "all" ? [...axioms, ...catalogue] : knowledge === "uncatalogued" ? axioms : [];

function excludedIn(drawn: Drawn, target: Target, knowledge: Knowledge): Group {
  const known = drawn.excluded[knowledge];
  let boxes = known.get(target.excluded);
  if (!boxes) {
    boxes = [...target.excluded, ...impossibleIn(drawn, knowledge)];
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
  private worldMatters = false;
  /** What is still to be solved to know what the proof rests on. */
  private readonly unsettled: (() => void)[] = [];

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
    return proof(this.budget.nodes, () => [...assumptions, ...this.restsOn()]);
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
      const impossible = impossibleIn(drawn, "all");
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

  private restsOn(): readonly string[] {
    const complete = this.settle();
    const { scope, asked } = this.searching;
    const { rules, worldMatters, catalogueMatters } = this;
    return restsOn({ set: scope.set, asked, rules, worldMatters, catalogueMatters, complete });
  }

  /** First what the given policies allow outright, then what identity policies that were not given could add. */
  private exactly(scenes: readonly Scene[], pinned: Readonly<Record<string, ContextValue>>): Found | undefined {
    const suppositions = this.suppositions();
    const parts = this.prepared(scenes, pinned);
    const first = (identityAllows: boolean): Hit | undefined => {
      for (const { scene, asked, parts: own } of parts) {
        const hit = own && this.solve(own, asked, scene, identityAllows, undefined, "all");
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
    this.unsettled.push(() => this.noteAssumptions(parts, worth));
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

  /** Whether all could be worked out. */
  private settle(): boolean {
    try {
      for (let note = this.unsettled.shift(); note; note = this.unsettled.shift()) note();
      return true;
    } catch (error) {
      if (error instanceof Outside || error instanceof OverBudget) return false;
      throw error;
    }
  }

  /** A rule matters when its other reading gives another answer; so does what AWS is known not to see. */
  private noteAssumptions(scenes: readonly Prepared[], suppositions: readonly boolean[]): void {
    for (const { scene, asked, parts } of scenes) {
      if (!parts) continue;
      for (const identityAllows of suppositions) {
        for (const rule of this.touched) {
          if (this.rules.has(rule)) continue;
          if (this.solve(parts, asked, scene, identityAllows, rule, "all")) this.rules.add(rule);
        }
        const without = (knowledge: Knowledge) =>
          this.solve(parts, asked, scene, identityAllows, undefined, knowledge) !== undefined;
        this.catalogueMatters ||= without("uncatalogued");
        this.worldMatters ||= without("none");
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
    knowledge: Knowledge,
  ): Hit | undefined {
    const drawn = this.drawn(parts, asked, reading);
    if (!drawn) return undefined;
    const { model } = drawn;
    try {
      const targets = this.targets(drawn, asked, identityAllows);
      for (const target of targets) {
        const excluded = excludedIn(drawn, target, knowledge);
        const { everything, open } = model;
        const region = solve({ region: everything, groups: target.groups, excluded, open }, this.budget);
        if (region)
          return {
            region,
            space: {
              model,
              targets,
              impossible: impossibleIn(drawn, knowledge),
              scene,
              identityAllows,
              ownCallers: this.ownCallers,
            },
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
          excluded: { all: new Map(), uncatalogued: new Map(), none: new Map() },
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
      this.unsettled.push(() => {
        for (const note of over.unsettled) note();
        for (const rule of over.rules) this.rules.add(rule);
        this.catalogueMatters ||= over.catalogueMatters;
        this.worldMatters ||= over.worldMatters;
      });
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
