import { askKeyAdministrators, canChangePolicies } from "../src/analyse/lockout.ts";
import type { MatcherState } from "./chain.ts";
import { ProofLinks, prove } from "./prove.ts";
import { readSubject } from "./subject.ts";

/** Is there nobody left who can change the key's policy? Of an environment: of some key? */
export function toLockOut(this: MatcherState, received: unknown): unknown {
  const subject = readSubject(received);
  return prove(this, toLockOut, "toLockOut", subject, new ProofLinks([]), () => {
    const { key, asked } = askKeyAdministrators(subject.subject);
    return {
      ask: () => asked,
      wanted: "nobody who can change the key's policy",
      wantedNot: `somebody who can change the policy of ${key}`,
      all: "all who can",
      actions: ["kms:PutKeyPolicy"],
      holds: "proved",
      finds: ({ action, principal }, { outcome }) =>
        outcome === "allowed" && action === "kms:PutKeyPolicy" && canChangePolicies(principal),
    };
  });
}
