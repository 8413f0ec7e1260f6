/**
 * A question of ours as AWS's simulator takes it, or why it cannot: semantics G9 and the limits of
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html and
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html
 */
import { type Judgement, judge } from "../evaluate/evaluate.ts";
import { contextKey, Evaluation } from "../evaluate/evaluation.ts";
import { IDENTITY, RESOURCE } from "../evaluate/open.ts";
import { EMPTY_SET, type PolicySet } from "../evaluate/policy-set.ts";
import { isImmutable } from "../evaluate/services/immutable.ts";
import { credentialLimit } from "../evaluate/services/sts.ts";
import { identityPolicy } from "../policy/constructors.ts";
import type { Policy } from "../policy/policy.ts";
import { buildFacts } from "../request/build-facts.ts";
import type { ContextValue } from "../request/context.ts";
import type { Facts } from "../request/facts.ts";
import { contextEntries, keysOf } from "./context-entries.ts";
import type { Exclusion, Question, Scope } from "./question.ts";
import { sentText } from "./sent-text.ts";

/** A question to ask, with our own decision on just what is sent. */
export interface Posed {
  readonly question: Question;
  readonly local: Judgement;
  /** Why a difference would prove nothing, where AWS's pages contradict each other. */
  readonly unsettled: string | undefined;
}

export interface Unposed {
  readonly verdict: "notModelled" | "needsContext";
  readonly reason: string;
}

/** Whose own policies are simulated, and which of them are left out. */
export interface PrincipalScope {
  readonly arn: string;
  readonly exclude: readonly Exclusion[] | undefined;
}

const unposed = (verdict: Unposed["verdict"], reason: string): Unposed => ({ verdict, reason });
const notModelled = (reason: string) => unposed("notModelled", reason);

export function pose(set: PolicySet, facts: Facts, of: PrincipalScope | undefined, strict: boolean): Posed | Unposed {
  const reason = callerReason(facts, of) ?? policyReason(set, facts) ?? requestReason(facts);
  if (reason !== undefined) return notModelled(reason);
  const { resource } = facts;
  if (resource === undefined) return unposed("needsContext", "the ARN of the resource is not said");

  const sent = sentSet(set, facts);
  const unsendable = textReason(sent);
  if (unsendable !== undefined) return notModelled(unsendable);
  const told = judge(sent, facts);
  const open = (strict ? told.decision.openKeys : told.openness.changesAllowed).filter(
    (label) => label !== IDENTITY && label !== RESOURCE,
  );
  if (open.length > 0) return needs(open);
  const context = contextEntries(allOf(sent), facts);
  if ("unsendable" in context) return notModelled(context.unsendable);

  // Our side of the comparison knows no more than what is sent.
  const local = judge(sent, sentFacts(facts, sent, context.entries));
  if (local.decision.outcome !== told.decision.outcome) {
    // A key that is always there and whose value nobody told is absent for AWS.
    const keys = presentOnly(sent, facts);
    return keys.length > 0
      ? needs(keys)
      : notModelled("the caller's unique id decides, and AWS's simulator is not told it");
  }
  return {
    question: {
      scope: scopeOf(sent, facts, of),
      action: facts.request.action,
      resource,
      context: context.entries,
      names: allOf(sent).map(({ name }) => name),
    },
    local,
    unsettled: isForeign(facts)
      ? "AWS's pages contradict each other on whether the simulator decides across accounts"
      : undefined,
  };
}

const needs = (keys: readonly string[]): Unposed =>
  unposed("needsContext", `the answer depends on ${keys.join(" and ")}, which the request does not say`);

const presentOnly = (set: PolicySet, facts: Facts): string[] => {
  const run = new Evaluation(facts);
  return keysOf(allOf(set)).filter((name) => {
    const key = contextKey(name);
    return run.isPresent(key) && run.read(key) === undefined;
  });
};

const CALLERS: Readonly<Partial<Record<string, string>>> = {
  service: "a service as the caller",
  federated: "a caller with a provider's token",
  federatedUser: "a federated user as the caller",
  anonymous: "a caller without credentials",
  root: "a root user as the caller",
};

function callerReason({ principal }: Facts, of: PrincipalScope | undefined): string | undefined {
  const who = CALLERS[principal.type];
  if (who !== undefined) return `AWS's simulator does not know ${who}`;
  const own = principal.role ?? principal.arn;
  if (of && own !== of.arn) return `the policies of ${of.arn} are simulated, and the caller is another`;
  return undefined;
}

/** Services whose resource policies the simulator takes. */
const WITH_RESOURCE_POLICY: ReadonlySet<string> = new Set(["s3", "sqs", "sns", "glacier"]);

