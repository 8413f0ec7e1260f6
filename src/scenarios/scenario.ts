/**
 * One operation as its user sees it is several authorizations as AWS makes them: in order, each by its own principal.
 */
import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { type Arn, parseArn } from "../policy/arn.ts";
import type { Grant } from "../request/grant.ts";
import type { Principal } from "../request/principal.ts";
import { isPrincipal } from "../request/principal.ts";
import type { Request } from "../request/request.ts";

export interface Step {
  /** Who does what, for messages. */
  readonly title: string;
  readonly request: Request;
  /** A grant that the step makes; the steps after it have it. */
  readonly makes?: Grant;
  /** The principal is AWS's own and has no identity policies. */
  readonly withoutPolicies?: boolean;
}

export interface ScenarioFields {
  /** As one writes it: `ebs.attachVolume`. */
  readonly name: string;
  /** The AWS page that says which permissions the operation needs. */
  readonly page: string;
  readonly steps: readonly Step[];
}

const BRAND = Symbol.for("iam-expect.scenario");

/** The authorizations of one operation. Immutable plain data; made by `ebs.attachVolume({...})` and the like. */
export class Scenario implements ScenarioFields {
  declare readonly name: string;
  declare readonly page: string;
  declare readonly steps: readonly Step[];

  constructor(fields: ScenarioFields) {
    Object.assign(this, fields);
    Object.defineProperty(this, BRAND, { value: true });
    Object.freeze(this.steps);
    Object.freeze(this);
  }
}

export function isScenario(value: unknown): value is Scenario {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
}

export type Caller = string | Principal;

/** The parts of an ARN that must be of one service; refuses any other (`invalid-resource`). */
export function arnOf(arn: string, service: string, name: RegExp, what: string): Arn {
  const parsed = typeof arn === "string" ? parseArn(arn) : undefined;
  if (parsed?.service !== service || !name.test(parsed.resource))
    return refuse("invalid-resource", `${quoted(String(arn))} is not the ARN of ${what}`);
  return parsed;
}

export const keyOf = (arn: string): Arn => arnOf(arn, "kms", /^key\//, "a key");

/** The last part of a resource's name: `vol-0abc` of `volume/vol-0abc`. */
export const idOf = ({ resource }: Arn): string => resource.slice(resource.lastIndexOf("/") + 1);

export const nameOf = (caller: Caller): string => (isPrincipal(caller) ? caller.name : caller);
