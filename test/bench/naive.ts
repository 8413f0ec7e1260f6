/**
 * A generator of the right shapes that reads no values in the policy: it knows the accounts, the services and the
 * condition keys that the policy names, as a careful person's generator would, and makes the rest up.
 */

import { actionFacts, keyFacts, serviceFacts } from "../../src/catalog/catalog.ts";
import type { Random } from "../../src/hunt/random.ts";
import type { RequestSource } from "../../src/hunt/request-source.ts";
import type { ContextValue } from "../../src/request/context.ts";
import {
  anonymous,
  federated,
  type Principal,
  role,
  rootUser,
  service,
  session,
  user,
} from "../../src/request/principal.ts";
import type { Request } from "../../src/request/request.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-";
const text = (random: Random) =>
  Array.from({ length: 1 + random.below(12) }, () => random.pick(LETTERS.split(""))).join("");
const digits = (random: Random, count: number) => Array.from({ length: count }, () => random.below(10)).join("");
const SERVICES = ["ec2", "s3", "lambda", "sns", "sqs", "cloudtrail", "logs", "events"];
const REGIONS = ["us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-south-1"];

export function naive(source: RequestSource, random: Random): Request {
  const { wells, scope } = source;
  const account = random.chance(2, 3) ? random.pick(scope.accounts) : digits(random, 12);
  const action = random.pick(wells.actions);
  const facts = actionFacts(action);
  const types = facts ? serviceFacts(facts.service)!.resourceTypes : undefined;
  const forms = (facts?.resources ?? []).flatMap(({ type }) => types!.get(type.toLowerCase())?.arns ?? []);
  const own = wells.targets.of(action).find(({ resource }) => resource === null);
  const resource = own
    ? null
    : forms.length === 0
      ? "*"
      : random
          .pick(forms)
          .replace("${Partition}", scope.partition)
          .replace("${Region}", random.pick(REGIONS))
          .replace("${Account}", scope.attached.length > 0 ? scope.accounts[0]! : account)
          .replace(/\$\{[^}]*\}|\*/g, () => text(random));
  const attached = scope.attached[0]?.resource;
  const values = wells.keys.map(({ key }) =>
    random.chance(1, 2) ? value(key.name, key.multiValued, random) : undefined,
  );
  const principal = caller(random, account);
  return source.whole({
    principal,
    action,
    resource: attached ?? resource,
    resourceAccount: null,
    values,
    givenIdentity: source.maySayIdentity(principal) ? (random.chance(1, 2) ? "allows" : "none") : null,
  });
}

function caller(random: Random, account: string): Principal {
  const name = text(random);
  switch (random.below(8)) {
    case 0:
      return rootUser(account);
    case 1:
      return user(`arn:aws:iam::${account}:user/${name}`);
    case 2:
      return session(`arn:aws:iam::${account}:role/${name}`, `s${text(random)}`);
    case 3:
      return service(`${random.pick(SERVICES)}.amazonaws.com`);
    case 4:
      return anonymous;
    case 5:
      return federated("token.example.com");
    default:
      return role(`arn:aws:iam::${account}:role/${name}`);
  }
}

function value(name: string, many: boolean, random: Random): ContextValue {
  const one = () => {
    const type = keyFacts(name)?.type;
    if (/viaservice$/i.test(name)) return `${random.pick(SERVICES)}.${random.pick(REGIONS)}.amazonaws.com`;
    if (/requestedregion$/i.test(name)) return random.pick(REGIONS);
    if (/account$/i.test(name)) return digits(random, 12);
    if (/orgid$/i.test(name)) return `o-${digits(random, 10)}`;
    if (/vpce$/i.test(name)) return `vpce-${digits(random, 8)}`;
    if (/vpc$/i.test(name)) return `vpc-${digits(random, 8)}`;
    if (type === "Bool") return String(random.chance(1, 2));
    if (type === "Numeric") return String(random.below(4000));
    if (type === "Date")
      return new Date(Date.UTC(2020 + random.below(12), random.below(12), 1 + random.below(28))).toISOString();
    if (type === "IPAddress") return [0, 0, 0, 0].map(() => random.below(256)).join(".");
    if (type === "ARN")
      return `arn:aws:${random.pick(SERVICES)}:${random.pick(REGIONS)}:${digits(random, 12)}:${text(random)}`;
    return text(random);
  };
  return many ? Array.from({ length: 1 + random.below(2) }, one) : one();
}