function policyReason(set: PolicySet, facts: Facts): string | undefined {
  const { resource } = set;
  if (resource?.kind === "key") return "AWS's simulator does not take key policies";
  if (resource?.kind === "trust") return "AWS's simulator does not take trust policies";
  if (set.grants.length > 0) return "AWS's simulator does not know grants";
  if (set.session.length > 0) return "AWS's simulator does not take session policies";
  if (set.vpcEndpoint.length > 0) return "AWS's simulator does not take policies of VPC endpoints";
  if (set.resourceControl.flat().some(({ name }) => name !== "RCPFullAWSAccess"))
    return "AWS's simulator does not take resource control policies";
  if (resource && facts.principal.type !== "user")
    return "AWS's simulator takes a resource policy for users alone, and the caller is a role";
  if (resource && !WITH_RESOURCE_POLICY.has(facts.service))
    return "AWS's simulator takes resource policies of S3, SQS, SNS and Glacier alone";
  if (!resource && isForeign(facts)) return "the resource is of another account, and its policy is not given";
  if (set.permissionsBoundary.length > 1) return "AWS's simulator takes one permissions boundary";
  if (bindsOrganization(facts) && set.serviceControl.length > 7)
    return "AWS's simulator takes seven levels of service control policies";
  if (bindsOrganization(facts) && set.serviceControl.some((level) => level.length === 0))
    return "AWS's simulator does not take a level without service control policies";
  return undefined;
}

function requestReason(facts: Facts): string | undefined {
  const { viaService, resource = "", request } = facts;
  if (viaService) return "AWS's simulator does not know calls that a service makes for the caller";
  const limit = credentialLimit(facts);
  if (limit) return `no policy decides this: ${limit.reason}`;
  if (isImmutable(facts)) return "no policy decides this: AWS keeps this object for itself";
  // The ARN of a log group ends in `:*` and means itself.
  if (resource !== "*" && /[*?]/.test(resource.replace(/:\*$/, "")))
    return "AWS's simulator reads wildcards in a resource's ARN oddly";
  if (resource.length > 2048) return "AWS's simulator takes ARNs of up to 2048 characters";
  if (request.action.length > 128) return "AWS's simulator takes actions of up to 128 characters";
  return undefined;
}

function isForeign({ principal, owner, resource }: Facts): boolean {
  return resource !== "*" && owner !== undefined && owner !== principal.account;
}

function textReason(set: PolicySet): string | undefined {
  const long = allOf(set).find((policy) => sentText(policy).length > 131_072);
  return long && `AWS's simulator takes policies of up to 131,072 characters, and \`${long.name}\` is longer`;
}

/** Service control policies do not bind these (E19). */
const bindsOrganization = ({ principal }: Facts) => !principal.managementAccount && !principal.serviceLinked;

const GIVEN_TO_ALLOW = identityPolicy(
  { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
  { name: "given to allow" },
);
/** AWS wants one identity policy at least. This one grants what needs no grant (B7). */
const NONE_GIVEN = identityPolicy(
  { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sts:GetCallerIdentity", Resource: "*" }] },
  { name: "no identity policies" },
);

/** The policies that are sent: all that the caller checks above left, but for those that do not bind. */
function sentSet(set: PolicySet, facts: Facts): PolicySet {
  const given = facts.request.givenIdentity === "allows" ? [GIVEN_TO_ALLOW] : [];
  const identity = set.identity ?? given;
  return {
    ...EMPTY_SET,
    identity: identity.length > 0 ? identity : [NONE_GIVEN],
    permissionsBoundary: set.permissionsBoundary,
    // Null and undefined part where a key or a role is judged on the given policies alone.
    resource: set.resource,
    serviceControl: bindsOrganization(facts) ? set.serviceControl : [],
  };
}

const allOf = (set: PolicySet): readonly Policy[] => [
  ...(set.identity ?? []),
  ...set.permissionsBoundary,
  ...set.serviceControl.flat(),
  ...(set.resource ? [set.resource] : []),
];

function sentFacts(
  facts: Facts,
  set: PolicySet,
  entries: readonly { readonly key: string; readonly values: readonly string[] }[],
): Facts {
  const context: Record<string, ContextValue> = {};
  for (const key of keysOf(allOf(set))) context[key] = entries.find((entry) => entry.key === key)?.values ?? null;
  return buildFacts({ ...facts.request, context, givenIdentity: null }, facts.owner);
}

function scopeOf(set: PolicySet, facts: Facts, of: PrincipalScope | undefined): Scope {
  const { principal, owner } = facts;
  const resource = set.resource ? sentText(set.resource) : null;
  return cached({
    identity: (set.identity ?? []).map(sentText),
    permissionsBoundary: set.permissionsBoundary.map(sentText),
    serviceControl: set.serviceControl.map((level) => level.map(sentText)),
    resource,
    caller: resource === null ? null : principal.arn,
    owner: resource === null || owner === undefined ? null : `arn:${principal.partition}:iam::${owner}:root`,
    principal: of?.arn ?? null,
    exclude: of ? (of.exclude ?? exclusions(set)) : [],
  });
}

/** Kinds of policies that the subject has none of are left out at AWS too; resource control policies always. */
function exclusions(set: PolicySet): Exclusion[] {
  return [
    { PolicyType: "rcp" },
    ...(set.serviceControl.length === 0 ? [{ PolicyType: "scp" } as const] : []),
    ...(set.permissionsBoundary.length === 0 ? [{ PolicyType: "permission-boundary" } as const] : []),
  ];
}

const SCOPES = new Map<string, Scope>();

/** One object for equal scopes, so that what is made of it is made once. */
function cached(scope: Scope): Scope {
  const id = JSON.stringify(Object.values(scope));
  const known = SCOPES.get(id);
  if (!known && SCOPES.size < 1000) SCOPES.set(id, scope);
  return known ?? scope;
}
