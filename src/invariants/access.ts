/** Who may have access at all. */
import { fitsQuestion } from "../analyse/fits-question.ts";
import { foreignTokens } from "../analyse/foreign-tokens.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import type { Subject } from "../evaluate/normalise.ts";
import { scopeOf } from "../hunt/scope.ts";
import { arnFields, isAccountId } from "../policy/arn.ts";
import type { ContextValue } from "../request/context.ts";
import type { Request } from "../request/request.ts";
import { type Breach, type Invariant, invariant } from "./invariant.ts";

const GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide";

const texts = (values: readonly string[]): string => values.map((value) => JSON.stringify(value)).join(", ");

export const told = ({ context }: Request, key: string): ContextValue | undefined => {
  const folded = key.toLowerCase();
  return Object.entries(context).find(([name]) => name.toLowerCase() === folded)?.[1];
};

/** Callers of AWS accounts, as against services, token bearers and nobody. */
const OF_ACCOUNT = { Null: { "aws:PrincipalArn": "false" } } as const;

/**
 * Nobody without credentials has access.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
export const noAnonymousAccess = (): Invariant =>
  invariant({
    name: "noAnonymousAccess()",
    sentence: "nobody without credentials has access",
    see: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    breaches: () => [
      {
        question: { by: "anonymous" },
        concerns: ({ principal }) => principal.type === "anonymous",
        limits: { principals: "anonymous" },
      },
    ],
  });

/** Bearers of somebody else's token of an identity provider that many organizations share. */
const strangersTokens = (subject: Subject): Breach[] =>
  foreignTokens(scopeOf(subject).policies).map((question) => ({
    question,
    concerns: fitsQuestion(question),
    limits: { actions: "sts:AssumeRoleWithWebIdentity" },
    what: "a token of an identity provider that many organizations share opens the role, whosever it is",
  }));

/** Identity providers that another account keeps. */
const foreignProviders = (subject: Subject, accounts: readonly string[]): Breach[] => {
  const providers = scopeOf(subject).policies.flatMap(({ statements }) =>
    statements.flatMap(({ principal }) =>
      (principal?.values ?? []).filter(({ type }) => type === "Federated").map(({ value }) => value),
    ),
  );
  const foreign = [...new Set(providers)].filter((provider) => {
    const account = arnFields(provider)[4] ?? "";
    return isAccountId(account) && !accounts.includes(account);
  });
  if (foreign.length === 0) return [];
  const question = { by: foreign };
  const what = "an identity provider of another account opens the role";
  return [{ question, concerns: fitsQuestion(question), limits: { principals: foreign }, what }];
};

/**
 * No principal of another account has access, nobody without credentials, and nobody with somebody else's token of an identity
 * provider that many share, such as GitHub's. Services are another matter: see `noConfusedDeputy`.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
 */
export function onlyAccounts(...accounts: readonly string[]): Invariant {
  if (accounts.length === 0 || !accounts.every(isAccountId))
    refuse("wrong-use", "`onlyAccounts` takes account ids", {
      help: 'twelve digits each, as in `onlyAccounts("111122223333")`',
    });
  return invariant({
    name: `onlyAccounts(${texts(accounts)})`,
    sentence: "no principal of another account has access, nobody without credentials, nobody with a stranger's token",
    see: `${GUIDE}/access_policies_data-perimeters.html`,
    breaches: (subject) => [
      ...noAnonymousAccess().breaches(subject),
      ...strangersTokens(subject),
      ...foreignProviders(subject, accounts),
      {
        question: { when: { ...OF_ACCOUNT, StringNotEquals: { "aws:PrincipalAccount": accounts } } },
        concerns: ({ principal }) => principal.account !== null && !accounts.includes(principal.account),
      },
    ],
  });
}

/**
 * No principal of another organization has access, nobody without credentials, and nobody with somebody else's token of an
 * identity provider that many share, such as GitHub's. Services are another matter: see `noConfusedDeputy`. `id`: as in
 * `o-abc123defg`.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
 */
