/**
 * What AWS accepts but what never does what it says. Findings never change a decision; a failing message shows those
 * that touch it. One function a finding; `findings` runs them over every statement.
 */
import { actionCarriesKey, actionFacts, keyFacts, type ServiceFacts, serviceFacts } from "../catalog/catalog.ts";
import { nearest, nearestAction, nearestKey } from "../catalog/nearest.ts";
import { type Operator, type OperatorFamily, parseOperator } from "../catalog/operators.ts";
import type { ActionFacts, KeyType } from "../catalog/types.ts";
import { VIA_SERVICES } from "../catalog/via-services.ts";
import { quoted } from "../diagnostic/frame.ts";
import { arnFields, isAccountId, parseArn } from "./arn.ts";
import { glob, globsOverlap } from "./glob.ts";
import { type Condition, hasVariables, type Located, type PolicyFields, type Statement } from "./policy.ts";
import type { Reading } from "./reading.ts";
import { parseBinary, parseBool, parseCidr, parseDate, parseNumber } from "./values.ts";
import { hasPlaceholder, isKeyForm, parseTemplate, splitArnPattern } from "./variables.ts";

/** Adds the findings of a policy to its reading. */
export function findings(reading: Reading, policy: PolicyFields): void {
  version(reading, policy);
  sids(reading, policy.statements);
  if (policy.statements.length === 0 && reading.spans.statements)
    reading.finding(reading.spans.statements, "empty-list", "this list is empty, so the policy says nothing");
  const variables = hasVariables(policy);
  const nearAction = remembered(nearestAction);
  const nearKey = remembered(nearestKey);
  for (const statement of policy.statements) {
    empty(reading, statement);
    if (policy.kind === "trust" || policy.kind === "resource" || policy.kind === "key")
      openToAll(reading, policy, statement);
    const actions = statement.action && !statement.action.not ? namedActions(statement) : undefined;
    unknownActions(reading, statement, nearAction);
    const onKey = statement.resource && aliasOnly(statement);
    for (const located of statement.resource?.values ?? []) {
      resource(reading, located, onKey, variables);
      if (variables) {
        const nothing = statement.resource?.not ? "this pattern excludes nothing" : "this pattern matches no resource";
        unknownVariables(reading, located, splitArnPattern(located.value)[5] ?? "", nothing, nearKey);
      }
    }
    for (const condition of statement.conditions) {
      const operator = parseOperator(condition.operator)!;
      conditionKey(reading, condition, operator, actions, nearKey);
      const { family, negated } = operator.facts;
      if (variables && (family === "string" || family === "arn" || family === "bool"))
        for (const located of condition.values)
          unknownVariables(
            reading,
            located,
            located.value,
            negated ? "this value excludes nothing" : "this value matches no request",
            nearKey,
          );
      conditionValues(reading, condition, operator, variables);
      if (condition.key.toLowerCase() === "kms:viaservice") viaService(reading, policy, statement, condition, operator);
    }
  }
}

/** A policy of thousands of misspelt names gets help for the first few: each is compared with all of its service's. */
const SUGGESTIONS = 20;

type Near = (name: string) => string | undefined;

function remembered(near: Near): Near {
  const known = new Map<string, string | undefined>();
  return (name) => {
    if (!known.has(name)) {
      if (known.size >= SUGGESTIONS) return undefined;
      known.set(name, near(name));
    }
    return known.get(name);
  };
}

function version(reading: Reading, policy: PolicyFields): void {
  if (policy.version === "2012-10-17") return;
  const { version = { start: 0, end: 1 }, document = version } = reading.spans;
  const note = "under it `${…}` is literal text";
  const see = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html";
  if (policy.version === null)
    reading.finding(document, "missing-version", "without `Version` a policy is read as version `2008-10-17`", {
      note,
      see,
    });
  else
    reading.finding(version, "old-version", "version `2008-10-17` of the policy language is the old one", {
      note,
      see,
    });
}

