/** The one case format: conformance files, `iam-expect decide`, recordings and bug reports share it. */
import { ownerOf } from "../evaluate/normalise.ts";
import type { PolicySet } from "../evaluate/policy-set.ts";
import { isAccountId, parseArn } from "../policy/arn.ts";
import type { PolicyKind } from "../policy/kinds.ts";
import { type PolicyOptions, parsePolicy, parsePolicyNode } from "../policy/parse.ts";
import type { Policy } from "../policy/policy.ts";
import { buildFacts } from "../request/build-facts.ts";
import type { Context, ContextValue } from "../request/context.ts";
import type { Facts } from "../request/facts.ts";
import { type Grant, type GrantInput, grant } from "../request/grant.ts";
import { anonymous, federated, type Principal, principalFromArn, service } from "../request/principal.ts";
import { checkAction, type RequestFields } from "../request/request.ts";
import type { JsonNode } from "../source/json.ts";
import { Source } from "../source/source.ts";
import { CaseReader, toData } from "./schema.ts";

export interface Expectation {
  readonly outcome?: string;
  readonly error?: string;
  readonly statements?: readonly { policy?: string; index?: number; sid?: string | null }[];
  readonly openKeys?: readonly string[];
  readonly openPolicies?: readonly string[];
  readonly unverified?: boolean;
  readonly rules?: readonly string[];
}

export interface Case {
  readonly id: string;
  readonly expect: Expectation | undefined;
  /** Reads the policies and the request; refuses what is wrong with them. */
  question(): { set: PolicySet; facts: Facts };
}

const PARTS = ["id", "request", "policies", "expect", "source"];
const REQUEST = ["principal", "action", "resource", "resourceAccount", "context"];
const PRINCIPAL = [
  "arn",
  "service",
  "federated",
  "anonymous",
  "tags",
  "issuer",
  "serviceLinked",
  "managementAccount",
  "uniqueId",
];
const POLICIES = [
  "identity",
  "permissionsBoundary",
  "session",
  "resource",
  "grants",
  "serviceControl",
  "resourceControl",
  "vpcEndpoint",
];
const EXPECT = ["outcome", "error", "statements", "openKeys", "openPolicies", "unverified", "rules"];
const OUTCOMES = ["allowed", "explicitDeny", "implicitDeny"];

/** Reads one case. Its shape is checked here (`invalid-case`), its policies and request by `question()`. */
export function readCase(source: Source, node: JsonNode): Case {
  const reader = new CaseReader(source);
  const parts = reader.object(node, "a case", PARTS);
  const id = parts.get("id");
  const request = parts.get("request") ?? reader.refuse(node, "a case needs `request`");
  const policies = parts.get("policies");
  const expect = parts.get("expect");
  return {
    id: id ? reader.text(id, "`id`") : "",
    expect: expect && readExpectation(reader, expect),
    question: () => question(reader, request, policies),
  };
}

function readExpectation(reader: CaseReader, node: JsonNode): Expectation {
  const parts = reader.object(node, "`expect`", EXPECT);
  const outcome = parts.get("outcome");
  if (outcome && !OUTCOMES.includes(reader.text(outcome, "`outcome`")))
    reader.refuse(outcome, `an outcome is one of ${OUTCOMES.join(", ")}`);
  if (outcome === undefined && !parts.has("error")) reader.refuse(node, "`expect` needs `outcome` or `error`");
  for (const list of ["openKeys", "openPolicies", "rules"]) {
    const texts = parts.get(list);
    if (texts) reader.texts(texts, `\`${list}\``);
  }
  const statements = parts.get("statements");
  for (const statement of statements ? reader.list(statements, "`statements`") : [])
    reader.object(statement, "a statement of `expect`", ["policy", "index", "sid"]);
  return toData(node) as Expectation;
}

function question(
  reader: CaseReader,
  requestNode: JsonNode,
  policiesNode: JsonNode | undefined,
): { set: PolicySet; facts: Facts } {
  const request = readRequest(reader, requestNode);
  const parts = policiesNode ? reader.object(policiesNode, "`policies`", POLICIES) : new Map<string, JsonNode>();
  const list = (name: string, kind: PolicyKind): Policy[] => {
    const node = parts.get(name);
    return node
      ? reader
          .list(node, `\`${name}\``)
          .map((entry, index) => readEntry(reader, entry, kind, `${name} policy ${index + 1}`))
      : [];
  };
  const levels = (name: string, kind: PolicyKind): Policy[][] => {
    const node = parts.get(name);
    if (!node) return [];
    return reader
      .list(node, `\`${name}\``)
      .map((level, at) =>
        reader
          .list(level, `a level of \`${name}\``)
          .map((entry, index) => readEntry(reader, entry, kind, `${name} policy ${at + 1}.${index + 1}`)),
      );
  };
  const resourceNode = parts.get("resource");
  const resource =
    resourceNode === undefined
      ? undefined
      : resourceNode.type === "null"
        ? null
        : readEntry(reader, resourceNode, resourceKind(request), "resource policy");
  const grants = parts.get("grants");
  const set: PolicySet = {
    identity: parts.has("identity") ? list("identity", "identity") : undefined,
    permissionsBoundary: list("permissionsBoundary", "permissionsBoundary"),
    session: list("session", "session"),
    resource,
    grants: grants ? reader.list(grants, "`grants`").map((node) => readGrant(reader, node)) : [],
    serviceControl: levels("serviceControl", "serviceControl"),
    resourceControl: levels("resourceControl", "resourceControl"),
    vpcEndpoint: list("vpcEndpoint", "vpcEndpoint"),
  };
  return { set, facts: buildFacts(request, ownerOf(request, resource, set.grants)) };
}

