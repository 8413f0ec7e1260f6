/** How AWS decides, over all requests at once (semantics E and F). Written from the semantics, not from our evaluator. */
import {
  ANONYMOUS,
  account,
  anyMatch,
  ENTITY,
  FEDERATED_USER,
  type Named,
  OF_ACCOUNT,
  PROVIDER,
  principalMatch,
  ROOT,
  SERVICE,
  SERVICE_LINKED,
  SESSION,
  USER,
} from "./callers.ts";
import type { Context } from "./context.ts";
import { type Document, type Kind, LeftOut, type StatementRead, statementsOf } from "./documents.ts";
import type { RawSet } from "./question.ts";
import { type Asked, actionListed, owner } from "./resources.ts";
import { and, begins, equal, FALSE, type Formula, not, or, same, TRUE, term } from "./smt.ts";

/** F12. */
const ACROSS_ACCOUNTS: ReadonlySet<string> = new Set(
  [
    "Encrypt",
    "Decrypt",
    "ReEncryptFrom",
    "ReEncryptTo",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "Sign",
    "Verify",
    "GenerateMac",
    "VerifyMac",
    "DeriveSharedSecret",
    "GetPublicKey",
    "DescribeKey",
    "GetKeyRotationStatus",
    "CreateGrant",
    "ListGrants",
    "RevokeGrant",
  ].map((name) => `kms:${name.toLowerCase()}`),
);

/** E21; services that are in none of the questions are left out. */
const RCP_SERVICES: ReadonlySet<string> = new Set(["s3", "sts", "kms", "sqs", "secretsmanager", "dynamodb", "logs"]);
const NO_RCP: ReadonlySet<string> = new Set(["sns", "ec2", "iam", "lambda"]);

interface Applied {
  readonly allow: boolean;
  readonly named: Named;
  readonly rest: Formula;
  /** The caller's own ARN is asked for by a condition. */
  readonly anywhere: Formula;
}

export const allStatements = (set: RawSet): StatementRead[] => {
  const read = (documents: readonly Document[], kind: Kind) =>
    documents.flatMap((document) => statementsOf(document, kind));
  return [
    ...read(set.identity ?? [], "identity"),
    ...read(set.permissionsBoundary, "permissionsBoundary"),
    ...read(set.session, "session"),
    ...(set.resource ? read([set.resource], set.kind) : []),
    ...set.serviceControl.flatMap((level) => read(level, "serviceControl")),
    ...set.resourceControl.flatMap((level) => read(level, "resourceControl")),
    ...set.vpcEndpoint.flatMap(({ document, endpoint }) =>
      statementsOf(document, "vpcEndpoint", endpoint ?? "unknown"),
    ),
  ];
};

export class Deciding {
  constructor(
    private readonly set: RawSet,
    private readonly asked: Asked,
    private readonly context: Context,
  ) {}

  applied(statement: StatementRead, hasBoundary = false): Applied {
    const { asked, context } = this;
    const actions = asked.actionsThat(({ name }) => actionListed(statement.action, name));
    const conditions =
      actions === FALSE ? FALSE : and(...statement.tests.map((test) => this.test(context, statement, test)));
    const rest = and(actions, conditions === FALSE ? FALSE : asked.covers(statement), conditions);
    const named = principalMatch(statement.principal, hasBoundary);
    return { allow: statement.allow, named, rest, anywhere: and(anyMatch(named), rest) };
  }

  private test(context: Context, { kind, variables }: StatementRead, test: StatementRead["tests"][number]): Formula {
    // A key policy does not see the aliases (F23).
    if (kind === "key" && test.key.toLowerCase() === "kms:resourcealiases")
      throw new LeftOut("aliases in a key policy");
    return context.holds(test, variables);
  }

  private all(documents: readonly Document[], kind: Kind, hasBoundary = false): Applied[] {
    return documents.flatMap((document) => statementsOf(document, kind).map((one) => this.applied(one, hasBoundary)));
  }

