import { quoted } from "../diagnostic/frame.ts";
import type { JsonNode } from "../source/json.ts";
import type { Located } from "./policy.ts";
import { type Reading, strings } from "./reading.ts";

const SEE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html";

/** Reads `Action` or `NotAction` (semantics A19). Undefined after a problem. */
export function readAction(reading: Reading, node: JsonNode, element: string): Located[] | undefined {
  const values = strings(reading, node, element);
  if (!values) return undefined;
  let sound = true;
  for (const { value, place } of values) {
    const wrong = wrongAction(value);
    if (!wrong) continue;
    reading.problem(place, "invalid-action", wrong.sentence, { help: wrong.help, see: SEE });
    sound = false;
  }
  return sound ? values : undefined;
}

function wrongAction(value: string): { sentence: string; help: string } | undefined {
  if (value === "*") return undefined;
  const [, service, name] = /^([^:]*):([^:]*)$/.exec(value) ?? [];
  if (service === undefined || name === undefined)
    return { sentence: `${quoted(value)} is not of the form \`service:Action\``, help: "as in `kms:Decrypt`, or `*`" };
  if (/[*?]/.test(service))
    return {
      sentence: `the service of an action takes no wildcards: ${quoted(value)}`,
      help: "name it, or write `*` alone",
    };
  if (!/^[A-Za-z0-9-]+$/.test(service) || !/^[!-~]+$/.test(name))
    return { sentence: `${quoted(value)} is not of the form \`service:Action\``, help: "as in `kms:Decrypt`, or `*`" };
  return undefined;
}
