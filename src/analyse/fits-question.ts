/** Whether one request is among those that a question asks about: for where the question itself cannot be decided. */
import { applies, compile } from "../evaluate/compile.ts";
import { contextKey, Evaluation } from "../evaluate/evaluation.ts";
import { NO_MATCH } from "../evaluate/principal.ts";
import { parseArn } from "../policy/arn.ts";
import type { Policy } from "../policy/policy.ts";
import { buildFacts } from "../request/build-facts.ts";
import type { ContextValue } from "../request/context.ts";
import type { Facts } from "../request/facts.ts";
import type { Request } from "../request/request.ts";
import { type AccessQuestion, exceptionsOf } from "./finding.ts";
import { carried, merge, requestsPolicy } from "./question.ts";

export function fitsQuestion(question: AccessQuestion): (request: Request) => boolean {
  const { told, when } = carried(question.context ?? {});
  const asked = requestsPolicy([{ ...question, when: merge(when, question.when ?? {}) }], "the requests asked for");
  const exceptions = exceptionsOf(question);
  const except = exceptions.length > 0 ? requestsPolicy(exceptions, "the access that is meant") : undefined;
  const wanted = Object.entries(told).map(([name, value]) => ({ key: contextKey(name), value }));
  return (request) => {
    const account = parseArn(request.resource ?? "")?.account;
    const facts = buildFacts(request, account || (request.resourceAccount ?? undefined));
    if (!covers(asked, facts) || (except && covers(except, facts))) return false;
    return wanted.every(({ key, value }) => says(new Evaluation(facts).read(key), value));
  };
}

const covers = (policy: Policy, facts: Facts): boolean =>
  compile(policy).statements.some(
    (statement) =>
      statement.action.matches(facts.action) && applies(statement, new Evaluation(facts), false) !== NO_MATCH,
  );

const says = (values: readonly string[] | undefined, wanted: ContextValue): boolean =>
  wanted === null ? values === undefined : JSON.stringify(values) === JSON.stringify([wanted].flat());
