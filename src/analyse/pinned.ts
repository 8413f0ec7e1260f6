/** Variables' values that are fixed: in the context, or by who calls. */
import { contextKey, Evaluation } from "../evaluate/evaluation.ts";
import { isAccountId } from "../policy/arn.ts";
import { buildFacts } from "../request/build-facts.ts";
import type { Context } from "../request/context.ts";
import { type Principal, principalFromArn, role, user } from "../request/principal.ts";
import { Outside } from "./outside.ts";
import { OF_PRINCIPAL, presenceOf } from "./world.ts";

/** The part that the context tells. */
export const toldBy = (pinned: Context): Context =>
  Object.fromEntries(
    Object.entries(pinned).filter(
      ([key]) => !OF_PRINCIPAL.has(key.toLowerCase()) && key.toLowerCase() !== "aws:resourceaccount",
    ),
  );

/** A caller who has the fixed values of the keys that only a caller gives. */
export function pinnedCaller(pinned: Context, partition: string, owner: string): Principal | undefined {
  const values = new Map(Object.entries(pinned).map(([key, value]) => [key.toLowerCase(), value]));
  const name = values.get("aws:username");
  const account = values.get("aws:principalaccount");
  const arn = values.get("aws:principalarn");
  const others = [...values.keys()].filter(
    (key) => OF_PRINCIPAL.has(key) && !/:(username|principalaccount|principalarn)$/.test(key),
  );
  if (others.length > 0) throw new Outside(`a policy variable reads \`${others[0]}\``);
  if (name === undefined && account === undefined && arn === undefined) return undefined;
  if (typeof arn === "string") {
    if (/[*?]/.test(arn)) throw new Outside("a policy variable reads `aws:PrincipalArn`");
    return principalFromArn(arn);
  }
  const of = typeof account === "string" && isAccountId(account) ? account : owner;
  const iam = `arn:${partition}:iam::${of}`;
  return typeof name === "string" ? user(`${iam}:user/${name}`) : role(`${iam}:role/own-role`);
}

/** Whether the caller has the fixed values, and may have those that the context tells. */
export function fits(caller: Principal, pinned: Context, owner: string): boolean {
  const facts = buildFacts(
    { principal: caller, action: "none:None", resource: "*", resourceAccount: owner, context: {}, givenIdentity: null },
    owner,
  );
  return Object.entries(pinned).every(([name, value]) => {
    const folded = name.toLowerCase();
    const { may, must } = presenceOf(folded);
    if (folded === "aws:resourceaccount") return true;
    if (!OF_PRINCIPAL.has(folded)) return value === null ? !must(caller) : may(caller);
    const found = new Evaluation(facts).read(contextKey(name));
    return value === null ? found === undefined : found?.[0] === value;
  });
}
