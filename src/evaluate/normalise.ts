/** Subject and request to the policies and the facts that a decision weighs. */
import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { type Environment, isEnvironment } from "../environment/environment.ts";
import { accountOf, parseArn } from "../policy/arn.ts";
import { KINDS } from "../policy/kinds.ts";
import { isPolicy, type Policy } from "../policy/policy.ts";
import { buildFacts } from "../request/build-facts.ts";
import type { Facts } from "../request/facts.ts";
import { type Grant, isGrant } from "../request/grant.ts";
import { isRequest, type Request, type RequestFields } from "../request/request.ts";
import { collect } from "./collect.ts";
import { EMPTY_SET, type PolicySet } from "./policy-set.ts";

/** What can be asked: a policy, a grant, a list of them, or an environment. */
export type Subject = Policy | Grant | readonly (Policy | Grant)[] | Environment;

export interface Question {
  readonly set: PolicySet;
  readonly facts: Facts;
}

/** @throws DiagnosticError `unknown-owner`, `missing-resource`, `contradiction`, `wrong-use` */
export function toQuestion(subject: Subject, request: Request): Question {
  if (!isRequest(request))
    refuse("wrong-use", "what is asked is not a request", { help: 'make it with `request("arn:…", "kms:Decrypt")`' });
  if (isEnvironment(subject)) return collect(subject, locate(request, undefined));
  const several = Array.isArray(subject);
  const parts = new Parts(several ? (subject as readonly (Policy | Grant)[]) : [subject as Policy | Grant]);
  const { identity, attached, grants, serviceControl, resourceControl, vpcEndpoint } = parts;
  const empty = several && parts.count === 0;
  const resource = attached.length > 0 ? pickAttached(attached, request, attached.length === parts.count) : undefined;
  const located = locate(request, resource);
  if (identity.length > 0 && request.givenIdentity !== null)
    refuse("contradiction", "the subject has identity policies, so nothing else can be given of them", {
      help: "leave out `.givenIdentityAllows()` or `.givenNoIdentityPolicies()`",
    });
  if (vpcEndpoint.length > 0 && !Object.keys(request.context).some(saysEndpoint))
    refuse(
      "wrong-use",
      "the subject has a VPC endpoint's policy, and whether the request comes through the endpoint is not said",
      {
        help: 'say it: `.fromVpcEndpoint("vpce-…")`, or `.withoutContext("aws:SourceVpce")`',
      },
    );
  return {
    set: {
      identity: identity.length > 0 || empty ? identity : undefined,
      permissionsBoundary: parts.permissionsBoundary,
      session: parts.session,
      resource: resource ?? (empty ? null : undefined),
      grants,
      serviceControl: serviceControl.length > 0 ? [serviceControl] : EMPTY_SET.serviceControl,
      resourceControl: resourceControl.length > 0 ? [resourceControl] : EMPTY_SET.resourceControl,
      vpcEndpoint,
    },
    facts: buildFacts(located, ownerOf(located, resource, grants)),
  };
}

const saysEndpoint = (key: string) => /^(aws:sourcevpce|kms:viaservice|aws:calledvia)$/i.test(key);

const NO_POLICIES: readonly Policy[] = [];

/** The parts of a subject by what they are, each list in the subject's order. */
class Parts {
  identity = NO_POLICIES;
  permissionsBoundary = NO_POLICIES;
  session = NO_POLICIES;
  serviceControl = NO_POLICIES;
  resourceControl = NO_POLICIES;
  vpcEndpoint = NO_POLICIES;
  /** The policies of resources: keys, roles and others. */
  attached = NO_POLICIES;
  grants: readonly Grant[] = [];
  readonly count: number;

  constructor(parts: readonly unknown[]) {
    this.count = parts.length;
    for (const part of parts)
      if (isPolicy(part)) this.add(part);
      else if (isGrant(part)) this.grants = [...this.grants, part];
      else
        refuse("wrong-use", "a subject is a policy, a grant, or a list of them", {
          help: "make policies with `keyPolicy(…)`, `identityPolicy(…)` and the like",
        });
  }

  private add(policy: Policy): void {
    const { kind } = policy;
    const list = kind === "key" || kind === "trust" || kind === "resource" ? "attached" : kind;
    // Most lists stay empty, and those that do not are short.
    this[list] = [...this[list], policy];
  }
}

