/**
 * What a resource's policy decides besides the resource: the objects of a bucket and the like. A resource that is listed
 * itself has its own policy.
 */
import { parseArn } from "../policy/arn.ts";

interface Container {
  readonly service: string;
  /** Of the resource itself, without its ARN's beginning. */
  readonly own: RegExp;
  /** What is in it begins so. */
  readonly inside: string;
}

const CONTAINERS: readonly Container[] = [
  { service: "s3", own: /^accesspoint\/[^/]+/, inside: "/object/" },
  { service: "s3", own: /^(?!accesspoint\/)[^/]+/, inside: "/" },
  { service: "s3tables", own: /^bucket\/[^/]+/, inside: "/table/" },
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/access-control-resource-based.html: streams have their own.
  { service: "dynamodb", own: /^table\/[^/]+/, inside: "/index/" },
  { service: "es", own: /^domain\/[^/]+/, inside: "/" },
  { service: "execute-api", own: /^[^/]+/, inside: "/" },
];

/** The resource whose policy decides on this one, which is in it. */
export function containerOf(arn: string): string | undefined {
  const parsed = parseArn(arn);
  if (!parsed) return undefined;
  const { service, resource } = parsed;
  for (const container of CONTAINERS) {
    const own = container.service === service ? container.own.exec(resource)?.[0] : undefined;
    if (own !== undefined && resource.startsWith(own + container.inside))
      return arn.slice(0, arn.length - resource.length) + own;
  }
  return undefined;
}

/** What is in the resource, as a pattern. */
export function insideOf(arn: string): string | undefined {
  const parsed = parseArn(arn);
  const container = CONTAINERS.find(
    ({ service, own }) => service === parsed?.service && own.exec(parsed.resource)?.[0] === parsed.resource,
  );
  return container && `${arn}${container.inside}*`;
}
