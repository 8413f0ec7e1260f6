import type { Policy } from "../policy/policy.ts";
import type { Grant } from "../request/grant.ts";

/** What a key is, for the condition keys that read it. Left out: not known. */
export interface KeyAttributes {
  readonly spec?: string;
  readonly usage?: string;
  readonly origin?: string;
  /** `PRIMARY` or `REPLICA`, of a multi-Region key. */
  readonly multiRegionKeyType?: "PRIMARY" | "REPLICA";
}

/** One level of an organization: its root, an organizational unit, or an account. */
export interface LevelInput {
  /** Left out: only FullAWSAccess, as AWS attaches it. */
  readonly serviceControl?: readonly Policy[];
  readonly resourceControl?: readonly Policy[];
}

export interface UnitInput extends LevelInput {
  /** Account ids. */
  readonly accounts?: readonly string[];
  /** By id, as in `ou-ab12-cdefghij`, or by a name: paths of the organization are then not known. */
  readonly units?: Readonly<Record<string, UnitInput>>;
}

export interface OrganizationInput extends UnitInput {
  /** As in `o-abc123defg`. */
  readonly id: string;
  /** The id of its root, as in `r-ab12`. Left out: paths of the organization (`aws:PrincipalOrgPaths`) are not known. */
  readonly rootId?: string;
  /** No service or resource control policy binds it. */
  readonly managementAccount?: string;
}

export interface PrincipalInput {
  /** Inline and attached identity policies. Left out: not known; `[]`: none. */
  readonly policies?: readonly Policy[];
  /** Names of groups of the same account, for users; with `policies`, which may be `[]`. */
  readonly groups?: readonly string[];
  readonly boundary?: Policy;
  /** Session policies of its sessions. */
  readonly session?: readonly Policy[];
  readonly tags?: Readonly<Record<string, string>>;
  /** `AIDA…` or `AROA…`. */
  readonly uniqueId?: string;
}

export interface ResourceInput {
  /** Left out: not known; `null`: it has none. */
  readonly policy?: Policy | null;
  /** The account that owns it, where neither the ARN nor its policy's `account` says. */
  readonly owner?: string;
  /** Its own, which the objects of a bucket do not have. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Of a key, as in `alias/app`. */
  readonly aliases?: readonly string[];
  readonly grants?: readonly Grant[];
  readonly key?: KeyAttributes;
}

export interface EndpointInput {
  /** Left out: full access, as AWS attaches it. */
  readonly policy?: Policy;
  readonly vpc?: string;
}

export interface EnvironmentInput {
  readonly organization?: OrganizationInput;
  /**
   * What is attached to an account itself; its place is in the organization. One that the organization does not have is
   * outside of it.
   */
  readonly accounts?: Readonly<Record<string, LevelInput>>;
  /** By ARN of the role or user. */
  readonly principals?: Readonly<Record<string, PrincipalInput>>;
  /** Policies by ARN of the group. */
  readonly groups?: Readonly<Record<string, readonly Policy[]>>;
  /** By ARN. The resource of an S3 object is its bucket's. */
  readonly resources?: Readonly<Record<string, ResourceInput>>;
  /** VPC endpoints by id. */
  readonly endpoints?: Readonly<Record<string, EndpointInput>>;
}

const NOTHING = Object.freeze({});
const BRAND = Symbol.for("iam-expect.environment");

/** All that is known about the accounts under test. Immutable plain data; made by `environment(...)`. */
export class Environment {
  declare readonly organization: OrganizationInput | null;
  declare readonly accounts: Readonly<Record<string, LevelInput>>;
  declare readonly principals: Readonly<Record<string, PrincipalInput>>;
  declare readonly groups: Readonly<Record<string, readonly Policy[]>>;
  declare readonly resources: Readonly<Record<string, ResourceInput>>;
  declare readonly endpoints: Readonly<Record<string, EndpointInput>>;

  constructor(input: EnvironmentInput) {
    this.organization = input.organization ?? null;
    this.accounts = input.accounts ?? NOTHING;
    this.principals = input.principals ?? NOTHING;
    this.groups = input.groups ?? NOTHING;
    this.resources = input.resources ?? NOTHING;
    this.endpoints = input.endpoints ?? NOTHING;
    Object.defineProperty(this, BRAND, { value: true });
    Object.freeze(this);
  }
}

export function isEnvironment(value: unknown): value is Environment {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
}
