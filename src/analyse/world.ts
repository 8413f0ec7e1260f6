/**
 * Which requests AWS can see: what a key's value looks like, which callers and actions bring it, and which keys come
 * together (semantics B2-B5, F23). Where in doubt a request counts as possible: a proof then holds for more.
 */

import { claimPrefix } from "../request/names.ts";
import type { Principal } from "../request/principal.ts";
import { ACCOUNT, one, type Pattern, run, some, text } from "./tokens.ts";

/** The keys that the caller alone decides. */
export const OF_PRINCIPAL: ReadonlySet<string> = new Set([
  "aws:principalaccount",
  "aws:principalarn",
  "aws:username",
  "aws:principalisawsservice",
  "aws:principalservicename",
  "aws:principalservicenameslist",
]);

/** Keys that some callers fix and others leave open. */
export const PARTLY_OF_PRINCIPAL: ReadonlySet<string> = new Set([
  "aws:principaltype",
  "aws:userid",
  "aws:federatedprovider",
]);

type Callers = (principal: Principal) => boolean;
const anybody: Callers = () => true;
const ofAccount: Callers = ({ account }) => account !== null;
const ofEntity: Callers = ({ account, type }) => account !== null && type !== "root";
const session: Callers = ({ type }) => type === "role" || type === "session";
const ofService: Callers = ({ type }) => type === "service";
const nameless: Callers = ({ type }) => type === "service" || type === "federated";
const notService: Callers = ({ type }) => type !== "service";
const temporary: Callers = (principal) => session(principal) || principal.type === "federatedUser";
const nobody: Callers = () => false;

export interface Presence {
  readonly may: Callers;
  readonly must: Callers;
}

const ROWS: Readonly<Record<string, Presence>> = {
  "aws:principalorgid": { may: ofAccount, must: nobody },
  "aws:principalorgpaths": { may: ofAccount, must: nobody },
  "aws:sourceidentity": { may: temporary, must: nobody },
  // Users and root users may have session credentials, too.
  "aws:tokenissuetime": { may: ofAccount, must: temporary },
  "aws:multifactorauthpresent": { may: (caller) => ofAccount(caller) && caller.type !== "federatedUser", must: nobody },
  "aws:multifactorauthage": { may: (caller) => ofAccount(caller) && caller.type !== "federatedUser", must: nobody },
  "aws:sourcearn": { may: ofService, must: nobody },
  "aws:sourceaccount": { may: ofService, must: nobody },
  "aws:sourceorgid": { may: ofService, must: nobody },
  "aws:sourceorgpaths": { may: ofService, must: nobody },
  // Of services and token bearers the page says no more than that all requests have them.
  "aws:userid": { may: (caller) => ofEntity(caller) || nameless(caller), must: ofEntity },
  "aws:principaltype": { may: nameless, must: nobody },
  "aws:useragent": { may: anybody, must: anybody },
  "aws:federatedprovider": { may: session, must: nobody },
  "aws:securetransport": { may: notService, must: notService },
  "aws:currenttime": { may: anybody, must: anybody },
  "aws:epochtime": { may: anybody, must: anybody },
  "aws:viaawsservice": { may: anybody, must: anybody },
  "aws:requestedregion": { may: anybody, must: anybody },
  // A service calls with the identity of a caller that has one (B5).
  "aws:calledvia": { may: ofAccount, must: nobody },
  "aws:calledviafirst": { may: ofAccount, must: nobody },
  "aws:calledvialast": { may: ofAccount, must: nobody },
  "kms:viaservice": { may: ofAccount, must: nobody },
  "aws:ec2instancesourcevpc": { may: session, must: nobody },
  "aws:ec2instancesourceprivateipv4": { may: session, must: nobody },
  "ec2:roledelivery": { may: session, must: nobody },
  "ec2:sourceinstancearn": { may: session, must: nobody },
};

const FREE: Presence = { may: anybody, must: nobody };

export function presenceOf(folded: string): Presence {
  if (Object.hasOwn(ROWS, folded)) return ROWS[folded]!;
  if (folded.startsWith("aws:principaltag/")) return { may: ofEntity, must: nobody };
  const claim = /^(.+\..+|saml):([^:]+)$/.exec(folded);
  if (claim) return claimPresence(claim[1]!, claim[2]!);
  return FREE;
}

/** A provider's token has a subject and an audience; sessions keep some claims (B4). */
function claimPresence(prefix: string, claim: string): Presence {
  const bearer: Callers = ({ type, name }) => type === "federated" && claimPrefix(name).toLowerCase() === prefix;
  return {
    may: (caller) => bearer(caller) || session(caller),
    must: (caller) => bearer(caller) && (claim === "sub" || claim === "aud"),
  };
}

const service: Pattern = [...some("plain"), ...text("."), ...some("plain"), ...text(".amazonaws.com")];
const arn: Pattern = [
  ...text("arn:"),
  ...some("inField"),
  ...text(":"),
  ...some("inField"),
  ...text(":"),
  run("inField"),
  ...text(":"),
  run("inField"),
  ...text(":"),
  ...some("any"),
];
const nonempty: Pattern = some("any");

const FORMS: Readonly<Record<string, Pattern>> = {
  "aws:sourceaccount": ACCOUNT,
  "aws:vpceaccount": ACCOUNT,
  "kms:viaservice": service,
};

/** What values of the key look like; undefined: anything, an empty text too. */
export function formOf(folded: string, type: string): Pattern | undefined {
  if (Object.hasOwn(FORMS, folded)) return FORMS[folded]!;
  if (type === "ARN") return arn;
  return mayBeEmpty(folded) ? undefined : nonempty;
}

/** Tags and pairs may be empty, and what a request's parameters and headers say, such as `s3:prefix`. */
export const mayBeEmpty = (folded: string): boolean =>
  /tag\/|^kms:encryptioncontext:|^aws:(referer|useragent)$/.test(folded) ||
  !/^(aws|kms|sts|iam|saml):|\..*:/.test(folded);

/** Names of users, roles and their like. */
export const NAME: Pattern = [run("name"), one("nameEnd")];

/** An organization's id comes with the paths in it: `aws:PrincipalOrgID` and `aws:PrincipalOrgPaths` (B3). */
export const ORGANIZATIONS: readonly (readonly [id: string, paths: string])[] = ["principal", "resource", "source"].map(
  (of) => [`aws:${of}orgid`, `aws:${of}orgpaths`],
);

/** The organizations whose paths these texts name. */
export const organizationsIn = (texts: readonly string[]): string[] => [
  ...new Set(texts.flatMap((one) => /^(o-[a-z0-9]+)\//.exec(one)?.[1] ?? [])),
];

/** Keys of which one comes with the other: a service calls for the caller (B5). `true`: the key's value, else its presence. */
export const TOGETHER: readonly string[] = ["aws:calledvia", "aws:calledviafirst", "aws:calledvialast"];
/** Absent when a service calls for the caller, and when the request has a public address (B3, B5). */
export const THROUGH_ENDPOINT: readonly string[] = ["aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"];
