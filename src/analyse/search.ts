/** Looks for a request that a set of policies allows, in every scene and under every supposition that a question leaves. */

import type { CompiledStatement } from "../evaluate/compile.ts";
import type { Decision } from "../evaluate/evaluate.ts";
import { policiesOf } from "../evaluate/open.ts";
import type { PolicySet } from "../evaluate/policy-set.ts";
import type { Policy } from "../policy/policy.ts";
import type { ContextValue } from "../request/context.ts";
import type { Principal } from "../request/principal.ts";
import type { Request } from "../request/request.ts";
import type { Group } from "./access.ts";
import { axiomsOf, catalogueAxioms } from "./axioms.ts";
import type { Box, Region } from "./box.ts";
import { type ModelAsked, modelOf, type Parts, partsOf } from "./build-model.ts";
import { coneOf } from "./candidates.ts";
import type { Model } from "./model.ts";
import { Outside } from "./outside.ts";
import { type Scene, scenesOf } from "./scenes.ts";
import { Budget, OverBudget, solve } from "./solve.ts";
import { statementsOf } from "./statements.ts";
import { bounded, variablesOf, widened } from "./variables.ts";
import { Disagreement, replay, requestIn } from "./witness.ts";

/** What is looked for in one model: each of these, with what is left out of all of them. */
export interface Target {
  readonly groups: readonly Group[];
  readonly excluded: readonly Box[];
}

export interface Searching {
  readonly set: PolicySet;
  readonly others: readonly PolicySet[];
  /** The requests that are asked for, as Allow statements of a policy. */
  readonly asked: Policy;
  readonly except: Policy | undefined;
  readonly callers?: (caller: Principal) => boolean;
  /** The problems to solve; `identityAllows` as in `accessOf`. */
  readonly targets: (model: Model, sets: readonly PolicySet[], identityAllows: boolean) => Iterable<Target>;
  /** Whether the evaluator confirms a request. */
  readonly confirms: (request: Request, owner: string, reading: string | undefined) => boolean;
  /** Statements of which one covers whatever is looked for; undefined: anything may be. */
  readonly within?: (set: PolicySet, others: readonly PolicySet[]) => readonly CompiledStatement[] | undefined;
  /** Identity policies that were not given can only add to what is found. */
  readonly monotone?: boolean;
  readonly mostNodes?: number;
}

export type Found =
  | {
      readonly verdict: "refuted";
      readonly request: Request;
      readonly decision: Decision;
      readonly owner: string;
      readonly needs: readonly string[];
      readonly region: Region;
      readonly model: Model;
      readonly nodes: number;
      readonly assumptions: readonly string[];
    }
  | { readonly verdict: "proved"; readonly assumptions: readonly string[]; readonly nodes: number }
  | { readonly verdict: "unknown"; readonly reason: string; readonly assumptions: readonly string[] };

/** Never "proved" by exhaustion: whatever is outside what can be decided ends as `unknown`, with the reason. */
export function search(searching: Searching): Found {
  try {
    return new Search(searching).run();
  } catch (error) {
    if (error instanceof Outside) return { verdict: "unknown", reason: error.message, assumptions: [] };
    if (error instanceof OverBudget)
      return { verdict: "unknown", reason: "the search grew beyond its budget", assumptions: [] };
    throw error;
  }
}

interface Hit {
  readonly region: Region;
  readonly model: Model;
  readonly scene: Scene;
  readonly identityAllows: boolean;
}

interface Drawn {
  readonly model: Model;
  readonly wanted: readonly Group[];
  readonly meant: readonly Box[];
  readonly possible: readonly Box[];
  readonly catalogue: readonly Box[];
  readonly targets: Map<boolean, readonly Target[]>;
  /** What is left out of problems, by what their targets leave out: with the catalogue, and without. */
  readonly excluded: readonly Map<Group, Group>[];
}

function excludedIn({ meant, possible, catalogue, excluded }: Drawn, target: Target, withCatalogue: boolean): Group {
  const known = excluded[withCatalogue ? 1 : 0]!;
  let boxes = known.get(target.excluded);
  if (!boxes) {
    boxes = [...target.excluded, ...meant, ...possible, ...(withCatalogue ? catalogue : [])];
    known.set(target.excluded, boxes);
  }
  return boxes;
}

class Search {
  private readonly models = new Map<Parts, Map<string | undefined, Drawn | undefined>>();
  private readonly budget: Budget;
  private readonly rules = new Set<string>();
  private catalogueMatters = false;

  constructor(private readonly searching: Searching) {
    this.budget = new Budget(searching.mostNodes);
  }

