/** What is asked for, as variables of z3: the action, the type of resource, and the parts of its ARN (semantics A19-A24). */
import {
  type ActionFacts,
  actionCarriesKey,
  actionFacts,
  actionNames,
  serviceFacts,
} from "../../src/catalog/catalog.ts";
import { everyActionCarries } from "../../src/catalog/global-keys.ts";
import { type Kind, LeftOut, type List, type StatementRead } from "./documents.ts";
import { globs, piecesOf, regexOf } from "./glob.ts";
import {
  ANY_CHAR,
  and,
  begins,
  DIGIT,
  either,
  FALSE,
  type Formula,
  inRegex,
  joined,
  known,
  many,
  not,
  oneOf,
  or,
  type Regex,
  regex,
  same,
  sequence,
  some,
  type Text,
  TRUE,
  term,
  times,
  when,
} from "./smt.ts";

export const owner = term("owner");
const region = term("region");
const rest = term("rest");

export interface Target {
  readonly label: string;
  /** The six fields; undefined: no resource, `*`. */
  readonly fields: readonly Text[] | undefined;
  readonly form: Formula;
}

export interface Action {
  readonly name: string;
  readonly facts: ActionFacts;
  /** Indexes of the targets that it is done on. */
  readonly targets: readonly number[];
}

const PLAIN = oneOf("!-)+-.0-9;->@-~");

export interface Attachment {
  /** Undefined: the resource's policy was not given. */
  readonly kind: "key" | "trust" | "resource" | undefined;
  readonly arn: string | null;
}

/** Names with wildcards, in any case. */
export function namesAction(pattern: string, action: string): boolean {
  return globs(known(action.toLowerCase()), piecesOf(pattern.toLowerCase(), false)) === TRUE;
}
export const actionListed = ({ not: negated, values }: List, action: string): boolean =>
  values.some((value) => namesAction(value, action)) !== negated;

/** No policy decides these (B7), and grants have rules of their own (F18). */
const APART: ReadonlySet<string> = new Set(["sts:getcalleridentity", "sts:getsessiontoken", "kms:retiregrant"]);

export class Asked {
  readonly targets: Target[] = [];
  readonly actions: Action[] = [];
  private readonly byLabel = new Map<string, number>();

  constructor(
    patterns: readonly string[],
    private readonly attached: Attachment,
    statements: readonly StatementRead[],
    keys: readonly string[],
  ) {
    const classes = new Set<string>();
    for (const action of actionNames()) {
      const folded = action.toLowerCase();
      if (APART.has(folded) || !patterns.some((pattern) => namesAction(pattern, action))) continue;
      const facts = actionFacts(action)!;
      const targets = this.targetsOf(facts);
      if (targets.length === 0) continue;
      // Actions that nothing tells apart are one.
      const signature = [
        statements.map(({ action: list }) => (actionListed(list, folded) ? 1 : 0)).join(""),
        keys.map((key) => (actionCarriesKey(facts, key) ? 1 : 0)).join(""),
        targets.join(),
        facts.service,
        ["kms", "sts", "iam", "s3"].includes(facts.service) ? folded : "",
      ].join("|");
      if (classes.has(signature)) continue;
      classes.add(signature);
      this.actions.push({ name: folded, facts, targets });
    }
    if (this.actions.length > 600) throw new LeftOut("many actions");
  }

  private targetsOf(facts: ActionFacts): number[] {
    if (facts.resources.length === 0) return this.attached.kind === undefined ? [this.target("*", undefined)] : [];
    const types = serviceFacts(facts.service)!.resourceTypes;
    return [
      ...new Set(
        facts.resources.flatMap(({ type }) =>
          (types.get(type.toLowerCase())?.arns ?? []).flatMap((template) => this.ofTemplate(template)),
        ),
      ),
    ];
  }

  private target(label: string, fields: readonly Text[] | undefined, form: Formula = TRUE): number {
    let at = this.byLabel.get(label);
    if (at === undefined) {
      at = this.targets.push({ label, fields, form }) - 1;
      this.byLabel.set(label, at);
    }
    return at;
  }

