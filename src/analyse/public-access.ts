/**
 * Can strangers use it? A stranger is nobody, or somebody of an account that no policy names, who brings none of the
 * organizations, networks and addresses that the policies name as trusted, or a service that no policy names and that acts for
 * such an account, or the bearer of somebody else's token of an identity provider that many share: what AWS calls public.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
import { refuse } from "../diagnostic/diagnostic.ts";
import { isEnvironment } from "../environment/environment.ts";
import { policiesOf } from "../evaluate/open.ts";
import { arnFields, isAccountId } from "../policy/arn.ts";
import type { Policy } from "../policy/policy.ts";
import { parseCidr } from "../policy/values.ts";
import type { Request } from "../request/request.ts";
import { refuseOpenPolicy } from "./check-question.ts";
import { describeAll } from "./describe-spaces.ts";
import { type Asked, overall } from "./find-access.ts";
import { type AccessQuestion, findIn } from "./finding.ts";
import { fitsQuestion } from "./fits-question.ts";
import { foreignTokens } from "./foreign-tokens.ts";
import type { Found } from "./found.ts";
import { freshAccount, otherService } from "./principals.ts";
import { merge, type When } from "./question.ts";
import { scenesOf } from "./scenes.ts";
import { type Scope, scopesOf } from "./scopes.ts";
import { accountsIn } from "./statements.ts";
import type { Analysed } from "./subject.ts";

/** Keys whose listed values say whom or what network a policy trusts. */
const TRUSTED = /^aws:(principalorgid|sourcevpc|sourcevpce|vpceaccount|vpceorgid|userid)$/i;
/** The same of the resource for which a service acts. */
const SOURCE = /^aws:(sourceaccount|sourcearn)$/i;
const PATHS = /^aws:(principalorgpaths|vpceorgpaths)$/i;

/** Wider blocks of addresses than these are no network of anybody's. */
const WIDEST_BLOCK = { 4: 8, 6: 32 } as const;

/** @throws DiagnosticError `wrong-use`, `open-policy` */
export function askPublic(subject: Analysed): Asked {
  const ask = (scope: Scope): Found => {
    const { owners, questions } = strangers(scope);
    const left = [...questions];
    return overall(
      questions.map(() => ({ ...scope, owners })),
      (one) => findIn(one, left.shift()!),
    );
  };
  const scopes = resourceScopes(subject);
  const found = overall(scopes, ask);
  const resources = isEnvironment(subject) ? Object.entries(subject.resources) : [];
  const untold = resources.find(([, { policy }]) => policy === undefined);
  if (found.verdict === "proved" && untold) refuseOpenPolicy(untold[0]);
  return { found, excess: () => describeAll(scopes, ask) };
}

/** Whether a request is a stranger's. */
export function isStranger(subject: Analysed): (request: Request) => boolean {
  const fits = resourceScopes(subject).flatMap((scope) => strangers(scope).questions.map(fitsQuestion));
  return (request) => fits.some((one) => one(request));
}

function resourceScopes(subject: Analysed): readonly Scope[] {
  const scopes = [...scopesOf(subject, {})].filter(
    ({ set, names }) => set.resource !== undefined && set.resource !== null && names.length === 0,
  );
  if (scopes.length === 0)
    refuse(
      "wrong-use",
      isEnvironment(subject)
        ? "no resource of the environment has a policy"
        : "only a policy of a resource can be public",
      {
        help: "give the key's, the bucket's or the role's own policy",
      },
    );
  return scopes;
}

/** Conditions that nobody meets whom the policies trust by name. */
function strangers({ set, owners: told, accounts }: Scope): {
  owners: readonly string[];
  questions: readonly AccessQuestion[];
} {
  const policies = policiesOf(set);
  const named = new Set([...accountsIn(policies, set), ...accounts]);
  const known = scenesOf([set], [], { owners: told, accounts }).scenes.map(({ owner }) => owner);
  // Where the owner is not known it is somebody else again.
  const owners = known.length === 1 ? known : [freshAccount(named)];
  const excluded = [...new Set([...named, ...owners])];
  const texts: Record<string, string[]> = { "aws:PrincipalAccount": excluded };
  const addresses: string[] = [];
  const organizations = new Set<string>();
  const ids: string[] = [];
  const sourceAccounts = [...excluded];
  const sourceArns = excluded.map((account) => `arn:*:*:*:${account}:*`);
  const sourceOrganizations: string[] = [];
  for (const { key, value } of valuesIn(policies)) {
    if (/^aws:sourceip$|^aws:vpcsourceip$/i.test(key)) {
      const block = parseCidr(value);
      if (block && block.prefix >= WIDEST_BLOCK[block.version]) addresses.push(value);
    }
    // Unique ids are nobody else's, whatever the name of the session.
    if (/^aws:userid$/i.test(key) && /^A(ROA|IDA)[A-Z0-9]+:/.test(value)) ids.push(value);
    if (SOURCE.test(key) && isTrustedSource(value)) (/arn$/i.test(key) ? sourceArns : sourceAccounts).push(value);
    if (/[*?]/.test(value.split("/")[0]!)) continue;
    if (PATHS.test(key)) organizations.add(value.split("/")[0]!);
    else if (/^aws:principalorgid$/i.test(key)) organizations.add(value);
    else if (/^aws:sourceorgid$/i.test(key)) sourceOrganizations.push(value);
    else if (TRUSTED.test(key) && !/[*?$]|^anonymous$/.test(value)) texts[key] = [...(texts[key] ?? []), value];
  }
  const orgs = [...organizations];
  if (orgs.length > 0) texts["aws:PrincipalOrgID"] = orgs;
  const when: When = {
    StringNotEquals: texts,
    ...(ids.length > 0 ? { StringNotLike: { "aws:userid": ids } } : {}),
    ...(addresses.length > 0 ? { NotIpAddress: { "aws:SourceIp": addresses } } : {}),
    ...(orgs.length > 0
      ? { "ForAllValues:StringNotLike": { "aws:PrincipalOrgPaths": orgs.map((id) => `${id}/*`) } }
      : {}),
  };
  const services = new Set([
    ...policies.flatMap(({ statements }) =>
      statements.flatMap(({ principal }) => (principal?.values ?? []).map(({ value }) => value)),
    ),
    ...valuesIn(policies)
      .filter(({ key }) => /^aws:principalservicename$/i.test(key))
      .map(({ value }) => value),
  ]);
  const acting: When = {
    ...when,
    StringNotEquals: {
      ...texts,
      "aws:SourceAccount": sourceAccounts,
      ...(sourceOrganizations.length > 0 ? { "aws:SourceOrgID": sourceOrganizations } : {}),
    },
    ArnNotLike: { "aws:SourceArn": sourceArns },
  };
  return {
    owners,
    questions: [
      { by: "anonymous", when },
      { when: { ...when, Null: { "aws:PrincipalArn": "false" } } },
      { by: otherService(services), when: acting },
      ...foreignTokens(policies).map((one) => ({ ...one, when: merge(when, one.when ?? {}) })),
    ],
  };
}

/** A source that is one account's, or one resource. */
const isTrustedSource = (value: string): boolean => !/[*?$]/.test(value) || isAccountId(arnFields(value)[4] ?? "");

const valuesIn = (policies: readonly Policy[]) =>
  policies.flatMap(({ statements }) =>
    statements.flatMap(({ conditions }) =>
      conditions.flatMap(({ key, values }) => values.map(({ value }) => ({ key, value }))),
    ),
  );
