/** Values of a condition key: those that conditions list, those just beside them, and fresh ones of the key's type. */

import {
  isTemplate,
  nearAccount,
  nearAddresses,
  nearArn,
  nearInstants,
  nearNumbers,
  nearText,
  nearViaService,
  templateInstances,
} from "../analyse/near-misses.ts";
import { variablesOf } from "../analyse/variables.ts";
import { mayBeEmpty, OF_PRINCIPAL } from "../analyse/world.ts";
import { actionFacts, keyFacts } from "../catalog/catalog.ts";
import { type OperatorFamily, parseOperator } from "../catalog/operators.ts";
import type { CompiledCondition } from "../evaluate/condition.ts";
import { contextKey, type Key } from "../evaluate/evaluation.ts";
import { parseArn } from "../policy/arn.ts";
import { hasVariables } from "../policy/policy.ts";
import { parseBool, parseCidr, parseDate, parseNumber } from "../policy/values.ts";
import { isKeyForm } from "../policy/variables.ts";
import type { ContextValue } from "../request/context.ts";
import type { Scope } from "./scope.ts";

export interface KeyWell {
  readonly key: Key;
  /** From the plainest to the strangest. INVARIANT: not empty. */
  readonly values: readonly Exclude<ContextValue, null>[];
  /** Whether any value reads another key's. */
  readonly templates: boolean;
  /** Texts that look as if they did, of policies without variables. */
  readonly literal: ReadonlySet<string>;
}

/** Keys whose value follows from who calls and on what. */
const FOLLOWS: ReadonlySet<string> = new Set([...OF_PRINCIPAL, "aws:resourceaccount", "kms:calleraccount"]);

interface Tested {
  readonly condition: CompiledCondition;
  readonly variables: boolean;
}

/** The keys that a request of this subject has a say in. */
export function keyWellsOf(scope: Scope): KeyWell[] {
  const tested = new Map<string, Tested[]>();
  const want = (key: Key) => {
    const own = tested.get(key.folded) ?? [];
    tested.set(key.folded, own);
    return own;
  };
  for (const { conditions, policy } of scope.statements)
    for (const condition of conditions) want(condition.key).push({ condition, variables: hasVariables(policy) });
  // Placeholders of templates look like variables.
  for (const name of variablesOf(scope.policies)) if (isKeyForm(name)) want(contextKey(name));
  for (const { constraints } of scope.grants) {
    for (const name of Object.keys(constraints.EncryptionContextEquals ?? constraints.EncryptionContextSubset ?? {}))
      want(contextKey(`kms:EncryptionContext:${name}`));
    if (constraints.SourceArn !== undefined) want(contextKey("aws:SourceArn"));
  }
  // Whether a request comes through the endpoint decides whether its policy has a say (E23).
  if (scope.policies.some(({ kind }) => kind === "vpcEndpoint")) want(contextKey("aws:SourceVpce"));
  return [...tested]
    .filter(([folded]) => !FOLLOWS.has(folded))
    .map(([folded, conditions]) => wellOf(nameOf(folded, conditions), conditions, scope));
}

const nameOf = (folded: string, [first]: readonly Tested[]): Key => first?.condition.key ?? contextKey(folded);

function wellOf(key: Key, tested: readonly Tested[], scope: Scope): KeyWell {
  const type = keyFacts(key.name)?.type ?? "String";
  const texts = tested.flatMap(({ condition, variables }) =>
    literals(condition, variables && familyOf(condition) !== "ip", fillOf(key.folded)),
  );
  const families = new Set(tested.map(({ condition }) => familyOf(condition)));
  const single = distinct([...typed(key, type, families, texts, tested, scope)]).filter((value) =>
    fits(key.folded, type, value),
  );
  const fallback = fresh(key.folded, type, scope);
  const values = single.length > 0 ? single : fallback;
  const literal = new Set(
    tested
      .filter(({ variables }) => !variables)
      .flatMap(({ condition }) => condition.condition.values.map(({ value }) => value).filter(isTemplate)),
  );
  const templates = values.some((value) => isTemplate(value) && !literal.has(value));
  return { key, values: key.multiValued ? lists(values) : values, templates, literal };
}

const distinct = <T>(list: readonly T[]): T[] => [...new Set(list)];
const familyOf = ({ condition }: CompiledCondition): OperatorFamily => parseOperator(condition.operator)!.facts.family;

