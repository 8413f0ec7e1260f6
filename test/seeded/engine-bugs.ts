/** Bugs to plant in the analyser: a change of one place each, which its tests or its fuzzers must notice. */
import type { SeededBug } from "./bugs.ts";

const bug = (name: string, file: string, from: string, to: string): SeededBug => ({
  name,
  file: `src/analyse/${file}`,
  from,
  to,
});

export const ENGINE_BUGS: readonly SeededBug[] = [
  // What the policies say, as boxes.
  bug(
    "service control policies bind service-linked roles",
    "access.ts",
    "this.callers((caller) => caller.account !== null && !caller.managementAccount && !caller.serviceLinked);",
    "this.callers((caller) => caller.account !== null && !caller.managementAccount);",
  ),
  bug(
    "one level of service control policies suffices",
    "access.ts",
    "const caps = scp.map((allows): Group => [...this.narrowly(allows, set), ...this.notBound()]);",
    "const caps = scp.length === 0 ? [] : [[...scp.flatMap((allows) => this.narrowly(allows, set)), ...this.notBound()]];",
  ),
  bug(
    "a role's name bypasses its boundary",
    "access.ts",
    "...ofParent, ...granted], ...capped],",
    "...ofParent, ...granted]],",
  ),
  bug(
    "a boundary does not cap",
    "access.ts",
    "if (this.hasBoundary) groups.push(this.allows(set.permissionsBoundary, anyMatch));",
    "",
  ),
  bug(
    "strangers need no identity policy",
    "access.ts",
    "[allows, this.identity(), ...capped],",
    "[allows, ...capped],",
  ),
  bug(
    "identity policies need no delegation",
    "access.ts",
    "return [delegated, free].filter((group) => group.length > 0);",
    "return [ALWAYS, free].filter((group) => group.length > 0);",
  ),
  bug(
    "a Deny of an endpoint holds away from it",
    "access.ts",
    "this.throughEndpoint() ?? (set.vpcEndpoint.length > 0 ? { sides: [] } : EVERYTHING),",
    "EVERYTHING,",
  ),
  bug(
    "resource control policies bind service-linked roles",
    "access.ts",
    "(caller) => !caller.serviceLinked && !(caller.managementAccount && caller.account === owner),",
    "(caller) => !(caller.managementAccount && caller.account === owner),",
  ),
  // The search.
  bug(
    "an exclusion that holds the region is no conflict",
    "solve.ts",
    "if (ways.length === 0) return undefined;",
    "if (ways.length === 0) continue;",
  ),
  bug("exclusions that are left are forgotten", "solve.ts", "keptExcluded.push(box);", ""),
  bug(
    "only the first box of a group is tried",
    "solve.ts",
    "if (inside) yield { region: inside, groups: rest, excluded, known };",
    "return void (inside && (yield { region: inside, groups: rest, excluded, known }));",
  ),
  bug("a long search is a proof", "solve.ts", "throw new OverBudget();", "return undefined;"),
  bug(
    "boxes that overlap are subsumed",
    "box.ts",
    "return own !== undefined && within(own.mask, mask);",
    "return own !== undefined && meets(own.mask, mask);",
  ),
  bug(
    "boxes that differ in two variables are joined",
    "box.ts",
    'const key = others.map((one) => `${one.variable}:${one.mask.join()}`).join(";");',
    'const key = others.map((one) => `${one.variable}`).join(";");',
  ),
  // Texts.
  bug(
    "a class is met only by its own letters",
    "automaton.ts",
    "if (kinds.size === 0) characters.add(other(LETTERS, spelled));",
    "if (kinds.size === 0) {\n      if (spelled.size === 0) characters.add(other(LETTERS, spelled));\n    }",
  ),
  bug(
    "letters that ignore case are tried in one",
    "automaton.ts",
    "        wait(token.fold.toUpperCase(), position);\n",
    "",
  ),
  bug("a star needs a character", "automaton.ts", 'if (!token || !("some" in token) || !token.many) break;', "break;"),
  bug(
    "a state forgets what is certain",
    "automaton.ts",
    "|${certain.id}|${packed(positions)}`;",
    "|${packed(positions)}`;",
  ),
  bug(
    "a beginning ends where a longer one begins",
    "string-classes.ts",
    "bits |= bitsOf(beginnings.get(text.slice(0, length)));",
    "bits = bitsOf(beginnings.get(text.slice(0, length))) || bits;",
  ),
  bug(
    "a letter that is listed is taken for one that is not",
    "string-classes.ts",
    "if (!taken.has(letter) && !whole.has(beginning + letter)) return beginning + letter;",
    "return beginning + letter;",
  ),
  bug(
    "names begin with small letters",
    "automaton.ts",
    'const ALIKE: readonly string[] = [`${LETTERS}-`, "XYZABCDEFGHIJKLMNOPQRSTUVW_+=,.@", DIGITS, "",',
    'const ALIKE: readonly string[] = [LETTERS, "",',
  ),
  bug(
    "stars of an Arn operator cross colons",
    "tokens.ts",
    'partsPattern(parts, at < 5 ? "inField" : "any"),',
    "partsPattern(parts),",
  ),
  bug(
    "stars of a resource do not cross colons",
    "value-patterns.ts",
    "ours.push(resourcePattern(fields, last, true));",
    "ours.push(resourcePattern(fields, last, false));",
  ),
  bug(
    "positions before any run are dropped",
    "automaton.ts",
    "if (isAnything(this.tokens[position])) from = position;",
    'if (this.tokens[position] && "some" in this.tokens[position] && this.tokens[position].many) from = position;',
  ),
  // Texts that are searched.
  bug(
    "a searched text may match what it must not",
    "automaton.ts",
    "this.needed.every((set) => has[set] === 1) && this.forbidden.every((set) => has[set] === 0);",
    "this.needed.every((set) => has[set] === 1);",
  ),
  bug(
    "a searched text need not match all that it must",
    "automaton.ts",
    "this.needed.every((set) => has[set] === 1) && this.forbidden.every((set) => has[set] === 0);",
    "this.needed.some((set) => has[set] === 1) && this.forbidden.every((set) => has[set] === 0);",
  ),
  bug(
    "a set that asks for too much is not yet impossible",
    "automaton.ts",
    "const more = key.length - depth;",
    "const more = Number.POSITIVE_INFINITY;",
  ),
  // Typed values and lists.
  bug(
    "nothing lies between two numbers",
    "typed-points.ts",
    "if (middle > point && middle < next) found.push(middle);",
    "",
  ),
  bug("nothing lies after the last instant", "typed-points.ts", "  found.push(points.at(-1)! + step);\n", ""),
  bug(
    "nothing lies after a block of addresses",
    "typed-points.ts",
    "starts.push(first, first + (1n << size));",
    "starts.push(first);",
  ),
  bug(
    "a list has one value",
    "key-values.ts",
    "if (!list.includes(text)) visit([...list, text], any | bits, all & bits);",
    "if (list.includes(text)) visit([...list, text], any | bits, all & bits);",
  ),
  // Callers, and what AWS can see.
  bug(
    "there is nobody whom no policy names",
    "principals.ts",
    "found.push(role(`${iam}:role/${somebody}`), user(`${iam}:user/${somebody}`), rootUserOf(partition, account));",
    "found.push(rootUserOf(partition, account));",
  ),
  bug(
    "nobody is of an account that no policy names",
    "principals.ts",
    "  everywhere.add(freshAccount(everywhere));\n",
    "",
  ),
  bug(
    "a session's ARN is never that of a role with a path",
    "principals.ts",
    "other.endsWith(`/${named.role}`))",
    "other.endsWith(`:role/${named.role}`))",
  ),
  bug(
    "a service may call with kms:ViaService",
    "world.ts",
    '"kms:viaservice": { may: ofAccount, must: nobody },',
    '"kms:viaservice": { may: nobody, must: nobody },',
  ),
  bug(
    "requests through an endpoint have a public address",
    "axioms.ts",
    'both(model.present(key, true), model.present("aws:sourceip", true)),',
    'both(model.present(key, true), model.present("aws:sourceip", false)),',
  ),
  bug(
    "a variable's value is never absent",
    "variables.ts",
    "if (!more) return [];",
    'if (!more) return [{ ...located, value: "*" }];',
  ),
];
