/**
 * Requests made whole: keys that the caller or the action does not bring are left out, keys that AWS always sends are
 * told, and those that come together agree (semantics B2-B5, F23). So no answer depends on what nobody said.
 */
import { presenceOf, THROUGH_ENDPOINT, TOGETHER } from "../analyse/world.ts";
import { actionCarriesKey, actionFacts } from "../catalog/catalog.ts";
import { everyActionCarries } from "../catalog/global-keys.ts";
import type { Key } from "../evaluate/evaluation.ts";
import { buildFacts } from "../request/build-facts.ts";
import type { Context, ContextValue } from "../request/context.ts";
import { type DeriveKey, derivedKey, OpenKey } from "../request/derived-keys.ts";
import type { Facts } from "../request/facts.ts";
import type { Principal } from "../request/principal.ts";
import { Request, type RequestFields } from "../request/request.ts";
import type { KeyWell } from "./key-wells.ts";

/** What a request is made of before it is whole: the values by the number of the key, where one is chosen. */
export interface Choice {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string | null;
  readonly resourceAccount: string | null;
  readonly values: readonly (ContextValue | undefined)[];
  /** Of keys that the subject does not read. */
  readonly others?: Context | undefined;
  readonly givenIdentity: RequestFields["givenIdentity"];
}

interface Row {
  readonly key: Key;
  readonly usual: Exclude<ContextValue, null>;
  readonly derive: DeriveKey | undefined;
  readonly may: (principal: Principal) => boolean;
  readonly everyAction: boolean;
  readonly templates: boolean;
  readonly literal: ReadonlySet<string>;
}

const CALLED = new Set(TOGETHER);
const ENDPOINT = new Set(THROUGH_ENDPOINT);

export class World {
  readonly rows: readonly Row[];
  private readonly at = new Map<string, number>();
  private readonly carried = new Map<string, readonly boolean[]>();
  private readonly brought = new WeakMap<Principal, readonly boolean[]>();
  private readonly derives: readonly number[];
  private readonly lists: readonly (readonly [list: number, prefix: string, named: readonly number[]])[];

  constructor(
    wells: readonly KeyWell[],
    /** The account of a resource whose ARN does not say. */
    private readonly owner: string | undefined,
    private readonly throughEndpoint: boolean,
  ) {
    this.rows = wells.map(({ key, values, templates, literal }) => {
      const { may } = presenceOf(key.folded);
      // A key that AWS does not have comes with no request (C17).
      const everyAction = everyActionCarries(key.folded);
      return { key, usual: values[0]!, derive: derivedKey(key.folded), may, everyAction, templates, literal };
    });
    for (const [at, { key }] of this.rows.entries()) this.at.set(key.folded, at);
    this.derives = this.rows.flatMap(({ derive }, at) => (derive ? [at] : []));
    this.lists = (
      [
        ["aws:tagkeys", "aws:requesttag/"],
        ["kms:encryptioncontextkeys", "kms:encryptioncontext:"],
      ] as const
    ).flatMap(([list, prefix]) => {
      const own = this.at.get(list);
      const named = this.rows.flatMap(({ key }, at) => (key.folded.startsWith(prefix) ? [at] : []));
      return own === undefined ? [] : [[own, prefix, named] as const];
    });
  }

  indexOf(folded: string): number | undefined {
    return this.at.get(folded);
  }

  /** Whether the action's requests may carry each key. */
  carriedBy(action: string): readonly boolean[] {
    let found = this.carried.get(action);
    if (!found) {
      const facts = actionFacts(action);
      found = this.rows.map(
        ({ key, everyAction }) => everyAction || (facts !== undefined && actionCarriesKey(facts, key.name)),
      );
      this.carried.set(action, found);
    }
    return found;
  }

  broughtBy(principal: Principal): readonly boolean[] {
    let found = this.brought.get(principal);
    if (!found) {
      found = this.rows.map(({ may }) => may(principal));
      this.brought.set(principal, found);
    }
    return found;
  }