/** The listed texts; patterns filled in. */
function literals({ condition }: CompiledCondition, variables: boolean, fills: readonly string[]): string[] {
  const { facts } = parseOperator(condition.operator)!;
  if (facts.family === "null") return [];
  const wild = facts.compare === "like";
  return condition.values.flatMap(({ value }) => {
    if (wild) {
      // What a star mostly stands for comes before what it may stand for.
      const [one, none, ...usual] = templateInstances(value, variables, fills);
      return [...usual, ...[one, none].filter((text) => text !== undefined)];
    }
    // Where variables work, `${*}` is a star.
    return [variables ? value.replace(/\$\{([*?$])\}/g, "$1") : value];
  });
}

/** What a star in a value of the key mostly stands for. */
function fillOf(folded: string): readonly string[] {
  if (folded === "kms:viaservice")
    return ["us-east-1", "us-east-1.amazonaws.com", "s3", "s3.us-east-1", "s3.us-east-1.amazonaws.com"];
  if (/arn$/.test(folded)) return ["111122223333", "us-east-1"];
  return /orgpaths$/.test(folded) ? ["r-ab12/ou-ab12-11111111/"] : [];
}

/** The key's values of its type; what is compared by an operator of another type brings that type's values too. */
function* typed(
  key: Key,
  type: string,
  families: ReadonlySet<OperatorFamily>,
  texts: readonly string[],
  tested: readonly Tested[],
  scope: Scope,
): Iterable<string> {
  const { folded } = key;
  if (type === "Bool") {
    yield* ["true", "false"];
    return;
  }
  const listed = tested.flatMap(({ condition }) => condition.condition.values.map(({ value }) => value));
  const isText = type === "String" || type === "ARN" || type === "Binary";
  if (folded === "aws:epochtime") {
    yield* nearInstants(listed).map((instant) => String(Math.floor(instant / 1000)));
    return;
  }
  if (type === "Date") yield* nearInstants(listed).map((instant) => new Date(instant).toISOString());
  else if (type === "Numeric") yield* nearNumbers(listed);
  else if (type === "IPAddress") yield* nearAddresses(listed);
  if (!isText) return;
  yield* texts;
  if (families.has("numeric")) yield* nearNumbers(listed);
  if (families.has("date")) yield* nearInstants(listed).map((instant) => new Date(instant).toISOString());
  if (families.has("ip")) yield* nearAddresses(listed);
  if (families.has("bool")) yield* ["true", "false"];
  yield* fresh(folded, type, scope);
  for (const text of texts) if (!isTemplate(text)) yield* nearOf(folded, type, text);
}

function nearOf(folded: string, type: string, text: string): string[] {
  if (folded === "kms:viaservice") return nearViaService(text);
  if (/account$/.test(folded) && /^\d{12}$/.test(text)) return [nearAccount(text)];
  if (type === "ARN" || parseArn(text)) return nearArn(text);
  if (/orgpaths$/.test(folded)) return [`${text}ou-ab12-22222222/`, ...nearText(text)];
  return nearText(text);
}

/** Keys of AWS that the subject does not read: a slip may have taken out what read them. */
export function otherWellsOf(scope: Scope, wells: readonly KeyWell[], actions: readonly string[]): KeyWell[] {
  const taken = new Set(wells.map(({ key }) => key.folded));
  const names = new Set<string>(OFTEN_READ);
  for (const action of actions) for (const name of actionFacts(action)?.conditionKeys ?? []) names.add(name);
  return [...names]
    .map((name) => contextKey(name.replace(/\$\{[^}]*\}/, "some")))
    .filter(({ folded, known }) => known && !taken.has(folded) && !FOLLOWS.has(folded))
    .slice(0, MOST_OTHERS)
    .map((key) => wellOf(key, [], scope));
}

const MOST_OTHERS = 32;

const OFTEN_READ: readonly string[] = [
  "kms:ViaService",
  "aws:SourceIp",
  "aws:SourceVpce",
  "aws:SourceVpc",
  "aws:CalledVia",
  "aws:ViaAWSService",
  "aws:PrincipalOrgID",
  "aws:MultiFactorAuthPresent",
  "aws:SecureTransport",
  "aws:SourceArn",
  "aws:SourceAccount",
  "aws:SourceOrgID",
  "aws:ResourceOrgID",
  "aws:PrincipalTag/some",
  "aws:ResourceTag/some",
  "aws:RequestTag/some",
  "aws:TagKeys",
  "aws:RequestedRegion",
  "aws:CurrentTime",
  "sts:ExternalId",
  "sts:RoleSessionName",
];

