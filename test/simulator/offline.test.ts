/** A replay needs no client, no credentials and no network: the example's, in an environment that has none of them. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const preload = join(process.cwd(), "test/simulator/no-network.mjs");
const bare = {
  PATH: process.env.PATH ?? "",
  HOME: "/nonexistent",
  NO_COLOR: "1",
  NODE_NO_WARNINGS: "1",
  NODE_OPTIONS: `--import ${preload}`,
  // The SDK would ask the machine's metadata service otherwise.
  AWS_EC2_METADATA_DISABLED: "true",
};

/** In a network namespace without any interface where the kernel lets us, besides what the preload blocks. */
const hasUnshare = spawnSync("unshare", ["-rn", "true"]).status === 0;
const run = (args: readonly string[], env: Record<string, string> = {}, namespace = hasUnshare) => {
  const [command = "", ...rest] = namespace
    ? ["unshare", "-rn", process.execPath, ...args]
    : [process.execPath, ...args];
  return spawnSync(command, rest, { encoding: "utf8", env: { ...bare, ...env } });
};

const suite = ["node_modules/vitest/vitest.mjs", "run", "--root", "examples/cross-check"];
const cases = (mode: string) => [
  "dist/main.js",
  "cross-check",
  mode,
  "--config",
  "examples/cross-check/iam-expect.config.mjs",
  "examples/cross-check/cases.json",
];

describe("without client, credentials and network", () => {
  test("the suite of the example is replayed", () => {
    const { status, stdout, stderr } = run(suite, { IAM_EXPECT_SIMULATOR: "replay" });
    expect(stdout + stderr).toContain(`iam-expect: 17 requests beside AWS's policy simulator (replay, 0 calls)

  agree          17
  disagree       0
  not modelled   0
  needs context  0
`);
    expect(status).toBe(0);
  });

  test("its cases are replayed", () => {
    const { status, stdout } = run(cases("--replay"));
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).verdict),
    ).toEqual(["agree", "agree", "agree", "agree", "notModelled"]);
    expect(status).toBe(0);
  });

  test("and asking AWS fails, so nothing was reached", () => {
    const keys = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_MAX_ATTEMPTS: "1" };
    const { status, stdout } = run(cases("--live"), keys, false);
    expect(status).toBe(2);
    expect(stdout).toContain("the network is blocked");
  });

  test("and without credentials AWS is not asked", () => {
    const { status, stdout } = run(cases("--live"), {}, false);
    expect(status).toBe(2);
    expect(JSON.parse(stdout.split("\n")[0]!).error.code).toBe("simulator-credentials");
  });
});