function sids(reading: Reading, statements: readonly Statement[]): void {
  const seen = new Set<string>();
  for (const { sid, index, place: whole } of statements) {
    // An empty one is none, as Terraform writes it.
    if (!sid) continue;
    const place = reading.spans.sids.get(index) ?? whole;
    if (seen.has(sid)) reading.finding(place, "duplicate-sid", `a statement before has the Sid ${quoted(sid)} too`);
    seen.add(sid);
    const identityType = reading.facts.principal === "forbidden";
    if (identityType && !/^[A-Za-z0-9]*$/.test(sid))
      reading.finding(place, "odd-sid", `IAM takes only letters and digits in a Sid: ${quoted(sid)}`);
  }
}

function empty(reading: Reading, statement: Statement): void {
  const start = statement.place;
  if (reading.kind === "key" && !(statement.action && statement.resource))
    reading.finding(start, "no-effect", "a key policy statement without `Action` or `Resource` has no effect", {
      see: reading.facts.see,
    });
  for (const element of [statement.principal, statement.action, statement.resource])
    if (element?.values.length === 0)
      reading.finding(
        element.place,
        "empty-list",
        `this list is empty, so ${element === statement.principal && element.not ? "it excludes nobody" : "the statement never applies"}`,
      );
  for (const condition of statement.conditions)
    if (condition.values.length === 0)
      reading.finding(condition.place, "empty-list", "this condition has no values, so it does not compare anything", {
        note: statement.effect === "Deny" ? "this Deny may not guard what it seems to" : undefined,
      });
}

function openToAll(reading: Reading, policy: PolicyFields, statement: Statement): void {
  if (policy.kind !== "trust" || statement.effect !== "Allow" || statement.principal?.not) return;
  if (statement.conditions.length > 0 || !statement.action) return;
  const { not, values } = statement.action;
  if (values.some(({ value }) => glob(value.toLowerCase()).matches("sts:assumerole")) === not) return;
  for (const { value, place } of statement.principal?.values ?? [])
    if (value === "*")
      reading.finding(place, "public-trust", "everybody may assume this role, of any account", {
        help: "name the accounts or roles, or the provider",
        see: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html",
      });
}

/** The catalogue's actions that a statement's `Action` names without wildcards. */
function namedActions(statement: Statement): ActionFacts[] | undefined {
  const values = statement.action!.values;
  const facts = values.map(({ value }) => (/[*?]/.test(value) ? undefined : actionFacts(value)));
  return facts.every((found) => found !== undefined) ? facts : undefined;
}

function unknownActions(reading: Reading, statement: Statement, nearAction: Near): void {
  for (const { value, place } of statement.action?.values ?? []) {
    if (value === "*") continue;
    const [prefix = "", name = ""] = value.split(":");
    const service = serviceFacts(prefix);
    const wild = /[*?]/.test(name);
    if (service && (wild ? matchesAction(service, name) : service.actions.has(name.toLowerCase()))) continue;
    const near = wild ? undefined : nearAction(value);
    const sentence = !service
      ? `${quoted(prefix)} is not the prefix of a service`
      : wild
        ? `${quoted(value)} matches no action of ${service.title}`
        : `${quoted(value)} is not an action of ${service.title}`;
    reading.finding(place, "unknown-action", sentence, {
      help: near ? `did you mean \`${near}\`?` : undefined,
      note: statement.action!.not ? "it excludes nothing" : "it allows or denies nothing",
      see: service?.url,
    });
  }
}

function matchesAction(service: ServiceFacts, name: string): boolean {
  const pattern = glob(name.toLowerCase());
  for (const action of service.actions.keys()) if (pattern.matches(action)) return true;
  return false;
}