/** Whether AWS could send the value: what a policy lists may be a pattern, a block of addresses, or a slip. */
function fits(folded: string, type: string, value: string): boolean {
  if (isTemplate(value)) return type === "String" || type === "ARN";
  if (folded === "kms:viaservice") return /^[a-z0-9-]+\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/.test(value);
  if (folded === "aws:sourceaccount" || folded === "aws:vpceaccount") return /^\d{12}$/.test(value);
  if (folded === "aws:epochtime" || type === "Numeric") return parseNumber(value) !== undefined;
  if (type === "Date") return parseDate(value) !== undefined;
  if (type === "IPAddress") return parseCidr(value)?.written === false;
  if (type === "Bool") return parseBool(value) !== undefined;
  if (type === "ARN") return parseArn(value) !== undefined;
  return value !== "" || mayBeEmpty(folded);
}

const FRESH: Readonly<Record<string, readonly string[]>> = {
  "kms:viaservice": ["s3.us-east-1.amazonaws.com", "ec2.us-east-1.amazonaws.com"],
  "aws:sourcevpc": ["vpc-0example"],
  "aws:sourcevpce": ["vpce-0example"],
  "aws:principalorgid": ["o-example123"],
  "aws:resourceorgid": ["o-example123"],
  "aws:sourceorgid": ["o-example123"],
  "aws:principalorgpaths": ["o-example123/r-ab12/"],
  "aws:resourceorgpaths": ["o-example123/r-ab12/"],
  "aws:sourceorgpaths": ["o-example123/r-ab12/"],
  "aws:requestedregion": ["us-east-1", "eu-west-1"],
  "aws:useragent": ["aws-cli/2.0"],
  "aws:userid": ["AROA1111222233334444:somebody"],
  "aws:calledvia": ["cloudformation.amazonaws.com"],
  "aws:calledviafirst": ["cloudformation.amazonaws.com"],
  "aws:calledvialast": ["cloudformation.amazonaws.com"],
  "aws:sourcearn": ["arn:aws:s3:::some-bucket"],
  "aws:tagkeys": ["some-tag"],
  "kms:grantoperations": ["Decrypt", "CreateGrant"],
  "kms:keyspec": ["SYMMETRIC_DEFAULT", "RSA_4096"],
  "kms:keyusage": ["ENCRYPT_DECRYPT", "SIGN_VERIFY"],
  "kms:keyorigin": ["AWS_KMS", "EXTERNAL"],
  "kms:encryptionalgorithm": ["SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_256"],
  "kms:signingalgorithm": ["ECDSA_SHA_256"],
  "kms:messagetype": ["RAW", "DIGEST"],
  "kms:requestalias": ["alias/some"],
  "kms:resourcealiases": ["alias/some"],
};

/** A value that no policy names. */
function fresh(folded: string, type: string, { accounts, partition }: Scope): string[] {
  if (Object.hasOwn(FRESH, folded)) return [...FRESH[folded]!];
  if (/account$/.test(folded)) return [accounts.at(-1)!];
  if (/granteeprincipal$|retiringprincipal$/.test(folded))
    return [`arn:${partition}:iam::${accounts.at(-1)}:role/other`];
  if (type === "ARN") return [`arn:${partition}:sns:us-east-1:${accounts.at(-1)}:some`];
  if (type === "Bool") return ["true", "false"];
  if (type === "Numeric") return ["1"];
  if (type === "Date") return ["2026-01-31T12:00:00.000Z"];
  if (type === "IPAddress") return ["203.0.113.77"];
  if (type === "Binary") return ["eA=="];
  return ["some"];
}

/** One value, and two where one is listed and one is not: what tells `ForAnyValue` from `ForAllValues`. */
function lists(values: readonly string[]): string[][] {
  const singles = values.map((value) => [value]);
  const pairs = values.flatMap((one, at) => {
    const other = values[(at + 1 + (values.length >> 1)) % values.length]!;
    return other === one ? [] : [[one, other]];
  });
  const near = values.slice(0, 12).flatMap((one, at) => values.slice(at + 1, 12).map((other) => [one, other]));
  return [...singles, ...(near.length > 0 ? near : []), ...pairs, ...(values.length > 2 ? [values.slice(0, 3)] : [])];
}
