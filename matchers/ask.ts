/** What the three matchers of one request share: the arguments, the question, what may not stay open. */
import { nearest } from "../src/catalog/nearest.ts";
import { refuse } from "../src/diagnostic/diagnostic.ts";
import { quoted } from "../src/diagnostic/frame.ts";
import { isEnvironment } from "../src/environment/environment.ts";
import { type Judgement, judge } from "../src/evaluate/evaluate.ts";
import { policiesOf } from "../src/evaluate/open.ts";
import type { PolicySet } from "../src/evaluate/policy-set.ts";
import { failureMessage } from "../src/report/failure.ts";
import { refuseOpen } from "../src/report/open.ts";
import type { Principal } from "../src/request/principal.ts";
import { isRequest, Request, request } from "../src/request/request.ts";
import { isScenario, type Scenario } from "../src/scenarios/scenario.ts";
import { checkScenario } from "./ask-scenario.ts";
import type { Asked } from "./asked.ts";
import { type CheckResult, deferred, immediate, type MatcherState } from "./chain.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { type HandOver, secondOpinion } from "./second-opinion.ts";
import { type Received, readSubject } from "./subject.ts";

export type AskArguments = readonly [Request] | readonly [Scenario] | readonly [string | Principal, string, string?];

export function ask(
  state: MatcherState,
  matcher: (...args: never[]) => unknown,
  asked: Asked,
  received: unknown,
  args: AskArguments,
): unknown {
  const hand = secondOpinion(state, matcher);
  if (isScenario(args[0])) {
    const [scenario, ...rest] = args as readonly [Scenario];
    if (rest.length > 0) refuse("wrong-use", `\`${asked.name}\` takes an operation alone`);
    return immediate(state, matcher, () => checkScenario(asked, state.isNot === true, received, scenario, hand));
  }
  const subject = readSubject(received);
  if (isRequest(args[0])) {
    const [complete, ...rest] = args;
    if (rest.length > 0)
      refuse("wrong-use", `\`${asked.name}\` takes a request alone, or a principal, an action and a resource`);
    const { isNot } = state;
    return immediate(state, matcher, () => check(asked, isNot === true, subject, complete as Request, [], hand));
  }
  if (args.length < 2 || args.length > 3)
    refuse(
      "wrong-use",
      `\`${asked.name}\` takes a principal and an action, not ${args.length} argument${args.length === 1 ? "" : "s"}`,
      {
        help: `as in \`expect(policy).${asked.name}("arn:aws:iam::111122223333:role/app", "kms:Decrypt")\``,
      },
    );
  const [principal, action, resource] = args as readonly [string | Principal, string, string?];
  const links = new RequestLinks(request(principal, action, resource));
  const { isNot } = state;
  return deferred(state, matcher, links, () => check(asked, isNot === true, subject, links.request, links.sids, hand));
}

/** The links of a chain: each makes the request say more. */
class RequestLinks {
  readonly sids: string[] = [];
  constructor(public request: Request) {}

  because(...sids: string[]): void {
    this.sids.push(...sids);
  }
}
for (const name of Object.getOwnPropertyNames(Request.prototype) as (keyof Request)[]) {
  if ((name as string) === "constructor") continue;
  Object.defineProperty(RequestLinks.prototype, name, {
    value(this: RequestLinks, ...args: unknown[]) {
      this.request = (this.request[name] as (...args: unknown[]) => Request)(...args);
    },
  });
}

function check(
  asked: Asked,
  isNot: boolean,
  { subject, readAs }: Received,
  asking: Request,
  sids: readonly string[],
  hand: HandOver | undefined,
): CheckResult {
  const { set, facts } = refuseUnknown(subject, asking);
  const judgement = judge(set, facts);
  const { outcome } = judgement.decision;
  const holds = asked.holds(outcome);
  const assertion = `expect(${nameOf(subject, set)})${isNot ? ".not" : ""}.${asked.name}(request)`;
  refuseOpen(assertion, judgement, asked.changes);
  hand?.(judgement);
  const because = holds !== isNot ? missingReasons(judgement, sids) : [];
  const wanted = isNot ? asked.wantedNot : asked.wanted;
  const pass = because.length > 0 ? isNot : holds;
  return {
    pass,
    message: () => {
      const text = failureMessage(
        {
          assertion,
          wanted: because.length > 0 ? `${wanted}, because of ${sids.map((sid) => `"${sid}"`).join(" and ")}` : wanted,
          effect: asked.effect,
        },
        judgement,
      );
      return readAs ? `${text}\n\n  note: what was given to expect was read as ${readAs}` : text;
    },
  };
}

function nameOf(subject: Received["subject"], set: PolicySet): string {
  if (isEnvironment(subject)) return "environment";
  return policiesOf(set).length === 1 ? "policy" : "policies";
}

/** The Sids that were named and did not decide. */
function missingReasons({ decision, set }: Judgement, sids: readonly string[]): string[] {
  if (sids.length === 0) return [];
  const known = policiesOf(set).flatMap(({ statements }) =>
    statements.flatMap(({ sid }) => (sid === undefined ? [] : [sid])),
  );
  for (const sid of sids) {
    if (known.includes(sid) || decision.statements.some((statement) => statement.sid === sid)) continue;
    const near = nearest(sid, known);
    refuse("wrong-use", `no statement here has the Sid ${quoted(sid)}`, {
      help: near ? `did you mean \`${near}\`?` : undefined,
    });
  }
  return sids.filter((sid) => !decision.statements.some((statement) => statement.sid === sid));
}
