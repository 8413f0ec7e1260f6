/** Access that is meant, as people write it: statements of policies, or requests in the words of a question. */
import { nearest } from "../catalog/nearest.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import type { Context } from "../request/context.ts";
import { isPlainObject } from "../request/context.ts";
import { carried, merge, type OneOrMore, type Requests, type When } from "./question.ts";

/** A statement; `Principal` left out is everybody, `Action` all actions. */
export interface IntendedStatement {
  readonly Sid?: string;
  readonly Effect?: "Allow";
  readonly Principal?: "*" | Readonly<Record<string, OneOrMore<string>>>;
  readonly Action?: OneOrMore<string>;
  readonly NotAction?: OneOrMore<string>;
  readonly Resource?: OneOrMore<string>;
  readonly NotResource?: OneOrMore<string>;
  readonly Condition?: When;
}

/** Requests: all that is said of them holds together. */
export interface IntendedRequests extends Pick<Requests, "actions" | "by" | "on"> {
  /** `ec2.us-west-2.amazonaws.com`, with wildcards if need be; for services other than AWS KMS `athena.amazonaws.com`. */
  readonly viaService?: OneOrMore<string>;
  /** A `Condition` block, or context keys with their values; `null` is absent. */
  readonly when?: When | Context;
  /** From outside of all of these. */
  readonly outside?: {
    readonly accounts?: OneOrMore<string>;
    readonly organization?: OneOrMore<string>;
    readonly cidr?: OneOrMore<string>;
    readonly regions?: OneOrMore<string>;
  };
}

export type Intended = IntendedStatement | IntendedRequests;

const STATEMENT = ["Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
const REQUESTS = ["actions", "by", "on", "viaService", "when", "outside"];
const OUTSIDE = ["accounts", "organization", "cidr", "regions"];

/** @throws DiagnosticError `wrong-use` */
export function intendedRequests(intended: Intended): Requests {
  if (!isPlainObject(intended))
    refuse("wrong-use", "intended access is an object", {
      help: `a statement, or an object of ${REQUESTS.join(", ")}`,
    });
  const names = Object.keys(intended);
  const isStatement = names.some((name) => /^[A-Z]/.test(name));
  check(names, isStatement ? STATEMENT : REQUESTS);
  if (isStatement) {
    const statement = intended as IntendedStatement;
    if (statement.Effect !== undefined && statement.Effect !== "Allow")
      refuse("wrong-use", "intended access is written as what is allowed, without a Deny");
    return { statement: statement as Readonly<Record<string, unknown>> };
  }
  const { actions, by, on, viaService, when = {}, outside = {} } = intended as IntendedRequests;
  check(Object.keys(outside), OUTSIDE);
  const conditions = [conditionOf(when), viaService === undefined ? {} : viaCondition(viaService), outsideOf(outside)];
  return {
    ...(actions === undefined ? {} : { actions }),
    ...(by === undefined ? {} : { by }),
    ...(on === undefined ? {} : { on }),
    when: conditions.reduce(merge, {}),
  };
}

function check(names: readonly string[], known: readonly string[]): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    refuse("wrong-use", `${quoted(name)} is not a part of intended access`, {
      help: near ? `did you mean \`${near}\`?` : `its parts are ${known.join(", ")}`,
    });
  }
}

/** Operators with their keys, or keys with their values. */
function conditionOf(when: When | Context): When {
  const blocks = Object.values(when).map((value) => isPlainObject(value));
  if (blocks.every((block) => block)) return when as When;
  if (blocks.some((block) => block))
    refuse("wrong-use", "`when` has operators beside context keys", {
      help: 'write a `Condition` block, or context keys with their values, as in `{ "aws:PrincipalTag/team": "red" }`',
    });
  const { told, when: ofCaller } = carried(when as Context);
  const found: Record<string, Record<string, unknown>> = {};
  for (const [key, value] of Object.entries(told)) {
    const operator = value === null ? "Null" : Array.isArray(value) ? "ForAllValues:StringEquals" : "StringEquals";
    found[operator] = { ...found[operator], [key]: value === null ? "true" : value };
  }
  return merge(found, ofCaller);
}

/** The services of AWS KMS say their Region. */
function viaCondition(viaService: OneOrMore<string>): When {
  const names = [viaService].flat();
  const regional = names.filter((name) => !/^[a-z0-9-]+\.amazonaws\.com$/.test(name));
  if (regional.length > 0 && regional.length < names.length)
    refuse("wrong-use", "`viaService` has names with a Region beside names without one");
  return regional.length > 0
    ? { StringLike: { "kms:ViaService": names } }
    : { "ForAnyValue:StringLike": { "aws:CalledVia": names } };
}

function outsideOf({ accounts, organization, cidr, regions }: NonNullable<IntendedRequests["outside"]>): When {
  const not = (key: string, values: OneOrMore<string> | undefined) => (values === undefined ? {} : { [key]: values });
  const texts = {
    ...not("aws:PrincipalAccount", accounts),
    ...not("aws:PrincipalOrgID", organization),
    ...not("aws:RequestedRegion", regions),
  };
  return {
    ...(Object.keys(texts).length > 0 ? { StringNotEquals: texts } : {}),
    ...(cidr === undefined ? {} : { NotIpAddress: { "aws:SourceIp": cidr } }),
  };
}
