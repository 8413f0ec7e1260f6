#!/usr/bin/env node
import { decideCommand } from "./decide.ts";
import { explainCommand } from "./explain.ts";

const USAGE = `iam-expect: unit tests for AWS permissions

  iam-expect decide FILE...|-    decides cases: one JSON line each, in input order
  iam-expect explain FILE [ID]   tells the whole account of one case

Files hold one case, a list of cases, or (.jsonl and standard input) a case a line.
`;

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  decide: decideCommand,
  explain: explainCommand,
};

const [name = "", ...args] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (command && args.length > 0) process.exitCode = await command(args);
else {
  const help = name === "" || name === "--help" || name === "help";
  (help ? process.stdout : process.stderr).write(USAGE);
  process.exitCode = help ? 0 : 2;
}
