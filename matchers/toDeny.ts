import { type AskArguments, ask } from "./ask.ts";
import type { MatcherState } from "./chain.ts";

/** Is this request refused, by a Deny or for want of an Allow? The opposite of `toAllow`. */
export function toDeny(this: MatcherState, received: unknown, ...args: AskArguments): unknown {
  const asked = {
    name: "toDeny",
    holds: (outcome: string) => outcome !== "allowed",
    wanted: "deny",
    wantedNot: "allow",
    effect: "Allow",
    changes: "changesAllowed",
  } as const;
  return ask(this, toDeny, asked, received, args);
}
