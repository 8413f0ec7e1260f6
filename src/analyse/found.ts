/** What a search is asked, and what it finds. */
import type { CompiledStatement } from "../evaluate/compile.ts";
import type { Judgement } from "../evaluate/evaluate.ts";
import type { PolicySet } from "../evaluate/policy-set.ts";
import type { Policy } from "../policy/policy.ts";
import type { Context } from "../request/context.ts";
import type { Request } from "../request/request.ts";
import type { Group } from "./access.ts";
import type { Box, Region } from "./box.ts";
import type { Model } from "./model.ts";
import type { Scene } from "./scenes.ts";
import type { Scope } from "./scopes.ts";
import type { ClassLimits } from "./string-classes.ts";

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
  /** What a proof rests on is worked out when it is read: few readers want it, and it takes as long as the proof. */
  | { readonly verdict: "proved"; readonly assumptions: readonly string[]; readonly nodes: number }
  | { readonly verdict: "unknown"; readonly reason: string; readonly assumptions: readonly string[] };

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