  /** `untold`: so many of the last keys are told only where a value is chosen. */
  request(choice: Choice, untold = 0): Request {
    const { principal, action, resource, resourceAccount, others } = choice;
    const values = this.rows.length === 0 ? choice.values : this.agreed(choice);
    const context: Record<string, ContextValue> = { ...others };
    for (let at = 0; at < this.rows.length; at++) {
      const value = values[at];
      if (value !== null && value !== undefined) context[this.rows[at]!.key.name] = value;
    }
    if (this.derives.length > 0) this.tell(context, choice, this.rows.length - untold);
    if (this.throughEndpoint && !("aws:SourceVpce" in context)) context["aws:SourceVpce"] = null;
    if (choice.values.length > 0) this.fill(context, choice);
    return new Request({ principal, action, resource, resourceAccount, context, givenIdentity: choice.givenIdentity });
  }

  /** The values that this caller and this action may bring, those that come together made to agree. */
  private agreed({ principal, action, resource, values }: Choice): (ContextValue | undefined)[] {
    const carried = this.carriedBy(action);
    const brought = this.broughtBy(principal);
    const alias = resource !== null && /^arn:[^:]*:kms:[^:]*:[^:]*:alias\//.test(resource);
    const found: (ContextValue | undefined)[] = [];
    for (let at = 0; at < this.rows.length; at++) {
      const possible = carried[at] && brought[at] && !(alias && this.rows[at]!.key.folded.startsWith("kms:"));
      found.push(possible ? values[at] : undefined);
    }
    this.agreeOnPath(found, principal);
    this.agreeOnTime(found);
    this.agreeOnNames(found);
    const present = this.get(found, "aws:multifactorauthpresent");
    if (this.at.has("aws:multifactorauthpresent") && present !== "true")
      this.set(found, "aws:multifactorauthage", undefined);
    if (this.get(found, "kms:granteeprincipal") != null) this.set(found, "kms:granteeserviceprincipal", undefined);
    return found;
  }

  private get(values: readonly (ContextValue | undefined)[], folded: string): ContextValue | undefined {
    const at = this.at.get(folded);
    return at === undefined ? undefined : values[at];
  }

  private set(values: (ContextValue | undefined)[], folded: string, value: ContextValue | undefined): void {
    const at = this.at.get(folded);
    if (at !== undefined) values[at] = value;
  }

  /** Directly, through a service that calls for the caller, or through an endpoint: never two of them (B5). */
  private agreeOnPath(values: (ContextValue | undefined)[], principal: Principal): void {
    const via = this.get(values, "kms:viaservice");
    const flag = this.get(values, "aws:viaawsservice");
    const told = this.get(values, "aws:calledvia");
    let called: readonly string[] | null | undefined = typeof told === "string" ? [told] : told;
    const first = this.get(values, "aws:calledviafirst");
    const last = this.get(values, "aws:calledvialast");
    const through =
      principal.account !== null && (via != null || called != null || first != null || last != null || flag === "true");
    this.set(values, "aws:viaawsservice", undefined);
    if (through) {
      for (const key of ENDPOINT) this.set(values, key, undefined);
      if (via != null) {
        for (const key of CALLED) this.set(values, key, undefined);
        return;
      }
      called ??= [first, last].filter((one) => one != null) as string[];
      if (called.length === 0) {
        // Which service it is does not matter to a subject that does not ask.
        this.set(values, "aws:viaawsservice", "true");
        const of =
          this.at.get("aws:calledvia") ?? this.at.get("aws:calledviafirst") ?? this.at.get("aws:calledvialast");
        if (of === undefined) return;
        const usual = this.rows[of]!.usual;
        called = typeof usual === "string" ? [usual] : [...usual];
        this.set(values, "aws:viaawsservice", undefined);
      }
      // Where the subject reads only one of the three, the others say nothing to it.
      this.set(values, "aws:calledvia", called);
      this.set(values, "aws:calledviafirst", called[0]!);
      this.set(values, "aws:calledvialast", called.at(-1)!);
      if (!this.at.has("aws:calledvia")) this.set(values, "aws:viaawsservice", "true");
      return;
    }
    for (const key of CALLED) this.set(values, key, undefined);
    if ([...ENDPOINT].some((key) => this.get(values, key) != null)) this.set(values, "aws:sourceip", null);
  }

