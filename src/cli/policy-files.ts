/** The policies that a command is given: files of documents, or of one case. */

import { readCase } from "../cases/read-case.ts";
import { nearest } from "../catalog/nearest.ts";
import { Diagnostic, DiagnosticError, refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { policiesOf } from "../evaluate/open.ts";
import type { PolicySet } from "../evaluate/policy-set.ts";
import { isAccountId, parseArn } from "../policy/arn.ts";
import { kindOf } from "../policy/classify.ts";
import * as makers from "../policy/constructors.ts";
import { fileSource } from "../policy/document.ts";
import { gitSource } from "../policy/git-file.ts";
import { KINDS, type PolicyKind } from "../policy/kinds.ts";
import { Policy, sourceOf } from "../policy/policy.ts";
import type { Grant } from "../request/grant.ts";
import { readJson } from "../source/json.ts";
import type { Source } from "../source/source.ts";
import type { Arguments, Options } from "./arguments.ts";

export const POLICY_OPTIONS: Options = {
  key: "text",
  resource: "text",
  account: "text",
  role: "text",
  as: "text",
};

export const POLICY_HELP = `A FILE holds a policy, or a case: then its policies and its resource are meant.

  --key ARN, --role ARN      the key or role that its policy is attached to
  --resource ARN             the resource that a policy is attached to
  --account ID               the account that owns it, where the ARN does not say
  --as KIND[=FILE]           the kind of the policies, or of one file's, where it does not show: identity, key, resource,
                             trust, boundary, session, scp, rcp, endpoint
`;

/** Kinds as people type them. */
const NAMES: Readonly<Record<string, PolicyKind>> = {
  identity: "identity",
  key: "key",
  resource: "resource",
  trust: "trust",
  boundary: "permissionsBoundary",
  session: "session",
  scp: "serviceControl",
  rcp: "resourceControl",
  endpoint: "vpcEndpoint",
};

const MAKERS: Readonly<Record<PolicyKind, unknown>> = {
  identity: makers.identityPolicy,
  key: makers.keyPolicy,
  resource: makers.resourcePolicy,
  trust: makers.trustPolicy,
  permissionsBoundary: makers.permissionsBoundary,
  session: makers.sessionPolicy,
  serviceControl: makers.serviceControlPolicy,
  resourceControl: makers.resourceControlPolicy,
  vpcEndpoint: makers.vpcEndpointPolicy,
};

/** Which options go with which kind. */
const ATTACHED: Readonly<Partial<Record<PolicyKind, readonly string[]>>> = {
  key: ["key"],
  trust: ["role"],
  resource: ["resource", "account"],
};

/** What the files together say. */
export type Given = readonly (Policy | Grant)[] | PolicySet;

export const isCase = (given: Given): given is PolicySet => !Array.isArray(given);

/** @throws DiagnosticError */
export function readPolicies(files: readonly string[], args: Arguments): Given {
  const kinds = saidKinds(args, files);
  const used = new Set<string>();
  const found = files.map((file) => {
    const source = sourceFor(file);
    return isCaseText(source)
      ? policiesOfCase(source)
      : readPolicy(source, kinds.get(file) ?? kinds.get(""), args, used);
  });
  const set = found.find((one): one is PolicySet => !(one instanceof Policy));
  if (set && found.length > 1)
    refuse("wrong-use", "a case has all policies of its request: other files beside it have no place");
  for (const option of ["key", "role", "resource", "account"])
    if (args.text(option) !== undefined && !used.has(option))
      refuse(
        "wrong-use",
        `\`--${option}\` is of no use here: ${set ? "a case says its resource" : `no file holds ${OF[option]}`}`,
        {
          help: set ? undefined : "`--as KIND=FILE` says what a file holds",
        },
      );
  return set ?? (found as readonly Policy[]);
}

const OF: Readonly<Record<string, string>> = {
  key: "a key policy",
  role: "a trust policy",
  resource: "a resource policy",
  account: "a resource policy",
};

/** `REV:PATH` as git writes it, where no file has that name. */
function sourceFor(file: string): Source {
  const colon = file.indexOf(":");
  if (colon <= 1 || file.startsWith("./") || file.startsWith("/")) return fileSource(file);
  try {
    return fileSource(file);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return gitSource(file.slice(0, colon), file.slice(colon + 1));
  }
}

/** By file; for all files under the empty name. */
function saidKinds(args: Arguments, files: readonly string[]): Map<string, PolicyKind> {
  const kinds = new Map<string, PolicyKind>();
  for (const said of args.texts("as")) {
    const equals = said.indexOf("=");
    const [name, file] = equals === -1 ? [said, ""] : [said.slice(0, equals), said.slice(equals + 1)];
    const kind = Object.hasOwn(NAMES, name)
      ? NAMES[name]
      : Object.hasOwn(KINDS, name)
        ? (name as PolicyKind)
        : undefined;
    if (kind === undefined) {
      const near = nearest(name, Object.keys(NAMES));
      refuse("wrong-use", `${quoted(name)} is not a kind of policy`, {
        help: near ? `did you mean \`${near}\`?` : `the kinds are ${Object.keys(NAMES).join(", ")}`,
      });
    }
    if (file !== "" && !files.includes(file))
      refuse("wrong-use", `${quoted(file)} is said to be ${quoted(name)}, and is not given`);
    kinds.set(file, kind!);
  }
  return kinds;
}

function readPolicy(source: Source, said: PolicyKind | undefined, args: Arguments, used: Set<string>): Policy {
  const kind = said ?? kindOf(source);
  if (kind === undefined)
    return refuse(
      "wrong-use",
      `${quoted(source.file)} has principals and actions of AWS KMS beside others: what kind of policy it is cannot be told`,
      { help: "say it with `--as key`, `--as resource` or `--as endpoint`" },
    );
  const options: Record<string, string> = {};
  for (const option of ATTACHED[kind] ?? []) {
    const value = args.text(option);
    if (value === undefined) continue;
    options[option] = value;
    used.add(option);
  }
  return makers.readerOf<object>(MAKERS[kind])!(source, options);
}

/** A case has a request; no policy has. */
function isCaseText(source: Source): boolean {
  const { root } = readJson(source.text);
  const first = root?.type === "array" ? root.items[0] : root;
  return first?.type === "object" && first.members.some(({ key }) => key === "request");
}

/** The policies of the only case, that of the resource with its place. */
function policiesOfCase(source: Source): PolicySet {
  const { root, problems } = readJson(source.text);
  if (!root || problems.length > 0)
    throw new DiagnosticError(
      problems.map(({ sentence, label, through, start, end }) => {
        const place = source.place(start, end);
        return new Diagnostic("error", { code: "json-syntax", sentence, label, through, place }, source);
      }),
    );
  const items = root.type === "array" ? root.items : [root];
  if (items.length > 1)
    refuse("wrong-use", `${quoted(source.file)} holds ${items.length} cases, and one is wanted`, {
      help: "put the case into a file of its own",
    });
  const { set, facts } = readCase(source, items[0]!).question();
  const { resource, identity } = set;
  // Of a resource that has none, the caller's own policies are all that is left to ask about.
  if (!resource) return identity === undefined ? set : { ...set, resource: undefined };
  const arn = attachedTo(facts.resource);
  const account = facts.owner ?? null;
  return {
    ...set,
    resource: new Policy(
      { ...resource, resource: arn, account: arn && isAccountId(parseArn(arn)!.account) ? null : account },
      sourceOf(resource),
    ),
  };
}

/** The policy of an object is its bucket's. */
function attachedTo(resource: string | undefined): string | null {
  if (resource === undefined || resource === "*") return null;
  const object = /^(arn:[^:]*:s3:::[^/]+)\//.exec(resource);
  return object ? object[1]! : resource;
}

/** The names of the policies, as messages call them. */
export const namesOf = (given: Given): string =>
  isCase(given) && policiesOf(given).length !== 1
    ? "policies"
    : Array.isArray(given) && given.length !== 1
      ? "policies"
      : "policy";
