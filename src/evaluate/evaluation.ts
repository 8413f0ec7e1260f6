import { type KeyFacts, keyFacts } from "../catalog/catalog.ts";
import type { UnsettledRule } from "../catalog/readings.ts";
import { type DeriveKey, derivedKey, OpenKey, WEAK_DERIVED } from "../request/derived-keys.ts";
import type { Facts } from "../request/facts.ts";

/** A condition key as the evaluator reads it. What the catalogue says of it is read when it is asked for. */
export class Key {
  readonly folded: string;
  readonly derive: DeriveKey | undefined;
  readonly weak: UnsettledRule | undefined;
  private facts: KeyFacts | undefined | null = null;

  constructor(
    private readonly written: string,
    /** The policy at hand cannot read it. */
    readonly unread = false,
  ) {
    this.folded = written.toLowerCase();
    this.derive = derivedKey(this.folded);
    this.weak = WEAK_DERIVED[this.folded];
  }

  /** As AWS writes it. */
  get name(): string {
    const facts = this.row();
    return facts && !facts.name.includes("$") ? facts.name : this.written;
  }

  get multiValued(): boolean {
    return this.row()?.multiValued ?? false;
  }

  /** AWS has such a key. */
  get known(): boolean {
    return this.row() !== undefined;
  }

  private row(): KeyFacts | undefined {
    if (this.facts === null) this.facts = keyFacts(this.folded);
    return this.facts;
  }
}

const KEYS = new Map<string, Key>();
const MOST_KEYS = 10_000;

/** Interned, so that policies that name the same key find its row once. */
export function contextKey(name: string): Key {
  const folded = name.toLowerCase();
  let key = KEYS.get(folded);
  if (!key) {
    key = new Key(name);
    if (KEYS.size < MOST_KEYS) KEYS.set(folded, key);
  }
  return key;
}

/** What a run supposes of what nobody told. */
export interface Suppositions {
  /** Values of open keys, by folded key; null is absent. */
  readonly keys: ReadonlyMap<string, readonly string[] | null>;
  /** Whether identity policies that were not given allow the request. */
  readonly identity: boolean;
  /** Whether a resource's policy that was not given does its part; undefined: as the case format says. */
  readonly resource: boolean | undefined;
  /** The name of the caller's session, where only its role is known. */
  readonly session: string | undefined;
}

interface OpenedKey {
  readonly key: Key;
  readonly open: OpenKey;
}

const NO_KEYS: ReadonlyMap<string, OpenedKey> = new Map();
const NO_TEXTS: ReadonlySet<string> = new Set();
const NOTHING: Suppositions = { keys: new Map(), identity: false, resource: undefined, session: undefined };

/**
 * One run of the decision over one request. Notes what the run rested on: keys that nobody told, policies that were not
 * given, and rules of semantics.md J whose other reading gave another answer at that point.
 */
export class Evaluation {
  // Most runs rest on nothing: the notes are made when there is something to note.
  private notedKeys: Map<string, OpenedKey> | undefined = undefined;
  private notedRules: Set<string> | undefined = undefined;
  private notedNames: Set<string> | undefined = undefined;
  identityOpen = false;
  resourceOpen = false;

  constructor(
    readonly facts: Facts,
    readonly supposed: Suppositions = NOTHING,
    /** The rule of semantics.md J to read the other way. */
    readonly otherReading: string | undefined = undefined,
  ) {}

  get openKeys(): ReadonlyMap<string, OpenedKey> {
    return this.notedKeys ?? NO_KEYS;
  }

  /** The rules whose two readings gave different answers. */
  get touched(): ReadonlySet<string> {
    return this.notedRules ?? NO_TEXTS;
  }

  /** Names of sessions that the caller's may have. */
  get sessionNames(): ReadonlySet<string> {
    return this.notedNames ?? NO_TEXTS;
  }

  /** The values of a key; undefined when it is absent. */
  read(key: Key): readonly string[] | undefined {
    if (key.unread) return undefined;
    const told = this.facts.context.get(key.folded);
    if (told !== undefined) return this.sourceIp(key, told ?? undefined);
    if (!key.derive) return undefined;
    const derived = key.derive(this.facts);
    if (derived === undefined || derived instanceof OpenKey)
      return derived ? this.open(key, derived) : this.ofService(key);
    const values = typeof derived === "string" ? [derived] : derived;
    return key.weak === undefined ? values : this.weak(key.weak, values, undefined);
  }

  /** Whether the request has the key: known for a key that AWS always sends, even where its value is not. */
  isPresent(key: Key): boolean {
    if (!key.unread && !this.facts.context.has(key.folded)) {
      const derived = key.derive?.(this.facts);
      if (derived instanceof OpenKey && derived.presence === "always") return true;
    }
    return this.read(key) !== undefined;
  }

  /** Whether the caller's session, of which only the role is known, has this name. */
  sessionNamed(name: string): boolean {
    this.notedNames ??= new Set();
    this.notedNames.add(name);
    return this.supposed.session === name;
  }

  /** Chooses between the reading that we follow and the other one of a rule that AWS does not settle. */
  weak<T>(rule: UnsettledRule, ours: T, other: T): T {
    if (ours !== other) {
      this.notedRules ??= new Set();
      this.notedRules.add(rule);
    }
    return this.otherReading === rule ? other : ours;
  }

  private open(key: Key, open: OpenKey): readonly string[] | undefined {
    this.notedKeys ??= new Map();
    this.notedKeys.set(key.folded, { key, open });
    const supposed = this.supposed.keys.get(key.folded);
    if (supposed !== undefined) return supposed ?? undefined;
    return open.value === undefined ? undefined : [open.value];
  }

  /** AWS does not say what these two hold for a service principal (B3). */
  private ofService(key: Key): readonly string[] | undefined {
    const { principal, owner } = this.facts;
    if (principal.type !== "service") return undefined;
    if (key.folded === "aws:principalaccount" && owner)
      return this.weak<readonly string[] | undefined>("B3", undefined, [owner]);
    if (key.folded === "aws:principalarn")
      return this.weak<readonly string[] | undefined>("B3", undefined, [principal.name]);
    return undefined;
  }

  /** When a service calls for the caller, two AWS pages differ on whose address is seen (B6). */
  private sourceIp(key: Key, told: readonly string[] | undefined): readonly string[] | undefined {
    if (key.folded !== "aws:sourceip" || !this.facts.viaService || told === undefined) return told;
    return this.weak("B6", told, SERVICE_ADDRESS);
  }
}

/** Some address that no policy names: of the block for benchmarks (RFC 2544). */
const SERVICE_ADDRESS: readonly string[] = ["198.18.0.1"];