  run(): Found {
    const { set, others, asked, except } = this.searching;
    const sets = [set, ...others];
    const questions = except ? [asked, except] : [asked];
    const { scenes, assumptions, incomplete } = scenesOf(sets, questions);
    // Nothing that could be looked for: two versions that say the same.
    if (this.searching.within?.(set, others)?.length === 0)
      return { verdict: "proved", assumptions: this.ownAssumptions(), nodes: 0 };
    const keys = variablesOf([...sets.flatMap(policiesOf), ...questions]);
    const found = keys.length === 0 ? this.exactly(scenes, {}) : this.withVariables(scenes, keys);
    if (found) return { ...found, assumptions: [...assumptions, ...found.assumptions] };
    if (incomplete) return { verdict: "unknown", reason: incomplete, assumptions };
    return {
      verdict: "proved",
      assumptions: [...assumptions, ...this.ownAssumptions()],
      nodes: this.budget.nodes,
    };
  }

  private ownAssumptions(): string[] {
    const { set } = this.searching;
    return [
      ...[...this.rules]
        .sort()
        .map((rule) => `AWS does not settle the rule ${rule}, and we read it as semantics.md says`),
      ...(this.catalogueMatters
        ? ["actions are done on the resources, and carry the keys, that AWS's Service Authorization Reference lists"]
        : []),
      ...(set.serviceControl.length + set.resourceControl.length > 0
        ? ["neither the caller's account nor the resource's is the management account of its organization"]
        : []),
      ...(set.identity !== undefined && set.resource === undefined
        ? ["the resource's own policy, which was not given, lets nobody in"]
        : []),
    ];
  }

  /** First what the given policies allow outright, then what identity policies that were not given could add. */
  private exactly(scenes: readonly Scene[], pinned: Readonly<Record<string, ContextValue>>): Found | undefined {
    const { set } = this.searching;
    const suppositions = set.identity === undefined ? [false, true] : [false];
    const { others, asked, except } = this.searching;
    const within = this.searching.within?.(set, others);
    const statements = { asked: statementsOf([asked]), except: except ? statementsOf([except]) : [] };
    const cone = coneOf({ set, others, ...statements, within });
    const prepared = scenes.map((scene) => ({
      scene,
      asked: { ...this.modelAsked(scene, set, others, asked, except, pinned), within, cone },
    }));
    const parts = prepared.map((one) => ({ ...one, parts: partsOf(one.asked) }));
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
    const found = suppositions.length > 1 && this.searching.monotone && !widest ? undefined : first(false);
    const hit = found ?? widest ?? (suppositions.length > 1 && !this.searching.monotone ? first(true) : undefined);
    if (hit) return this.confirm(hit);
    this.noteAssumptions(parts, worth);
    return undefined;
  }

