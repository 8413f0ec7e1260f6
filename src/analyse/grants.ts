/** What grants let through, as boxes, and who may retire them: src/evaluate/services said of all requests (semantics F15-F18). */
import { contextKey, Evaluation, type Key } from "../evaluate/evaluation.ts";
import type { MatchClass } from "../evaluate/principal.ts";
import { granteeMatch } from "../evaluate/services/grants.ts";
import { retiringClass } from "../evaluate/services/retire-grant.ts";
import type { ContextValue } from "../request/context.ts";
import type { Grant, GrantOperation } from "../request/grant.ts";
import type { Box } from "./box.ts";
import { both, type Model, nonempty } from "./model.ts";
import { Outside } from "./outside.ts";
import { type Pattern, text } from "./tokens.ts";

const PAIR = "kms:EncryptionContext:";
const PAIR_NAMES = "kms:encryptioncontextkeys";
const CONSTRAINT_TYPE = "kms:GrantConstraintType";

/** The keys that the constraints of grants read, with the texts that they compare them with. */
export function grantKeys(grants: readonly Grant[]): { readonly key: Key; readonly also: Pattern[] }[] {
  return grants.flatMap(({ constraints, operations }) => {
    const { SourceArn, EncryptionContextEquals, EncryptionContextSubset } = constraints;
    const pairs = { ...EncryptionContextEquals, ...EncryptionContextSubset };
    const found: [name: string, ...texts: string[]][] = Object.entries(pairs).map(([name, value]) => [
      PAIR + name,
      value,
    ]);
    if (SourceArn !== undefined) found.push(["aws:SourceArn", SourceArn]);
    if (operations.includes("CreateGrant")) {
      found.push(["kms:GrantOperations", ...operations]);
      if (SourceArn !== undefined) found.push(["kms:GrantConstraintSourceArn", SourceArn]);
      if (Object.keys(pairs).length > 0) found.push([CONSTRAINT_TYPE, "EncryptionContextEquals"]);
      if (EncryptionContextSubset) found.push([CONSTRAINT_TYPE, "EncryptionContextSubset"]);
    }
    return found.map(([name, ...texts]) => ({ key: contextKey(name), also: texts.map((one) => text(one)) }));
  });
}

/** The callers that grants name: ARNs, and services by name. */
export const grantees = (grants: readonly Grant[]): string[] =>
  grants.flatMap((grant) =>
    [
      grant.granteePrincipal,
      grant.granteeServicePrincipal,
      grant.retiringPrincipal,
      grant.retiringServicePrincipal,
    ].filter((name) => name !== null),
  );

/** The requests that a grant covers, of callers whom it names so closely. */
export function grantBoxes(model: Model, grant: Grant, fits: (match: MatchClass) => boolean): Box[] {
  const named = callers(model, (run) => granteeMatch(grant, run), fits);
  const place = both(named, onKey(model, grant));
  return nonempty(
    grant.operations
      .filter((operation) => operation !== "RetireGrant")
      .map((operation) => both(both(place, doing(model, operation)), constrained(model, grant, operation))),
  );
}

/** Callers to whom a grant gives the right to retire it so closely (F18). */
export const retirers = (model: Model, grant: Grant, fits: (match: MatchClass) => boolean): Box[] =>
  nonempty([
    both(
      callers(model, (run) => retiringClass(grant, run), fits),
      onKey(model, grant),
    ),
  ]);

function callers(model: Model, match: (run: Evaluation) => MatchClass, fits: (match: MatchClass) => boolean): Box {
  return model.callersThat((facts) => {
    const run = new Evaluation(facts, undefined, model.reading);
    const found = match(run);
    for (const rule of run.touched) model.touched.add(rule);
    return fits(found);
  });
}

export const onKey = (model: Model, { key }: Grant): Box => model.targetsThat(({ resource }) => resource === key);

const doing = (model: Model, operation: GrantOperation): Box =>
  model.actionsThat(({ action }) => action === `kms:${operation.toLowerCase()}`);

/** The contexts in which the constraints hold; undefined: none. */
function constrained(model: Model, grant: Grant, operation: GrantOperation): Box | undefined {
  const { SourceArn, EncryptionContextEquals: equals, EncryptionContextSubset: subset } = grant.constraints;
  const sides: (Box | undefined)[] = [];
  const is = (name: string, ...wanted: readonly ContextValue[]) =>
    sides.push(valued(model, name, (value) => wanted.includes(value)));
  if (SourceArn !== undefined) is("aws:SourceArn", SourceArn);
  if (operation !== "DescribeKey") {
    if (operation === "CreateGrant") {
      // What is handed on is not more than what was given (F16).
      const given: readonly string[] = grant.operations;
      sides.push(
        valued(
          model,
          "kms:GrantOperations",
          (value) => value === null || [value].flat().every((one) => given.includes(one)),
        ),
      );
      if (SourceArn !== undefined) is("kms:GrantConstraintSourceArn", SourceArn);
      if (equals) is(CONSTRAINT_TYPE, "EncryptionContextEquals");
      else if (subset) is(CONSTRAINT_TYPE, "EncryptionContextEquals", "EncryptionContextSubset");
    }
    for (const pairs of [equals, subset])
      for (const [name, value] of Object.entries(pairs ?? {})) is(PAIR + name, spelled(model, name) ? value : NOTHING);
    if (equals) sides.push(...nothingElse(model, equals));
  }
  return sides.reduce<Box | undefined>((box, side) => both(box, side), { sides: [] });
}

/** No text is it: the empty list. */
const NOTHING: ContextValue = [];

/** Keys of pairs compare without case in the API reference, with case in the developer guide (F15). */
function spelled(model: Model, name: string): boolean {
  const at = model.keyVariable((PAIR + name).toLowerCase());
  return at === undefined || model.nameAt(at) === PAIR + name || model.weak("F15", true, false);
}

/** No pair beside those of the constraint. */
function nothingElse(model: Model, wanted: Readonly<Record<string, string>>): (Box | undefined)[] {
  const names = new Set(Object.keys(wanted).map((name) => name.toLowerCase()));
  if (names.size < Object.keys(wanted).length) return [undefined];
  const others = model.fields.keys.filter(
    ({ folded }) => folded.startsWith(PAIR.toLowerCase()) && !names.has(folded.slice(PAIR.length)),
  );
  const listed = model.valued(
    PAIR_NAMES,
    (value) => value === null || [value].flat().every((name) => names.has(name.toLowerCase())),
  );
  return [...others.map(({ folded }) => model.present(folded, false)), ...(listed ? [listed] : [])];
}

function valued(model: Model, name: string, holds: (value: ContextValue) => boolean): Box {
  const box = model.valued(name.toLowerCase(), holds);
  if (!box) throw new Outside(`a grant reads \`${name}\`, and so does a policy variable`);
  return box;
}
