#!/usr/bin/env node
import { nearest } from "../catalog/nearest.ts";
import { DiagnosticError, refuse } from "../diagnostic/diagnostic.ts";
import { ACCESS_HELP, accessCommand } from "./access.ts";
import { CROSS_CHECK_HELP, crossCheckCommand } from "./cross-check.ts";
import { DECIDE_HELP, decideCommand } from "./decide.ts";
import { DIFF_HELP, diffCommand } from "./diff.ts";
import { EXPLAIN_HELP, explainCommand } from "./explain.ts";
import { POINTS_HELP, pointsCommand } from "./points.ts";
import { PROVE_HELP, proveCommand } from "./prove.ts";

const USAGE = `iam-expect: unit tests for AWS permissions

  iam-expect prove FILE... --never ACTIONS   proves that policies never allow actions, or prints a request
  iam-expect diff OLD NEW                    what a new version allows that the old one does not
  iam-expect access FILE...                  what policies allow, to whom and when
  iam-expect points FILE...                  requests at the edges of policies
  iam-expect decide FILE...|-                decides cases: one JSON line each, in input order
  iam-expect explain FILE [ID]               tells the whole account of one case
  iam-expect cross-check FILE...             asks AWS's policy simulator each case too

\`iam-expect COMMAND --help\` tells more.
`;

interface Command {
  readonly run: (args: readonly string[]) => Promise<number>;
  readonly help: string;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  prove: { run: proveCommand, help: PROVE_HELP },
  diff: { run: diffCommand, help: DIFF_HELP },
  access: { run: accessCommand, help: ACCESS_HELP },
  points: { run: pointsCommand, help: POINTS_HELP },
  decide: { run: decideCommand, help: DECIDE_HELP },
  explain: { run: explainCommand, help: EXPLAIN_HELP },
  "cross-check": { run: crossCheckCommand, help: CROSS_CHECK_HELP },
};

// `| head` closes the pipe: there is nobody left to tell.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

const [name = "", ...args] = process.argv.slice(2);
try {
  process.exitCode = await run();
} catch (error) {
  if (!(error instanceof DiagnosticError)) throw error;
  process.stderr.write(`${error.message}\n`);
  // What the analyser cannot tell is no wrong input.
  process.exitCode = error.code === "undecided" ? 3 : 2;
}

async function run(): Promise<number> {
  const isHelp = (word: string) => word === "--help" || word === "-h";
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command && args.some(isHelp)) return tell(command.help);
  if (command) return command.run(args);
  if (name === "" || name === "help" || isHelp(name)) return tell(USAGE);
  const near = nearest(name, Object.keys(COMMANDS));
  return refuse("wrong-use", `\`${name}\` is not a command of iam-expect`, {
    help: near ? `did you mean \`iam-expect ${near}\`?` : `the commands are ${Object.keys(COMMANDS).join(", ")}`,
  });
}

function tell(text: string): number {
  process.stdout.write(text);
  return 0;
}
