import { nearest } from "../catalog/nearest.ts";
import { type Diagnostic, DiagnosticError } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { type JsonMember, type JsonNode, type JsonObject, type JsonReading, readJson } from "../source/json.ts";
import type { Source } from "../source/source.ts";
import { findings } from "./findings.ts";
import { KINDS, type PolicyKind } from "./kinds.ts";
import { type Element, Policy, type PolicyFields, type Statement } from "./policy.ts";
import { readAction } from "./read-action.ts";
import { readConditions } from "./read-condition.ts";
import { readPrincipal } from "./read-principal.ts";
import { readResource } from "./read-resource.ts";
import { keySpan, members, Reading, templateHelp, typeName } from "./reading.ts";
import { parseTemplate } from "./variables.ts";

const GRAMMAR = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html";
const DOCUMENT_ELEMENTS = ["Version", "Id", "Statement"];
const STATEMENT_ELEMENTS = [
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
];
const VERSIONS = ["2012-10-17", "2008-10-17"] as const;

export type PolicyOptions = Pick<PolicyFields, "name" | "resource" | "account" | "endpoint">;

/** Reads a policy of a kind from JSON text. Refuses it with all its problems, in file order. */
export function parsePolicy(source: Source, kind: PolicyKind, options: PolicyOptions): Policy {
  return parseReading(source, readJson(source.text), kind, options);
}

/** Reads a policy that is a part of a larger text, keeping its place there. */
export function parsePolicyNode(source: Source, root: JsonNode, kind: PolicyKind, options: PolicyOptions): Policy {
  return parseReading(source, { root, problems: [] }, kind, options);
}

function parseReading(source: Source, json: JsonReading, kind: PolicyKind, options: PolicyOptions): Policy {
  const reading = new Reading(source, kind, KINDS[kind]);
  const help = json.root ? undefined : wrongText(source.text);
  for (const { sentence, label, through, ...span } of json.problems)
    reading.problem(span, "json-syntax", sentence, { label, through, help });
  const { root } = json;
  const document = root && readDocument(reading, root);
  if (!root || !document || reading.problems.length > 0) throw new DiagnosticError(inOrder(reading.problems));
  const fields: PolicyFields = { kind, ...options, ...document, findings: [] };
  findings(reading, fields);
  return new Policy({ ...fields, findings: inOrder(reading.findings) }, source, root);
}

