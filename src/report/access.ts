/** The effective access as text for the record: a paragraph for each kind of request, an action a line. */
import type { AccessBox } from "../analyse/describe-box.ts";
import type { WholeAccess } from "../analyse/whole-access.ts";
import { printable } from "../diagnostic/frame.ts";

export function accessText({ parts, exactly }: WholeAccess): string {
  const several = parts.length > 1;
  const told = [...parts]
    .sort((a, b) => (a.about < b.about ? -1 : 1))
    .map(({ about, boxes }) =>
      [...(several ? [`${printable(about)}:`] : []), ...boxes.map(paragraph).sort()].join("\n\n"),
    );
  return [
    ...(told.length > 0 ? told : ["nobody may do anything"]),
    ...(exactly.length > 0
      ? [
          [
            "(in part by example, or with variables read as any value; these statements say it exactly)",
            ...exactly.map(printable),
          ].join("\n"),
        ]
      : []),
  ].join("\n\n");
}

function paragraph({ who, actions, resources, when, needsIdentity }: AccessBox): string {
  return [
    who,
    ...(resources === undefined ? [] : [`  on ${resources}`]),
    ...when.map((one) => `  when ${one}`).sort(),
    ...(needsIdentity ? ["  if its identity policies allow it"] : []),
    ...[...actions].sort().map((action) => `    ${action}`),
  ]
    .map(printable)
    .join("\n");
}
