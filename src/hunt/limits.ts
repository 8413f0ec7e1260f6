/** What requests are limited to, as people write it. */
import { actionNames } from "../catalog/catalog.ts";
import { nearest } from "../catalog/nearest.ts";
import { DiagnosticError, refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { textOf } from "../diagnostic/text-of.ts";
import { isKnownAction, unknownAction } from "../evaluate/findings.ts";
import { isAccountId, parseArn } from "../policy/arn.ts";
import { glob } from "../policy/glob.ts";
import { type ContextInput, isPlainObject, toContext } from "../request/context.ts";
import { anonymous, federated, isPrincipal, type Principal, principalFromArn, service } from "../request/principal.ts";
import type { Limits } from "./request-source.ts";

type OneOrMore<T> = T | readonly T[];

export interface LimitsInput {
  /** ARNs (`*` and `?` are wildcards), account ids, services, providers, `anonymous`, or values made by `role(…)` and the like. */
  readonly principals?: OneOrMore<string | Principal> | undefined;
  /** Names, with wildcards if need be. */
  readonly actions?: OneOrMore<string> | undefined;
  /** ARNs, with wildcards if need be. */
  readonly resources?: OneOrMore<string> | undefined;
  /** Told in every request; `null` is absent. */
  readonly context?: ContextInput | undefined;
}

const PARTS = ["principals", "actions", "resources", "context"];

const listed = <T>(value: OneOrMore<T>): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** @throws DiagnosticError `wrong-use`, `unknown-action`, `invalid-principal`, `invalid-context` */
export function limitsOf(input: LimitsInput): Limits {
  if (!isPlainObject(input))
    refuse("wrong-use", "what requests are limited to is an object", { help: `of ${PARTS.join(", ")}` });
  for (const part of Object.keys(input)) {
    if (PARTS.includes(part)) continue;
    const near = nearest(part, PARTS);
    refuse("wrong-use", `${quoted(part)} does not limit requests`, {
      help: near ? `did you mean \`${near}\`?` : `requests are limited by ${PARTS.join(", ")}`,
    });
  }
  const callers = input.principals === undefined ? undefined : listed(input.principals).map(callerLimit);
  const actions = input.actions === undefined ? undefined : matching(listed(input.actions));
  const resources = input.resources === undefined ? undefined : listed(input.resources).map(resourceLimit);
  return {
    ...(callers ? { principals: (one: Principal) => callers.some(({ admits }) => admits(one)) } : {}),
    ...(actions ? { actions: (name: string) => actions.has(name.toLowerCase()) } : {}),
    ...(resources
      ? { resources: (arn: string | null) => arn !== null && resources.some((pattern) => pattern.matches(arn)) }
      : {}),
    ...(input.context === undefined ? {} : { context: toContext(input.context) }),
    also: {
      principals: (callers ?? []).flatMap(({ principal }) => principal ?? []),
      actions: actions ? [...actions.values()] : [],
      resources: (resources ?? []).map(({ source }) => source),
    },
  };
}

interface CallerLimit {
  readonly admits: (principal: Principal) => boolean;
  readonly principal?: Principal;
}

function callerLimit(who: string | Principal): CallerLimit {
  if (isPrincipal(who)) return ofPrincipal(who);
  if (typeof who !== "string") return refuse("wrong-use", `${quoted(textOf(who))} is no caller`);
  if (who === "anonymous") return ofPrincipal(anonymous);
  if (isAccountId(who)) return { admits: ({ account }) => account === who };
  const arn = parseArn(who);
  if (arn && /[*?]/.test(who)) {
    const { matches } = glob(who);
    return { admits: ({ arn: own, role }) => matches(own ?? "") || matches(role ?? "") };
  }
  if (arn && /^(saml|oidc)-provider\//.test(arn.resource)) return ofPrincipal(federated(who));
  if (arn) return ofPrincipal(principalFromArn(who));
  return ofPrincipal(
    /\.amazonaws\.com(\.cn)?$/.test(who) && !/^cognito-identity\./.test(who) ? service(who) : federated(who),
  );
}

/** A role stands for its sessions. */
const ofPrincipal = (principal: Principal): CallerLimit => ({
  admits: (one) => one.name === principal.name || (principal.type === "role" && one.role === principal.arn),
  principal,
});

const MOST_NAMES = 400;

/** By folded name; as AWS spells them. */
function matching(patterns: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const pattern of patterns) {
    if (typeof pattern !== "string")
      refuse("wrong-use", "an action is a text", { help: 'as in `"kms:Decrypt"` or `"kms:*"`' });
    const { matches } = glob(pattern.toLowerCase());
    const before = found.size;
    for (const name of actionNames()) {
      const folded = name.toLowerCase();
      if (matches(folded) && found.size - before < MOST_NAMES) found.set(folded, name);
    }
    if (found.size === before && !found.has(pattern.toLowerCase()) && !isKnownAction(pattern))
      throw new DiagnosticError([unknownAction("error", pattern)]);
  }
  return found;
}

function resourceLimit(arn: string) {
  if (typeof arn !== "string" || (arn !== "*" && !parseArn(arn)))
    refuse("invalid-resource", `${quoted(textOf(arn))} is not an ARN`, {
      help: "wildcards are fine, as in `arn:aws:s3:::bucket/*`",
    });
  return glob(arn);
}
