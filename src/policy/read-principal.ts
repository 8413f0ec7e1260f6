import { quoted, shortened } from "../diagnostic/frame.ts";
import type { JsonNode } from "../source/json.ts";
import { isAccountId, parseArn } from "./arn.ts";
import type { PrincipalType, PrincipalValue } from "./policy.ts";
import { keySpan, members, type Reading, strings, templateHelp, typeName } from "./reading.ts";
import { hasPlaceholder } from "./variables.ts";

const SEE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html";
const FORMS = "write an account id, the ARN of a role, user or session, or `*`";

/** Checks a principal's text for one type; the answer is what is wrong with it. */
type Check = (value: string) => { sentence: string; help: string } | undefined;

/** The most that DNS lets a name have; it also bounds what a regular expression looks at. */
const LONGEST_HOST = 255;

const placeholder = (value: string, help = FORMS) => ({
  sentence: `a placeholder was not filled in: ${quoted(value)}`,
  help,
});

const wildcard = (value: string) => /[*?]/.test(value);

const CHECKS: Readonly<Record<PrincipalType, Check>> = {
  AWS(value) {
    if (value === "*" || isAccountId(value)) return undefined;
    if (hasPlaceholder(value)) return placeholder(value);
    if (value.includes("${"))
      return {
        sentence: `a principal takes no policy variables: ${quoted(value)}`,
        help: "use `*` with a condition on `aws:PrincipalArn`",
      };
    if (wildcard(value))
      return {
        sentence: `a principal cannot be partly a wildcard: ${quoted(value)}`,
        help: 'use `*` with `"ArnLike": { "aws:PrincipalArn": … }`',
      };
    // Unique ids: AWS writes them in place of a deleted role or user, and accepts them (semantics A14).
    if (/^A(IDA|ROA)[A-Z0-9]{12,124}$/.test(value)) return undefined;
    const arn = parseArn(value);
    if (!arn) return { sentence: `${quoted(value)} is not a principal`, help: FORMS };
    const account = isAccountId(arn.account) || arn.account === "cloudfront";
    const iam = arn.service === "iam" && /^(root$|(user|role)\/.)/.test(arn.resource);
    const sts = arn.service === "sts" && /^(assumed-role\/[^/]+\/[^/]+|federated-user\/.+)$/.test(arn.resource);
    if (arn.service === "iam" && arn.resource.startsWith("group/"))
      return { sentence: `a group cannot be a principal: ${quoted(value)}`, help: FORMS };
    if (!account || arn.region !== "" || (!iam && !sts))
      return { sentence: `${quoted(value)} is not the ARN of a principal`, help: FORMS };
    return undefined;
  },
  Service(value) {
    if (value.length <= LONGEST_HOST && /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(value)) return undefined;
    if (hasPlaceholder(value)) return placeholder(value, "write the service's full name, as in `ec2.amazonaws.com`");
    const help = /[A-Z]/.test(value)
      ? `service names are lower-case: ${quoted(value.toLowerCase())}`
      : "write the service's full name, as in `ec2.amazonaws.com`";
    return { sentence: `${quoted(value)} is not a service principal`, help };
  },
  Federated(value) {
    const arn = parseArn(value);
    const provider = arn?.service === "iam" && /^(saml-provider|oidc-provider)\/[^*?]+$/.test(arn.resource);
    if (provider && isAccountId(arn.account)) return undefined;
    const [host = "", ...path] = value.split("/", 2);
    if (host.length <= LONGEST_HOST && /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(host))
      if (path.length === 0 || !/[*?\s]/.test(value)) return undefined;
    const help = "write the ARN of a SAML or OIDC provider, or the provider's host name";
    if (hasPlaceholder(value)) return placeholder(value, help);
    return { sentence: `${quoted(value)} is not an identity provider`, help };
  },
  CanonicalUser(value) {
    if (/^[0-9a-f]{64}$/.test(value)) return undefined;
    return { sentence: `${quoted(value)} is not a canonical user id`, help: "it has 64 hexadecimal digits" };
  },
};

/** Reads `Principal` or `NotPrincipal` (semantics A10, A11). Undefined after a problem. */
export function readPrincipal(reading: Reading, node: JsonNode, element: string): PrincipalValue[] | undefined {
  if (node.type === "string") {
    if (node.value === "*") return [{ type: "AWS", value: "*", place: reading.place(node) }];
    reading.problem(
      node,
      "invalid-principal",
      `\`${element}\` as plain text can only be \`*\`, not ${quoted(node.value)}`,
      {
        help: `name its type: { "${likelyType(node.value)}": ${JSON.stringify(shortened(node.value, 80))} }`,
        see: SEE,
      },
    );
    return undefined;
  }
  // An empty list reads as a statement that never applies (A9).
  if (node.type === "array" && node.items.length === 0) return [];
  if (node.type !== "object") {
    reading.problem(node, "wrong-type", `\`${element}\` takes \`*\` or an object, not ${typeName(node)}`, { see: SEE });
    return undefined;
  }
  const values: PrincipalValue[] = [];
  let sound = true;
  for (const member of members(reading, node, `\`${element}\``).values()) {
    const type = member.key;
    if (!isPrincipalType(type)) {
      reading.problem(keySpan(member), "invalid-principal", `${quoted(type)} is not a type of principal`, {
        help: templateHelp(type) ?? "the types are `AWS`, `Service`, `Federated` and `CanonicalUser`",
        see: SEE,
      });
      sound = false;
      continue;
    }
    for (const located of strings(reading, member.value, `${element}.${type}`) ?? []) {
      const wrong = CHECKS[type](located.value);
      if (wrong) reading.problem(located.place, "invalid-principal", wrong.sentence, { help: wrong.help, see: SEE });
      else values.push({ ...located, type });
    }
  }
  return sound ? values : undefined;
}

function likelyType(value: string): PrincipalType {
  if (/\.amazonaws\.com(\.cn)?$/.test(value) && !CHECKS.Service(value)) return "Service";
  return value.includes("-provider/") && !CHECKS.Federated(value) ? "Federated" : "AWS";
}

function isPrincipalType(text: string): text is PrincipalType {
  return Object.hasOwn(CHECKS, text);
}
