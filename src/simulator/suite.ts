/** The requests of a whole suite, beside AWS's simulator: what the reporters and `iam-expect cross-check` do. */
import { type Case, readCase } from "../cases/read-case.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import { readJson } from "../source/json.ts";
import { Source } from "../source/source.ts";
import type { SuiteRequest } from "./handover.ts";
import { modeOfEnvironment, VARIABLE } from "./mode.ts";
import type { Simulator } from "./simulator.ts";
import { iamSimulator, type SimulatorOptions } from "./simulator.ts";
import { type Outcome, type Summary, summarize } from "./summary.ts";

/** @throws DiagnosticError where nothing was handed over: a suite that was to be compared must not pass uncompared */
export async function askSuite(requests: readonly SuiteRequest[], options: SimulatorOptions): Promise<Summary> {
  const mode = modeOfEnvironment()!;
  if (requests.length === 0)
    refuse("no-requests", `${VARIABLE} is \`${mode}\`, and no check handed a request over`, {
      help: "is `iam-expect/vitest` or `iam-expect/jest` a set-up file, and were there tests with `toAllow` or `toDeny`?",
    });
  const items = requests.map(({ request, policies, test, at }) => {
    const source = new Source(at, `{"request":${JSON.stringify(request)},"policies":${policies}}`);
    return { name: test, at, question: () => readCase(source, readJson(source.text).root!).question() };
  });
  return ask(items, iamSimulator({ ...options, mode, onCall: progress() }));
}

export interface Item {
  readonly name: string;
  readonly at: string;
  readonly question: Case["question"];
}

export async function ask(items: readonly Item[], simulator: Simulator): Promise<Summary> {
  const outcomes = await Promise.all(items.map((item) => compareItem(item, simulator)));
  const closed = await simulator.close();
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  return summarize(outcomes, { mode: simulator.mode, ...closed });
}

export async function compareItem({ name, at, question }: Item, simulator: Simulator): Promise<Outcome> {
  try {
    return { name, at, result: await simulator.compareQuestion(question) };
  } catch (error) {
    return { name, at, result: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** A line that counts the calls, where somebody watches. */
export function progress(): (calls: number) => void {
  return (calls) => {
    if (process.stderr.isTTY) process.stderr.write(`\riam-expect: asking AWS's policy simulator, call ${calls} `);
  };
}
