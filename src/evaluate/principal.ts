import { isAccountId, parseArn } from "../policy/arn.ts";
import type { Element, PolicyFields, PrincipalValue } from "../policy/policy.ts";
import { roleNameOf } from "../request/names.ts";
import type { PrincipalFields } from "../request/principal.ts";
import type { Evaluation } from "./evaluation.ts";

/**
 * How closely a principal in a policy names the caller (semantics A13). An account only delegates; a role stands for its
 * sessions; everyone is `*`.
 */
export const NO_MATCH = 0;
export const ACCOUNT = 1;
export const PARENT = 2;
export const EVERYONE = 3;
export const EXACT = 4;
export type MatchClass = typeof NO_MATCH | typeof ACCOUNT | typeof PARENT | typeof EXACT | typeof EVERYONE;

type MatchCaller = (caller: PrincipalFields, run: Evaluation) => MatchClass;

/** One principal value made ready to compare with callers (semantics A10-A16). */
export function compilePrincipalValue({ type, value }: Pick<PrincipalValue, "type" | "value">): MatchCaller {
  if (type === "Service") return (caller) => (caller.type === "service" && caller.name === value ? EXACT : NO_MATCH);
  if (type === "Federated")
    return (caller) => (caller.type === "federated" && caller.name === value ? EXACT : NO_MATCH);
  // The account behind a canonical user id cannot be known offline.
  if (type === "CanonicalUser") return () => NO_MATCH;
  if (value === "*") return () => EVERYONE;
  if (isAccountId(value)) return ofAccount(value, undefined);
  const arn = parseArn(value);
  // AWS writes unique ids in place of the ARNs of deleted roles and users (A14).
  if (!arn)
    return (caller, run) => (uniqueIdOf(caller, run) === value ? (caller.type === "user" ? EXACT : PARENT) : NO_MATCH);
  if (arn.resource === "root") return ofAccount(arn.account, arn.partition);
  if (arn.resource.startsWith("role/")) {
    const name = value.slice(value.lastIndexOf("/") + 1);
    return (caller) => {
      if (caller.role) return caller.role === value ? PARENT : NO_MATCH;
      if (caller.type !== "session") return NO_MATCH;
      if (caller.account !== arn.account || caller.partition !== arn.partition) return NO_MATCH;
      // A session's ARN drops the role's path; role names are unique in an account (A13).
      return roleNameOf(caller) === name ? PARENT : NO_MATCH;
    };
  }
  if (arn.resource.startsWith("user/"))
    return (caller) => (caller.arn === value ? EXACT : caller.issuer === value ? PARENT : NO_MATCH);
  const [, sessionRole, sessionName] = /^assumed-role\/([^/]+)\/(.+)$/.exec(arn.resource) ?? [];
  return (caller, run) => {
    if (caller.arn === value) return EXACT;
    // A role as caller is a session of it, of which the name is not known.
    const ofRole =
      sessionName !== undefined &&
      caller.type === "role" &&
      caller.account === arn.account &&
      caller.partition === arn.partition &&
      roleNameOf(caller) === sessionRole;
    return ofRole && run.sessionNamed(sessionName) ? EXACT : NO_MATCH;
  };
}

/** `aws:userid` begins with it, where a test tells that instead. */
const uniqueIdOf = (caller: PrincipalFields, { facts }: Evaluation): string | undefined =>
  caller.uniqueId ?? facts.context.get("aws:userid")?.[0]?.split(":")[0];

/** An account delegates to its principals; its root user is named directly (A12). */
function ofAccount(account: string, partition: string | undefined): MatchCaller {
  return (caller) => {
    if (caller.account !== account || (partition !== undefined && caller.partition !== partition)) return NO_MATCH;
    return caller.type === "root" ? EXACT : ACCOUNT;
  };
}

export type MatchPrincipal = (run: Evaluation, hasBoundary: boolean) => MatchClass;

export function compilePrincipal(
  element: Element<PrincipalValue>,
  policy: Pick<PolicyFields, "kind" | "endpoint">,
): MatchPrincipal {
  const trust = policy.kind === "trust";
  const values = element.values.map((value) => ({ value, match: compilePrincipalValue(value) }));
  if (element.not) return compileNot(values.map(({ match }) => match));
  if (policy.kind === "vpcEndpoint" && policy.endpoint !== "interface") return compileGateway(values, policy.endpoint);
  const only = values.length === 1 ? values[0]!.match : undefined;
  if (only && !trust) return (run) => only(run.facts.principal, run);
  return (run) => {
    let best: MatchClass = NO_MATCH;
    let named: MatchClass = NO_MATCH;
    for (const { match } of values) {
      const found = match(run.facts.principal, run);
      if (found > best) best = found;
      if (found > named && found !== EVERYONE) named = found;
    }
    // AWS's pages differ on whether `*` works in a trust policy (A16).
    return trust && best === EVERYONE ? run.weak("A16", best, named) : best;
  };
}

/**
 * `NotPrincipal` (A17): the statement applies to every caller that is not covered. Anybody with a permissions boundary
 * is never covered; a session or user only when its account is listed too, by our reading of "may".
 */
function compileNot(matches: readonly MatchCaller[]): MatchPrincipal {
  return (run, hasBoundary) => {
    const caller = run.facts.principal;
    let account = false;
    let named = false;
    for (const match of matches) {
      const found = match(caller, run);
      if (found === EVERYONE) return NO_MATCH;
      if (found === ACCOUNT) account = true;
      else if (found !== NO_MATCH) named = true;
    }
    const simple = caller.account === null || caller.type === "root";
    if (simple) return named || account ? NO_MATCH : EVERYONE;
    if (hasBoundary) return EVERYONE;
    const applies = !(named && account);
    return (named || account ? run.weak("A17", applies, !applies) : applies) ? EVERYONE : NO_MATCH;
  };
}

/** Gateway endpoints know no principals but `*`; an account there means its root user (A28). */
function compileGateway(
  values: readonly { value: PrincipalValue; match: MatchCaller }[],
  endpoint: PolicyFields["endpoint"],
): MatchPrincipal {
  return (run) => {
    let best: MatchClass = NO_MATCH;
    for (const { match } of values) {
      let found = match(run.facts.principal, run);
      const gatewayService = run.facts.service === "s3" || run.facts.service === "dynamodb";
      if (endpoint === "gateway" || gatewayService) {
        const narrow =
          found === ACCOUNT || found === PARENT || (found === EXACT && run.facts.principal.type !== "root");
        if (narrow) found = endpoint === "gateway" ? NO_MATCH : run.weak<MatchClass>("A28", NO_MATCH, found);
      }
      if (found > best) best = found;
    }
    return best;
  };
}
