import { huntIn } from "../../src/hunt/hunt.ts";
import { RequestSource } from "../../src/hunt/request-source.ts";
import { identityPolicy, keyPolicy } from "../../src/index.ts";
import { short } from "./measure.ts";
import { keyThroughService } from "./scenarios.ts";

const RUNS = 400_000;

/** Requests of case (b) generated and decided in one hunt: by the clock, and by the processor's time on a busy machine. */
export function huntRate(): string {
  const { identity, key } = keyThroughService();
  const source = new RequestSource([keyPolicy(key!), ...identity.map((document) => identityPolicy(document))]);
  huntIn(source, () => true, { runs: 20_000, seed: 1 });
  const started = performance.now();
  const before = process.cpuUsage();
  huntIn(source, () => true, { runs: RUNS, seed: 2 });
  const { user, system } = process.cpuUsage(before);
  const clock = (RUNS * 1000) / (performance.now() - started);
  return `(b) of \`npm run bench\`: ${short(clock)} requests/s generated and decided, ${short((RUNS * 1e6) / (user + system))} a second of processor time`;
}
