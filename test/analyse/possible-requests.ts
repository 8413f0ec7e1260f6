/** Requests of the small world of src/generate that AWS could see, drawn at random: the reference of the fuzzers. */

import { OF_PRINCIPAL, presenceOf } from "../../src/analyse/world.ts";
import { actionCarriesKey, actionFacts } from "../../src/catalog/catalog.ts";
import { everyActionCarries } from "../../src/catalog/global-keys.ts";
import { KEY_ROWS } from "../../src/generate/keys.ts";
import {
  type Attached,
  FEDERATED_USER,
  HOME,
  NEIGHBOURHOODS,
  PARTNER,
  PARTNER_ROLE,
  PARTNER_USER,
  PATH_ROLE,
  PROVIDER,
  ROLE,
  ROLE_ID,
  SERVICE_LINKED,
  SERVICES,
  USER,
  USER_ID,
} from "../../src/generate/universe.ts";
import type { ContextValue } from "../../src/request/context.ts";
import {
  anonymous,
  federated,
  federatedUser,
  type Principal,
  role,
  rootUser,
  service,
  session,
  user,
} from "../../src/request/principal.ts";
import type { RequestFields } from "../../src/request/request.ts";

export type Random = () => number;

/** Mulberry32. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export const pick = <T>(draw: Random, list: readonly T[]): T => list[Math.floor(draw() * list.length)]!;

export const CALLERS: readonly Principal[] = [
  role(ROLE),
  role(ROLE, { uniqueId: ROLE_ID }),
  role(PATH_ROLE),
  session(ROLE, "main"),
  session(PATH_ROLE, "main"),
  session(PATH_ROLE, "other"),
  user(USER),
  user(USER, { uniqueId: USER_ID }),
  role(PARTNER_ROLE),
  user(PARTNER_USER),
  rootUser(HOME),
  rootUser(PARTNER),
  federatedUser(FEDERATED_USER, { issuer: USER }),
  federatedUser(FEDERATED_USER),
  federated(PROVIDER),
  ...SERVICES.map((name) => service(name)),
  service("s3.amazonaws.com"),
  anonymous,
  role(SERVICE_LINKED),
  role("arn:aws:iam::777766665555:role/stranger"),
  user("arn:aws:iam::111199998888:user/red"),
];

const KEYS = KEY_ROWS.filter(({ key }) => !OF_PRINCIPAL.has(key.toLowerCase()));

/** A context that tells every key, as AWS could send it for this caller and action. */
export function drawRequest(draw: Random, near: Attached): RequestFields {
  const { action, resources } = pick(draw, NEIGHBOURHOODS[near].actions);
  // Calls with a token are not signed: nobody else makes them.
  const principal = action === "sts:AssumeRoleWithWebIdentity" ? federated(PROVIDER) : pick(draw, CALLERS);
  const resource = pick(draw, resources);
  const facts = actionFacts(action);
  const alias = resource.includes(":alias/");
  const context: Record<string, ContextValue> = {};
  // Directly, through an endpoint, or by a service.
  const path = pick(draw, ["direct", "endpoint", "service"]);
  for (const { key, seen, wanted, many } of KEYS) {
    const folded = key.toLowerCase();
    const { may, must } = presenceOf(folded);
    const carried = everyActionCarries(folded) || (facts !== undefined && actionCarriesKey(facts, key));
    const always = folded === "kms:grantoperations" && carried && !alias;
    const possible =
      may(principal) &&
      carried &&
      !(alias && folded.startsWith("kms:")) &&
      (folded !== "kms:viaservice" || path === "service") &&
      (folded !== "aws:sourcevpce" || path === "endpoint") &&
      (folded !== "aws:sourceip" || path !== "endpoint");
    if (!possible || (!must(principal) && !always && draw() < 0.3)) {
      context[key] = null;
      continue;
    }
    const values = [...seen, ...wanted.filter((value) => fits(folded, value))];
    context[key] = many
      ? list(
          draw,
          values.filter((value) => value !== ""),
        )
      : pick(draw, values);
  }
  tellTags(context);
  if (action === "kms:CreateGrant" && !alias) tellConstraints(context, draw);
  const arn = resource.split(":");
  return {
    principal,
    action,
    resource,
    resourceAccount: /^\d{12}$/.test(arn[4] ?? "") || resource === "*" ? null : pick(draw, [HOME, PARTNER]),
    context,
    givenIdentity: null,
  };
}

/** The list of tags' names says what tags there are. */
function tellTags(context: Record<string, ContextValue>): void {
  const names = new Set((context["aws:TagKeys"] as string[] | null) ?? []);
  for (const tag of ["team", "blob"]) {
    const listed = [...names].some((name) => name.toLowerCase() === tag);
    if (context[`aws:RequestTag/${tag}`] === null || context["aws:TagKeys"] === null) {
      context[`aws:RequestTag/${tag}`] = null;
      for (const name of [...names]) if (name.toLowerCase() === tag) names.delete(name);
    } else if (!listed) names.add(tag);
  }
  context["aws:TagKeys"] = names.size === 0 ? null : [...names];
}

/** What a grant that is asked for is bound by. */
function tellConstraints(context: Record<string, ContextValue>, draw: Random): void {
  context["kms:GrantConstraintType"] = pick(draw, [null, "EncryptionContextEquals", "EncryptionContextSubset"]);
  context["kms:GrantConstraintSourceArn"] = pick(draw, [null, "arn:aws:s3:::reports"]);
}

function list(draw: Random, values: readonly string[]): string[] {
  const found = values.filter(() => draw() < 0.4);
  return found.length > 0 ? found : [pick(draw, values)];
}

/** Which of the texts in policies a request could bring as well. */
function fits(folded: string, value: string): boolean {
  if (value.includes("${")) return false;
  if (folded === "kms:viaservice") return /^[^.]+\.[^.]+\.amazonaws\.com$/.test(value);
  if (folded === "aws:sourceip") return !value.includes("/");
  if (folded === "aws:currenttime") return true;
  if (folded === "aws:multifactorauthage") return /^[-\d.]+$/.test(value);
  if (/multifactorauthpresent|securetransport/.test(folded)) return value === "true" || value === "false";
  if (folded === "aws:sourcearn") return /^arn:aws:s3:::[^*]+$/.test(value);
  return value !== "" || /tag\//.test(folded);
}
