import { refuse } from "../diagnostic/diagnostic.ts";
import { type JsonNode, readJson } from "../source/json.ts";
import type { Source } from "../source/source.ts";
import { identityPolicy, keyPolicy, readerOf, resourcePolicy, trustPolicy } from "./constructors.ts";
import { documentSource, type PolicyDocument } from "./document.ts";
import type { Policy } from "./policy.ts";

const TRUST = /^sts:(assumerole[a-z]*|tagsession|setsourceidentity)$/i;

/**
 * What a document is taken to be, from what is in it: with principals, all actions of KMS, a key policy; only
 * sts:AssumeRole and the like, and no resource, a trust policy; else a resource policy; without principals, an identity
 * policy. Undefined: principals, and actions of KMS beside others.
 */
export function kindOf(source: Source): "identity" | "key" | "trust" | "resource" | undefined {
  const { root } = readJson(source.text);
  const statements = elementsOf(root, "Statement").filter((node) => node.type === "object");
  const has = (name: string) => statements.some((node) => node.members.some(({ key }) => key === name));
  if (!has("Principal") && !has("NotPrincipal")) return "identity";
  const actions = statements.flatMap((node) => [...elementsOf(node, "Action"), ...elementsOf(node, "NotAction")]);
  const names = actions.flatMap((node) => (node.type === "string" ? [node.value] : []));
  const kms = names.filter((name) => /^kms:/i.test(name)).length;
  if (names.length > 0 && kms === names.length) return "key";
  if (kms > 0) return undefined;
  const trust = names.length > 0 && names.every((name) => TRUST.test(name)) && !has("Resource") && !has("NotResource");
  return trust ? "trust" : "resource";
}

const MAKERS = { identity: identityPolicy, key: keyPolicy, trust: trustPolicy, resource: resourcePolicy };

/** The policy that a plain object or JSON text is taken to be. */
export function classify(document: PolicyDocument): Policy {
  const help = "say it: `keyPolicy(document)`, `resourcePolicy(document)` or `vpcEndpointPolicy(document)`";
  return makerFor(documentSource(document, "policy"), help)(document);
}

/** The same of a file. */
export function classifySource(source: Source): Policy {
  return readerOf(makerFor(source, "say it, as in `policyAt(revision, path, keyPolicy)`"))!(source);
}

function makerFor(source: Source, help: string): (typeof MAKERS)[keyof typeof MAKERS] {
  const kind = kindOf(source);
  if (kind !== undefined) return MAKERS[kind];
  return refuse(
    "wrong-use",
    "this document has principals and actions of AWS KMS beside others: what kind of policy it is cannot be told",
    { help },
  );
}

/** The value or values of a member. */
function elementsOf(node: JsonNode | undefined, name: string): readonly JsonNode[] {
  const value = node?.type === "object" ? node.members.find(({ key }) => key === name)?.value : undefined;
  if (!value) return [];
  return value.type === "array" ? value.items : [value];
}