/** The action of a statement on aliases alone that needs the key and never an alias, where it has one. */
function aliasOnly(statement: Statement): string | undefined {
  if (!statement.resource?.values.every(({ value }) => /:alias\//.test(value))) return undefined;
  if (!statement.action || statement.action.not) return undefined;
  const actions = [...(serviceFacts("kms")?.actions.values() ?? [])];
  const on = (action: ActionFacts, type: string) => action.resources.some((resource) => resource.type === type);
  return statement.action.values.find(({ value }) => {
    if (!/^kms:/i.test(value)) return false;
    const pattern = glob(value.slice("kms:".length).toLowerCase());
    const named = actions.filter(({ name }) => pattern.matches(name.toLowerCase()));
    return named.some((action) => on(action, "key")) && !named.some((action) => on(action, "alias"));
  })?.value;
}

/** Keys that only their services' policies know, as variables: AWS's pages of IoT and Transfer Family. */
const SERVICE_VARIABLES = /^(iot|transfer|credentials-iot):/i;

/** A variable that no request gives a value: a placeholder, a misspelt key, or one with several values (D2, D4). */
function unknownVariables(reading: Reading, { place }: Located, text: string, effect: string, nearKey: Near): void {
  if (!text.includes("${")) return;
  const told = new Set<string>();
  for (const part of parseTemplate(text).parts) {
    if (!("key" in part) || told.has(part.key) || SERVICE_VARIABLES.test(part.key)) continue;
    const { key, fallback } = part;
    told.add(key);
    const facts = keyFacts(key);
    if (facts && !facts.multiValued) continue;
    const form = isKeyForm(key);
    const near = form && !facts ? nearKey(key) : undefined;
    reading.finding(
      place,
      "unknown-variable",
      facts
        ? `${quoted(key)} holds several values, and a policy variable takes one`
        : `${quoted(`\${${key}}`)} is not a policy variable: ${form ? `${quoted(key)} is not a condition key of AWS` : `${quoted(key)} is not of the form \`service:Key\``}`,
      {
        help: form
          ? near && `did you mean \`\${${near}}\`?`
          : "fill in the placeholder; a policy variable is written as in `${aws:username}`",
        note: `it has no value, so ${fallback === undefined ? effect : "its default always stands for it"}`,
        see: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html",
      },
    );
  }
}

