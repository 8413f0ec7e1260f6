/** The accounts and partitions in which a question is asked: who owns the resource decides who is a stranger to it. */
import { DiagnosticError } from "../diagnostic/diagnostic.ts";
import { ownerOf } from "../evaluate/normalise.ts";
import { policiesOf } from "../evaluate/open.ts";
import type { PolicySet } from "../evaluate/policy-set.ts";
import { arnFields, isAccountId, parseArn } from "../policy/arn.ts";
import type { Policy } from "../policy/policy.ts";
import { role } from "../request/principal.ts";
import { freshAccount } from "./principals.ts";
import { accountsIn } from "./statements.ts";

export interface Scene {
  readonly owner: string;
  readonly partition: string;
  readonly accounts: ReadonlySet<string>;
  /** The key or role of the policy under test, of which only the account is known. */
  readonly unnamed: boolean;
}

export interface Scenes {
  readonly scenes: readonly Scene[];
  readonly assumptions: readonly string[];
  /** Set where the scenes may not be all. */
  readonly incomplete: string | undefined;
}

/** What is known of the accounts, beside what the policies name. */
export interface Known {
  /** Those that may own the resource; undefined: as its policy says. */
  readonly owners: readonly string[] | undefined;
  readonly accounts: Iterable<string>;
}

const NOTHING_KNOWN: Known = { owners: undefined, accounts: [] };

export function scenesOf(
  sets: readonly PolicySet[],
  asked: readonly Policy[],
  { owners: told, accounts: others }: Known = NOTHING_KNOWN,
): Scenes {
  const policies = [...new Set([...sets.flatMap(policiesOf), ...asked])];
  const accounts = new Set([...sets.flatMap((set) => [...accountsIn(policies, set)]), ...others]);
  const { resource, grants } = sets[0]!;
  const placed = !told && resource && resource.account === null ? ownersAsked(resource, asked[0]) : undefined;
  const known = told ? told[0] : placed ? placed[0] : resource ? knownOwner(resource, grants) : undefined;
  const assumptions: string[] = [];
  const owners = told ?? (known === undefined ? [freshAccount(accounts), ...accounts] : (placed ?? [known]));
  if (resource && (known === undefined || owners.length > 1))
    assumptions.push("the resource is of whichever account makes the access widest");
  const partitions = partitionsOf(policies, resource?.resource ?? undefined);
  const unnamed =
    told === undefined &&
    placed === undefined &&
    known !== undefined &&
    resource?.resource === null &&
    resource.kind !== "resource" &&
    !policies.some(namesResources);
  return {
    scenes: owners.flatMap((owner) => partitions.map((partition) => ({ owner, partition, accounts, unnamed }))),
    assumptions,
    incomplete:
      known === undefined && policies.some(namesAccountsInPart)
        ? "a policy matches account ids in part, and the account that owns the resource is not known"
        : undefined,
  };
}

/**
 * The accounts of the resources that the question names, where the policy does not name its own: they count, whatever
 * owner the policy suggests. None: it names resources of any account.
 */
function ownersAsked({ resource }: Policy, question: Policy | undefined): readonly string[] | undefined {
  if (resource !== null || !question) return undefined;
  const named = question.statements.map((statement) => statement.resource);
  if (named.length === 0 || named.some((element) => !element || element.not)) return undefined;
  const accounts = named.flatMap((element) => element!.values.map(({ value }) => arnFields(value)[4] ?? ""));
  if (accounts.some((account) => account === "")) return undefined;
  return accounts.every(isAccountId) ? [...new Set(accounts)] : [];
}

/** Whether a statement asks which resource it is: the evaluator must then know. */
const namesResources = ({ statements }: Policy): boolean =>
  statements.some(({ resource }) => resource !== undefined && !resource.values.some(({ value }) => value === "*"));

/** Some caller of no account that counts: whose the resource is must follow from its policy. */
const STRANGER = role("arn:aws:iam::000000000000:role/stranger");

function knownOwner(resource: Policy, grants: PolicySet["grants"]): string | undefined {
  try {
    const request = {
      principal: STRANGER,
      action: "none:None",
      resource: resource.resource,
      resourceAccount: null,
      context: {},
      givenIdentity: null,
    };
    return ownerOf(request, resource, grants);
  } catch (error) {
    if (error instanceof DiagnosticError && error.code === "unknown-owner") return undefined;
    throw error;
  }
}

function partitionsOf(policies: readonly Policy[], resource: string | undefined): string[] {
  const own = resource === undefined ? undefined : parseArn(resource)?.partition;
  if (own) return [own];
  const found = new Set<string>();
  const read = (text: string) => {
    const partition = /^arn:(aws[a-z-]*):/.exec(text)?.[1];
    if (partition) found.add(partition);
  };
  for (const { statements } of policies)
    for (const { principal, resource: resources, conditions } of statements) {
      for (const { value } of principal?.values ?? []) read(value);
      for (const { value } of resources?.values ?? []) read(value);
      for (const { values } of conditions) for (const { value } of values) read(value);
    }
  return found.size === 0 ? ["aws"] : [...found];
}

/** An ARN or a condition with wildcards among the digits of an account id. */
function namesAccountsInPart({ statements }: Policy): boolean {
  const inPart = (text: string) => /^\d*[*?][\d*?]*$/.test(text) && !/^\*+$/.test(text);
  return statements.some(({ resource, conditions }) => {
    const texts = [
      ...(resource?.values ?? []),
      ...conditions.flatMap(({ key, values }) => (/arn|account/i.test(key) ? values : [])),
    ].map(({ value }) => value);
    return texts.some((text) => inPart(text.startsWith("arn:") ? (text.split(":")[4] ?? "") : text));
  });
}
