import fc from "fast-check";
import { KINDS, type PolicyKind } from "../policy/kinds.ts";
import { type PrincipalElement, principalElements } from "./callers.ts";
import { type ConditionBlock, conditionBlocks } from "./conditions.ts";
import { type Attached, NEIGHBOURHOODS, SHORT_ARNS, WILD_SHORT_ARNS } from "./universe.ts";

type Texts = string | readonly string[];

/** A statement as a policy document writes it. */
export interface StatementDocument {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: PrincipalElement;
  readonly NotPrincipal?: PrincipalElement;
  readonly Action?: Texts;
  readonly NotAction?: Texts;
  readonly Resource?: Texts;
  readonly NotResource?: Texts;
  readonly Condition?: ConditionBlock;
}

export interface StatementOptions {
  readonly kind: PolicyKind;
  /** Mostly of actions and resources in this neighbourhood. */
  readonly near: Attached;
  readonly effect?: "Allow" | "Deny";
}

/** Statements that a kind of policy may hold (semantics A6). */
export function statements({ kind, near, effect }: StatementOptions): fc.Arbitrary<StatementDocument> {
  const facts = KINDS[kind];
  const drawn = fc.oneof(
    { weight: 6, arbitrary: fc.constant("Allow" as const) },
    { weight: 1, arbitrary: fc.constant("Deny" as const) },
  );
  const effects = facts.denyOnly ? fc.constant("Deny" as const) : effect ? fc.constant(effect) : drawn;
  return fc
    .record({
      effect: effects,
      principal: facts.principal === "everyone" ? fc.constant("*" as const) : principalElements(),
      actions: actionLists(kind, near),
      resources: resourceLists(kind, near),
      condition: fc.oneof(
        { weight: 2, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: conditionBlocks() },
      ),
      notPrincipal: oneIn(8),
      notAction: oneIn(8),
      notResource: oneIn(8),
      noResource: oneIn(16),
    })
    .map((drawn) => {
      const notPrincipal =
        drawn.notPrincipal &&
        kind !== "trust" &&
        facts.principal === "required" &&
        (drawn.effect === "Deny" || kind === "vpcEndpoint");
      const hasResource = facts.resource === "required" || (facts.resource !== "forbidden" && !drawn.noResource);
      return {
        Effect: drawn.effect,
        ...(facts.principal === "forbidden" ? {} : { [notPrincipal ? "NotPrincipal" : "Principal"]: drawn.principal }),
        [drawn.notAction && facts.notAction ? "NotAction" : "Action"]: drawn.actions,
        ...(hasResource
          ? { [drawn.notResource && facts.notResource ? "NotResource" : "Resource"]: drawn.resources }
          : {}),
        ...(drawn.condition ? { Condition: drawn.condition } : {}),
      };
    });
}

const oneIn = (count: number) =>
  fc.oneof({ weight: count - 1, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });

function actionLists(kind: PolicyKind, near: Attached): fc.Arbitrary<Texts> {
  const everything = kind === "resourceControl" ? [] : ["*"];
  const pattern = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...NEIGHBOURHOODS[near].actionPatterns) },
    { weight: 8, arbitrary: fc.constantFrom(...NEIGHBOURHOODS[near].actionPatterns.slice(0, 1), ...everything) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...Object.values(NEIGHBOURHOODS).flatMap(({ actionPatterns }) => actionPatterns)),
    },
  );
  return texts(pattern);
}

function resourceLists(kind: PolicyKind, near: Attached): fc.Arbitrary<Texts> {
  const { shortArn } = KINDS[kind];
  const short = [
    ...(shortArn === "filled" || shortArn === "filledIfWildcard" ? SHORT_ARNS : []),
    ...(shortArn === "refused" ? [] : WILD_SHORT_ARNS),
  ];
  const pattern = fc.oneof(
    { weight: 6, arbitrary: fc.constant("*") },
    { weight: 8, arbitrary: fc.constantFrom(...NEIGHBOURHOODS[near].resourcePatterns) },
    ...(short.length > 0 ? [{ weight: 1, arbitrary: fc.constantFrom(...short) }] : []),
  );
  return texts(pattern);
}

function texts(value: fc.Arbitrary<string>): fc.Arbitrary<Texts> {
  return fc.oneof(
    { weight: 4, arbitrary: value },
    { weight: 10, arbitrary: fc.uniqueArray(value, { minLength: 1, maxLength: 3 }) },
    // Such a statement never applies (A9).
    { weight: 1, arbitrary: fc.uniqueArray(value, { maxLength: 1 }) },
  );
}
