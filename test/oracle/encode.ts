/** A question as a script for z3: is there a request that the policies allow, of those that are asked for? */
import {
  account,
  askedCaller,
  CALLER_DECLARATIONS,
  CALLER_TEXTS,
  callerForms,
  OF_ACCOUNT,
  serviceLinkedForms,
} from "./callers.ts";
import { Context } from "./context.ts";
import { allStatements, Deciding } from "./decision.ts";
import type { StatementRead } from "./documents.ts";
import { hints } from "./hints.ts";
import type { Question, RawSet, Requested } from "./question.ts";
import { Asked, owner } from "./resources.ts";
import { and, equal, type Formula, not, or, same, searchingAmong, selector, type Text } from "./smt.ts";
import { refuseOthers, universe } from "./universe.ts";

export interface Encoded {
  readonly script: string;
  readonly asked: Asked;
  readonly among: ReadonlyMap<string, readonly string[]>;
  readonly context: Context;
}

const asStatement = ({ actions, on, when }: Requested): StatementRead => ({
  kind: "question",
  allow: true,
  principal: undefined,
  action: { not: false, values: actions },
  resource: on === undefined ? undefined : { not: false, values: [on] },
  tests: Object.entries(when ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({
      operator,
      key,
      values: (Array.isArray(values) ? values : [values]) as readonly string[],
    })),
  ),
  variables: true,
  endpoint: undefined,
});

/** Two scripts: the question, and the question among texts that are written in it, which is quicker when there are some. */
export function encode(question: Question): Encoded & { readonly narrow: Encoded } {
  const whole = encodeOnce(question, new Map());
  const among = hints(JSON.stringify(question), whole.asked, whole.context);
  return { ...whole, narrow: searchingAmong(among, () => encodeOnce(question, among)) };
}

function encodeOnce(question: Question, among: ReadonlyMap<string, readonly string[]>): Encoded {
  const { set, previous, asked, except } = question;
  refuseOthers(JSON.stringify(question));
  const sets: readonly RawSet[] = previous ? [set, previous] : [set];
  const requested = [asked, ...except].map((one) => ({ statement: asStatement(one), by: one.by ?? "*" }));
  const statements = [...sets.flatMap(allStatements), ...requested.map(({ statement }) => statement)];
  const relevant = statements.filter((one) => couldMatter(one, asked.actions));
  const tests = relevant.flatMap((one) => one.tests);
  const attachment = { kind: set.resource ? set.kind : undefined, arn: set.resource ? set.arn : null };
  const keys = [...new Set(tests.map(({ key }) => key.toLowerCase()))];
  const all = new Asked(asked.actions, attachment, statements, [...keys, "kms:CallerAccount"]);
  const derived = (folded: string): readonly { of: Formula; value: Text }[] | undefined => {
    if (folded === "aws:resourceaccount")
      return [{ of: all.actionsThat(({ facts }) => facts.service !== "ebs"), value: owner }];
    if (folded === "kms:calleraccount") {
      const alias = all.targetsThat(({ label }) => /:kms:.*:alias\//.test(label));
      return [{ of: and(all.carries("kms:CallerAccount"), not(alias), OF_ACCOUNT), value: account }];
    }
    return undefined;
  };
  const context = new Context(tests, derived);
  if (sets.some(({ vpcEndpoint }) => vpcEndpoint.length > 0)) context.want("aws:SourceVpce");
  const goal: Formula[] = [];
  const [first, ...others] = sets;
  const wanted = (which: (typeof requested)[number]) =>
    and(new Deciding(first!, all, context).applied(which.statement).rest, askedCaller(which.by));
  goal.push(wanted(requested[0]!), not(or(...requested.slice(1).map(wanted))));
  goal.push(new Deciding(first!, all, context).allowed());
  for (const other of others) goal.push(not(new Deciding(other, all, context).allowed()));
  const known = set.resource
    ? (set.account ?? (/^\d{12}$/.test(set.arn?.split(":")[4] ?? "") ? set.arn!.split(":")[4]! : undefined))
    : undefined;
  if (known) goal.push(same(owner, known));
  // What has no ARN, and what the caller's own policies alone decide, is in the caller's account (E10).
  const nothing = all.targetsThat(({ fields }) => !fields);
  goal.push(or(not(nothing), not(OF_ACCOUNT), equal(owner, account)));
  const organization = sets.some((one) => one.serviceControl.length + one.resourceControl.length > 0);
  const assertions = [
    ...callerForms(),
    ...(organization ? serviceLinkedForms() : []),
    ...all.forms(),
    ...context.forms,
    ...universe(all, context),
    ...goal,
  ];
  const texts = [...CALLER_TEXTS, "owner", "region", "rest", ...context.texts];
  const script = [
    ...CALLER_DECLARATIONS,
    ...all.declarations,
    ...context.declarations,
    ...texts.map((name) => {
      const values = among.get(name);
      if (!values) return `(declare-const ${name} String)`;
      return `(declare-const ${selector(name)} Int)(assert (and (>= ${selector(name)} 0) (< ${selector(name)} ${values.length})))`;
    }),
    ...assertions.filter((one) => one !== "true").map((one) => `(assert ${one})`),
  ].join("\n");
  return { script, asked: all, context, among };
}

/** Statements of other services say nothing here. */
function couldMatter({ action }: StatementRead, patterns: readonly string[]): boolean {
  if (action.not || patterns.some((one) => one === "*")) return true;
  const services = new Set(patterns.map((one) => one.split(":")[0]!.toLowerCase()));
  return action.values.some((value) => value === "*" || services.has(value.split(":")[0]!.toLowerCase()));
}
