import { type AskArguments, ask } from "./ask.ts";
import type { MatcherState } from "./chain.ts";

/** Is this request allowed? */
export function toAllow(this: MatcherState, received: unknown, ...args: AskArguments): unknown {
  const asked = {
    name: "toAllow",
    holds: (outcome: string) => outcome === "allowed",
    wanted: "allow",
    wantedNot: "deny",
    effect: "Allow",
    changes: "changesAllowed",
  } as const;
  return ask(this, toAllow, asked, received, args);
}