function resource(reading: Reading, located: Located, onKey: string | undefined, variables: boolean): void {
  const { value, place } = located;
  if (value === "*") return;
  const fields = variables ? splitArnPattern(value) : arnFields(value);
  const [, partition = "", service = "", region = "", account = "", name] = fields;
  if (fields.length < 6) {
    const filled = reading.facts.shortArn !== "filledIfWildcard" || value.endsWith("*");
    reading.finding(place, "short-arn", `an ARN has six fields, this one ${fields.length}: ${quoted(value)}`, {
      note: filled ? "the missing fields count as `*`" : "it matches no resource",
      see: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
    });
    return;
  }
  if (fields.slice(0, 5).some((field) => field.includes("${")) && variables)
    reading.finding(
      place,
      "variable-place",
      "policy variables work only in the last field of an ARN; before it they are literal text",
      {
        help: hasPlaceholder(fields.slice(0, 5).join(":")) ? "fill in the placeholder" : undefined,
        see: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html",
      },
    );
  if (onKey !== undefined && service === "kms" && /^alias\//.test(name ?? ""))
    reading.finding(place, "alias-resource", `${quoted(onKey)} is authorized on the key, never on its alias`, {
      help: "name the key's ARN, or use `key/*` with a condition on `kms:RequestAlias` or `kms:ResourceAliases`",
      see: "https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html",
    });
  const odd = oddArn(partition, service, region, account, fields, variables);
  if (odd) reading.finding(place, "odd-arn", `${odd}: ${quoted(value)}`);
}

function oddArn(
  partition: string,
  service: string,
  region: string,
  account: string,
  fields: readonly string[],
  variables: boolean,
): string | undefined {
  if (/[?]|^.+\*|\*.+$/.test(partition)) return "a partition takes no wildcard";
  if (account !== "" && account !== "aws" && !/[*?$]/.test(account) && !isAccountId(account))
    return "the account of this ARN has not twelve digits";
  const facts = serviceFacts(service);
  if (!facts) return `${quoted(service)} is not the prefix of a service`;
  if (facts.resourceTypes.size === 0) return undefined;
  if (region !== "" && (service === "iam" || service === "sts")) return "IAM resources have no Region";
  const pattern = variables ? fields.map(asPattern) : fields;
  for (const form of formsOf(facts))
    if (pattern.every((field, at) => fieldsOverlap(field, form[at]!))) return undefined;
  return `no resource of ${facts.title} has an ARN of this form`;
}

const asPattern = (text: string): string => text.replace(/\$\{[^{}]*\}/g, "*");

const forms = new WeakMap<ServiceFacts, readonly (readonly string[])[]>();

/** The ARNs of a service's resources as patterns, field by field. */
function formsOf(facts: ServiceFacts): readonly (readonly string[])[] {
  let all = forms.get(facts);
  if (!all) {
    all = [...facts.resourceTypes.values()].flatMap(({ arns }) => arns.map((arn) => arnFields(asPattern(arn))));
    forms.set(facts, all);
  }
  return all;
}

/** `globsOverlap`, which is slow, only where the texts before the first wildcards leave it open. */
function fieldsOverlap(a: string, b: string): boolean {
  if (a === b || a === "*" || b === "*") return true;
  const wildA = a.search(/[*?]/);
  const wildB = b.search(/[*?]/);
  if (wildA === -1 && wildB === -1) return false;
  const common = Math.min(wildA === -1 ? a.length : wildA, wildB === -1 ? b.length : wildB);
  return a.startsWith(b.slice(0, common)) && globsOverlap(a, b);
}

function conditionKey(
  reading: Reading,
  condition: Condition,
  operator: Operator,
  actions: readonly ActionFacts[] | undefined,
  nearKey: Near,
): void {
  const { key, keyPlace } = condition;
  const facts = keyFacts(key);
  if (!facts) {
    const near = nearKey(key);
    reading.finding(keyPlace, "unknown-key", `${quoted(key)} is not a condition key of AWS`, {
      help: near ? `did you mean \`${near}\`?` : undefined,
      note: "no request carries it, so it counts as absent",
    });
    return;
  }
  if (reading.kind === "key" && /^kms:resourcealiases$/i.test(key))
    reading.finding(keyPlace, "key-not-carried", "`kms:ResourceAliases` works in IAM policies, not in key policies", {
      note: "the key counts as absent here",
      see: "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
    });
  if (operator.facts.family === "null") return;
  const without = operator.ifExists ? [] : (actions ?? []).filter((action) => !actionCarriesKey(action, key));
  if (without.length > 0)
    reading.finding(
      keyPlace,
      "key-not-carried",
      `requests for ${without.map((action) => `\`${action.service}:${action.name}\``).join(", ")} never carry ${quoted(key)}`,
      {
        note: `the key counts as absent there, so this condition ${matchesAbsent(operator) ? "always" : "never"} matches`,
      },
    );
  if (facts.multiValued && !operator.qualifier)
    reading.finding(
      condition.operatorPlace,
      "set-operator",
      `${quoted(key)} holds several values and needs \`ForAnyValue:\` or \`ForAllValues:\``,
      {
        note: "without a set operator the condition does not match a present key",
        see: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html",
      },
    );
  if (!fits(operator.facts.family, facts.type, key))
    reading.finding(
      condition.operatorPlace,
      "operator-type",
      `\`${condition.operator}\` does not fit ${quoted(key)}, a key of type ${facts.type}`,
    );
}

/** What a condition says of a key that is not there (semantics C2, C12). */
const matchesAbsent = ({ qualifier, facts }: Operator): boolean =>
  qualifier === undefined ? facts.negated : qualifier === "ForAllValues";

/** The catalogue calls some keys that hold ARNs strings, and times are numbers as well (semantics B3). */
function fits(family: OperatorFamily, type: KeyType, key: string): boolean {
  if (FITTING[family].includes(type)) return true;
  if (family === "arn") return /(arn|principal)$/i.test(key);
  return (family === "numeric" || family === "date") && /time$/i.test(key);
}

const FITTING: Readonly<Record<OperatorFamily, readonly KeyType[]>> = {
  string: ["String", "ARN"],
  numeric: ["Numeric"],
  date: ["Date"],
  bool: ["Bool"],
  binary: ["Binary"],
  ip: ["IPAddress"],
  arn: ["ARN"],
  null: [],
};