/** The help for a text that is no JSON at all: the name of a file, or a text in another encoding. */
function wrongText(text: string): string | undefined {
  if (text.length < 4096 && /^[^\n{}[\]"]+\.[a-z]{2,5}\s*$/i.test(text)) return "to read a file, use `.fromFile(path)`";
  return text.slice(0, 8).includes("\0") ? "the text has NUL characters, as UTF-16 does: write it in UTF-8" : undefined;
}

function inOrder(diagnostics: Diagnostic[]): Diagnostic[] {
  return diagnostics.sort((a, b) => (a.place?.start ?? 0) - (b.place?.start ?? 0));
}

function readDocument(
  reading: Reading,
  root: JsonNode,
): Pick<PolicyFields, "version" | "id" | "statements"> | undefined {
  if (root.type !== "object") {
    reading.problem(root, "wrong-type", `a policy is an object, not ${typeName(root)}`, {
      help: root.type === "array" ? 'a list of statements goes under "Statement", beside "Version"' : undefined,
      see: GRAMMAR,
    });
    return undefined;
  }
  const elements = members(reading, root, "policy");
  const documentElements = reading.facts.id ? DOCUMENT_ELEMENTS : DOCUMENT_ELEMENTS.filter((name) => name !== "Id");
  const meant = unknownElements(reading, root, DOCUMENT_ELEMENTS, documentElements, "a policy", STATEMENT_ELEMENTS);
  reading.spans.document = { start: root.start, end: root.start + 1 };
  const version = readVersion(reading, elements.get("Version"), root, meant);
  const id = elements.get("Id");
  if (id && id.value.type !== "string")
    reading.problem(id.value, "wrong-type", `\`Id\` takes a string, not ${typeName(id.value)}`);
  if (id && !reading.facts.id)
    misplaced(reading, id, {
      see: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_id.html",
    });
  const statement = elements.get("Statement");
  if (!statement) {
    if (!meant.has("Statement"))
      reading.problem({ start: root.start, end: root.start + 1 }, "missing-element", "a policy needs `Statement`", {
        see: GRAMMAR,
      });
    return undefined;
  }
  reading.spans.statements = { start: statement.keyStart, end: statement.value.end };
  const nodes = statement.value.type === "array" ? statement.value.items : [statement.value];
  const statements = nodes.map((node, index) => readStatement(reading, node, index, version === "2012-10-17"));
  return {
    version,
    id: id?.value.type === "string" ? id.value.value : null,
    statements: statements.filter((read) => read !== undefined),
  };
}

function readVersion(
  reading: Reading,
  member: JsonMember | undefined,
  root: JsonObject,
  meant: ReadonlySet<string>,
): PolicyFields["version"] {
  const { versionRequired, title, see } = reading.facts;
  if (!member) {
    if (versionRequired && !meant.has("Version"))
      reading.problem(
        { start: root.start, end: root.start + 1 },
        "missing-element",
        `${title} needs \`"Version": "2012-10-17"\``,
        { see },
      );
    return null;
  }
  if (member.value.type !== "string") {
    reading.problem(member.value, "wrong-type", `\`Version\` takes a string, not ${typeName(member.value)}`);
    return null;
  }
  reading.spans.version = member.value;
  const text = member.value.value;
  const version = VERSIONS.find((known) => known === text);
  if (!version)
    reading.problem(member.value, "wrong-value", `${quoted(text)} is not a version of the policy language`, {
      help: "write `2012-10-17`",
      see: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html",
    });
  else if (versionRequired && version !== "2012-10-17")
    reading.problem(member.value, "wrong-value", `${title} needs version \`2012-10-17\``, { see });
  return version ?? null;
}

function readStatement(reading: Reading, node: JsonNode, index: number, variables: boolean): Statement | undefined {
  if (node.type !== "object") {
    reading.problem(node, "wrong-type", `a statement is an object, not ${typeName(node)}`, { see: GRAMMAR });
    return undefined;
  }
  const { facts } = reading;
  const elements = members(reading, node, "statement");
  const meant = unknownElements(
    reading,
    node,
    STATEMENT_ELEMENTS,
    STATEMENT_ELEMENTS,
    "a statement",
    DOCUMENT_ELEMENTS,
  );
  const sid = elements.get("Sid");
  if (sid) reading.spans.sids.set(index, sid.value);
  if (sid && sid.value.type !== "string")
    reading.problem(sid.value, "wrong-type", `\`Sid\` takes a string, not ${typeName(sid.value)}`);
  const effect = readEffect(reading, elements.get("Effect"), node, meant);

  const principalMember = pair(reading, elements, "Principal");
  const actionMember = pair(reading, elements, "Action");
  const resourceMember = pair(reading, elements, "Resource");
  const start = { start: node.start, end: node.start + 1 };

  if (principalMember && facts.principal === "forbidden") misplaced(reading, principalMember);
  const lacks = (member: JsonMember | undefined, name: string) =>
    !member && !meant.has(name) && !meant.has(`Not${name}`);
  if (lacks(principalMember, "Principal") && facts.principal !== "forbidden")
    reading.problem(start, "missing-element", `a statement of ${facts.title} needs \`Principal\``, { see: facts.see });
  if (lacks(actionMember, "Action") && facts.resource !== "inert")
    reading.problem(start, "missing-element", "a statement needs `Action` or `NotAction`", { see: GRAMMAR });
  if (lacks(resourceMember, "Resource") && facts.resource === "required")
    reading.problem(start, "missing-element", `a statement of ${facts.title} needs \`Resource\` or \`NotResource\``, {
      see: GRAMMAR,
    });
  if (resourceMember && facts.resource === "forbidden")
    misplaced(reading, resourceMember, { note: "the resource of a trust policy is the role it is attached to" });
  else if (resourceMember?.key === "NotResource" && !facts.notResource) misplaced(reading, resourceMember);
  if (actionMember?.key === "NotAction" && !facts.notAction) misplaced(reading, actionMember);
  if (principalMember?.key === "NotPrincipal" && facts.principal !== "forbidden") {
    // AWS supports NotPrincipal only beside Deny now (semantics A17); a trust or resource control policy takes none (A6).
    if (reading.kind === "trust" || facts.principal === "everyone") misplaced(reading, principalMember);
    else if (effect === "Allow" && reading.kind !== "vpcEndpoint")
      reading.problem(
        keySpan(principalMember),
        "misplaced-element",
        `${facts.title} takes \`NotPrincipal\` only beside \`Deny\``,
        {
          note: "AWS does not support it beside `Allow`; here it would allow everybody else",
          see: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html",
        },
      );
  }

  const principal = principalMember && readPrincipal(reading, principalMember.value, principalMember.key);
  if (principal && principalMember && facts.principal === "everyone" && !isEveryone(principalMember.value))
    reading.problem(principalMember.value, "invalid-principal", `the principal of ${facts.title} is \`*\``, {
      help: "narrow it with a condition, as on `aws:PrincipalAccount`",
      see: facts.see,
    });
  const action = actionMember && readAction(reading, actionMember.value, actionMember.key);
  for (const { value, place } of action ?? [])
    if (value === "*" && effect === "Deny" && reading.kind === "resourceControl")
      reading.problem(place, "invalid-action", `an action of ${facts.title} must name its service`, {
        help: "as in `kms:*`",
        see: facts.see,
      });
  const resource = resourceMember && readResource(reading, resourceMember.value, resourceMember.key);
  if (facts.denyOnly && effect === "Allow" && !isRcpFullAccess(elements))
    reading.problem(elements.get("Effect")!.value, "wrong-value", `${facts.title} can only deny`, {
      note: "AWS attaches RCPFullAWSAccess to everything; it is implied here",
      see: facts.see,
    });
  const condition = elements.get("Condition");
  const conditions = condition && readConditions(reading, condition.value, effect);
  if (variables) {
    for (const located of [...(resource ?? []), ...(conditions ?? []).flatMap((entry) => entry.values)]) {
      const { problem } = parseTemplate(located.value);
      if (problem)
        reading.problem(located.place, "invalid-variable", `${problem}: ${quoted(located.value)}`, {
          help: "write `${aws:username}`, with a default `${aws:username, 'nobody'}`, or `${$}` for a dollar sign",
          see: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html",
        });
    }
  }
  return {
    index,
    ...(sid?.value.type === "string" ? { sid: sid.value.value } : {}),
    effect: effect ?? "Deny",
    effectPlace: reading.place(elements.get("Effect")?.value ?? node),
    ...(principal ? { principal: element(reading, principalMember!, principal) } : {}),
    ...(action ? { action: element(reading, actionMember!, action) } : {}),
    ...(resource ? { resource: element(reading, resourceMember!, resource) } : {}),
    conditions: conditions ?? [],
    place: reading.place(node),
  };
}

function element<T extends { value: string; place: Statement["place"] }>(
  reading: Reading,
  member: JsonMember,
  values: readonly T[],
): Element<T> {
  return {
    not: member.key.startsWith("Not"),
    values,
    place: reading.place({ start: member.keyStart, end: member.value.end }),
  };
}

function readEffect(
  reading: Reading,
  member: JsonMember | undefined,
  node: JsonObject,
  meant: ReadonlySet<string>,
): "Allow" | "Deny" | undefined {
  if (!member) {
    if (!meant.has("Effect"))
      reading.problem({ start: node.start, end: node.start + 1 }, "missing-element", "a statement needs `Effect`", {
        see: GRAMMAR,
      });
    return undefined;
  }
  if (member.value.type !== "string") {
    reading.problem(member.value, "wrong-type", `\`Effect\` takes a string, not ${typeName(member.value)}`);
    return undefined;
  }
  const text = member.value.value;
  if (text === "Allow" || text === "Deny") return text;
  const near = nearest(text, ["Allow", "Deny"]);
  reading.problem(member.value, "wrong-value", `\`Effect\` is \`Allow\` or \`Deny\`, not ${quoted(text)}`, {
    help: near ? `did you mean \`${near}\`?` : undefined,
  });
  return undefined;
}

/** The one of an element and its `Not…` twin that is there; both are a problem (semantics A1). */
function pair(reading: Reading, elements: Map<string, JsonMember>, name: string): JsonMember | undefined {
  const plain = elements.get(name);
  const not = elements.get(`Not${name}`);
  if (plain && not)
    reading.problem(keySpan(not), "conflicting-elements", `a statement takes \`${name}\` or \`Not${name}\`, not both`, {
      see: GRAMMAR,
    });
  return plain ?? not;
}

function misplaced(reading: Reading, member: JsonMember, more: { note?: string; see?: string } = {}): void {
  reading.problem(keySpan(member), "misplaced-element", `${reading.facts.title} takes no \`${member.key}\``, {
    see: reading.facts.see,
    ...more,
  });
}

/**
 * Refuses members that are not `known`. The answer is the elements that were meant: one misspelt is not missing as well.
 * `offered`: those that the help may name; `others`: those of the other level, document or statement.
 */
function unknownElements(
  reading: Reading,
  node: JsonObject,
  known: readonly string[],
  offered: readonly string[],
  where: string,
  others: readonly string[],
): ReadonlySet<string> {
  const meant = new Set<string>();
  for (const member of node.members) {
    if (known.includes(member.key)) continue;
    const elsewhere = others.includes(member.key);
    const near = elsewhere ? undefined : nearest(member.key, offered);
    if (near) meant.add(near);
    const elements = `the elements are ${offered.map((name) => `\`${name}\``).join(", ")}`;
    reading.problem(keySpan(member), "unknown-element", `${quoted(member.key)} is not an element of ${where}`, {
      help: elsewhere
        ? `it is an element of ${others === STATEMENT_ELEMENTS ? "a statement" : "the policy, beside `Statement`"}`
        : near
          ? `did you mean \`${near}\`?`
          : (templateHelp(member.key) ?? elements),
      see: GRAMMAR,
    });
  }
  return meant;
}

function isEveryone(node: JsonNode): boolean {
  if (node.type === "string") return node.value === "*";
  return (
    node.type === "object" &&
    node.members.length === 1 &&
    node.members[0]!.key === "AWS" &&
    isStar(node.members[0]!.value)
  );
}

const isStar = (node: JsonNode | undefined): boolean =>
  node?.type === "string"
    ? node.value === "*"
    : node?.type === "array" && node.items.length === 1 && isStar(node.items[0]!);

/** The statement of RCPFullAWSAccess: Allow everything, with no condition. */
function isRcpFullAccess(elements: Map<string, JsonMember>): boolean {
  return isStar(elements.get("Action")?.value) && isStar(elements.get("Resource")?.value) && !elements.has("Condition");
}
