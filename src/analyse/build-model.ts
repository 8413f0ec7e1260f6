/** The model of a question: its variables, from the statements that can bear on it (the cone of influence). */
import type { CompiledStatement } from "../evaluate/compile.ts";
import { contextKey, Evaluation, type Key } from "../evaluate/evaluation.ts";
import type { PolicySet } from "../evaluate/policy-set.ts";
import { buildFacts } from "../request/build-facts.ts";
import type { ContextValue } from "../request/context.ts";
import { CALLER_TYPES } from "../request/derived-keys.ts";
import { anonymous, type Principal } from "../request/principal.ts";
import { type Cone, coneOf } from "./candidates.ts";
import { grantees, grantKeys } from "./grants.ts";
import { valuesOf } from "./key-values.ts";
import { actionClasses, type KeyVariable, Model } from "./model.ts";
import type { OpenTexts } from "./open-texts.ts";
import { Outside } from "./outside.ts";
import { fits, pinnedCaller, toldBy } from "./pinned.ts";
import { callersFor } from "./principals.ts";
import { type Target, targetsFor } from "./resources.ts";
import { conditionsOf, type Tested } from "./statements.ts";
import type { ClassLimits } from "./string-classes.ts";
import { type Pattern, run, text } from "./tokens.ts";
import { conditionPatterns } from "./value-patterns.ts";
import { OF_PRINCIPAL, ORGANIZATIONS, organizationsIn } from "./world.ts";

export interface ModelAsked {
  readonly set: PolicySet;
  /** Further sets that the question weighs against the first. */
  readonly others: readonly PolicySet[];
  /** What is asked for, and what is left out, as statements. */
  readonly asked: readonly CompiledStatement[];
  readonly except: readonly CompiledStatement[];
  /** Only requests that one of these covers can be what is looked for. */
  readonly changed?: readonly CompiledStatement[] | undefined;
  readonly limits?: ClassLimits | undefined;
  /** Of these statements, the same for every owner. */
  readonly cone?: Cone | undefined;
  readonly owner: string;
  readonly partition: string;
  readonly accounts: ReadonlySet<string>;
  readonly pinned: Readonly<Record<string, ContextValue>>;
  /** Statements of which one must hold as well. */
  readonly within: readonly CompiledStatement[];
  /** Beginnings of keys: those that are not pinned are absent. */
  readonly closed: readonly string[];
  readonly callers: ((caller: Principal) => boolean) | undefined;
  /** Callers to tell apart. */
  readonly names: readonly string[];
}

export interface Parts {
  readonly actions: readonly string[];
  /** For each of the actions, all that it stands for. */
  readonly members: () => readonly (readonly string[])[];
  readonly targets: readonly Target[] | undefined;
  readonly callers: readonly Principal[];
  readonly openCallers: OpenTexts | undefined;
  readonly keys: readonly KeyVariable[];
  /** The statements that bear on the question. */
  readonly statements: readonly CompiledStatement[];
  /** Callers that grants name. */
  readonly grantees: readonly string[];
}

/** Undefined: no action of the catalogue can be meant. */
export function partsOf(asked: ModelAsked): Parts | undefined {
  const { actions: candidates, statements: survivors, listed } = asked.cone ?? coneOf(asked);
  if (candidates.length === 0) return undefined;
  const tested = conditionsOf(survivors);
  const told = new Evaluation(
    buildFacts(
      {
        principal: pinnedCaller(asked.pinned, asked.partition, asked.owner) ?? anonymous,
        action: candidates[0]!,
        resource: "*",
        resourceAccount: asked.owner,
        context: toldBy(asked.pinned),
        givenIdentity: null,
      },
      asked.owner,
    ),
  );
  const keys = keyVariables(asked, tested, told);
  const targets = targetsOf(asked, survivors, candidates, tested, told);
  const { callers, openCallers } = callersOf(asked, survivors, tested, told);
  const detailed = [asked.set, ...asked.others].some(
    ({ resourceControl, vpcEndpoint }) => resourceControl.length + vpcEndpoint.length > 0,
  );
  const names = [...keys.map(({ folded }) => folded), ...conditionKeys(tested, "kms:calleraccount")];
  const named = grantees([asked.set, ...asked.others].flatMap(({ grants }) => grants));
  const { actions, members } = actionClasses(candidates, survivors, names, targets, detailed);
  return {
    actions,
    members: () => members(listed()),
    targets,
    callers,
    openCallers,
    keys,
    statements: survivors,
    grantees: named,
  };
}

const conditionKeys = (tested: readonly Tested[], folded: string) =>
  tested.some(({ condition }) => condition.key.folded === folded) ? [folded] : [];

export function modelOf(parts: Parts, asked: ModelAsked, reading: string | undefined, ours?: Model): Model {
  return new Model(ours?.fields ?? { ...parts, owner: asked.owner, pinned: toldBy(asked.pinned) }, reading, ours);
}

