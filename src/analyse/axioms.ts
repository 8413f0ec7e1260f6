/** Boxes of requests that AWS never sees, as `world.ts` tells, so that a counterexample is one that can come. */
import { actionCarriesKey, keyFacts } from "../catalog/catalog.ts";
import { everyActionCarries, tellsOwner } from "../catalog/global-keys.ts";
import { isTokenCall } from "../evaluate/services/sts.ts";
import { CALLER_TYPES, derivedKey, OpenKey, WEAK_DERIVED } from "../request/derived-keys.ts";
import type { Facts } from "../request/facts.ts";
import type { Box } from "./box.ts";
import { both, fixedByCaller, type Model, nonempty, RESOURCE } from "./model.ts";
import { ORGANIZATIONS, organizationsIn, presenceOf, THROUGH_ENDPOINT, TOGETHER } from "./world.ts";

/** What holds whatever the catalogue says. */
export function axiomsOf(model: Model): Box[] {
  return nonempty([
    ...callersAndKeys(model),
    ...servicesBetween(model),
    ...network(model),
    ...listsOfNames(model),
    ...organizations(model),
    ...regions(model),
    ...["aws:resourceorgid", "aws:resourceorgpaths"].map((key) =>
      both(
        model.present(key, true),
        model.actionsThat(({ action }) => !tellsOwner(action)),
      ),
    ),
    // What services have as their type is none of the callers' of an account (B2).
    both(
      model.callersThat(({ principal }) => principal.type === "service"),
      model.valued("aws:principaltype", (value) => CALLER_TYPES.has(String(value))),
    ),
    // A call with a token is not signed: its caller is known by the token alone (E13).
    both(
      model.actionsThat(({ action }) => isTokenCall(action)),
      model.callersThat(({ principal }) => principal.type !== "federated"),
    ),
  ]);
}

function callersAndKeys(model: Model): (Box | undefined)[] {
  return model.fields.keys.flatMap(({ folded }) => {
    const { may, must } = presenceOf(folded);
    return [
      both(
        model.present(folded, true),
        model.callersThat(({ principal }) => !may(principal)),
      ),
      both(
        model.present(folded, false),
        model.callersThat((facts) => must(facts.principal) && !fixedByCaller(folded, facts)),
      ),
    ];
  });
}

/** `ViaAWSService` is true exactly when a service calls for the caller, and its name is then known (B5). */
function servicesBetween(model: Model): (Box | undefined)[] {
  const via = model.valued("aws:viaawsservice", (value) => value === "true");
  const direct = model.valued("aws:viaawsservice", (value) => value !== "true");
  const called = TOGETHER.filter((key) => model.keyVariable(key) !== undefined);
  const first = called[0];
  const found: (Box | undefined)[] = [];
  for (const key of called) {
    found.push(both(model.present(key, true), direct), both(model.present(key, false), via));
    if (key === first) continue;
    for (const wanted of [true, false]) found.push(both(model.present(first!, wanted), model.present(key, !wanted)));
  }
  found.push(both(model.present("kms:viaservice", true), direct));
  if (first) found.push(both(model.present("kms:viaservice", true), model.present(first, false)));
  return found;
}

function network(model: Model): (Box | undefined)[] {
  return THROUGH_ENDPOINT.flatMap((key) => [
    both(model.present(key, true), model.present("aws:sourceip", true)),
    both(
      model.present(key, true),
      model.valued("aws:viaawsservice", (value) => value === "true"),
    ),
    both(model.present(key, true), model.present("kms:viaservice", true)),
    ...TOGETHER.map((called) => both(model.present(key, true), model.present(called, true))),
  ]);
}

const NAMED_IN: Readonly<Record<string, string>> = {
  "aws:requesttag/": "aws:tagkeys",
  "kms:encryptioncontext:": "kms:encryptioncontextkeys",
};

/** `aws:TagKeys` lists the tags that the request passes, and the encryption context has a list of the same kind. */
function listsOfNames(model: Model): (Box | undefined)[] {
  return Object.entries(NAMED_IN).flatMap(([prefix, list]) =>
    model.fields.keys
      .filter(({ folded }) => folded.startsWith(prefix))
      .flatMap(({ folded }) => {
        const name = folded.slice(prefix.length);
        const listed = (value: unknown) =>
          Array.isArray(value) && value.some((one) => String(one).toLowerCase() === name);
        return [
          both(
            model.present(folded, true),
            model.valued(list, (value) => !listed(value)),
          ),
          // What takes tags away has the list alone.
          both(both(model.present(folded, false), model.valued(list, listed)), passing(model, folded)),
        ];
      }),
  );
}