  private ofTemplate(template: string): number[] {
    const parts = template.split(":");
    const [, , service = "", place = "", whose = ""] = parts;
    const last = parts.slice(5).join(":");
    const { kind, arn } = this.attached;
    const isKey = service === "kms" && last.startsWith("key/");
    const isRole = service === "iam" && last.startsWith("role/");
    if ((kind === "key" && !isKey) || (kind === "trust" && !isRole) || (kind === "resource" && isKey)) return [];
    if (/\$\{/.test(service) || (place !== "${Region}" && /[$*]/.test(place))) throw new LeftOut("an odd form of ARN");
    if (whose !== "" && whose !== "${Account}" && !/^\w+$/.test(whose)) throw new LeftOut("an odd form of ARN");
    const form = restForm(last);
    const fields = [
      known("arn"),
      known("aws"),
      known(service),
      place === "${Region}" ? region : known(place),
      whose === "${Account}" ? owner : known(whose),
      rest,
    ];
    if (arn !== null && arn !== undefined && kind !== undefined) {
      const own = arn.split(":");
      const tail = own.slice(5).join(":");
      if (own[2] !== service) return [];
      const inside = kind === "resource" ? or(same(rest, tail), begins(rest, `${tail}/`)) : same(rest, tail);
      const fixed = and(
        form,
        place === "${Region}" ? same(region, own[3]!) : either(own[3] === place),
        whose === "${Account}" && own[4] !== "" ? same(owner, own[4]!) : TRUE,
        inside,
      );
      return [this.target(template, fields, fixed)];
    }
    return [this.target(template, fields, form)];
  }

  readonly declarations = ["(declare-const action Int)", "(declare-const target Int)"];

  forms(): Formula[] {
    return [
      or(...this.actions.map((_, at) => this.is(at))),
      ...this.actions.map((action, at) => when(this.is(at), or(...action.targets.map((one) => this.on(one))))),
      ...this.targets.map(({ form }, at) => when(this.on(at), form)),
      inRegex(owner, times(12, DIGIT)),
      inRegex(region, some(oneOf("a-z0-9-"))),
    ];
  }

  is = (at: number): Formula => `(= action ${at})`;
  on = (at: number): Formula => `(= target ${at})`;

  actionsThat(holds: (action: Action) => boolean): Formula {
    const fitting = this.actions.map((action, at) => (holds(action) ? at : -1)).filter((at) => at >= 0);
    if (fitting.length === this.actions.length && fitting.length > 0) return TRUE;
    return or(...fitting.map(this.is));
  }
  targetsThat(holds: (target: Target) => boolean): Formula {
    const fitting = this.targets.map((target, at) => (holds(target) ? at : -1)).filter((at) => at >= 0);
    if (fitting.length === this.targets.length && fitting.length > 0) return TRUE;
    return or(...fitting.map(this.on));
  }

  carries(key: string): Formula {
    if (everyActionCarries(key.toLowerCase())) return TRUE;
    return this.actionsThat(({ facts }) => actionCarriesKey(facts, key));
  }

  /** Whether the statement's `Resource` or `NotResource` covers the resource. */
  covers({ resource, kind, variables }: Pick<StatementRead, "resource" | "kind" | "variables">): Formula {
    if (!resource || kind === "trust") return TRUE;
    const { not: negated, values } = resource;
    if (values.includes("*")) return either(!negated);
    const on = this.targets.map(({ fields }, at) => {
      if (!fields) return and(this.on(at), this.coversNothing(resource));
      const matched = or(...values.map((value) => arnGlobs(fields, value, kind, variables)));
      return and(this.on(at), negated ? not(matched) : matched);
    });
    return or(...on);
  }

  /** An action without resources (A23). */
  private coversNothing({ not: negated, values }: List): Formula {
    if (negated) return TRUE;
    return values.includes("arn:aws:s3:::*") ? this.actionsThat(({ name }) => name === "s3:listallmybuckets") : FALSE;
  }
}

/** The resource's own part, as the template says: only what stands last may hold slashes. */
function restForm(template: string): Formula {
  const pieces = template.split(/(\$\{[^}]*\}|\*)/).filter((piece) => piece !== "");
  return inRegex(
    rest,
    sequence(
      ...pieces.map((piece, at) => {
        if (piece === "*") return many(ANY_CHAR);
        if (!piece.startsWith("${")) return regex(piece);
        return at === pieces.length - 1 && piece !== "${BucketName}" ? some(ANY_CHAR) : some(PLAIN);
      }),
    ),
  );
}

