/** What hits a statement, element by element, and what misses it: the evaluator says so of each value in the wells. */

import { isTemplate } from "../analyse/near-misses.ts";
import { actionCarriesKey, actionFacts } from "../catalog/catalog.ts";
import { everyActionCarries } from "../catalog/global-keys.ts";
import type { CompiledStatement } from "../evaluate/compile.ts";
import type { CompiledCondition } from "../evaluate/condition.ts";
import { Evaluation } from "../evaluate/evaluation.ts";
import { NO_MATCH } from "../evaluate/principal.ts";
import { isAccountId, parseArn } from "../policy/arn.ts";
import { buildFacts } from "../request/build-facts.ts";
import type { ContextValue } from "../request/context.ts";
import type { Facts } from "../request/facts.ts";
import { anonymous, type Principal } from "../request/principal.ts";
import type { RequestFields } from "../request/request.ts";
import type { KeyWell } from "./key-wells.ts";
import type { Target, Targets } from "./targets.ts";

export interface KeyAim {
  /** The number of the key. */
  readonly at: number;
  /** Null: absent. */
  readonly hits: readonly ContextValue[];
  readonly misses: readonly ContextValue[];
}

export interface Wells {
  readonly actions: readonly string[];
  readonly principals: readonly Principal[];
  readonly targets: Targets;
  readonly keys: readonly KeyWell[];
  readonly accounts: readonly string[];
}

const OF_TARGET: ReadonlySet<string> = new Set(["aws:resourceaccount", "aws:requestedregion"]);

export class Aim {
  readonly actions: readonly string[];
  /** Those of them that carry all keys that the statement reads. */
  readonly carriers: readonly string[];
  readonly principals: readonly Principal[];
  readonly keys: readonly KeyAim[];
  private readonly targets = new Map<string, readonly Target[]>();

  constructor(
    readonly statement: CompiledStatement,
    private readonly wells: Wells,
  ) {
    const { actions, principals, keys } = wells;
    this.actions = actions.filter((action) => statement.action.matches(action.toLowerCase()));
    const listed = statement.conditions.filter(({ key }) => key.known && !everyActionCarries(key.folded));
    this.carriers =
      listed.length === 0
        ? this.actions
        : this.actions.filter((action) => {
            const facts = actionFacts(action);
            return facts !== undefined && listed.every(({ key }) => actionCarriesKey(facts, key.name));
          });
    const numbers = new Map(keys.map(({ key }, at) => [key.folded, at]));
    const ofKeys = new Map<number, CompiledCondition[]>();
    const ofCaller: CompiledCondition[] = [];
    for (const condition of statement.conditions) {
      const at = numbers.get(condition.key.folded);
      if (at !== undefined) ofKeys.set(at, [...(ofKeys.get(at) ?? []), condition]);
      else if (!OF_TARGET.has(condition.key.folded) && !readsKeys(condition)) ofCaller.push(condition);
    }
    this.principals = principals.filter((principal) => {
      const run = this.run({ principal });
      const named = !statement.principal || statement.principal(run, false) !== NO_MATCH;
      return named && ofCaller.every((condition) => condition.matches(run));
    });
    this.keys = [...ofKeys].map(([at, conditions]) => this.keyAim(at, conditions));
  }

  private run(part: Partial<RequestFields>, owner = this.wells.accounts[0]): Evaluation {
    return new Evaluation(this.facts(part, owner));
  }

  private facts(part: Partial<RequestFields>, owner: string | undefined): Facts {
    return buildFacts(
      {
        principal: anonymous,
        action: "none:None",
        resource: "*",
        resourceAccount: null,
        context: {},
        givenIdentity: null,
        ...part,
      },
      owner,
    );
  }

  private keyAim(at: number, conditions: readonly CompiledCondition[]): KeyAim {
    const { key, values } = this.wells.keys[at]!;
    const hits: ContextValue[] = [];
    const misses: ContextValue[] = [];
    for (const value of [null, ...values]) {
      const run = this.run({ context: { [key.name]: value } });
      if (conditions.every((condition) => condition.matches(run))) hits.push(value);
      else misses.push(value);
      // What reads another key's value may do either.
      if (typeof value === "string" && isTemplate(value)) hits.push(value);
    }
    return { at, hits, misses };
  }

  /** The resources of the action that the statement covers. */
  targetsOf(action: string): readonly Target[] {
    let found = this.targets.get(action);
    if (!found) {
      const { statement } = this;
      const conditions = statement.conditions.filter(
        (condition) => OF_TARGET.has(condition.key.folded) && !readsKeys(condition),
      );
      found = this.wells.targets.of(action).filter((target) => {
        const { resource } = target;
        if (resource === null) return true;
        const run = this.run({ resource, action }, ownerOf(target));
        const covered = isTemplate(resource) || !statement.resource || statement.resource(run);
        return covered && conditions.every((condition) => condition.matches(run) || run.openKeys.size > 0);
      });
      this.targets.set(action, found);
    }
    return found;
  }
}

/** The account that owns it, as far as is known. */
export function ownerOf({ resource, account }: Target): string | undefined {
  if (account !== null || resource === null) return account ?? undefined;
  const said = parseArn(resource)?.account;
  return said && isAccountId(said) ? said : undefined;
}

const readsKeys = ({ condition }: CompiledCondition): boolean =>
  condition.values.some(({ value }) => isTemplate(value));
