import { askPublic, isStranger } from "../src/analyse/public-access.ts";
import type { MatcherState } from "./chain.ts";
import { ProofLinks, prove } from "./prove.ts";
import { readSubject } from "./subject.ts";

/** Can strangers use it: anybody at all, or any AWS account, from no network and organization that it names? */
export function toBePublic(this: MatcherState, received: unknown): unknown {
  const subject = readSubject(received);
  return prove(this, toBePublic, "toBePublic", subject, new ProofLinks([]), () => ({
    ask: () => askPublic(subject.subject),
    wanted: "public: some access for strangers",
    wantedNot: "not public: nothing for strangers",
    all: "all public access",
    holds: "refuted",
    finds: (request, { outcome }) => outcome === "allowed" && isStranger(subject.subject)(request),
  }));
}