  allowed(): Formula {
    const { set, asked, context } = this;
    const of = (some: readonly Applied[], allow: boolean) =>
      or(...some.filter((one) => one.allow === allow).map(({ anywhere }) => anywhere));
    const hasBoundary = set.permissionsBoundary.length > 0;
    const identity = this.all(set.identity ?? [], "identity");
    const boundary = this.all(set.permissionsBoundary, "permissionsBoundary");
    const session = this.all(set.session, "session");
    const read = (bounded: boolean) => (set.resource ? this.all([set.resource], set.kind, bounded) : []);
    const resource = read(hasBoundary);
    const ofOthers = read(false);
    const scp = set.serviceControl.map((level) => this.all(level, "serviceControl"));
    const rcp = set.resourceControl.map((level) => this.all(level, "resourceControl"));
    const endpoints = set.vpcEndpoint.map(({ document, endpoint }) => this.endpoint(document, endpoint));

    const token = asked.actionsThat(({ name }) => /^sts:assumerolewith/.test(name));
    const entity = and(ENTITY, not(token));
    const home = equal(account, owner);
    const bound = and(OF_ACCOUNT, not(SERVICE_LINKED));
    const through = set.vpcEndpoint.length > 0 ? context.isPresent("aws:sourcevpce") : FALSE;
    if (rcp.length > 0)
      for (const { facts } of asked.actions)
        if (!RCP_SERVICES.has(facts.service) && !NO_RCP.has(facts.service))
          throw new LeftOut("resource control policies on other services");
    const rcpBinds = and(
      not(SERVICE_LINKED),
      asked.actionsThat(({ facts }) => RCP_SERVICES.has(facts.service)),
    );
    const mends = and(
      ROOT,
      home,
      asked.actionsThat(({ name }) => /^s3:(get|put|delete)bucketpolicy$/.test(name)),
    );
    const denied = or(
      and(entity, or(of(identity, false), of(boundary, false), of(session, false))),
      and(not(mends), or(and(entity, of(resource, false)), and(not(entity), of(ofOthers, false)))),
      and(bound, ...[or(...scp.map((level) => of(level, false)))]),
      and(rcpBinds, or(...rcp.map((level) => of(level, false)))),
      and(through, or(...endpoints.map((one) => of(one, false)))),
    );
    const caps = and(
      ...scp.map((level) => or(not(bound), of(level, true))),
      set.vpcEndpoint.length > 0 ? or(not(through), ...endpoints.map((one) => of(one, true))) : TRUE,
    );

    const I = set.identity === undefined ? TRUE : of(identity, true);
    const B = hasBoundary ? of(boundary, true) : TRUE;
    const S = set.session.length > 0 ? of(session, true) : not(FEDERATED_USER);
    const by = (some: readonly Applied[], named: (match: Named) => Formula) =>
      or(...some.filter(({ allow }) => allow).map((one) => and(named(one.named), one.rest)));
    const direct = by(resource, ({ exact, everyone }) => or(exact, everyone));
    const parent = by(resource, (match) => match.parent);
    const delegated = by(resource, (match) => match.account);
    const any = by(resource, anyMatch);
    const mandatory = this.mandatory();
    const capsOwn = and(B, S);
    const within = or(
      direct,
      and(parent, capsOwn),
      and(I, capsOwn, set.resource === undefined ? TRUE : or(not(mandatory), delegated)),
    );
    const across = and(any, I, capsOwn);
    const rootWithin = or(by(ofOthers, anyMatch), set.resource === undefined ? TRUE : not(mandatory));
    const ways = or(
      and(entity, home, within),
      and(entity, not(home), across, this.acrossAccounts()),
      and(ROOT, home, rootWithin),
      and(ROOT, not(home), by(ofOthers, anyMatch), this.acrossAccounts()),
      and(
        or(SERVICE, ANONYMOUS, PROVIDER),
        by(ofOthers, ({ exact, everyone }) => or(exact, everyone)),
      ),
    );
    const only = set.resource === undefined && set.identity !== undefined ? ENTITY : TRUE;
    return and(only, ways, caps, not(denied), this.credentials(), this.changeable());
  }

  /** E12. */
  private mandatory(): Formula {
    const { kind, resource } = this.set;
    if (resource && kind === "trust") return TRUE;
    const keys = this.asked.targetsThat(({ label }) => /:kms:.*:key\//.test(label));
    const roles = and(
      this.asked.targetsThat(({ label }) => /:iam:.*:role\//.test(label)),
      this.asked.actionsThat(({ facts }) => facts.service === "sts"),
    );
    return or(keys, roles);
  }

  /** F12. */
  private acrossAccounts(): Formula {
    return this.asked.actionsThat(({ name, facts }) => facts.service !== "kms" || ACROSS_ACCOUNTS.has(name));
  }

  /** B7, E13. */
  private credentials(): Formula {
    const { asked, context } = this;
    const issued = context.keys.has("aws:tokenissuetime") ? context.isPresent("aws:tokenissuetime") : FALSE;
    const factor = context.keys.get("aws:multifactorauthpresent");
    const mfa = factor ? and(factor.present, same(term(factor.values[0]!.term), "true")) : FALSE;
    const iam = asked.actionsThat(({ facts }) => facts.service === "iam");
    const sts = asked.actionsThat(({ facts }) => facts.service === "sts");
    const assume = asked.actionsThat(({ name }) => name === "sts:assumerole");
    const tokens = asked.actionsThat(({ name }) => /^sts:(getfederationtoken|getsessiontoken)$/.test(name));
    return not(
      or(
        and(SESSION, tokens),
        and(FEDERATED_USER, or(iam, sts)),
        and(
          ROOT,
          asked.actionsThat(({ name }) => name === "sts:assumerole"),
        ),
        and(USER, issued, or(and(sts, not(assume)), and(iam, factor ? not(mfa) : FALSE))),
      ),
    );
  }

  /** E17. */
  private changeable(): Formula {
    const writes = (service: string) =>
      this.asked.actionsThat(({ facts }) => facts.service === service && !/^(Read|List)$/.test(facts.access));
    const iam = writes("iam");
    const kms = writes("kms");
    const aliases = this.asked.targetsThat(({ label }) => /:kms:.*:alias\//.test(label));
    return not(
      or(and(iam, begins(term("rest"), "role/aws-reserved/")), and(kms, aliases, begins(term("rest"), "alias/aws/"))),
    );
  }

  /** A28. */
  private endpoint(document: Document, endpoint: string | undefined): Applied[] {
    return statementsOf(document, "vpcEndpoint").map((statement) => {
      const applied = this.applied(statement);
      const names = statement.principal?.values.some(
        ({ type, value }) => type === "AWS" && (/^\d{12}$/.test(value) || value.endsWith(":root")),
      );
      if (names && statement.principal?.not) throw new LeftOut("an endpoint's NotPrincipal of an account");
      if (!names || endpoint === "interface") return applied;
      const services = this.asked.actionsThat(({ facts }) => /^(s3|dynamodb)$/.test(facts.service));
      // At a gateway an account is its root user; where the type is not known, it matches nobody.
      const account = or(not(services), FALSE);
      const named: Named = {
        ...applied.named,
        account: endpoint === "gateway" ? FALSE : and(applied.named.account, account),
        exact: endpoint === "gateway" ? applied.named.exact : and(applied.named.exact, or(not(ROOT), account)),
      };
      return { ...applied, named, anywhere: and(anyMatch(named), applied.rest) };
    });
  }
}
