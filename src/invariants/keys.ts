/** How a KMS key may be used and administered. */
import { askKeyAdministrators, canChangePolicies } from "../analyse/lockout.ts";
import type { OneOrMore, Who } from "../analyse/question.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import type { Subject } from "../evaluate/normalise.ts";
import { scopeOf } from "../hunt/scope.ts";
import type { Request } from "../request/request.ts";
import { told } from "./access.ts";
import { type Breach, type Invariant, invariant } from "./invariant.ts";

const KMS = "https://docs.aws.amazon.com/kms/latest/developerguide";

/** Cryptographic operations. https://docs.aws.amazon.com/kms/latest/developerguide/kms-cryptography.html#cryptographic-operations */
const USE = [
  "kms:Encrypt",
  "kms:Decrypt",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:GenerateDataKeyPair",
  "kms:GenerateDataKeyPairWithoutPlaintext",
  "kms:Sign",
  "kms:Verify",
  "kms:GenerateMac",
  "kms:VerifyMac",
  "kms:DeriveSharedSecret",
];

/** What ends or hands over a key; the last two make it as useless as its deletion. */
const CONTROL = ["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:DeleteImportedKeyMaterial"];

/** What the console gives key administrators, but for what only reads. */
const ADMINISTER = [
  ...CONTROL,
  "kms:EnableKey",
  "kms:CancelKeyDeletion",
  "kms:UpdateKeyDescription",
  "kms:UpdatePrimaryRegion",
  "kms:EnableKeyRotation",
  "kms:DisableKeyRotation",
  "kms:RotateKeyOnDemand",
  "kms:ImportKeyMaterial",
  "kms:ReplicateKey",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:CreateAlias",
  "kms:UpdateAlias",
  "kms:DeleteAlias",
];

const among = (request: Request, actions: readonly string[]): boolean =>
  actions.some((action) => action.toLowerCase() === request.action.toLowerCase());

const whoText = (who: OneOrMore<Who>): string =>
  [who]
    .flat()
    .map((one) => JSON.stringify(typeof one === "string" ? one : (one as { name: string }).name))
    .join(", ");

function named(who: OneOrMore<Who>, name: string): readonly Who[] {
  const all = [who].flat() as Who[];
  if (who === undefined || all.length === 0) refuse("wrong-use", `\`${name}\` takes the principals that it is about`);
  return all;
}

const isOneOf = (request: Request, who: readonly Who[]): boolean =>
  who.some((one) => {
    const name = typeof one === "string" ? one : one.name;
    return request.principal.name === name || request.principal.role === name || request.principal.account === name;
  });

/** How administrators come by the use of a key all the same. */
const INDIRECT: Readonly<Record<string, string>> = {
  "kms:PutKeyPolicy": "could allow itself the use, by a change of the key policy",
  "kms:CreateGrant": "could give itself the use, by a grant",
  "kms:TagResource": "could meet a condition on the key's tags, by tagging it",
  "kms:ReplicateKey": "could use a replica of the key, whose policy it writes",
};

export interface Accepting {
  /** Indirect ways that are accepted: `kms:PutKeyPolicy`, `kms:CreateGrant`, `kms:TagResource`, `kms:ReplicateKey`. */
  readonly accepting?: readonly ("kms:PutKeyPolicy" | "kms:CreateGrant" | "kms:TagResource" | "kms:ReplicateKey")[];
}

/**
 * Administrators cannot use the key for cryptography, neither directly nor by ways that lead there: a change of the key
 * policy, a grant, tags that a condition reads, or a replica where the key is of several Regions. What is accepted of these is
 * said in the test.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export function administratorsCannotUse(administrators: OneOrMore<Who>, { accepting = [] }: Accepting = {}): Invariant {
  const who = named(administrators, "administratorsCannotUse");
  for (const one of accepting)
    if (!Object.hasOwn(INDIRECT, one))
      refuse("wrong-use", `\`${one}\` is not a way to the use of a key`, {
        help: `these are: ${Object.keys(INDIRECT).join(", ")}`,
      });
  const breach = (actions: readonly string[], what: string): Breach => ({
    question: { actions, by: who },
    concerns: (request) => isOneOf(request, who) && among(request, actions),
    limits: { actions, principals: who },
    what,
  });
  const ways = (subject: Subject) =>
    Object.keys(INDIRECT).filter(
      (action) =>
        !accepting.includes(action as never) &&
        (action !== "kms:TagResource" || readsTags(subject)) &&
        (action !== "kms:ReplicateKey" || mayBeReplicated(subject)),
    );
  return invariant({
    name: `administratorsCannotUse(${whoText(administrators)})`,
    sentence: "key administrators cannot use the key",
    see: `${KMS}/key-policy-default.html`,
    breaches: (subject) => [
      breach(USE, "uses the key directly"),
      ...ways(subject).map((action) => breach([action], `indirectly: ${INDIRECT[action]}`)),
    ],
  });
}

/** Only primary keys of several Regions are; a key that is not named may be one. */
const mayBeReplicated = (subject: Subject): boolean =>
  scopeOf(subject).policies.some(({ kind, resource }) => kind === "key" && (resource?.includes(":key/mrk-") ?? true));

