/** What is tried for the values of policy variables, where their value decides. */
import type { Policy } from "../policy/policy.ts";
import type { ContextValue } from "../request/context.ts";
import type { Scene } from "./scenes.ts";

const MOST_CHOICES = 48;

/** Values to fix variables at: absent, of their own, those that policies compare the key with, the accounts. */
export function* choices(
  keys: readonly string[],
  policies: readonly Policy[],
  scenes: readonly Scene[],
): Iterable<Record<string, ContextValue>> {
  const lists = keys.map((key) => candidates(key, policies, scenes));
  const choice = lists.map(() => 0);
  for (let count = 0; count < MOST_CHOICES; count++) {
    yield Object.fromEntries(keys.map((key, at) => [key, lists[at]![choice[at]!]!]));
    let at = 0;
    while (at < lists.length && ++choice[at]! === lists[at]!.length) choice[at++] = 0;
    if (at === lists.length) return;
  }
}

function candidates(key: string, policies: readonly Policy[], scenes: readonly Scene[]): ContextValue[] {
  const folded = key.toLowerCase();
  // A placeholder that was not filled in is no key, and has no value.
  if (!key.includes(":")) return [null];
  const listed = policies.flatMap(({ statements }) =>
    statements.flatMap(({ conditions }) =>
      conditions
        .filter((condition) => condition.key.toLowerCase() === folded)
        .flatMap(({ values }) => values.map(({ value }) => value).filter((value) => !/[*?$]/.test(value))),
    ),
  );
  const users = policies.flatMap(({ statements }) =>
    statements.flatMap(({ principal }) =>
      folded === "aws:username"
        ? (principal?.values ?? []).flatMap(({ value }) =>
            value.includes(":user/") ? value.slice(value.lastIndexOf("/") + 1) : [],
          )
        : [],
    ),
  );
  const accounts = /account$/.test(folded) ? scenes.map(({ owner }) => owner) : [];
  // The owner's account is the scene's to say.
  if (folded === "aws:resourceaccount") return [null];
  if (folded === "aws:principalarn")
    return [...scenes.map(({ owner, partition }) => `arn:${partition}:iam::${owner}:role/own-role`), ...listed, null];
  return [
    ...new Set<ContextValue>([
      ...accounts,
      ...(accounts.length > 0 ? [] : ["own-value"]),
      ...listed.slice(0, 6),
      ...users.slice(0, 6),
      null,
    ]),
  ];
}
