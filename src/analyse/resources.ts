/** Resources, one for each way in which statements can tell them apart, and the actions that each can take. */
import { actionFacts, serviceFacts } from "../catalog/catalog.ts";
import type { CompiledStatement } from "../evaluate/compile.ts";
import type { Evaluation } from "../evaluate/evaluation.ts";
import { parseArn } from "../policy/arn.ts";
import type { Policy } from "../policy/policy.ts";
import { actionsOfService } from "./action-rows.ts";
import { Outside } from "./outside.ts";
import { stringClasses } from "./string-classes.ts";
import { matches, type Pattern, run, some, templatePattern, text } from "./tokens.ts";
import { resourcePatterns } from "./value-patterns.ts";

export interface Target {
  readonly resource: string;
  /** The actions, folded, that are done on it; undefined: all. */
  readonly actions: ReadonlySet<string> | undefined;
}

export interface TargetsAsked {
  readonly statements: readonly CompiledStatement[];
  readonly actions: readonly string[];
  /** The policy of the resource; null or undefined: any resource. */
  readonly attached: Policy | null | undefined;
  readonly partition: string;
  readonly owner: string;
  /** ARNs that something other than a statement names: those of grants. */
  readonly named: readonly string[];
  /** Conditions read the Region, and where the ARN has one it is that. */
  readonly regions: readonly (readonly Pattern[])[];
  readonly told: Evaluation;
}

interface Type {
  readonly patterns: readonly Pattern[];
  readonly actions: Set<string>;
  readonly template: string;
}

export function targetsFor(asked: TargetsAsked): Target[] {
  const { attached } = asked;
  const sets: (readonly Pattern[])[] = [];
  for (const { statement, policy } of asked.statements) {
    const { resource } = statement;
    if (!resource || resource.values.some(({ value }) => value === "*")) continue;
    sets.push(...resourcePatterns(resource, policy, asked.told));
  }
  for (const arn of asked.named) sets.push([text(arn)]);
  for (const regions of asked.regions)
    sets.push(
      regions.map((region) => [
        ...text(`arn:${asked.partition}:`),
        run("inField"),
        ...text(":"),
        ...region,
        ...text(":"),
        run("any"),
      ]),
    );
  if (attached?.resource) return attachedTargets(attached.resource, sets, asked);
  const types = typesOf(asked);
  return [...withoutResource(asked, sets), ...(types.size === 0 ? [] : sorted([...types.values()], sets))];
}

/** The resource itself and, for a bucket and its like, what is in it. */
function attachedTargets(resource: string, sets: readonly (readonly Pattern[])[], asked: TargetsAsked): Target[] {
  const types = [...typesOf(asked).values()];
  const typesFor = (target: string) =>
    types.filter(({ patterns }) => patterns.some((pattern) => matches(pattern, target)));
  /** Where the catalogue has none of the ARNs it does not tell what is done on them. */
  const placed = (targets: readonly string[]): Target[] => {
    const found = targets.map((target) => ({ target, types: typesFor(target) }));
    const told = found.some(({ types: own }) => own.length > 0);
    return found.map(({ target, types: own }) => ({
      resource: target,
      actions: told ? new Set(own.flatMap(({ actions }) => [...actions])) : undefined,
    }));
  };
  if (asked.attached!.kind !== "resource") return placed([resource]);
  // An example stands for its class: the types must say the same of all of it.
  const inside = stringClasses([...sets, ...types.map(({ patterns }) => patterns)], {
    universe: ["/", ":"].map((mark) => [...text(resource + mark), ...some("any")]),
  });
  if (!inside) throw new Outside("too many patterns of resources overlap");
  return placed([resource, ...inside.map(({ text: target }) => target)]);
}

/** Actions without resource-level support are done on `*` (semantics A23). */
function withoutResource({ actions, attached }: TargetsAsked, sets: readonly unknown[]): Target[] {
  if (attached) return [];
  const without = actions.filter((action) => {
    const facts = actionFacts(action);
    return !facts || facts.resources.length === 0;
  });
  // Some patterns match `*` for the actions of their service alone (A23).
  const groups = new Map<string, string[]>();
  for (const action of without) {
    const group =
      action === "s3:listallmybuckets" ? action : sets.length > 0 ? action.slice(0, action.indexOf(":")) : "";
    groups.set(group, [...(groups.get(group) ?? []), action]);
  }
  return [...groups.values()].map((group) => ({ resource: "*", actions: new Set(group) }));
}

