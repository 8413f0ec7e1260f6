import { actionFacts } from "../catalog/catalog.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { parseArn } from "../policy/arn.ts";
import type { Facts } from "./facts.ts";
import type { RequestFields } from "./request.ts";

const NO_CONTEXT: ReadonlyMap<string, readonly string[] | null> = new Map();

/** A request made ready to decide. `owner`: the account that owns the resource, where the ARN does not say. */
export function buildFacts(request: RequestFields, owner: string | undefined): Facts {
  const action = request.action.toLowerCase();
  const facts = actionFacts(action);
  const context = foldContext(request.context);
  if (context.get("kms:viaservice")?.includes(""))
    refuse("empty-value", "`kms:ViaService` is an empty string", {
      help: "write service and Region, as in `s3.eu-west-1.amazonaws.com`",
      note: "no service has an empty name",
    });
  checkTags(request.principal.tags);
  // An action without resource-level support is authorized on `*`, whatever a test names (semantics A23).
  const resourceless = facts !== undefined && facts.resources.length === 0;
  const resource = resourceless ? "*" : (request.resource ?? undefined);
  return {
    request,
    principal: request.principal,
    action,
    service: action.slice(0, action.indexOf(":")),
    actionFacts: facts,
    resource,
    arn: resource === undefined || resource === "*" ? undefined : parseArn(resource),
    // Such an action runs in the caller's account (E10).
    owner: resource === "*" ? (request.principal.account ?? owner) : owner,
    context,
    viaService:
      isTold(context, "kms:viaservice") ||
      isTold(context, "aws:calledvia") ||
      context.get("aws:viaawsservice")?.[0]?.toLowerCase() === "true",
  };
}

const isTold = (context: Facts["context"], key: string) => (context.get(key) ?? []).length > 0;

function foldContext(context: RequestFields["context"]): Facts["context"] {
  const keys = Object.keys(context);
  if (keys.length === 0) return NO_CONTEXT;
  const folded = new Map<string, readonly string[] | null>();
  for (const key of keys) {
    const value = context[key]!;
    const name = key.toLowerCase();
    // Two tags that differ by case alone give unpredictable results (B1).
    if (folded.has(name))
      refuse("ambiguous-tags", `the context has ${quoted(key)} twice, with names that differ only by case`, {
        help: "names of keys and tags do not depend on case",
      });
    folded.set(name, value === null ? null : typeof value === "string" ? [value] : value);
  }
  return folded;
}

function checkTags(tags: Readonly<Record<string, string>>): void {
  const seen = new Set<string>();
  for (const key in tags) {
    if (seen.has(key.toLowerCase()))
      refuse("ambiguous-tags", `the principal has the tag ${quoted(key)} twice, with names that differ only by case`);
    seen.add(key.toLowerCase());
  }
}