function keyVariables(
  { pinned, closed, set, others, limits }: ModelAsked,
  tested: readonly Tested[],
  told: Evaluation,
): KeyVariable[] {
  const groups = new Map<string, { key: Key; tested: Tested[]; also: Pattern[][] }>();
  const want = (key: Key) => {
    let group = groups.get(key.folded);
    if (!group) {
      group = { key, tested: [], also: [] };
      groups.set(key.folded, group);
    }
    return group;
  };
  for (const one of tested) {
    const { key } = one.condition;
    const { folded } = key;
    if (OF_PRINCIPAL.has(folded) || folded === "aws:resourceaccount" || folded === "kms:calleraccount") continue;
    want(key).tested.push(one);
  }
  for (const { key, also } of grantKeys([set, ...others].flatMap(({ grants }) => grants))) want(key).also.push(also);
  // Tags may be spelled in several ways: a value goes by the name it was told with.
  const fixed = new Map(Object.entries(toldBy(pinned)).map((entry) => [entry[0].toLowerCase(), entry]));
  for (const [name] of fixed.values()) want(contextKey(name));
  // With a second factor a user's session may call what it may not without (B7).
  if (groups.has("aws:tokenissuetime")) want(contextKey("aws:MultiFactorAuthPresent"));
  // Whether a request comes through the endpoint decides whether its policy has a say (E23).
  if ([set, ...others].some(({ vpcEndpoint }) => vpcEndpoint.length > 0)) want(contextKey("aws:SourceVpce"));
  return [...groups.values()].map(({ key, tested: own, also: ofGrants }): KeyVariable => {
    const { folded, name, multiValued } = key;
    const [spelled, value] =
      fixed.get(folded) ?? (closed.some((prefix) => folded.startsWith(prefix)) ? [name, null] : [name, undefined]);
    if (value === null) return { folded, name: spelled, values: [null], fixed: true };
    if (value !== undefined) return { folded, name: spelled, values: [null, value], fixed: true };
    const also = [...alsoTold(key, groups), ...ofGrants];
    const values = valuesOf({ folded, name, multiValued, tested: own, also, told, limits });
    return { folded, name, ...values, ...(ofGrants.length > 0 ? { ofGrants: true } : {}) };
  });
}

/** Texts that other keys make matter: the names of tags in the list of their names. */
function alsoTold({ folded }: Key, groups: ReadonlyMap<string, { readonly tested: readonly Tested[] }>): Pattern[][] {
  const [id, paths] = ORGANIZATIONS.find((keys) => keys.includes(folded)) ?? [];
  if (id !== undefined && groups.has(id) && groups.has(paths!)) {
    const named = groups.get(paths!)!.tested.flatMap(({ condition }) => condition.condition.values);
    return organizationsIn(named.map(({ value }) => value)).map((organization) =>
      folded === id ? [text(organization)] : [[...text(`${organization}/`), run("any")]],
    );
  }
  const prefix =
    folded === "aws:tagkeys"
      ? "aws:requesttag/"
      : folded === "kms:encryptioncontextkeys"
        ? "kms:encryptioncontext:"
        : undefined;
  if (prefix === undefined) {
    if (folded === "kms:requestalias" || folded === "kms:resourcealiases")
      return [[[...text("alias/aws/"), { some: "any", many: true }]]];
    if (folded === "aws:principaltype") return [[...CALLER_TYPES].map((type) => text(type))];
    return folded === "aws:requestedregion" ? [[text("us-east-1")]] : [];
  }
  return [...groups.keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => [
      key
        .slice(prefix.length)
        .split("")
        .map((fold) => (fold === fold.toUpperCase() ? { char: fold } : { fold })),
    ]);
}

function targetsOf(
  asked: ModelAsked,
  statements: readonly CompiledStatement[],
  actions: readonly string[],
  tested: readonly Tested[],
  told: Evaluation,
): readonly Target[] | undefined {
  const { set, owner, partition } = asked;
  const attached = set.resource;
  const named = [...new Set([set, ...asked.others].flatMap(({ grants }) => grants.map(({ key }) => key)))];
  const regional = tested.filter(({ condition }) => condition.key.folded === "aws:requestedregion");
  const restricts = statements.some(
    ({ statement }) => statement.resource && !statement.resource.values.some(({ value }) => value === "*"),
  );
  const ofAliases = tested.some(({ condition }) => /^kms:/.test(condition.key.folded));
  if (attached === undefined && !restricts && regional.length === 0 && named.length === 0 && !ofAliases)
    return undefined;
  const regions = regional.map(({ condition, policy }) => conditionPatterns(condition, policy, told));
  return targetsFor({ statements, actions, attached, partition, owner, named, regions, told });
}

function callersOf(
  asked: ModelAsked,
  statements: readonly CompiledStatement[],
  tested: readonly Tested[],
  told: Evaluation,
): Pick<Parts, "callers" | "openCallers"> {
  const { set, others, owner, partition, accounts, limits } = asked;
  const organization = [set, ...others].some(
    ({ serviceControl, resourceControl }) => serviceControl.length + resourceControl.length > 0,
  );
  const pinned = pinnedCaller(asked.pinned, partition, owner);
  const grants = [set, ...others].flatMap((one) => one.grants);
  const names = [...(pinned?.arn ? [pinned.arn] : []), ...grantees(grants), ...asked.names];
  const { callers: all, open } = callersFor({
    statements,
    tested,
    names,
    partition,
    owner,
    accounts,
    serviceLinked: organization,
    told,
    limits,
  });
  const pins = Object.keys(asked.pinned);
  if (open && pins.some((key) => OF_PRINCIPAL.has(key.toLowerCase())))
    throw new Outside("too many patterns of callers overlap");
  const callers = all.filter(
    (caller) => (asked.callers?.(caller) ?? true) && (pins.length === 0 || fits(caller, asked.pinned, owner)),
  );
  return { callers, openCallers: open?.textsAmong(callers) };
}
