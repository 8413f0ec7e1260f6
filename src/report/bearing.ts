/** Where some access was wanted and there is none: the statements that say anything of the actions. */
import { actionNames } from "../catalog/catalog.ts";
import { compileAction } from "../evaluate/action.ts";
import type { Subject } from "../evaluate/normalise.ts";
import { scopeOf } from "../hunt/scope.ts";
import { statementName } from "./statement.ts";
import { plural } from "./words.ts";

const MOST = 6;

export function bearingLines(subject: Subject, actions: readonly string[]): string[] {
  const asked = compileAction({ not: false, values: actions.map((value) => ({ value })) });
  const names = [...actionNames()].map((name) => name.toLowerCase()).filter((name) => asked.matches(name));
  const bearing = scopeOf(subject).statements.filter(({ action }) => names.some((name) => action.matches(name)));
  const what = actions.join(", ");
  const allows = bearing.filter(({ statement }) => statement.effect === "Allow");
  if (allows.length === 0) return ["", `  no statement allows ${what}`];
  const lines = bearing.map((compiled) => {
    const { effect, effectPlace, conditions } = compiled.statement;
    const place = `${effectPlace.file}:${effectPlace.line}:${effectPlace.column}`;
    return `    ${statementName(compiled)} (${effect}${conditions.length > 0 ? ", under conditions" : ""})   ${place}`;
  });
  const more = lines.length - MOST;
  return [
    "",
    `  statements about ${what}:`,
    ...lines.slice(0, MOST),
    ...(more > 0 ? [`    and ${plural(more, "more statement")}`] : []),
  ];
}
