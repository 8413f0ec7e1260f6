/** A question about nothing is answered "there is none" for nothing: such a question is refused. */
import { actionNames, keyFacts } from "../catalog/catalog.ts";
import { nearest, nearestKey } from "../catalog/nearest.ts";
import { DiagnosticError, refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { compileAction } from "../evaluate/action.ts";
import { isKnownAction, unknownAction } from "../evaluate/findings.ts";
import { policiesOf } from "../evaluate/open.ts";
import { EMPTY_SET, type PolicySet } from "../evaluate/policy-set.ts";
import { parseArn } from "../policy/arn.ts";
import { parsePolicy } from "../policy/parse.ts";
import type { Policy } from "../policy/policy.ts";
import { isPlainObject } from "../request/context.ts";
import type { Principal } from "../request/principal.ts";
import { Source } from "../source/source.ts";
import { type AccessQuestion, exceptionsOf, findIn } from "./finding.ts";
import { carried, type Requests } from "./question.ts";
import { plainScope, type Scope } from "./scopes.ts";
import { onlyOwn } from "./subject.ts";

const PARTS = ["actions", "by", "on", "notOn", "when", "statement"];
const QUESTION = [...PARTS, "except", "context", "mostNodes"];

/** @throws DiagnosticError `wrong-use`, `unknown-action` */
export function checkQuestion(question: AccessQuestion): void {
  checkParts(question, QUESTION, "a question");
  for (const one of [question.except ?? []].flat()) checkParts(one, PARTS, "an exception");
}

function checkParts(asked: Requests, parts: readonly string[], what: string): void {
  if (!isPlainObject(asked)) refuse("wrong-use", `${what} is an object`, { help: `its parts are ${parts.join(", ")}` });
  for (const part of Object.keys(asked)) {
    if (parts.includes(part)) continue;
    const near = nearest(part, parts);
    refuse("wrong-use", `${quoted(part)} is not a part of ${what}`, {
      help: near ? `did you mean \`${near}\`?` : `its parts are ${parts.join(", ")}`,
    });
  }
  if (asked.actions !== undefined) for (const action of [asked.actions].flat()) checkAction(action);
}

function checkAction(action: unknown): void {
  if (typeof action !== "string")
    refuse("wrong-use", "an action is a text", { help: 'as in `"kms:Decrypt"` or `"kms:*"`' });
  const name = action as string;
  if (name === "*" || isKnownAction(name)) return;
  if (/[*?]/.test(name) && name.includes(":")) {
    const element = compileAction({ not: false, values: [{ value: name }] });
    for (const known of actionNames()) if (element.matches(known.toLowerCase())) return;
  }
  throw new DiagnosticError([unknownAction("error", name)]);
}

/**
 * Refuses a question that no request fits, even if the policies allowed everything.
 *
 * @throws DiagnosticError `no-such-request`
 */
export function refuseVacuous(scopes: Iterable<Scope>, question: AccessQuestion): void {
  const { actions, by, on, notOn, when, statement, except, context } = question;
  const some = [...scopes];
  const everything = [actions, by, on, notOn, when, statement, except, context].every((part) => part === undefined);
  if (everything && some.length > 0) return;
  if (some.some((scope) => findIn(widest(scope), question).verdict !== "proved")) return;
  refuse(
    "no-such-request",
    "no request fits the question, whatever the policies say: that none is allowed would say nothing",
    {
      help: "look at the action, the resource, the callers and the context that are asked for, and at the exceptions",
    },
  );
}

/** A key that neither AWS nor the policies know would silently say nothing. @throws DiagnosticError `unknown-key` */
export function refuseUnknownKeys(scopes: () => Iterable<Scope>, question: AccessQuestion): void {
  const blocks = [question, ...exceptionsOf(question)].flatMap(({ when, statement }) => [when, statement?.Condition]);
  const inBlocks = blocks.filter(isPlainObject).flatMap((block) => Object.values(block).filter(isPlainObject));
  for (const key of [carried(question.context ?? {}).told, ...inBlocks].flatMap(Object.keys)) {
    if (keyFacts(key)) continue;
    const folded = key.toLowerCase();
    const mentioned = [...scopes()].some(({ set }) =>
      policiesOf(set).some(({ statements }) =>
        statements.some(({ conditions }) => conditions.some((condition) => condition.key.toLowerCase() === folded)),
      ),
    );
    if (mentioned) continue;
    const near = nearestKey(key);
    refuse("unknown-key", `${quoted(key)} is not a condition key of AWS, and no policy here reads it`, {
      help: near ? `did you mean \`${near}\`?` : undefined,
    });
  }
}

/**
 * A resource that is listed without its policy may let in callers of other accounts, and nobody at all: a proof that does not
 * know it is none. (Those of its own account are what the given policies say, as in a single decision.)
 *
 * @throws DiagnosticError `open-policy`
 */
export function refuseOpenPolicies(scopes: Iterable<Scope>, question: AccessQuestion): void {
  for (const scope of scopes) {
    if (!scope.untold) continue;
    const { resource, owner } = scope.untold;
    const { service, resource: name = "" } = parseArn(resource) ?? {};
    const kind = service === "kms" ? "key" : service === "iam" && name.startsWith("role/") ? "trust" : "resource";
    const set: PolicySet = { ...scope.set, resource: allowingAll(kind, { resource, account: owner ?? null }) };
    const callers = (caller: Principal) => caller.account !== owner && (scope.callers?.(caller) ?? true);
    if (findIn({ ...scope, set, callers, judge: plainScope(set).judge }, question).verdict !== "proved")
      refuseOpenPolicy(resource);
  }
}

export function refuseOpenPolicy(resource: string): never {
  return refuse("open-policy", `the policy of ${quoted(resource)}, which may let others in, is not known`, {
    help: `add it to the environment, \`resources: { ${JSON.stringify(resource)}: { policy } }\`; \`policy: null\` says that there is none`,
  });
}

/** The same resource and callers, with policies that allow everything. */
function widest(scope: Scope): Scope {
  const { resource, grants } = scope.set;
  const set: PolicySet = {
    ...EMPTY_SET,
    identity: onlyOwn(scope.set) ? [allowingAll("identity", null)] : undefined,
    resource: resource ? allowingAll(resource.kind, resource) : undefined,
    grants,
  };
  return { ...scope, set, judge: plainScope(set).judge };
}

const WIDEST = new Map<string, Policy>();

function allowingAll(kind: Policy["kind"], like: Pick<Policy, "resource" | "account"> | null): Policy {
  const key = JSON.stringify([kind, like?.resource, like?.account]);
  let policy = WIDEST.get(key);
  if (!policy) {
    const statement = {
      Effect: "Allow",
      ...(kind === "identity" ? {} : { Principal: "*" }),
      Action: "*",
      ...(kind === "trust" ? {} : { Resource: "*" }),
    };
    const text = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    const { resource = null, account = null } = like ?? {};
    policy = parsePolicy(new Source("everything", text), kind, {
      name: "everything",
      resource,
      account,
      endpoint: null,
    });
    if (WIDEST.size < 1_000) WIDEST.set(key, policy);
  }
  return policy;
}
