/**
 * Where to look first: z3 is slow to find texts by itself, and quick among those that are written in the question. What
 * it finds there is a request; what it does not find there it is asked again without the hints.
 */
import type { Context } from "./context.ts";
import type { Asked } from "./resources.ts";

/** So many texts for each variable. */
const MOST = 120;

/** A text that a pattern matches. */
const filled = (text: string, by: string) =>
  text
    .replace(/\$\{([*?$])\}/g, "$1")
    .replaceAll("*", by)
    .replaceAll("?", by === "" ? "x" : by[0]!);

export function hints(text: string, asked: Asked, context: Context): Map<string, string[]> {
  const written = [...new Set([...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, one]) => one!))];
  const accounts = [...(text.match(/(?<!\d)\d{12}(?!\d)/g) ?? []), "999999999999", "888888888888"];
  const paths = ["/", "/aws-service-role/x.amazonaws.com/"];
  const names = ["unlisted", "AWSServiceRoleForX"];
  const sessions = ["somebody"];
  for (const one of written) {
    const entity = /:(?:role|user|federated-user)(\/.*\/|\/)?([^/:]+)$/.exec(filled(one, "x"));
    if (entity) {
      paths.push(entity[1] ?? "/");
      names.push(entity[2]!);
    }
    const session = /:assumed-role\/([^/]+)\/([^/]+)$/.exec(one);
    if (session) {
      names.push(session[1]!);
      sessions.push(session[2]!);
    }
    if (/^[\w+=,.@*?-]+$/.test(one) && one.length < 30) names.push(filled(one, "x"));
  }
  const titles = [
    ...written.filter((one) => /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(one) || /-provider\//.test(one)),
    "unlisted.amazonaws.com",
    "unlisted.example.com",
  ];
  const rests = written
    .filter((one) => one.startsWith("arn:"))
    .flatMap((one) => ["x", "", "a/b"].map((by) => filled(one.split(":").slice(5).join(":"), by)));
  for (const { fields, label } of asked.targets)
    if (fields)
      rests.push(
        label
          .split(":")
          .slice(5)
          .join(":")
          .replace(/\$\{[^}]*\}/g, "x"),
      );
  const regions = ["us-west-2", "us-east-1", "eu-west-9", ...(text.match(/[a-z]{2}-[a-z]+-\d/g) ?? [])];
  const found = new Map<string, string[]>();
  const among = (name: string, values: readonly string[]) => found.set(name, [...new Set(values)].slice(0, MOST));
  among("account", accounts);
  among("owner", accounts);
  among("path", paths);
  among("name", names);
  among("sessionName", sessions);
  among("issuerPath", paths);
  among("issuerName", names);
  among("title", titles);
  among("uniqueId", ["none", ...written.filter((one) => /^A(IDA|ROA)\w+$/.test(one))]);
  among("region", regions);
  among("rest", rests);
  for (const { family, values, folded } of context.keys.values()) {
    if (family !== "string") continue;
    const own = (context.written.get(folded) ?? []).flatMap((one) => [filled(one, "x"), filled(one, "")]);
    const recased = own.flatMap((one) => [one, one.toLowerCase(), one.toUpperCase()]);
    const others = ["true", "false", "x", "another", "zz.us-west-2.amazonaws.com", "arn:aws:zz:::x", "777777777777"];
    const listed = folded === "aws:tagkeys" ? ["team", "blob"] : [];
    for (const { term } of values)
      among(term, [...others, ...listed, ...(folded === "aws:requestedregion" ? regions : []), ...recased]);
  }
  return found;
}