/** The resource types that the actions are done on, with their ARNs in this account. */
function typesOf({ actions, attached, partition, owner }: TargetsAsked): Map<string, Type> {
  const types = new Map<string, Type>();
  for (const action of actions) {
    const facts = actionFacts(action);
    const service = facts && serviceFacts(facts.service);
    for (const { type } of facts?.resources ?? []) {
      const found = service?.resourceTypes.get(type.toLowerCase());
      if (!found || !concerns(attached, found.arn)) continue;
      const key = `${facts!.service}:${type}`;
      let entry = types.get(key);
      if (!entry) {
        const patterns = found.arns.map((template) => templatePattern(template, partition, owner));
        entry = { patterns, actions: new Set(), template: found.arn };
        types.set(key, entry);
      }
      entry.actions.add(action);
    }
  }
  return types;
}

function concerns(attached: Policy | null | undefined, template: string): boolean {
  if (!attached) return true;
  const arn = parseArn(template.replace("${Partition}", "aws"));
  if (!arn) return false;
  if (attached.kind === "key") return arn.service === "kms" && arn.resource.startsWith("key/");
  if (attached.kind === "trust") return arn.service === "iam" && arn.resource.startsWith("role/");
  return !(arn.service === "kms" && arn.resource.startsWith("key/"));
}

const DONE_ON = new Map<string, Uint8Array>();

/** Which of a service's actions are done on the resource of a policy, as far as its kind and ARN tell. */
export function isDoneOn(attached: Policy, prefix: string): Uint8Array {
  const own = attached.resource === null ? undefined : parseArn(attached.resource)?.service;
  const key = `${attached.kind} ${own} ${prefix}`;
  let found = DONE_ON.get(key);
  if (!found) {
    const types = serviceFacts(prefix)?.resourceTypes;
    found = Uint8Array.from(actionsOfService(prefix).facts, ({ resources }) =>
      resources.some(({ type }) =>
        types
          ?.get(type.toLowerCase())
          ?.arns.some((arn) => concerns(attached, arn) && (own === undefined || arn.split(":")[2] === own)),
      )
        ? 1
        : 0,
    );
    DONE_ON.set(key, found);
  }
  return found;
}

interface Group {
  /** What all the ARNs begin with: `arn:aws:s3:`; empty for those that may be of any service. */
  readonly beginning: string;
  readonly types: Pick<Type, "patterns" | "actions">[];
}

/** Types by the service that their ARNs name. */
function groupsOf(types: readonly Type[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { patterns, actions } of types) {
    const own = new Map<string, Pattern[]>();
    for (const pattern of patterns) {
      const beginning = beginningOf(pattern);
      own.set(beginning, [...(own.get(beginning) ?? []), pattern]);
    }
    for (const [beginning, patterns] of own) {
      const group = groups.get(beginning) ?? { beginning, types: [] };
      group.types.push({ patterns, actions });
      groups.set(beginning, group);
    }
  }
  return [...groups.values()];
}

function beginningOf(pattern: Pattern): string {
  let beginning = "";
  for (const token of pattern) {
    if (!("char" in token)) break;
    beginning += token.char;
    if (token.char === ":" && beginning.split(":").length === 4) return beginning;
  }
  return "";
}

/** Whether the pattern may match a text with that beginning, as far as its own first wildcard tells. */
function mayBegin(pattern: Pattern, beginning: string): boolean {
  for (let at = 0; at < beginning.length; at++) {
    const token = pattern[at];
    if (!token) return false;
    if (!("char" in token)) return true;
    if (token.char !== beginning[at]) return false;
  }
  return true;
}

function sorted(types: readonly Type[], sets: readonly (readonly Pattern[])[]): Target[] {
  const groups = groupsOf(types);
  const loose = groups.find(({ beginning }) => beginning === "")?.types ?? [];
  return groups.flatMap(({ beginning, types: own }) => {
    const telling = sets
      .map((patterns) => patterns.filter((pattern) => mayBegin(pattern, beginning)))
      .filter((patterns) => patterns.length > 0);
    if (telling.length === 0) return own.flatMap(({ patterns, actions }) => example(patterns[0]!, actions));
    // An ARN of this service may be of such a type as well.
    const all = beginning === "" ? own : [...own, ...loose];
    const walked = stringClasses([...telling, ...all.map(({ patterns }) => patterns)], {
      universe: own.flatMap(({ patterns }) => patterns),
    });
    if (!walked) throw new Outside("too many patterns of resources overlap");
    const shift = BigInt(telling.length);
    return walked.map(({ text: resource, bits }) => ({
      resource,
      actions: new Set(all.flatMap(({ actions }, at) => ((bits >> (shift + BigInt(at))) & 1n ? [...actions] : []))),
    }));
  });
}

/** Some ARN of a type, where nothing asks which. */
function example(pattern: Pattern, actions: ReadonlySet<string>): Target[] {
  const resource = pattern
    .map((token) =>
      "char" in token
        ? token.char
        : "some" in token && !token.many
          ? token.some === "region"
            ? "us-east-1"
            : "example"
          : "",
    )
    .join("");
  return [{ resource, actions }];
}
