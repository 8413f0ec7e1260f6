import { askFind } from "../src/analyse/find-access.ts";
import { fitsQuestion } from "../src/analyse/fits-question.ts";
import { type Intended, intendedRequests } from "../src/analyse/intended.ts";
import { askMissing } from "../src/analyse/missing-access.ts";
import { refuse } from "../src/diagnostic/diagnostic.ts";
import type { Decision } from "../src/evaluate/evaluate.ts";
import type { Request } from "../src/request/request.ts";
import type { MatcherState } from "./chain.ts";
import { ProofLinks, prove } from "./prove.ts";
import { readSubject } from "./subject.ts";

/** Is nothing allowed beyond the intended access? With `{ exactly: true }`: and nothing less? */
export function toOnlyAllow(
  this: MatcherState,
  received: unknown,
  intended: readonly Intended[],
  options: { readonly exactly?: boolean } = {},
): unknown {
  const own = readSubject(received);
  const { subject } = own;
  if (!Array.isArray(intended) || intended.length === 0)
    refuse("wrong-use", "`toOnlyAllow` takes a list of intended access", {
      help: 'as in `toOnlyAllow([{ Principal: { AWS: "arn:…" }, Action: "kms:Decrypt", Resource: "*" }])`',
    });
  for (const option of Object.keys(options))
    if (option !== "exactly")
      refuse("wrong-use", `\`${option}\` is not an option of \`toOnlyAllow\``, { help: "its option is `exactly`" });
  const meant = intended.map(intendedRequests);
  const links = new ProofLinks([intended, ...(options.exactly ? [options] : [])]);
  return prove(this, toOnlyAllow, "toOnlyAllow", own, links, () => {
    const beyond = {
      ask: () => askFind(subject, { except: meant }),
      wanted: "only the intended access",
      wantedNot: "access beyond the intended",
      all: "all access beyond the intended",
      holds: "proved",
      finds: (request: Request, { outcome }: Decision) =>
        outcome === "allowed" && fitsQuestion({ except: meant })(request),
    } as const;
    if (!options.exactly) return beyond;
    const over = beyond.ask();
    if (over.found.verdict !== "proved") return { ...beyond, ask: () => over, wanted: "the intended access exactly" };
    for (const one of meant) {
      const short = askMissing(subject, one);
      if (short.found.verdict !== "proved")
        return {
          ...beyond,
          ask: () => short,
          wanted: "the intended access exactly, and this is part of it",
          wantedNot: "other access than the intended",
          all: "all intended access that is missing",
          finds: (request, { outcome }) => outcome !== "allowed" && fitsQuestion(one)(request),
        };
    }
    return { ...beyond, ask: () => over, wantedNot: "other access than the intended" };
  });
}