/** The one policy attached to the resource of the request; undefined when that resource's policy was not given. */
function pickAttached(attached: readonly Policy[], request: Request, alone: boolean): Policy | undefined {
  const fitting = attached.filter((policy) => concerns(policy, request));
  if (fitting.length === 1) return fitting[0];
  const [first] = attached;
  if (fitting.length === 0 && first && alone)
    refuse(
      "wrong-use",
      `${KINDS[first.kind].title} does not decide ${quoted(request.action)}${request.resource === null ? "" : ` on ${quoted(request.resource)}`}`,
      {
        help:
          first.resource !== null && request.resource !== null
            ? `the policy is attached to ${quoted(first.resource)}`
            : "test it with the policy of the resource that the action is done on",
      },
    );
  if (fitting.length === 0) return undefined;
  const named = fitting.filter((policy) => policy.resource !== null && policy.resource === request.resource);
  if (named.length === 1) return named[0];
  return refuse(
    "wrong-use",
    `the subject has ${attached.length} policies of resources, and which one is the resource's own is not known`,
    {
      help: 'give each its resource, as in `keyPolicy(doc, { key: "arn:…" })`, and name the resource in the request',
    },
  );
}

/** Whether a resource's policy is the one of the request's resource, as far as can be told. */
function concerns({ kind, resource }: Policy, request: Request): boolean {
  const target = request.resource;
  if (kind === "key" && !isOf(request, "kms:")) return false;
  if (kind === "trust" && !isOf(request, "sts:")) return false;
  if (kind === "resource" && isOf(request, "kms:") && target !== null && parseArn(target)?.resource.startsWith("key/"))
    return false;
  if (
    resource === null ||
    target === null ||
    target === "*" ||
    (kind === "key" && !parseArn(target)?.resource.startsWith("key/"))
  )
    return true;
  return (
    target === resource ||
    (kind === "resource" && /^[/:]/.test(target.slice(resource.length)) && target.startsWith(resource))
  );
}

const isOf = ({ action }: Request, prefix: string) => action.slice(0, prefix.length).toLowerCase() === prefix;

/** The request with its resource: the one it names, else the one that the policy under test is attached to. */
function locate(request: Request, attached: Policy | undefined): RequestFields {
  if (request.resource !== null) return request;
  if (attached) return attached.resource === null ? request : { ...request, resource: attached.resource };
  const facts = buildFacts(request, undefined);
  if (facts.resource === "*") return { ...request, resource: "*" };
  return refuse("missing-resource", `${quoted(request.action)} is authorized on a resource, and none is named`, {
    help: 'name it: a third argument, or `.on("arn:…")`',
  });
}

/** The account that owns the resource. */
export function ownerOf(
  request: RequestFields,
  attached: Policy | null | undefined,
  grants: readonly Grant[] = [],
): string | undefined {
  if (request.resourceAccount !== null) return request.resourceAccount;
  const account = accountIn(request.resource) ?? attached?.account ?? accountIn(attached?.resource ?? null);
  if (account) return account;
  if (grants[0]) return accountIn(grants[0].key);
  const caller = request.principal.account;
  // Without a policy of the resource in play, it is taken to be the caller's (semantics E11).
  if (!attached || caller === null || request.resource === "*") return caller ?? undefined;
  const named = accountsNamed(attached);
  if (named.size === 1) return [...named][0];
  const option = attached.kind === "key" ? "{ key }" : attached.kind === "trust" ? "{ role }" : "{ account }";
  const sentence =
    named.size === 0
      ? "which account owns the resource is not known: the policy names no account"
      : `which account owns the resource is not known: the policy names ${named.size} accounts (${[...named].join(", ")})`;
  return refuse("unknown-owner", sentence, {
    help: `say it with the option \`${option}\` of the policy${attached.kind === "resource" ? "" : ', or with `.on("arn:…")`'}`,
  });
}

const accountIn = (arn: string | null): string | undefined => (arn === null ? undefined : accountOf(arn));

const ACCOUNT_ID = /(?<!\d)\d{12}(?!\d)/g;

/**
 * The account ids that a policy names: for a key policy in all its principals, resources and conditions, since the owner's
 * root statement is among them; for others in the resources alone, because they often name nobody but strangers, and to
 * take a stranger for the owner would let a test pass over an open door.
 */
function accountsNamed(policy: Policy): ReadonlySet<string> {
  let accounts = NAMED.get(policy);
  if (!accounts) {
    accounts = readAccounts(policy);
    NAMED.set(policy, accounts);
  }
  return accounts;
}

const NAMED = new WeakMap<Policy, ReadonlySet<string>>();

function readAccounts(policy: Policy): Set<string> {
  const everywhere = policy.kind === "key";
  const texts = policy.statements.flatMap(({ principal, resource, conditions }) => [
    ...(resource?.values ?? []).map(({ value }) => parseArn(value)?.account ?? ""),
    ...(everywhere ? (principal?.values ?? []).map(({ value }) => value) : []),
    ...(everywhere ? conditions.flatMap(({ values }) => values.map(({ value }) => value)) : []),
  ]);
  const accounts = new Set<string>();
  for (const text of texts) {
    const arn = parseArn(text);
    for (const account of (arn ? arn.account : text).match(ACCOUNT_ID) ?? []) accounts.add(account);
  }
  return accounts;
}