const readsTags = (subject: Subject): boolean =>
  scopeOf(subject).statements.some(({ conditions }) =>
    conditions.some(({ key }) => key.folded.startsWith("aws:resourcetag/")),
  );

/**
 * Those who use the key cannot administer it.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export function usersCannotAdminister(users: OneOrMore<Who>): Invariant {
  const who = named(users, "usersCannotAdminister");
  return invariant({
    name: `usersCannotAdminister(${whoText(users)})`,
    sentence: "users of the key cannot administer it",
    see: `${KMS}/key-policy-default.html`,
    breaches: () => [
      {
        question: { actions: ADMINISTER, by: who },
        concerns: (request) => isOneOf(request, who) && among(request, ADMINISTER),
        limits: { actions: ADMINISTER, principals: who },
      },
    ],
  });
}

/**
 * Nobody but the administrators can change the key policy or make the key useless: `kms:PutKeyPolicy`,
 * `kms:ScheduleKeyDeletion`, `kms:DisableKey`, `kms:DeleteImportedKeyMaterial`.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys-adding-permission.html
 */
export function onlyAdministratorsControl(administrators: OneOrMore<Who>): Invariant {
  const who = named(administrators, "onlyAdministratorsControl");
  return invariant({
    name: `onlyAdministratorsControl(${whoText(administrators)})`,
    sentence: "nobody but the administrators can change the key policy or make the key useless",
    see: `${KMS}/deleting-keys-adding-permission.html`,
    breaches: () => [
      {
        question: { actions: CONTROL, except: { by: who } },
        concerns: (request) => among(request, CONTROL) && !isOneOf(request, who),
        limits: { actions: CONTROL },
      },
    ],
  });
}

/**
 * The key is used only through these services in this Region (`kms:ViaService`).
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
export function onlyThroughServices(services: OneOrMore<string>, region: string): Invariant {
  const names = [services].flat().map((service) => `${service}.${region}.amazonaws.com`);
  if (names.length === 0 || !names.every((name) => /^[a-z0-9-]+\.[a-z]+(-[a-z]+)+-\d\.amazonaws\.com$/.test(name)))
    refuse("wrong-use", "`onlyThroughServices` takes services and a Region", {
      help: 'as in `onlyThroughServices(["ec2", "s3"], "us-west-2")`',
    });
  return invariant({
    name: `onlyThroughServices(${JSON.stringify(services)}, ${JSON.stringify(region)})`,
    sentence: `the key is used only through ${names.join(", ")}`,
    see: `${KMS}/conditions-kms.html#conditions-kms-via-service`,
    breaches: () => [
      {
        question: { actions: USE, when: { StringNotEquals: { "kms:ViaService": names } } },
        concerns: (request) => among(request, USE) && !names.includes(String(told(request, "kms:ViaService"))),
        limits: { actions: USE },
      },
    ],
  });
}

/**
 * Grants are created only by AWS services that act for a caller (`kms:GrantIsForAWSResource`).
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource
 */
export const grantsOnlyForAwsResources = (): Invariant =>
  invariant({
    name: "grantsOnlyForAwsResources()",
    sentence: "grants are created only for AWS resources",
    see: `${KMS}/conditions-kms.html#conditions-kms-grant-is-for-aws-resource`,
    breaches: () => [
      {
        question: { actions: "kms:CreateGrant", when: { Bool: { "kms:GrantIsForAWSResource": "false" } } },
        concerns: (request) => told(request, "kms:GrantIsForAWSResource") !== "true",
        limits: { actions: "kms:CreateGrant" },
      },
    ],
  });

/**
 * Somebody can still change the key policy: without anybody who can, only AWS Support can mend it.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export const noLockout = (): Invariant =>
  invariant({
    name: "noLockout()",
    sentence: "somebody can still change the key policy",
    see: `${KMS}/key-policy-default.html`,
    wants: "some",
    breaches: () => [
      {
        question: { actions: "kms:PutKeyPolicy" },
        ask: (subject) => askKeyAdministrators(subject).asked,
        concerns: ({ principal }) => canChangePolicies(principal),
        limits: { actions: "kms:PutKeyPolicy" },
      },
    ],
  });