const PARSERS: Readonly<Partial<Record<OperatorFamily, { parse(text: string): unknown; what: string }>>> = {
  numeric: { parse: parseNumber, what: "a number" },
  date: { parse: parseDate, what: "a date or a time in epoch seconds" },
  bool: { parse: parseBool, what: "`true` or `false`" },
  binary: { parse: parseBinary, what: "base64 text" },
  ip: { parse: parseCidr, what: "an IP address or a CIDR block" },
};

function conditionValues(reading: Reading, condition: Condition, operator: Operator, variables: boolean): void {
  const { family, negated } = operator.facts;
  if (family === "null" && operator.qualifier)
    reading.finding(condition.operatorPlace, "set-operator", `\`${condition.operator}\` does not look at the key`, {
      note: operator.qualifier === "ForAllValues" ? "it always matches" : "it never matches",
    });
  for (const { value, place } of condition.values) {
    const templated = variables && value.includes("${");
    if (templated && family !== "string" && family !== "arn" && family !== "bool") {
      reading.finding(place, "variable-place", `\`${condition.operator}\` takes no policy variables: ${quoted(value)}`);
      continue;
    }
    if (templated) continue;
    const parser = PARSERS[family];
    const note = negated ? "it never equals the request's value, so it excludes nothing" : "it matches no request";
    if (parser && parser.parse(value) === undefined)
      reading.finding(place, "unparseable-value", `${quoted(value)} is not ${parser.what}`, { note });
    if (family !== "arn") continue;
    const [first = "", ...rest] = arnFields(value);
    if (rest.length < 5)
      reading.finding(
        place,
        "odd-arn",
        `\`${condition.operator}\` compares six fields, but ${quoted(value)} has fewer`,
        { note },
      );
    else if (!glob(first).matches("arn"))
      reading.finding(place, "odd-arn", `${quoted(value)} does not begin with \`arn:\``, { note });
  }
}

function viaService(
  reading: Reading,
  policy: PolicyFields,
  statement: Statement,
  condition: Condition,
  operator: Operator,
): void {
  if (operator.facts.family !== "string") return;
  const regions = keyRegions(policy, statement);
  for (const { value, place } of condition.values) {
    const wild = /[*?]/.test(value);
    if (value.includes("$") || (wild && operator.facts.compare === "like")) continue;
    const [, service, region] = /^([a-z0-9-]+)\.([a-z0-9-]+)\.amazonaws\.com$/.exec(value) ?? [];
    if (!service || !region) {
      reading.finding(
        place,
        "via-service-form",
        `${quoted(value)} is not of the form \`service.region.amazonaws.com\``,
        {
          help: wild ? "`*` is a wildcard under `StringLike`" : "as in `s3.eu-west-1.amazonaws.com`",
          see: "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
        },
      );
    } else if (!VIA_SERVICES.has(service)) {
      const near = nearest(service, VIA_SERVICES);
      reading.finding(place, "via-service-form", `no service calls AWS KMS under the name ${quoted(service)}`, {
        help: near ? `did you mean \`${near}.${region}.amazonaws.com\`?` : undefined,
        see: "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
      });
    } else if (regions.size > 0 && !regions.has(region))
      reading.finding(
        place,
        "via-service-region",
        `the key is in ${[...regions].join(", ")}, but ${quoted(value)} calls from ${region}`,
        {
          note: "a service uses the keys of its own Region",
        },
      );
  }
}

/** The Regions of the keys that a statement is about; empty when unknown. */
function keyRegions(policy: PolicyFields, statement: Statement): Set<string> {
  if (!policy.resource && statement.resource?.not) return new Set();
  const arns = policy.resource ? [policy.resource] : (statement.resource?.values ?? []).map(({ value }) => value);
  const regions = new Set<string>();
  for (const text of arns) {
    const { service, region = "" } = parseArn(text) ?? {};
    if (service !== "kms" || region === "" || /[*?$]/.test(region)) return new Set();
    regions.add(region);
  }
  return regions;
}
