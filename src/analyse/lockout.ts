/**
 * Can anybody still change the key policy? A key whose policy nobody can change is lost for its users, and only AWS Support
 * can mend it. https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
import { refuse } from "../diagnostic/diagnostic.ts";
import type { Principal } from "../request/principal.ts";
import { describeAll } from "./describe-spaces.ts";
import { type Asked, overall } from "./find-access.ts";
import { findIn } from "./finding.ts";
import { scopesOf } from "./scopes.ts";
import type { Analysed } from "./subject.ts";

/** What finds somebody who can, key by key; `proved` where nobody can. */
export function askKeyAdministrators(subject: Analysed): readonly { readonly key: string; readonly asked: Asked }[] {
  const question = { actions: "kms:PutKeyPolicy" };
  // No service changes a key policy, whatever the policy lets it do.
  const scopes = [...scopesOf(subject, question)]
    .filter(({ set }) => set.resource?.kind === "key")
    .map((scope) => ({
      ...scope,
      callers: (caller: Principal) => caller.type !== "service" && (scope.callers?.(caller) ?? true),
    }));
  if (scopes.length === 0)
    refuse("wrong-use", "only a key's policy can lock everybody out", { help: "give a policy made by `keyPolicy(…)`" });
  const keys = new Map<string, typeof scopes>();
  for (const scope of scopes) {
    const key = scope.set.resource!.resource ?? "the key";
    keys.set(key, [...(keys.get(key) ?? []), scope]);
  }
  return [...keys].map(([key, own]) => ({
    key,
    asked: {
      found: overall(own, (scope) => findIn(scope, question)),
      excess: () => describeAll(own, (scope) => findIn(scope, question)),
    },
  }));
}