export function onlyOrganization(id: string): Invariant {
  if (typeof id !== "string" || !/^o-[a-z0-9]{8,32}$/.test(id))
    refuse("wrong-use", "`onlyOrganization` takes the id of an organization", { help: "as in `o-abc123defg`" });
  return invariant({
    name: `onlyOrganization(${texts([id])})`,
    sentence:
      "no principal of another organization has access, nobody without credentials, nobody with a stranger's token",
    see: `${GUIDE}/access_policies_data-perimeters.html`,
    breaches: (subject) => [
      ...noAnonymousAccess().breaches(subject),
      ...strangersTokens(subject),
      {
        question: { when: { ...OF_ACCOUNT, StringNotEquals: { "aws:PrincipalOrgID": id } } },
        concerns: (request) => request.principal.account !== null && told(request, "aws:PrincipalOrgID") !== id,
      },
    ],
  });
}

export interface Sources {
  readonly accounts?: readonly string[];
  readonly organization?: string;
  /** ARNs that name no account, such as buckets; wildcards are fine. */
  readonly sources?: readonly string[];
}

/**
 * Services act only for our own resources: a request of a service says one of these accounts, this organization, or one of
 * these sources.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export function noConfusedDeputy({ accounts = [], organization, sources = [] }: Sources = {}): Invariant {
  if (accounts.length + sources.length === 0 && organization === undefined)
    refuse(
      "wrong-use",
      "`noConfusedDeputy` takes the accounts, the organization or the resources that services may act for",
      {
        help: 'as in `noConfusedDeputy({ accounts: ["111122223333"] })`',
      },
    );
  const arns = [...accounts.map((account) => `arn:*:*:*:${account}:*`), ...sources];
  const equals = {
    ...(accounts.length > 0 ? { "aws:SourceAccount": accounts } : {}),
    ...(organization === undefined ? {} : { "aws:SourceOrgID": organization }),
  };
  const ours = new Set(accounts);
  return invariant({
    name: "noConfusedDeputy({ … })",
    sentence: "services act for nobody but our own accounts",
    see: `${GUIDE}/confused-deputy.html`,
    breaches: () => [
      {
        question: {
          when: {
            Bool: { "aws:PrincipalIsAWSService": "true" },
            ...(Object.keys(equals).length > 0 ? { StringNotEquals: equals } : {}),
            ...(arns.length > 0 ? { ArnNotLike: { "aws:SourceArn": arns } } : {}),
          },
        },
        concerns: (request) => {
          const account = told(request, "aws:SourceAccount");
          const arn = told(request, "aws:SourceArn");
          const known =
            (typeof account === "string" && ours.has(account)) ||
            (organization !== undefined && told(request, "aws:SourceOrgID") === organization) ||
            (typeof arn === "string" && (ours.has(arn.split(":")[4] ?? "") || sources.includes(arn)));
          return request.principal.type === "service" && !known;
        },
      },
    ],
  });
}

export interface Tokens {
  /** The provider's host or ARN. */
  readonly provider: string;
  /** Subjects, with wildcards if need be. */
  readonly sub: string | readonly string[];
  readonly aud: string | readonly string[];
}

/**
 * Tokens of this provider open the role only with these subjects and audiences.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
 */
export function oidcTrust(tokens: Tokens): Invariant {
  const { provider, sub, aud } = tokens ?? ({} as Partial<Tokens>);
  if (typeof provider !== "string" || sub === undefined || aud === undefined)
    refuse("wrong-use", "`oidcTrust` takes `provider`, `sub` and `aud`", {
      help: 'as in `oidcTrust({ provider: "token.actions.githubusercontent.com", sub: "repo:my-org/*", aud: "sts.amazonaws.com" })`',
    });
  const at = provider.indexOf(":oidc-provider/");
  const host = at === -1 ? provider : provider.slice(at + ":oidc-provider/".length);
  const breach = (claim: "sub" | "aud", operator: string, values: string | readonly string[]) => ({
    question: {
      actions: "sts:AssumeRoleWithWebIdentity",
      when: { [operator]: { [`${host}:${claim}`]: [values].flat() } },
    },
    concerns: (request: Request) => {
      const value = told(request, `${host}:${claim}`);
      return ![values]
        .flat()
        .some((one) => (one.endsWith("*") ? String(value).startsWith(one.slice(0, -1)) : value === one));
    },
    limits: { actions: "sts:AssumeRoleWithWebIdentity" },
    what: `a token with another \`${claim}\` opens the role`,
  });
  return invariant({
    name: `oidcTrust({ provider: ${texts([host])}, … })`,
    sentence: "tokens open the role only with these subjects and audiences",
    see: `${GUIDE}/id_roles_create_for-idp_oidc.html`,
    breaches: () => [breach("sub", "StringNotLike", sub), breach("aud", "StringNotEquals", aud)],
  });
}
