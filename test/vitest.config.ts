import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("..", import.meta.url));

export default defineConfig({
  root,
  test: {
    // vitest leaves a core free, and the machines that run this have two; many tests wait for processes of their own.
    maxWorkers: 2,
    projects: [
      {
        root,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/fixtures/**", "test/bench/**", "test/consumers/**"],
          setupFiles: ["test/setup.ts"],
          testTimeout: 60_000,
        },
      },
      // The package as its users have it: by name, built.
      { root, test: { name: "examples", include: ["examples/**/*.test.ts"], setupFiles: ["iam-expect/vitest"] } },
    ],
  },
});
