import fc from "fast-check";
import type { Context, ContextValue } from "../request/context.ts";
import { Request } from "../request/request.ts";
import { callers } from "./callers.ts";
import { KEY_ROWS, type KeyRow } from "./keys.ts";
import { type Attached, HOME, NEIGHBOURHOODS, PARTNER } from "./universe.ts";

export interface RequestOptions {
  /** On keys, on roles, or on other resources; on any of them when left out. */
  readonly near?: Attached;
}

/** Requests of a small world in which policies made by `policies()` often hit and often miss. */
export function requests({ near }: RequestOptions = {}): fc.Arbitrary<Request> {
  const places = near ? [near] : (Object.keys(NEIGHBOURHOODS) as Attached[]);
  const target = fc
    .constantFrom(...places)
    .chain((place) => {
      const { actions } = NEIGHBOURHOODS[place];
      // Half of the requests are for the two actions that most policies are about.
      return fc.oneof(fc.constantFrom(...actions.slice(0, 2)), fc.constantFrom(...actions));
    })
    .chain(({ action, resources }) =>
      fc.record({ action: fc.constant(action), resource: fc.constantFrom(...resources) }),
    );
  const account = fc.constantFrom(HOME, HOME, PARTNER);
  return fc.record({ principal: callers(), target, account, context: contexts() }).map(
    ({ principal, target, account, context }) =>
      new Request({
        principal,
        ...target,
        // The ARNs of S3 name no account.
        resourceAccount: target.resource.startsWith("arn:aws:s3:") ? account : null,
        context,
        givenIdentity: null,
      }),
  );
}

/** Contexts of a few keys: with a value, with several, or said to be absent. */
export function contexts(rows: readonly KeyRow[] = KEY_ROWS): fc.Arbitrary<Context> {
  const entry = fc.constantFrom(...rows).chain((row) => fc.tuple(fc.constant(row.key), values(row)));
  return fc
    .uniqueArray(entry, { selector: ([key]) => key, maxLength: 6, size: "max" })
    .map((entries): Context => Object.fromEntries(entries));
}

function values({ seen, many }: KeyRow): fc.Arbitrary<ContextValue> {
  const present: fc.Arbitrary<ContextValue> = many
    ? fc.uniqueArray(fc.constantFrom(...seen), { maxLength: 3 })
    : fc.constantFrom(...seen);
  return fc.oneof({ weight: 7, arbitrary: present }, { weight: 1, arbitrary: fc.constant(null) });
}
