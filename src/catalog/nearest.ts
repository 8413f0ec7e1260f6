/** The name that was probably meant: the help line of every unknown name. */
import { ACTION_OF_OPERATION } from "./api-names.ts";
import { actionFacts, keyHomes, serviceFacts, servicePrefixes } from "./catalog.ts";
import { GLOBAL_KEYS } from "./global-keys.ts";

/** No name of AWS is longer; a word beyond it is not compared, so a huge one costs nothing. */
const LONGEST = 160;

/** A third of the word may be wrong: one letter of `kmz`, two of `Decrpt`, at most five. */
const tolerance = (word: string) => Math.min(5, Math.max(1, Math.floor(word.length / 3)));

/**
 * The candidate with the fewest typing errors (a letter too many, too few, another one, two swapped), case aside; among
 * equals the first by code unit, whatever the order of the candidates. Undefined when none is near.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  return ranked(word, candidates)[0];
}

/** All near candidates, nearest first. */
function ranked(word: string, candidates: Iterable<string>): string[] {
  if (word === "" || word.length > LONGEST) return [];
  const folded = word.toLowerCase();
  const most = tolerance(word);
  const near: { candidate: string; errors: number }[] = [];
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > most) continue;
    const errors = typingErrors(folded, candidate.toLowerCase(), most);
    if (errors <= most) near.push({ candidate, errors });
  }
  near.sort((a, b) => a.errors - b.errors || (a.candidate < b.candidate ? -1 : 1));
  return near.map(({ candidate }) => candidate);
}

/** Damerau-Levenshtein distance (optimal string alignment); anything above `most` once it is certain to exceed it. */
function typingErrors(a: string, b: string, most: number): number {
  if (a === b) return 0;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let errors = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        errors = Math.min(errors, before[j - 2]! + 1);
      row.push(errors);
      if (errors < least) least = errors;
    }
    // Rows never fall below this one again: a swap reaches back two rows, but adds the one that this row gained at most.
    if (least > most) return least;
    before = last;
    last = row;
  }
  return last[b.length]!;
}

/** `kms:Decrypt` for `kms:Decrpt`, and for `kmz:Decrypt`; `s3:ListBucket` for the API's `s3:ListObjects`. */
export function nearestAction(action: string): string | undefined {
  const [prefix, name] = halves(action);
  if (name === "" || prefix === "" || action.length > 2 * LONGEST) return undefined;
  const operation = ACTION_OF_OPERATION.get(action.toLowerCase());
  if (operation) return operation;
  const within = (service: string) => {
    const found = actionFacts(`${service}:${name}`)?.name ?? nearest(name, namesOf(service));
    return found && `${service}:${found}`;
  };
  if (serviceFacts(prefix)) return within(prefix.toLowerCase());
  const services = ranked(prefix, servicePrefixes());
  const exact = services.find((service) => actionFacts(`${service}:${name}`));
  return exact ? within(exact) : services.map(within).find((found) => found !== undefined);
}

function* namesOf(service: string): Iterable<string> {
  for (const { name } of serviceFacts(service)?.actions.values() ?? []) yield name;
}

/** `aws:PrincipalOrgID` for `aws:PrincipleOrgId` and `PrincipalOrgID`; what stands in a variable part is kept. */
export function nearestKey(key: string): string | undefined {
  const [prefix, name] = halves(key);
  if (name === "" || key.length > 2 * LONGEST) return undefined;
  if (prefix === "") return nearestKey(`aws:${name}`);
  const known = ["aws", "saml", ...servicePrefixes()];
  const folded = prefix.toLowerCase();
  for (const near of known.includes(folded) ? [folded] : ranked(prefix, known)) {
    const found =
      withoutVariable(key, near) ??
      nearestWithVariable(key, near) ??
      cutShort(key, near) ??
      nearest(key, keyNames(near));
    if (found) return found;
  }
  return undefined;
}

/** `aws:ResourceTag/${TagKey}` for `aws:ResourceTag`: the key is right, but a part is missing. */
function withoutVariable(key: string, prefix: string): string | undefined {
  const folded = key.toLowerCase();
  for (const name of keyNames(prefix)) if (name.replace(/[/:]\$\{[^}]*\}$/, "").toLowerCase() === folded) return name;
  return undefined;
}

/** `aws:PrincipalOrgID` for `aws:PrincipalOrg`: the shortest key that begins so, if little is missing. */
function cutShort(key: string, prefix: string): string | undefined {
  const folded = key.toLowerCase();
  const longer = [...keyNames(prefix)].filter((name) => name.toLowerCase().startsWith(folded));
  const [first] = longer.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return first !== undefined && first.length - key.length <= tolerance(key) ? first : undefined;
}

/** `aws:ResourceTag/team` for `aws:ResourceTags/team`: AWS's is the part up to the first separator of the name. */
function nearestWithVariable(key: string, prefix: string): string | undefined {
  const start = /^[^:]+:[^/:]+[/:]/.exec(key)?.[0];
  if (!start) return undefined;
  const starts = [...keyNames(prefix)].map((name) => /^(.*[/:])\$\{[^}]*\}$/.exec(name)?.[1] ?? "");
  const found = nearest(start, starts);
  return found && found + key.slice(start.length);
}

function* keyNames(prefix: string): Iterable<string> {
  const tables = prefix === "aws" ? [GLOBAL_KEYS.keys] : keyHomes(prefix).map((home) => serviceFacts(home)?.keys);
  for (const keys of tables) for (const { name } of keys?.values() ?? []) if (name.startsWith(`${prefix}:`)) yield name;
}

/** Before and after the first colon; without one, nothing and the whole. */
function halves(text: string): [prefix: string, name: string] {
  const colon = text.indexOf(":");
  return [text.slice(0, Math.max(colon, 0)), text.slice(colon + 1)];
}
