#!/usr/bin/env node
import { crossCheckCommand } from "./cross-check.ts";
import { decideCommand } from "./decide.ts";
import { explainCommand } from "./explain.ts";

const USAGE = `iam-expect: unit tests for AWS permissions

  iam-expect decide FILE...|-    decides cases: one JSON line each, in input order
  iam-expect explain FILE [ID]   tells the whole account of one case
  iam-expect cross-check FILE... asks AWS's policy simulator each case too
      --live --record --replay   from AWS; from AWS, and kept; from what was kept (IAM_EXPECT_SIMULATOR says the same)
      --config FILE              exports the client and the folder of recordings; iam-expect.config.mjs if left out
      --strict                   an explicit and an implicit deny are two answers

Files hold one case, a list of cases, or (.jsonl and standard input) a case a line.
`;

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  decide: decideCommand,
  explain: explainCommand,
  "cross-check": crossCheckCommand,
};

const [name = "", ...args] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (command && args.length > 0) process.exitCode = await command(args);
else {
  const help = name === "" || name === "--help" || name === "help";
  (help ? process.stdout : process.stderr).write(USAGE);
  process.exitCode = help ? 0 : 2;
}
