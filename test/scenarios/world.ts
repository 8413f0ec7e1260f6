/**
 * An environment written as statements by Sid, so that a table can take one away, or change it, and see where an operation
 * stops. One account; in an organization once that has policies.
 */
import {
  type Environment,
  environment,
  identityPolicy,
  keyPolicy,
  type Policy,
  permissionsBoundary,
  resourceControlPolicy,
  resourcePolicy,
  serviceControlPolicy,
  sessionPolicy,
  trustPolicy,
} from "../../src/index.ts";
import { parseArn } from "../../src/policy/arn.ts";

export const ACCOUNT = "111122223333";
export const REGION = "us-west-2";

export type Statements = Readonly<Record<string, object>>;
type Places = Readonly<Record<string, Statements>>;

export interface World {
  /** Identity policies, by role or user. */
  readonly identity: Places;
  readonly boundary?: Places;
  readonly session?: Places;
  /** Policies of keys, queues, roles (their trust), by ARN. */
  readonly attached: Places;
  readonly serviceControl?: Statements;
  readonly resourceControl?: Statements;
}
export type Change = (world: World) => World;

export const allow = (action: string | readonly string[], more: object = {}) => ({
  Effect: "Allow",
  Action: action,
  Resource: "*",
  ...more,
});
export const deny = (action: string | readonly string[], more: object = {}) => ({
  ...allow(action, more),
  Effect: "Deny",
});
/** A statement of a resource's policy. */
export const allowTo = (principal: string | object, action: string | readonly string[], more: object = {}) =>
  allow(action, { Principal: typeof principal === "string" ? { AWS: principal } : principal, ...more });

export const equals = (conditions: Readonly<Record<string, unknown>>) => ({ Condition: { StringEquals: conditions } });
export const bool = (conditions: Readonly<Record<string, unknown>>) => ({ Condition: { Bool: conditions } });
export const via = (service: string, region = REGION) =>
  equals({ "kms:ViaService": `${service}.${region}.amazonaws.com` });

const document = (statements: Statements) => ({
  Version: "2012-10-17",
  Statement: Object.entries(statements).map(([Sid, statement]) => ({ Sid, ...statement })),
});

/** What messages call the policies of a role or resource: `role/app`, `key/orders`. */
const nameOf = (arn: string) => parseArn(arn)!.resource;

function attach(arn: string, statements: Statements): Policy {
  const { service, resource } = parseArn(arn)!;
  const name = nameOf(arn);
  if (service === "iam") {
    const Statement = document(statements).Statement.map((statement) => ({ ...statement, Resource: undefined }));
    return trustPolicy(JSON.stringify({ Version: "2012-10-17", Statement }), { name: `trust of ${name}`, role: arn });
  }
  const isKey = service === "kms" && resource.startsWith("key/");
  return isKey ? keyPolicy(document(statements), { name, key: arn }) : resourcePolicy(document(statements), { name });
}

const FULL: Statements = { FullAWSAccess: allow("*") };

export function build({ identity, boundary = {}, session = {}, attached, ...controls }: World): Environment {
  const of = (places: Places, arn: string) => (places[arn] ? document(places[arn]) : undefined);
  const principals = Object.keys({ ...identity, ...boundary, ...session }).map((arn) => {
    const name = nameOf(arn);
    const [mine, most, passed] = [of(identity, arn), of(boundary, arn), of(session, arn)];
    return [
      arn,
      {
        ...(mine ? { policies: [identityPolicy(mine, { name })] } : {}),
        ...(most ? { boundary: permissionsBoundary(most, { name: `boundary of ${name}` }) } : {}),
        ...(passed ? { session: [sessionPolicy(passed, { name: `session of ${name}` })] } : {}),
      },
    ];
  });
  const resources = Object.entries(attached).map(([arn, statements]) => [
    arn,
    { policy: attach(arn, statements), ...(parseArn(arn)!.account === "" ? { owner: ACCOUNT } : {}) },
  ]);
  const { serviceControl, resourceControl } = controls;
  const organization = {
    id: "o-abc123defg",
    accounts: [ACCOUNT],
    ...(serviceControl ? { serviceControl: [serviceControlPolicy(document(serviceControl), { name: "scp" })] } : {}),
    ...(resourceControl
      ? { resourceControl: [resourceControlPolicy(document(resourceControl), { name: "rcp" })] }
      : {}),
  };
  return environment({
    ...(serviceControl || resourceControl ? { organization } : {}),
    principals: Object.fromEntries(principals),
    resources: Object.fromEntries(resources),
  });
}

/** The same change in whichever policy has the statement; a Sid that no policy has is a mistake of the test. */
function inStatements(world: World, sid: string, change: (statements: Statements) => Statements): World {
  let found = false;
  const here = (statements: Statements) => {
    if (!Object.hasOwn(statements, sid)) return statements;
    found = true;
    return change(statements);
  };
  const inside = (places: Places = {}) =>
    Object.fromEntries(Object.entries(places).map(([arn, statements]) => [arn, here(statements)]));
  const changed = {
    identity: inside(world.identity),
    boundary: inside(world.boundary),
    session: inside(world.session),
    attached: inside(world.attached),
    ...(world.serviceControl ? { serviceControl: here(world.serviceControl) } : {}),
    ...(world.resourceControl ? { resourceControl: here(world.resourceControl) } : {}),
  };
  if (!found) throw new Error(`no statement has the Sid ${sid}`);
  return changed;
}

/** One statement is taken away. */
export const without =
  (sid: string): Change =>
  (world) =>
    inStatements(world, sid, ({ [sid]: _, ...rest }) => rest);

/** One statement says something else. */
export const changed =
  (sid: string, more: object): Change =>
  (world) =>
    inStatements(world, sid, (statements) => ({ ...statements, [sid]: { ...statements[sid], ...more } }));

/** The identity, boundary, session or resource policy of `arn` also denies. */
export const denying =
  (place: "identity" | "boundary" | "session" | "attached", arn: string, action: string, more: object = {}): Change =>
  (world) =>
    adding(place, arn, { No: deny(action, place === "attached" ? { Principal: "*", ...more } : more) })(world);

export const adding =
  (place: "identity" | "boundary" | "session" | "attached", arn: string, statements: Statements): Change =>
  (world) => ({ ...world, [place]: { ...world[place], [arn]: { ...world[place]?.[arn], ...statements } } });

/** A service control policy that also denies. */
export const scpDenies =
  (action: string, more: object = {}): Change =>
  (world) => ({ ...world, serviceControl: { ...FULL, ...world.serviceControl, NoByScp: deny(action, more) } });

/** The service control policies allow everything but one service's or one action. */
export const scpLacks =
  (...actions: string[]): Change =>
  (world) => ({
    ...world,
    serviceControl: { Most: { Effect: "Allow", NotAction: actions, Resource: "*" } },
  });

export const rcpDenies =
  (action: string, more: object = {}): Change =>
  (world) => ({ ...world, resourceControl: { NoByRcp: deny(action, { Principal: "*", ...more }) } });
