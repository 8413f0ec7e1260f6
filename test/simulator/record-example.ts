/**
 * Records examples/cross-check again: `tsx test/simulator/record-example.ts`. AWS's answers are those of
 * test/data/simulator/real-decisions.jsonl, given by a server on loopback, so the day is the day on which AWS gave them
 * (recorded_on of FunnyValentine69/orbit-infra, docs/assets/IAM_SIMULATION_PROVENANCE.md).
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { recordedAnswer } from "./aws-of-the-tests.ts";
import { iamServer } from "./iam-server.ts";

const ANSWERED = "2026-09-10";
const folder = "examples/cross-check/recordings";

const server = await iamServer({ answer: recordedAnswer });
rmSync(folder, { recursive: true, force: true });
const env = {
  ...process.env,
  IAM_EXPECT_SIMULATOR: "record",
  AWS_ENDPOINT_URL: server.endpoint,
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
};
process.exitCode = await new Promise<number>((resolve) => {
  const args = ["node_modules/vitest/vitest.mjs", "run", "--root", "examples/cross-check"];
  spawn(process.execPath, args, { env, stdio: "inherit" }).on("close", (code) => resolve(code ?? 1));
});
await server.close();
for (const name of readdirSync(folder)) {
  const file = join(folder, name);
  writeFileSync(file, readFileSync(file, "utf8").replace(/"date": "[^"]*"/g, `"date": "${ANSWERED}"`));
}
