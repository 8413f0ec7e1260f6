/** Values that people know, in place of a made-up one that the policies cannot tell from it. */
import { Evaluation } from "../evaluate/evaluation.ts";
import type { ContextValue } from "../request/context.ts";
import type { KeyVariable, Model } from "./model.ts";

const SERVICES = ["ec2", "s3", "lambda", "rds", "sqs", "secretsmanager"];
const REGIONS = ["us-east-1", "eu-west-1", "us-west-2"];

const FAMILIAR: Readonly<Record<string, readonly string[]>> = {
  "kms:viaservice": SERVICES.flatMap((service) => REGIONS.map((region) => `${service}.${region}.amazonaws.com`)),
  "aws:requestedregion": ["eu-west-1", "us-west-2", "ap-southeast-2"],
  "aws:principalorgid": ["o-exampleorg1", "o-exampleorg2"],
  "aws:resourceorgid": ["o-exampleorg1", "o-exampleorg2"],
  "token.actions.githubusercontent.com:sub": [
    "repo:another-org/its-repo:ref:refs/heads/main",
    "repo:another-org/its-repo:environment:production",
    "repo:another-org/its-repo:pull_request",
  ],
  "aws:sourcevpc": ["vpc-0example1", "vpc-0example2"],
  "aws:sourcevpce": ["vpce-0example1", "vpce-0example2"],
  "aws:sourcearn": ["arn:aws:s3:::example-bucket", "arn:aws:sns:us-east-1:999999999999:example-topic"],
};

/** A value of the same class: every condition says the same of it. */
export function familiar(
  model: Model,
  { folded, name, values, fixed, ofGrants }: KeyVariable,
  value: ContextValue,
): ContextValue {
  if (typeof value !== "string" || fixed || ofGrants || !Object.hasOwn(FAMILIAR, folded)) return value;
  const conditions = model.fields.statements.flatMap(({ conditions: own }) =>
    own.filter(({ key }) => key.folded === folded),
  );
  // What policies list themselves people know.
  if (conditions.some(({ condition }) => condition.values.some((listed) => listed.value === value))) return value;
  // And whose paths they list.
  const listed = model.fields.statements.flatMap(({ conditions: own }) => own.flatMap((one) => one.condition.values));
  if (folded.endsWith("orgid") && listed.some((one) => one.value.startsWith(`${value}/`))) return value;
  const answers = (one: string): string => {
    const facts = model.factsOf({ context: { [name]: one } });
    return conditions
      .map((condition) => (condition.matches(new Evaluation(facts, undefined, model.reading)) ? "1" : "0"))
      .join("");
  };
  const wanted = answers(value);
  return FAMILIAR[folded]!.find((one) => !values.includes(one) && answers(one) === wanted) ?? value;
}