/** Who is in an organization has its id, and paths that begin with it. */
function organizations(model: Model): (Box | undefined)[] {
  return ORGANIZATIONS.filter((keys) => keys.every((key) => model.keyVariable(key) !== undefined)).flatMap(
    ([id, paths]) => [
      both(model.present(id, true), model.present(paths, false)),
      both(model.present(id, false), model.present(paths, true)),
      // Each of which is told apart in both keys.
      ...organizationsIn(textsOf(model, paths)).map((organization) =>
        both(
          model.valued(paths, (value) => [value ?? []].flat().some((one) => one.startsWith(`${organization}/`))),
          model.valued(id, (value) => value !== organization),
        ),
      ),
    ],
  );
}

const textsOf = (model: Model, folded: string): string[] =>
  model.fields.statements.flatMap(({ conditions }) =>
    conditions
      .filter(({ key }) => key.folded === folded)
      .flatMap(({ condition }) => condition.values.map(({ value }) => value)),
  );

/** Actions whose requests pass such a tag or pair. */
const passing = (model: Model, folded: string): Box | undefined =>
  model.actionsThat(
    ({ action, actionFacts }) =>
      actionFacts !== undefined && actionCarriesKey(actionFacts, folded) && !/:(untag|delete|remove)/.test(action),
  );

/** Where the ARN names no Region, some services have one only. */
function regions(model: Model): (Box | undefined)[] {
  if (model.keyVariable("aws:requestedregion") === undefined) return [];
  // Other partitions have their own Regions for such services.
  if (model.fields.callers.some(({ account, partition }) => account !== null && partition !== "aws")) return [];
  const derive = derivedKey("aws:requestedregion")!;
  const away = model.valued("aws:requestedregion", (value) => value !== "us-east-1");
  const global = model.actionsThat((facts) => derive(unplaced(facts)) === "us-east-1");
  return [both(global, away)];
}

const unplaced = (facts: Facts): Facts => ({ ...facts, service: facts.service, arn: undefined }) as Facts;

/** What the Service Authorization Reference says: which action is done on which resource, and which keys it carries. */
export function catalogueAxioms(model: Model): Box[] {
  return nonempty([...actionsAndTargets(model), ...actionsAndKeys(model)]);
}

function actionsAndTargets(model: Model): (Box | undefined)[] {
  const { targets } = model.fields;
  if (!targets) return [];
  return targets.flatMap(({ actions }, index) =>
    actions
      ? [
          both(
            model.side(RESOURCE, (at) => at === index),
            model.actionsBut(actions),
          ),
        ]
      : [],
  );
}

function actionsAndKeys(model: Model): (Box | undefined)[] {
  const alias = model.targetsThat(({ resource }) => /^arn:[^:]*:kms:[^:]*:[^:]*:alias\//.test(resource));
  return model.fields.keys.flatMap(({ folded }) => {
    if (keyFacts(folded) === undefined || everyActionCarries(folded)) return [];
    const carries = ({ actionFacts }: Facts) => actionFacts !== undefined && actionCarriesKey(actionFacts, folded);
    const found = [
      both(
        model.present(folded, true),
        model.actionsThat((facts) => !carries(facts)),
      ),
    ];
    if (!folded.startsWith("kms:")) return found;
    const derive = derivedKey(folded);
    // A key of AWS KMS that every such request has: its default counts as told.
    const always = (facts: Facts) => {
      const derived = carries(facts) ? derive?.(unplaced(facts)) : undefined;
      return derived !== undefined && !(derived instanceof OpenKey && derived.presence === "maybe");
    };
    if (folded !== "kms:granteeprincipal" && WEAK_DERIVED[folded] === undefined)
      found.push(both(both(model.present(folded, false), model.actionsThat(always)), notAlias(model)));
    if (model.fields.targets) found.push(both(model.present(folded, true), alias));
    return found;
  });
}

const notAlias = (model: Model): Box =>
  model.targetsThat(({ resource }) => !/^arn:[^:]*:kms:[^:]*:[^:]*:alias\//.test(resource));
