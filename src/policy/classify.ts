import { refuse } from "../diagnostic/diagnostic.ts";
import { type JsonNode, readJson } from "../source/json.ts";
import { identityPolicy, keyPolicy, resourcePolicy, trustPolicy } from "./constructors.ts";
import { documentSource, type PolicyDocument } from "./document.ts";
import type { Policy } from "./policy.ts";

const TRUST = /^sts:(assumerole[a-z]*|tagsession|setsourceidentity)$/i;

/**
 * The policy that a plain object or JSON text is taken to be, from what is in it: with principals, all actions of KMS, a
 * key policy; only sts:AssumeRole and the like, and no resource, a trust policy; else a resource policy; without
 * principals, an identity policy.
 */
export function classify(document: PolicyDocument): Policy {
  const { root } = readJson(documentSource(document, "policy").text);
  const statements = elementsOf(root, "Statement").filter((node) => node.type === "object");
  const has = (name: string) => statements.some((node) => node.members.some(({ key }) => key === name));
  if (!has("Principal") && !has("NotPrincipal")) return identityPolicy(document);
  const actions = statements.flatMap((node) => [...elementsOf(node, "Action"), ...elementsOf(node, "NotAction")]);
  const names = actions.flatMap((node) => (node.type === "string" ? [node.value] : []));
  const kms = names.filter((name) => /^kms:/i.test(name)).length;
  if (names.length > 0 && kms === names.length) return keyPolicy(document);
  if (kms > 0)
    return refuse(
      "wrong-use",
      "this document has principals and actions of AWS KMS beside others: what kind of policy it is cannot be told",
      {
        help: "say it: `keyPolicy(document)`, `resourcePolicy(document)` or `vpcEndpointPolicy(document)`",
      },
    );
  const trust = names.length > 0 && names.every((name) => TRUST.test(name)) && !has("Resource") && !has("NotResource");
  return trust ? trustPolicy(document) : resourcePolicy(document);
}

/** The value or values of a member. */
function elementsOf(node: JsonNode | undefined, name: string): readonly JsonNode[] {
  const value = node?.type === "object" ? node.members.find(({ key }) => key === name)?.value : undefined;
  if (!value) return [];
  return value.type === "array" ? value.items : [value];
}