  /** A rule matters when its other reading gives another answer; so does the catalogue. */
  private noteAssumptions(
    scenes: readonly { scene: Scene; asked: ModelAsked; parts: Parts | undefined }[],
    suppositions: readonly boolean[],
  ): void {
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
    const { model, wanted } = drawn;
    const sets = [asked.set, ...asked.others];
    try {
      let targets = drawn.targets.get(identityAllows);
      if (!targets) {
        targets = [...this.searching.targets(model, sets, identityAllows)];
        drawn.targets.set(identityAllows, targets);
      }
      for (const target of targets) {
        const region = solve(
          {
            region: model.everything,
            groups: [...wanted, ...target.groups],
            excluded: excludedIn(drawn, target, withCatalogue),
          },
          this.budget,
        );
        if (region) return { region, model, scene, identityAllows };
      }
      return undefined;
    } finally {
      if (reading === undefined) for (const rule of model.touched) this.touched.add(rule);
    }
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
          wanted: [boxesOf(asked.asked), ...(asked.within ? [this.covered(model, asked.within)] : [])],
          meant: boxesOf(asked.except),
          // What AWS can see rests on none of the rules.
          possible: ours?.possible ?? axiomsOf(model),
          catalogue: ours?.catalogue ?? catalogueAxioms(model),
          targets: new Map<boolean, readonly Target[]>(),
          excluded: [new Map<Group, Group>(), new Map<Group, Group>()],
        };
    readings.set(reading, drawn);
    return drawn;
  }

  /** By some match of its principal, with a boundary or without. */
  private covered(model: Model, statements: readonly CompiledStatement[]): Group {
    return statements.flatMap((statement) =>
      [false, true].flatMap((hasBoundary) => model.boxes(statement, hasBoundary, () => true)),
    );
  }

  private modelAsked(
    scene: Scene,
    set: PolicySet,
    others: readonly PolicySet[],
    asked: Policy,
    except: Policy | undefined,
    pinned: Readonly<Record<string, ContextValue>>,
  ): ModelAsked {
    return {
      set,
      others,
      asked: statementsOf([asked]),
      except: except ? statementsOf([except]) : [],
      ...scene,
      pinned,
      callers: this.searching.callers,
    };
  }

  private confirm({ region, model, scene, identityAllows }: Hit): Found {
    const { set, confirms } = this.searching;
    const request = requestIn(region, model, { partition: scene.partition, identityAllows });
    const { decision } = replay(set, request, scene.owner);
    if (!confirms(request, scene.owner, undefined)) throw new Disagreement(request, decision);
    const needs = identityAllows
      ? [`an identity policy of ${request.principal.name} that allows ${request.action} on ${request.resource}`]
      : [];
    return {
      verdict: "refuted",
      request,
      decision,
      owner: scene.owner,
      needs,
      region,
      model,
      nodes: this.budget.nodes,
      assumptions: [],
    };
  }

  /** Nothing under the wide reading is nothing; else with the variables' values fixed, one choice after another. */
  private withVariables(scenes: readonly Scene[], keys: readonly string[]): Found | undefined {
    const { set, others, asked, except, targets } = this.searching;
    const wide: Searching = {
      ...this.searching,
      set: widened(set),
      others: others.map((other) => narrowed(other)),
      asked: bounded(asked, true),
      ...(except ? { except: bounded(except, false) } : {}),
      targets,
      confirms: () => true,
    };
    const over = new Search(wide);
    const hit = over.exactly(scenes, {});
    if (!hit) {
      for (const rule of over.rules) this.rules.add(rule);
      this.catalogueMatters ||= over.catalogueMatters;
      return undefined;
    }
    for (const pinned of choices(
      keys,
      [...[set, ...others].flatMap(policiesOf), asked, ...(except ? [except] : [])],
      scenes,
    )) {
      const found = this.pinned(scenes, pinned);
      if (found) return found;
    }
    return {
      verdict: "unknown",
      reason: `the policies use \`\${${keys[0]}}\`, and no value of it that was tried decides the question`,
      assumptions: [],
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

/** The other side of a comparison is read the other way. */
function narrowed(set: PolicySet): PolicySet {
  const one = (policy: Policy) => bounded(policy, false);
  return {
    ...set,
    identity: set.identity?.map(one),
    permissionsBoundary: set.permissionsBoundary.map(one),
    session: set.session.map(one),
    resource: set.resource ? one(set.resource) : set.resource,
    serviceControl: set.serviceControl.map((level) => level.map(one)),
    resourceControl: set.resourceControl.map((level) => level.map(one)),
    vpcEndpoint: set.vpcEndpoint.map(one),
  };
}

const MOST_CHOICES = 48;

/** Values to fix variables at: absent, of their own, those that policies compare the key with, the accounts. */
function* choices(
  keys: readonly string[],
  policies: readonly Policy[],
  scenes: readonly Scene[],
): Iterable<Record<string, ContextValue>> {
  const lists = keys.map((key) => candidates(key, policies, scenes));
  const choice = lists.map(() => 0);
  for (let count = 0; count < MOST_CHOICES; count++) {
    yield Object.fromEntries(keys.map((key, at) => [key, lists[at]![choice[at]!]!]));
    let at = 0;
    while (at < lists.length && ++choice[at]! === lists[at]!.length) choice[at++] = 0;
    if (at === lists.length) return;
  }
}

function candidates(key: string, policies: readonly Policy[], scenes: readonly Scene[]): ContextValue[] {
  const folded = key.toLowerCase();
  const listed = policies.flatMap(({ statements }) =>
    statements.flatMap(({ conditions }) =>
      conditions
        .filter((condition) => condition.key.toLowerCase() === folded)
        .flatMap(({ values }) => values.map(({ value }) => value).filter((value) => !/[*?$]/.test(value))),
    ),
  );
  const users = policies.flatMap(({ statements }) =>
    statements.flatMap(({ principal }) =>
      folded === "aws:username"
        ? (principal?.values ?? []).flatMap(({ value }) =>
            value.includes(":user/") ? value.slice(value.lastIndexOf("/") + 1) : [],
          )
        : [],
    ),
  );
  const accounts = /account$/.test(folded) ? scenes.map(({ owner }) => owner) : [];
  // The owner's account is the scene's to say.
  if (folded === "aws:resourceaccount") return [null];
  if (folded === "aws:principalarn")
    return [...scenes.map(({ owner, partition }) => `arn:${partition}:iam::${owner}:role/own-role`), ...listed, null];
  return [
    ...new Set<ContextValue>([
      ...accounts,
      ...(accounts.length > 0 ? [] : ["own-value"]),
      ...listed.slice(0, 6),
      ...users.slice(0, 6),
      null,
    ]),
  ];
}
