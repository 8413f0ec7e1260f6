import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Those that start other runners take longest: begun last, one of two cores would wait for them. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((name) => moduleId.endsWith(name));
      return at < 0 ? LONGEST.length : at;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}
const LONGEST = [
  "runners/runners.test.ts",
  "simulator/suite.test.ts",
  "analyse/adversarial.test.ts",
  "runners/access-snapshot.test.ts",
  "test/readme.test.ts",
  "analyse/fuzz.test.ts",
  "cli/prove.test.ts",
];

const root = fileURLToPath(new URL("..", import.meta.url));

export default defineConfig({
  root,
  test: {
    // vitest leaves a core free, and the machines that run this have two; many tests wait for processes of their own.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        root,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/fixtures/**", "test/bench/**", "test/consumers/**"],
          setupFiles: ["test/setup.ts"],
          testTimeout: 60_000,
          // Loading the matchers anew would take as long as most files do; that they bear it is a test of its own.
          isolate: false,
        },
      },
      // The package as its users have it: by name, built.
      { root, test: { name: "examples", include: ["examples/**/*.test.ts"], setupFiles: ["iam-expect/vitest"] } },
    ],
  },
});
