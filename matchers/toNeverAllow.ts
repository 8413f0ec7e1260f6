import { askFind } from "../src/analyse/find-access.ts";
import type { AccessQuestion } from "../src/analyse/finding.ts";
import { fitsQuestion } from "../src/analyse/fits-question.ts";
import { type Intended, intendedRequests } from "../src/analyse/intended.ts";
import { merge, type Requests, type When, type Who } from "../src/analyse/question.ts";
import { type Analysed, toPolicySet } from "../src/analyse/subject.ts";
import { refuse } from "../src/diagnostic/diagnostic.ts";
import { isEnvironment } from "../src/environment/environment.ts";
import { anonymous, isPrincipal, type Principal } from "../src/request/principal.ts";
import { Request } from "../src/request/request.ts";
import type { MatcherState } from "./chain.ts";
import { ProofLinks, prove, said } from "./prove.ts";
import { readSubject } from "./subject.ts";

/** Is there no request, by anybody and in any context, for one of these actions that is allowed? */
export function toNeverAllow(this: MatcherState, received: unknown, ...args: readonly unknown[]): unknown {
  const subject = readSubject(received);
  const [actions, ...rest] = args;
  if (args.length === 0 || rest.length > 0)
    refuse("wrong-use", "`toNeverAllow` takes an action, or a list of actions, alone", {
      help: 'as in `expect(policy).toNeverAllow("kms:ScheduleKeyDeletion")`; links say more: `.by(…)`, `.except({ … })`',
    });
  const links = new NeverLinks([actions].flat() as readonly string[], args);
  return prove(this, toNeverAllow, "toNeverAllow", subject, links, () => ({
    ask: () => askFind(narrowed(subject.subject, links.request), links.question),
    wanted: `never allow it: no such request${links.narrow ? "" : ", by anyone, in any context"}`,
    wantedNot: "allow some such request",
    all: "all such access",
    actions: links.actions,
    holds: "proved",
    finds: (request, { outcome }) => outcome === "allowed" && fitsQuestion(links.question)(request),
  }));
}

/** Among the requests where all this holds. */
class NeverLinks extends ProofLinks {
  request: Request;
  private readonly callers: Who[] = [];
  private readonly exceptions: Requests[] = [];
  private when: When = {};

  constructor(
    readonly actions: readonly string[],
    args: readonly unknown[],
  ) {
    super(args);
    // Who calls is not said yet: links that depend on the action look at the first.
    this.request = new Request({
      principal: anonymous,
      action: typeof actions[0] === "string" ? actions[0] : "",
      resource: null,
      resourceAccount: null,
      context: {},
      givenIdentity: null,
    });
  }

  /** By one of these callers. */
  by(...callers: Who[]): void {
    said(this, "by", callers);
    if (callers.length === 0) refuse("wrong-use", "`.by` takes callers: ARNs, account ids, services or principals");
    this.callers.push(...callers);
    const only = this.callers.length === 1 ? this.callers[0] : undefined;
    if (isPrincipal(only)) this.request = new Request({ ...this.request, principal: only as Principal });
  }

  /** Apart from this access: the parts of one call hold together, several calls are several exceptions. */
  except(intended: Intended): void {
    said(this, "except", [intended]);
    this.exceptions.push(intendedRequests(intended));
  }

  /** Without a second factor: the key is absent, or `false`. */
  withoutMfa(): void {
    said(this, "withoutMfa", []);
    this.when = merge(this.when, { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } });
  }

  /** Some link leaves requests out. */
  get narrow(): boolean {
    const { actions, ...rest } = this.question;
    return Object.keys(rest).length > 0 && actions !== undefined;
  }

  get question(): AccessQuestion {
    const { context, resource } = this.request;
    return {
      actions: this.actions,
      ...(this.callers.length > 0 ? { by: this.callers } : {}),
      ...(resource === null ? {} : { on: resource }),
      ...(Object.keys(context).length > 0 ? { context } : {}),
      ...(Object.keys(this.when).length > 0 ? { when: this.when } : {}),
      ...(this.exceptions.length > 0 ? { except: this.exceptions } : {}),
    };
  }
}
for (const name of Object.getOwnPropertyNames(Request.prototype) as (keyof Request)[]) {
  if ((name as string) === "constructor" || name in NeverLinks.prototype) continue;
  Object.defineProperty(NeverLinks.prototype, name, {
    value(this: NeverLinks, ...args: unknown[]) {
      said(this, name, args);
      this.request = (this.request[name] as (...args: readonly unknown[]) => Request)(...args);
    },
  });
}

/** Identity policies that were not given are none, where the test says so. */
function narrowed(subject: Analysed, { givenIdentity }: Request): Analysed {
  if (givenIdentity !== "none") return subject;
  if (isEnvironment(subject))
    return refuse(
      "wrong-use",
      "`.givenNoIdentityPolicies()` is for policies: an environment has those of its principals",
      {
        help: "leave out other callers with `.by(…)`",
      },
    );
  return { ...toPolicySet(subject), identity: [] };
}
