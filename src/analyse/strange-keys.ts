/**
 * Keys that policies read and AWS does not have, as far as the catalogue knows. A request that would have to carry one
 * refutes nothing: AWS would never see it. It proves nothing either: the key may be newer than the catalogue.
 */
import { keyFacts } from "../catalog/catalog.ts";
import { nearestKey } from "../catalog/nearest.ts";
import type { Policy } from "../policy/policy.ts";
import type { Found, Searching } from "./found.ts";

export function onlyKnownKeys(searching: Searching, search: (searching: Searching) => Found): Found {
  const found = search(searching);
  if (found.verdict !== "refuted") return found;
  const { told, asked, except } = searching;
  const meant = keysOf([asked, ...(except ? [except] : [])]);
  const strange = Object.keys(found.request.context).find(
    (key) => keyFacts(key) === undefined && told?.[key] === undefined && !meant.has(key.toLowerCase()),
  );
  if (strange === undefined) return found;
  const without = onlyKnownKeys({ ...searching, told: { ...told, [strange]: null } }, search);
  if (without.verdict !== "proved") return without;
  const near = nearestKey(strange);
  const reason = `it turns on \`${strange}\`, which is not a condition key of AWS as far as we know${near ? ` (did you mean \`${near}\`?)` : ""}`;
  return { verdict: "unknown", reason, assumptions: without.assumptions };
}

const keysOf = (policies: readonly Policy[]): Set<string> =>
  new Set(
    policies.flatMap(({ statements }) =>
      statements.flatMap(({ conditions }) => conditions.map(({ key }) => key.toLowerCase())),
    ),
  );