/** How a resource's policy is read: as a key policy, as a trust policy, or as any other. */
function resourceKind({ action, resource }: RequestFields): PolicyKind {
  const arn = resource === null ? undefined : parseArn(resource);
  if (arn?.service === "kms" || (!arn && action.toLowerCase().startsWith("kms:"))) return "key";
  if (action.toLowerCase().startsWith("sts:") && (!arn || (arn.service === "iam" && arn.resource.startsWith("role/"))))
    return "trust";
  return "resource";
}

function readEntry(reader: CaseReader, node: JsonNode, kind: PolicyKind, name: string): Policy {
  const named = node.type === "object" && node.members.some(({ key }) => key === "document");
  const parts = named ? reader.object(node, "a policy entry", ["name", "document", "endpoint"]) : undefined;
  const document = parts?.get("document") ?? node;
  const title = reader.optionalText(parts?.get("name"), "`name`") ?? name;
  const endpoint = reader.optionalText(parts?.get("endpoint"), "`endpoint`") ?? null;
  if (endpoint !== null && (kind !== "vpcEndpoint" || !/^(gateway|interface)$/.test(endpoint)))
    reader.refuse(node, "`endpoint` is `gateway` or `interface`, of a VPC endpoint policy");
  const options = { name: title, resource: null, account: null, endpoint: endpoint as "gateway" | "interface" | null };
  if (document.type === "string") return textPolicy(document.value, kind, options);
  return parsePolicyNode(reader.source, document, kind, options);
}

const TEXTS = new Map<string, Policy>();
const MOST_TEXTS = 1000;

/** The cases of a suite repeat their policies: a text is read once. */
function textPolicy(text: string, kind: PolicyKind, options: PolicyOptions): Policy {
  const id = JSON.stringify([kind, options.name, options.endpoint, text]);
  let policy = TEXTS.get(id);
  if (!policy) {
    policy = parsePolicy(new Source(options.name, text), kind, options);
    if (TEXTS.size < MOST_TEXTS) TEXTS.set(id, policy);
  }
  return policy;
}

function readGrant(reader: CaseReader, node: JsonNode): Grant {
  if (node.type !== "object") return reader.refuse(node, "a grant is an object");
  return grant(toData(node) as GrantInput);
}

function readRequest(reader: CaseReader, node: JsonNode): RequestFields {
  const parts = reader.object(node, "`request`", REQUEST);
  const principal = parts.get("principal") ?? reader.refuse(node, "`request` needs `principal`");
  const action = parts.get("action") ?? reader.refuse(node, "`request` needs `action`");
  const resourceNode = parts.get("resource");
  const resource = reader.optionalText(resourceNode, "`resource`");
  if (resourceNode && resource !== "*" && !parseArn(resource!))
    reader.refuse(resourceNode, "`resource` is an ARN or `*`", undefined, "invalid-resource");
  const accountNode = parts.get("resourceAccount");
  const account = reader.optionalText(accountNode, "`resourceAccount`");
  if (accountNode && !isAccountId(account!)) reader.refuse(accountNode, "`resourceAccount` has twelve digits");
  return {
    principal: readPrincipal(reader, principal),
    action: checkAction(reader.text(action, "`action`")),
    resource: resource ?? null,
    resourceAccount: account ?? null,
    context: readContext(reader, parts.get("context")),
    givenIdentity: null,
  };
}

function readPrincipal(reader: CaseReader, node: JsonNode): Principal {
  if (node.type === "string") return principalFromArn(node.value);
  const parts = reader.object(node, "`principal`", PRINCIPAL);
  const arn = reader.optionalText(parts.get("arn"), "`arn`");
  const issuer = reader.optionalText(parts.get("issuer"), "`issuer`");
  const uniqueId = reader.optionalText(parts.get("uniqueId"), "`uniqueId`");
  if (arn !== undefined)
    return principalFromArn(arn, {
      tags: reader.pairs(parts.get("tags"), "`tags`"),
      managementAccount: reader.flag(parts.get("managementAccount"), "`managementAccount`"),
      ...(parts.has("serviceLinked")
        ? { serviceLinked: reader.flag(parts.get("serviceLinked"), "`serviceLinked`") }
        : {}),
      ...(issuer === undefined ? {} : { issuer }),
      ...(uniqueId === undefined ? {} : { uniqueId }),
    });
  const name = reader.optionalText(parts.get("service"), "`service`");
  if (name !== undefined) return service(name);
  const provider = reader.optionalText(parts.get("federated"), "`federated`");
  if (provider !== undefined) return federated(provider);
  if (reader.flag(parts.get("anonymous"), "`anonymous`")) return anonymous;
  return reader.refuse(node, "`principal` needs `arn`, `service`, `federated` or `anonymous`");
}

function readContext(reader: CaseReader, node: JsonNode | undefined): Context {
  const context: Record<string, ContextValue> = Object.create(null);
  if (!node) return context;
  if (node.type !== "object") return reader.refuse(node, "`context` is an object");
  for (const { key, keyStart, keyEnd, value } of node.members) {
    if (!/^[^\s:]+:./.test(key))
      reader.refuse({ start: keyStart, end: keyEnd }, "a context key is of the form `service:Key`");
    if (Object.hasOwn(context, key)) reader.refuse({ start: keyStart, end: keyEnd }, "a context key is written twice");
    context[key] = readValue(reader, value);
  }
  return context;
}

function readValue(reader: CaseReader, node: JsonNode): ContextValue {
  if (node.type === "null") return null;
  if (node.type === "array") return node.items.map((item) => scalar(reader, item));
  return scalar(reader, node);
}

function scalar(reader: CaseReader, node: JsonNode): string {
  if (node.type === "string" || node.type === "number" || node.type === "boolean") return String(node.value);
  return reader.refuse(node, "a context value is a text, a number, a boolean, a list of them, or null");
}
