/**
 * `iam-expect/vitest-reporter`: with `IAM_EXPECT_SIMULATOR=live|record|replay`, every request of the suite is asked of AWS's policy
 * simulator too, when the tests have run. A disagreement fails the run.
 */

import { loadConfig } from "../simulator/config.ts";
import { type Handed, type HandedFile, META, REPORTER, requestsOf, type SuiteRequest } from "../simulator/handover.ts";
import { modeOfEnvironment } from "../simulator/mode.ts";
import { askSuite } from "../simulator/suite.ts";

export interface ReporterOptions {
  /** The module that exports the simulator's options; left out: `iam-expect.config.mjs` beside vitest's. */
  readonly config?: string;
}

/** What is read of vitest, so that its types are not needed. */
interface Vitest {
  readonly config: { readonly root: string };
}
interface TestModule {
  readonly moduleId: string;
  readonly task?: { readonly meta?: object };
  meta?(): object;
  readonly children: { allTests(): Iterable<TestCase> };
}
interface TestCase {
  readonly fullName: string;
  meta(): object;
}

export default class VitestReporter {
  readonly #options: ReporterOptions;
  #root = process.cwd();

  constructor(options: ReporterOptions = {}) {
    this.#options = options;
  }

  onInit(vitest: Vitest): void {
    this.#root = vitest.config.root;
    // Workers are started later and inherit it.
    if (modeOfEnvironment() !== undefined) process.env[REPORTER] = "vitest";
  }

  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    if (modeOfEnvironment() === undefined) return;
    try {
      const requests = modules.flatMap(requestsOfModule);
      const { text, failed } = await askSuite(requests, await loadConfig(this.#root, this.#options.config));
      process.stderr.write(`\n${text}\n`);
      if (failed) process.exitCode = 1;
    } catch (error) {
      process.exitCode = 1;
      process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}

const handedIn = (meta: object | undefined): Handed | undefined =>
  (meta as Record<string, Handed | undefined> | undefined)?.[META];

function requestsOfModule(module: TestModule): SuiteRequest[] {
  const own = handedIn(module.meta?.() ?? module.task?.meta) as HandedFile | undefined;
  const requests = [
    ...(own ? requestsOf(own, module.moduleId) : []),
    ...[...module.children.allTests()].flatMap((test) => {
      const handed = handedIn(test.meta());
      return handed ? requestsOf(handed, test.fullName) : [];
    }),
  ];
  const total = own?.total ?? 0;
  if (requests.length !== total)
    throw new Error(
      `iam-expect: ${module.moduleId} handed over ${requests.length} requests of ${total}; the others are lost, so the suite was not compared`,
    );
  return requests;
}
