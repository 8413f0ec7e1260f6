import { type AskArguments, ask } from "./ask.ts";
import type { MatcherState } from "./chain.ts";

/** Is this request refused by a Deny? */
export function toExplicitlyDeny(this: MatcherState, received: unknown, ...args: AskArguments): unknown {
  const asked = {
    name: "toExplicitlyDeny",
    holds: (outcome: string) => outcome === "explicitDeny",
    wanted: "explicit deny",
    wantedNot: "no Deny that applies",
    effect: "Deny",
    changes: "changesExplicit",
  } as const;
  return ask(this, toExplicitlyDeny, asked, received, args);
}
