import { type ActionFacts, actionFacts } from "../catalog/catalog.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { type Arn, arnFields, arnOf, lastFieldOf } from "../policy/arn.ts";
import type { Facts } from "./facts.ts";
import type { Principal } from "./principal.ts";
import type { RequestFields } from "./request.ts";

/** A request made ready to decide. `owner`: the account that owns the resource, where the ARN does not say. */
export function buildFacts(request: RequestFields, owner: string | undefined): Facts {
  const context = foldContext(request.context);
  if (context.get("kms:viaservice")?.includes(""))
    refuse("empty-value", "`kms:ViaService` is an empty string", {
      help: "write service and Region, as in `s3.eu-west-1.amazonaws.com`",
      note: "no service has an empty name",
    });
  checkTags(request.principal.tags);
  return new RequestFacts(request, context, owner);
}

/** What is derived from the resource's text is derived when it is first asked for: most decisions ask for little of it. */
class RequestFacts implements Facts {
  readonly principal: Principal;
  readonly action: string;
  readonly service: string;
  readonly actionFacts: ActionFacts | undefined;
  readonly resource: string | undefined;
  readonly owner: string | undefined;
  readonly viaService: boolean;
  private last: number | undefined = undefined;
  private parsed: Arn | undefined | null = null;
  private folded: string | undefined = undefined;

  constructor(
    readonly request: RequestFields,
    readonly context: Facts["context"],
    owner: string | undefined,
  ) {
    const { action, service, facts } = actionOf(request.action);
    this.principal = request.principal;
    this.action = action;
    this.service = service;
    this.actionFacts = facts;
    // An action without resource-level support is authorized on `*`, whatever a test names (semantics A23).
    const resourceless = facts !== undefined && facts.resources.length === 0;
    this.resource = resourceless ? "*" : (request.resource ?? undefined);
    // Such an action runs in the caller's account (E10).
    this.owner = this.resource === "*" ? (request.principal.account ?? owner) : owner;
    this.viaService = context.size > 0 && isThroughService(context);
  }

  get arn(): Arn | undefined {
    if (this.parsed === null) this.parsed = this.resource === undefined ? undefined : arnOf(arnFields(this.resource));
    return this.parsed;
  }

  get lastField(): number {
    this.last ??= lastFieldOf(this.resource ?? "");
    return this.last;
  }

  get foldedResource(): string {
    if (this.folded === undefined) {
      const { resource = "" } = this;
      const folded = resource.toLowerCase();
      // The same string, so that comparing the two is comparing two pointers.
      this.folded = folded === resource ? resource : folded;
    }
    return this.folded;
  }
}

function isThroughService(context: Facts["context"]): boolean {
  return (
    isTold(context, "kms:viaservice") ||
    isTold(context, "aws:calledvia") ||
    context.get("aws:viaawsservice")?.[0]?.toLowerCase() === "true"
  );
}

const isTold = (context: Facts["context"], key: string) => (context.get(key) ?? []).length > 0;

interface Action {
  readonly action: string;
  readonly service: string;
  readonly facts: ActionFacts | undefined;
}

/** What the catalogue says of an action and how names fold depends on the text alone: looked up once a text. */
const ACTIONS = new Map<string, Action>();
const NAMES = new Map<string, string>();
const MOST_TEXTS = 20_000;

function actionOf(text: string): Action {
  let found = ACTIONS.get(text);
  if (!found) {
    const action = text.toLowerCase();
    found = { action, service: action.slice(0, action.indexOf(":")), facts: actionFacts(action) };
    if (ACTIONS.size < MOST_TEXTS) ACTIONS.set(text, found);
  }
  return found;
}

function foldedName(text: string): string {
  let folded = NAMES.get(text);
  if (folded === undefined) {
    folded = text.toLowerCase();
    if (NAMES.size < MOST_TEXTS) NAMES.set(text, folded);
  }
  return folded;
}

const NO_CONTEXT: Facts["context"] = new Map();

function foldContext(context: RequestFields["context"]): Facts["context"] {
  let folded: Map<string, readonly string[] | null> | undefined;
  let count = 0;
  for (const key in context) {
    const value = context[key]!;
    const name = foldedName(key);
    folded ??= new Map();
    folded.set(name, value === null ? null : typeof value === "string" ? [value] : value);
    // Two tags that differ by case alone give unpredictable results (B1).
    if (folded.size !== ++count)
      refuse("ambiguous-tags", `the context has ${quoted(key)} twice, with names that differ only by case`, {
        help: "names of keys and tags do not depend on case",
      });
  }
  return folded ?? NO_CONTEXT;
}

function checkTags(tags: Readonly<Record<string, string>>): void {
  let seen: Set<string> | undefined;
  for (const key in tags) {
    seen ??= new Set();
    const name = foldedName(key);
    if (seen.has(name))
      refuse("ambiguous-tags", `the principal has the tag ${quoted(key)} twice, with names that differ only by case`);
    seen.add(name);
  }
}
