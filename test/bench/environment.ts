import { evaluate } from "../../src/evaluate/evaluate.ts";
import { EMPTY_SET } from "../../src/evaluate/policy-set.ts";
import { identityPolicy, keyPolicy } from "../../src/policy/constructors.ts";
import { role } from "../../src/request/principal.ts";
import { request } from "../../src/request/request.ts";
import { spread } from "./measure.ts";
import { decideOnce } from "./ours.ts";
import { environment } from "./scenarios.ts";

/** (e) Which role may decrypt with which key: all pairs, requests made on the way. */
export function measureEnvironment(runs: number): void {
  const { roles, keys } = environment();
  const ready = {
    roles: roles.map(({ arn, identity }) => ({ caller: role(arn), identity: [identityPolicy(identity)] })),
    keys: keys.map(({ arn, policy }) => ({ arn, policy: keyPolicy(policy, { key: arn }) })),
  };
  const ask = (decided: (at: number, key: number) => boolean) => {
    const start = performance.now();
    let allowed = 0;
    for (let at = 0; at < roles.length; at++)
      for (let key = 0; key < keys.length; key++) if (decided(at, key)) allowed++;
    return { seconds: (performance.now() - start) / 1000, allowed };
  };
  const ways: Record<string, (at: number, key: number) => boolean> = {
    decide: (at, key) => {
      const { caller, identity } = ready.roles[at]!;
      const { arn, policy } = ready.keys[key]!;
      const asked = request(caller, "kms:Decrypt", arn);
      return decideOnce({ ...EMPTY_SET, identity, resource: policy }, asked).outcome === "allowed";
    },
    evaluate: (at, key) => {
      const { caller, identity } = ready.roles[at]!;
      const { arn, policy } = ready.keys[key]!;
      return evaluate([...identity, policy], request(caller, "kms:Decrypt", arn)).outcome === "allowed";
    },
  };
  for (const [name, way] of Object.entries(ways)) {
    const seen = Array.from({ length: runs }, () => ask(way));
    const { median, lowest, highest } = spread(
      name,
      seen.map(({ seconds }) => seconds),
    );
    console.log(
      `  (e) 1,000 roles x 100 keys: ${name}`.padEnd(48),
      `${median.toFixed(2).padStart(7)} s    ${lowest.toFixed(2)} to ${highest.toFixed(2)}   ${seen[0]!.allowed} allowed`,
    );
  }
}