/** A20, A21. */
function arnGlobs(fields: readonly Text[], pattern: string, kind: Kind, variables: boolean): Formula {
  const split = pattern.split(":");
  const own = split.length > 6 ? [...split.slice(0, 5), split.slice(5).join(":")] : split;
  if (own.length < 6) {
    const filled = ["identity", "permissionsBoundary", "question"].includes(kind) || pattern.endsWith("*");
    if (!filled) return FALSE;
    while (own.length < 6) own.push("*");
  }
  if (own.slice(0, 5).some((field) => field.includes("${"))) throw new LeftOut("a variable in an early field");
  if (variables && /\$\{(?![*?$]\})/.test(own[5]!)) throw new LeftOut("policy variables");
  return fieldsFrom(0, 0, own, fields, variables);
}

/** Pattern fields from `at`, against value fields from `from`: a `*` at the end of a field may take further ones. */
function fieldsFrom(
  at: number,
  from: number,
  own: readonly string[],
  fields: readonly Text[],
  variables: boolean,
): Formula {
  if (at === 5) {
    const whole = joined(
      ...fields.slice(from).flatMap((field, index) => (index === 0 ? [field] : [known(":"), field])),
    );
    return globs(whole, piecesOf(own[5]!, variables));
  }
  const field = own[at]!;
  if (from === 5) {
    // Inside the resource's own part: the rest of the pattern is one expression.
    if (own.slice(at).every((one) => one === "*")) {
      const colons = own.length - 1 - at;
      return colons === 0 ? TRUE : inRegex(rest, sequence(many(ANY_CHAR), ...colonsOf(colons)));
    }
    const parts = own.slice(at).map((one, index) => {
      const last = at + index === 5;
      const crossing = !last && one.endsWith("*");
      const pieces = piecesOf(crossing ? one.slice(0, -1) : one, last && variables);
      return sequence(regexOf(pieces, !last), crossing ? many(ANY_CHAR) : regex(""));
    });
    return inRegex(rest, sequence(...parts.flatMap((part, index) => (index === 0 ? [part] : [regex(":"), part]))));
  }
  const here = and(
    globs(fields[from]!, piecesOf(field, false), true),
    fieldsFrom(at + 1, from + 1, own, fields, variables),
  );
  if (!field.endsWith("*")) return here;
  const begins = globs(fields[from]!, piecesOf(field, false), true);
  const further: Formula[] = [];
  for (let next = from + 2; next <= 5; next++) further.push(fieldsFrom(at + 1, next, own, fields, variables));
  // The star ends within the resource's own part, at one of its colons.
  const tail = own.slice(at + 1);
  const within = sequence(
    many(ANY_CHAR),
    ...tail.flatMap((one, index) => {
      const last = at + 1 + index === 5;
      const crossing = !last && one.endsWith("*");
      const pieces = piecesOf(crossing ? one.slice(0, -1) : one, last && variables);
      return [regex(":"), regexOf(pieces, !last), crossing ? many(ANY_CHAR) : regex("")];
    }),
  );
  return or(here, and(begins, or(...further, inRegex(rest, within))));
}

const colonsOf = (count: number): Regex[] => Array.from({ length: count }, () => [regex(":"), many(ANY_CHAR)]).flat();
