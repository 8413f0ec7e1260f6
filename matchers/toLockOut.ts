import { askKeyAdministrators } from "../src/analyse/lockout.ts";
import type { MatcherState } from "./chain.ts";
import { ProofLinks, prove } from "./prove.ts";
import { readSubject } from "./subject.ts";

/** Is there nobody left who can change the key's policy? Of an environment: of some key? */
export function toLockOut(this: MatcherState, received: unknown): unknown {
  const subject = readSubject(received);
  return prove(this, toLockOut, "toLockOut", subject, new ProofLinks([]), () => {
    const keys = askKeyAdministrators(subject.subject);
    const locked =
      keys.find(({ asked }) => asked.found.verdict === "proved") ??
      keys.find(({ asked }) => asked.found.verdict === "unknown") ??
      keys[0]!;
    return {
      ask: () => locked.asked,
      wanted: "nobody who can change the key's policy",
      wantedNot: `somebody who can change the policy of ${locked.key}`,
      all: "all who can",
      holds: "proved",
      finds: ({ action }, { outcome }) => outcome === "allowed" && action === "kms:PutKeyPolicy",
    };
  });
}
