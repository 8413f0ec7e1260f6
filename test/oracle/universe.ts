/** Which requests AWS can see (semantics B3-B5, F9, F23): in doubt a request counts as possible. */

import { keyFacts } from "../../src/catalog/catalog.ts";
import { bearerOf, ENTITY, FEDERATED_USER, OF_ACCOUNT, PROVIDER, ROOT, SERVICE, SESSION, USER } from "./callers.ts";
import type { Context, KeyVariable } from "./context.ts";
import { LeftOut } from "./documents.ts";
import { sameFolded } from "./glob.ts";
import type { Asked } from "./resources.ts";
import { and, begins, equal, FALSE, type Formula, not, or, same, TRUE, term, when } from "./smt.ts";

const TEMPORARY = or(SESSION, FEDERATED_USER);

function presence(folded: string): { may: Formula; must: Formula } {
  const may = (callers: Formula, must: Formula = FALSE) => ({ may: callers, must });
  switch (folded) {
    case "aws:principalorgid":
    case "aws:principalorgpaths":
    case "aws:calledvia":
    case "aws:calledviafirst":
    case "aws:calledvialast":
    case "kms:viaservice":
      return may(OF_ACCOUNT);
    case "aws:sourceidentity":
      return may(TEMPORARY);
    case "aws:tokenissuetime":
      return may(OF_ACCOUNT, TEMPORARY);
    case "aws:multifactorauthpresent":
    case "aws:multifactorauthage":
      return may(or(USER, SESSION, ROOT));
    case "aws:sourcearn":
    case "aws:sourceaccount":
    case "aws:sourceorgid":
    case "aws:sourceorgpaths":
      return may(SERVICE);
    case "aws:securetransport":
      return may(not(SERVICE), not(SERVICE));
    case "aws:currenttime":
    case "aws:epochtime":
    case "aws:viaawsservice":
    case "aws:requestedregion":
      return may(TRUE, TRUE);
    case "aws:ec2instancesourcevpc":
    case "aws:ec2instancesourceprivateipv4":
    case "ec2:roledelivery":
    case "ec2:sourceinstancearn":
      return may(SESSION);
  }
  if (folded.startsWith("aws:principaltag/")) return may(ENTITY);
  const claim = /^(.+\..+|saml):([^:]+)$/.exec(folded);
  if (claim?.[1] === "saml") return may(or(PROVIDER, SESSION));
  if (claim) {
    const bearer = bearerOf(claim[1]!);
    return may(or(bearer, SESSION), /^(sub|aud)$/.test(claim[2]!) ? bearer : FALSE);
  }
  return may(TRUE);
}

/** Keys of AWS KMS that every request of an action that carries them has: attributes of the key, defaults, parameters. */
const ALWAYS = new Set(
  [
    "EncryptionAlgorithm",
    "SigningAlgorithm",
    "MessageType",
    "MacAlgorithm",
    "KeyAgreementAlgorithm",
    "DataKeyPairSpec",
    "KeySpec",
    "KeyUsage",
    "KeyOrigin",
    "CustomerMasterKeySpec",
    "CustomerMasterKeyUsage",
    "MultiRegion",
    "ReEncryptOnSameKey",
    "PrimaryRegion",
    "ReplicaRegion",
    "GrantOperations",
    "GrantIsForAWSResource",
    "ScheduleKeyDeletionPendingWindowInDays",
    "RotationPeriodInDays",
    "WrappingAlgorithm",
    "WrappingKeySpec",
  ].map((name) => `kms:${name.toLowerCase()}`),
);

export function universe(asked: Asked, context: Context): Formula[] {
  const { keys } = context;
  const found: Formula[] = [];
  const alias = asked.targetsThat(({ label }) => /:kms:.*:alias\//.test(label));
  for (const { folded, name, present } of keys.values()) {
    const { may, must } = presence(folded);
    found.push(when(present, may), when(must, present));
    if (keyFacts(name)) {
      const carried = asked.carries(name);
      found.push(when(present, carried));
      if (folded.startsWith("kms:")) {
        found.push(when(present, not(alias)));
        if (ALWAYS.has(folded)) found.push(when(and(carried, not(alias)), present));
      }
    }
  }
  const there = (folded: string) => keys.get(folded)?.present;
  const via = keys.get("aws:viaawsservice");
  const viaTrue = via && same(term(via.values[0]!.term), "true");
  const called = ["aws:calledvia", "aws:calledviafirst", "aws:calledvialast"].flatMap((key) => there(key) ?? []);
  const viaService = there("kms:viaservice");
  for (const one of called) {
    if (viaTrue) found.push(`(= ${one} ${viaTrue})`);
    found.push(`(= ${one} ${called[0]})`);
    if (viaService) found.push(when(viaService, one));
  }
  if (viaService && viaTrue) found.push(when(viaService, viaTrue));
  for (const key of ["aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"]) {
    const own = there(key);
    if (!own) continue;
    const apart = [there("aws:sourceip"), viaTrue, viaService, ...called].filter((one) => one !== undefined);
    found.push(when(own, not(or(...apart))));
  }
  found.push(...listsOfNames(keys));
  const region = keys.get("aws:requestedregion");
  if (region) found.push(requestedRegion(asked, region));
  for (const key of ["kms:requestalias", "kms:resourcealiases"])
    for (const { term: value } of keys.get(key)?.values ?? []) found.push(not(begins(term(value), "alias/aws/")));
  // Calls with a token are not signed (E13).
  found.push(
    when(
      asked.actionsThat(({ name }) => /^sts:assumerolewith/.test(name)),
      PROVIDER,
    ),
  );
  return found;
}

function listsOfNames(keys: ReadonlyMap<string, KeyVariable>): Formula[] {
  const pairs = [
    ["aws:requesttag/", "aws:tagkeys"],
    ["kms:encryptioncontext:", "kms:encryptioncontextkeys"],
  ] as const;
  return pairs.flatMap(([prefix, list]) => {
    const names = keys.get(list);
    if (!names) return [];
    return [...keys.values()]
      .filter(({ folded }) => folded.startsWith(prefix))
      .map(({ folded, present }) => {
        const name = folded.slice(prefix.length);
        const listed = or(...names.values.map(({ taken, term: value }) => and(taken, sameFolded(term(value), name))));
        return `(= ${present} ${and(names.present, listed)})`;
      });
  });
}

function requestedRegion(asked: Asked, { values }: KeyVariable): Formula {
  const value = values[0]!.term;
  const global = asked.actionsThat(({ facts }) =>
    /^(iam|organizations|route53|cloudfront|account|globalaccelerator)$/.test(facts.service),
  );
  const placed = asked.targets.flatMap(({ fields }, at) => {
    const region = fields?.[3];
    return region && "term" in region ? [when(asked.on(at), equal(term(value), region))] : [];
  });
  const free = asked.targetsThat(({ fields }) => !fields || "known" in fields[3]!);
  return and(...placed, when(and(free, global), same(term(value), "us-east-1")));
}

export function refuseOthers(text: string): void {
  if (/arn:aws-[a-z]/.test(text)) throw new LeftOut("another partition");
}
