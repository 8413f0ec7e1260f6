import { quoted } from "../diagnostic/frame.ts";
import type { JsonNode } from "../source/json.ts";
import type { Located } from "./policy.ts";
import { type Reading, strings } from "./reading.ts";
import { splitArnPattern } from "./variables.ts";

const SEE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html";

/** Reads `Resource` or `NotResource` (semantics A20, A21). Undefined after a problem. */
export function readResource(reading: Reading, node: JsonNode, element: string): Located[] | undefined {
  const values = strings(reading, node, element);
  if (!values) return undefined;
  let sound = true;
  for (const { value, place } of values) {
    const wrong = wrongResource(value, reading);
    if (!wrong) continue;
    reading.problem(place, "invalid-resource", wrong.sentence, { help: wrong.help, see: SEE });
    sound = false;
  }
  return sound ? values : undefined;
}

function wrongResource(value: string, reading: Reading): { sentence: string; help: string } | undefined {
  if (value === "*") return undefined;
  const fields = splitArnPattern(value);
  if (fields[0] !== "arn" || fields.length < 3)
    return {
      sentence: `${quoted(value)} is neither an ARN nor \`*\``,
      help: "as in `arn:aws:kms:us-west-2:111122223333:key/*`",
    };
  const partition = fields[1]!;
  if (/^[a-z0-9-]+$/i.test(partition) && !/^aws(-[a-z]+)*$/.test(partition))
    return {
      sentence: `${quoted(partition)} is not a partition of AWS`,
      help: `as in ${quoted(["arn", "aws", ...fields.slice(2)].join(":"))}; the partitions are \`aws\`, \`aws-cn\` and \`aws-us-gov\``,
    };
  if (/[*?]/.test(fields[2]!))
    return { sentence: `the service of an ARN takes no wildcards: ${quoted(value)}`, help: "name the service" };
  if (fields[2] === "" || (fields.length === 6 && fields[5] === ""))
    return {
      sentence: `${quoted(value)} lacks a part of an ARN`,
      help: "as in `arn:aws:kms:us-west-2:111122223333:key/*`",
    };
  if (fields.length < 6) {
    const { shortArn, title } = reading.facts;
    const refused = shortArn === "refused" || (shortArn === "refusedUnlessWildcard" && !value.endsWith("*"));
    if (refused)
      return {
        sentence: `${title} takes no ARN of fewer than six fields: ${quoted(value)}`,
        help: "write all six fields",
      };
  }
  return undefined;
}
