/** A question as a script for z3: is there a request that the policies allow, of those that are asked for? */
import { account, askedCaller, CALLER_DECLARATIONS, CALLER_VALUES, callerForms, OF_ACCOUNT } from "./callers.ts";
import { Context } from "./context.ts";
import { allStatements, Deciding } from "./decision.ts";
import type { StatementRead } from "./documents.ts";
import type { Question, RawSet, Requested } from "./question.ts";
import { Asked, owner } from "./resources.ts";
import { and, type Formula, not, or, type Text } from "./smt.ts";
import { refuseOthers, universe } from "./universe.ts";

export interface Encoded {
  readonly script: string;
  readonly asked: Asked;
  readonly context: Context;
  /** The terms whose values a model is read by, in order. */
  readonly values: readonly string[];
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

export function encode(question: Question): Encoded {
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
  if (known) goal.push(`(= owner "${known}")`);
  // What has no ARN, and what the caller's own policies alone decide, is in the caller's account (E10).
  const nothing = all.targetsThat(({ fields }) => !fields);
  goal.push(or(not(nothing), not(OF_ACCOUNT), "(= owner account)"));
  const assertions = [...callerForms, ...all.forms(), ...context.forms, ...universe(all, context), ...goal];
  const values = [
    ...CALLER_VALUES,
    "action",
    "target",
    "owner",
    "region",
    "rest",
    ...context.declarations.map((line) => line.split(" ")[1]!),
  ];
  const script = [
    ...CALLER_DECLARATIONS,
    ...all.declarations,
    ...context.declarations,
    ...assertions.filter((one) => one !== "true").map((one) => `(assert ${one})`),
    "(check-sat)",
  ].join("\n");
  return { script, asked: all, context, values };
}

/** Statements of other services say nothing here. */
function couldMatter({ action }: StatementRead, patterns: readonly string[]): boolean {
  if (action.not || patterns.some((one) => one === "*")) return true;
  const services = new Set(patterns.map((one) => one.split(":")[0]!.toLowerCase()));
  return action.values.some((value) => value === "*" || services.has(value.split(":")[0]!.toLowerCase()));
}