  /** One fact under two names. */
  private agreeOnTime(values: (ContextValue | undefined)[]): void {
    if (this.get(values, "aws:currenttime") != null) this.set(values, "aws:epochtime", undefined);
  }

  /** The list of tags' names is of the tags that the request passes. */
  private agreeOnNames(values: (ContextValue | undefined)[]): void {
    for (const [list, prefix, named] of this.lists) {
      const told = values[list];
      if (told == null) continue;
      const names = typeof told === "string" ? [told] : told;
      const kept = names.filter((name) => {
        const own = this.at.get(prefix + name.toLowerCase());
        return own === undefined || values[own] != null;
      });
      for (const at of named) {
        if (values[at] == null) continue;
        const { name } = this.rows[at]!.key;
        const tag = name.slice(prefix.length);
        if (!kept.some((one) => one.toLowerCase() === tag.toLowerCase())) kept.push(tag);
      }
      values[list] = kept.length === 0 ? undefined : kept;
    }
  }

  /** What AWS fills in and the subject reads: a value where it is always there, else that it is absent. */
  private tell(context: Record<string, ContextValue>, choice: Choice, end: number): void {
    const { principal, action } = choice;
    let facts = this.factsOf(context, choice);
    if (context["kms:GrantIsForAWSResource"] === "true" && !facts.viaService) {
      // A direct call cannot claim it (F23).
      if (principal.account === null) delete context["kms:GrantIsForAWSResource"];
      else if (action.toLowerCase().startsWith("kms:")) context["kms:ViaService"] ??= "ec2.us-east-1.amazonaws.com";
      for (const key of ENDPOINT) delete context[this.rows[this.at.get(key) ?? -1]?.key.name ?? ""];
      facts = this.factsOf(context, choice);
    }
    let more = false;
    for (const at of this.derives) {
      const { key, derive, usual } = this.rows[at]!;
      if (context[key.name] != null) {
        // A Region that the ARN names, or a service's only one, is no other.
        if (key.folded === "aws:requestedregion" && typeof derive!(facts) === "string") delete context[key.name];
        continue;
      }
      if (at >= end && choice.values[at] === undefined) continue;
      if (more) facts = this.factsOf(context, choice);
      more = false;
      const derived = derive!(facts);
      if (!(derived instanceof OpenKey)) continue;
      if (derived.presence === "maybe") context[key.name] = null;
      // Without an address it comes through an endpoint.
      else if (key.folded === "aws:sourceip" && choice.values[at] === null && this.mayUseEndpoint(facts)) {
        context[key.name] = null;
        context["aws:SourceVpce"] ??= "vpce-0example";
      } else context[key.name] = derived.value ?? usual;
      more = true;
    }
  }

  private mayUseEndpoint({ viaService, principal }: Facts): boolean {
    return !viaService && principal.type !== "service";
  }

  private factsOf(context: Context, { principal, action, resource, resourceAccount }: Choice): Facts {
    return buildFacts(
      { principal, action, resource, resourceAccount, context, givenIdentity: null },
      resourceAccount ?? this.owner,
    );
  }

  /** Values that read others: `${aws:username}` becomes the name. */
  private fill(context: Record<string, ContextValue>, choice: Choice): void {
    for (const row of this.rows) {
      if (!row.templates) continue;
      const value = context[row.key.name];
      if (typeof value === "string" && value.includes("${") && !row.literal.has(value))
        context[row.key.name] = this.filled(value, context, choice);
      else if (Array.isArray(value) && value.some((one: string) => one.includes("${")))
        context[row.key.name] = value.map((one: string) => this.filled(one, context, choice));
    }
  }

  /** The text with the request's own values; a key without a value gives its default, or a text of its own. */
  filled(text: string, context: Context, choice: Choice): string {
    const facts = this.factsOf(context, choice);
    return text.replace(/\$\{([^},]+)(?:,\s*'([^']*)')?\}/g, (_, name: string, fallback: string | undefined) => {
      const folded = name.toLowerCase();
      const told = facts.context.get(folded);
      const derived = told === undefined ? derivedKey(folded)?.(facts) : (told ?? undefined);
      const value = derived instanceof OpenKey ? derived.value : typeof derived === "string" ? derived : derived?.[0];
      return value ?? fallback ?? "unset";
    });
  }
}
