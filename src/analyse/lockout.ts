/**
 * Can anybody still change the key policy? A key whose policy nobody can change is lost for its users, and only AWS Support
 * can mend it. https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
import { refuse } from "../diagnostic/diagnostic.ts";
import { policiesOf } from "../evaluate/open.ts";
import type { Principal } from "../request/principal.ts";
import { describeAll } from "./describe-spaces.ts";
import { type Asked, overall } from "./find-access.ts";
import { type AccessQuestion, findIn } from "./finding.ts";
import { merge, type When } from "./question.ts";
import { type Scope, scopesOf } from "./scopes.ts";
import type { Analysed } from "./subject.ts";

export interface KeyAsked {
  readonly key: string;
  readonly asked: Asked;
}

/** What finds somebody who can, of the key that fares worst: `proved` where nobody can. @throws DiagnosticError `wrong-use` */
export function askKeyAdministrators(subject: Analysed): KeyAsked {
  const keys = keysAsked(subject);
  const fares = (verdict: string) => keys.find(({ asked }) => asked.found.verdict === verdict);
  return fares("proved") ?? fares("unknown") ?? keys[0]!;
}

function keysAsked(subject: Analysed): readonly KeyAsked[] {
  const scopes = [...scopesOf(subject, PUT)]
    .filter(({ set }) => set.resource?.kind === "key")
    .map((scope) => ({
      ...scope,
      callers: (caller: Principal) => canChangePolicies(caller) && (scope.callers?.(caller) ?? true),
    }));
  if (scopes.length === 0)
    refuse("wrong-use", "only a key's policy can lock everybody out", { help: "give a policy made by `keyPolicy(…)`" });
  const keys = new Map<string, Scope[]>();
  for (const scope of scopes) {
    const key = scope.set.resource!.resource ?? "the key";
    keys.set(key, [...(keys.get(key) ?? []), scope]);
  }
  const ask = (scope: Scope) => findIn(scope, forGood(scope));
  return [...keys].map(([key, own]) => ({
    key,
    asked: { found: overall(own, ask), excess: () => describeAll(own, ask) },
  }));
}

const PUT = { actions: "kms:PutKeyPolicy" };

/**
 * No service changes a key policy, whatever it lets them and their service-linked roles do; AWS KMS answers nobody without
 * credentials of an account; and whom AWS calls by a unique id is deleted (A14).
 */
export const canChangePolicies = ({ account, uniqueId, serviceLinked }: Principal): boolean =>
  account !== null && uniqueId === null && !serviceLinked;

const FAR: Readonly<Record<string, When>> = {
  "aws:currenttime": { DateGreaterThan: { "aws:CurrentTime": "2090-01-01T00:00:00Z" } },
  "aws:epochtime": { NumericGreaterThan: { "aws:EpochTime": "3786912000" } },
  "aws:tokenissuetime": { DateGreaterThanIfExists: { "aws:TokenIssueTime": "2090-01-01T00:00:00Z" } },
  // And none of those services calls for it.
  "kms:viaservice": { Null: { "kms:ViaService": "true" } },
};

/** Whoever can until some day cannot from then on: where the policies look at the clock it is late. */
function forGood({ set }: Scope): AccessQuestion {
  const read = new Set(
    policiesOf(set).flatMap(({ statements }) =>
      statements.flatMap(({ conditions }) => conditions.map(({ key }) => key.toLowerCase())),
    ),
  );
  const clocks = Object.keys(FAR).filter((key) => read.has(key));
  return { ...PUT, ...(clocks.length > 0 ? { when: clocks.map((key) => FAR[key]!).reduce(merge) } : {}) };
}
