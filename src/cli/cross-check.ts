import { once } from "node:events";
import { parseArgs } from "node:util";
import type { Case } from "../cases/read-case.ts";
import { refusal } from "../cases/run-case.ts";
import { DiagnosticError } from "../diagnostic/diagnostic.ts";
import { loadConfig } from "../simulator/config.ts";
import type { SimulatorMode } from "../simulator/mode.ts";
import { Simulator } from "../simulator/simulator.ts";
import { compareItem, progress } from "../simulator/suite.ts";
import { type Outcome, summarize } from "../simulator/summary.ts";
import { readCases } from "./read-cases.ts";

/** So many cases are asked together; their answers are printed before the next are read. */
const TOGETHER = 1000;

export const CROSS_CHECK_HELP = `iam-expect cross-check FILE...|- [options]

Asks AWS's policy simulator each case too. Files hold one case, a list of cases, or (.jsonl and standard input) a case a line.

  --live, --record, --replay from AWS; from AWS, and kept; from what was kept (IAM_EXPECT_SIMULATOR says the same)
  --config FILE              exports the client and the folder of recordings; iam-expect.config.mjs if left out
  --strict                   an explicit and an implicit deny are two answers

Ends with 0: none disagrees; 1: one does; 2: one could not be compared.
`;

/**
 * Asks AWS's policy simulator each case too. 0: none disagrees; 1: one does; 2: one could not be compared (2 wins).
 * What AWS cannot answer (`notModelled`, `needsContext`) is no failure.
 */
export async function crossCheckCommand(args: readonly string[]): Promise<number> {
  try {
    return await crossCheck(args);
  } catch (error) {
    if (
      !(error instanceof DiagnosticError) &&
      !String((error as NodeJS.ErrnoException).code).startsWith("ERR_PARSE_ARGS")
    )
      throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    return 2;
  }
}

async function crossCheck(args: readonly string[]): Promise<number> {
  const { values, positionals: files } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      config: { type: "string" },
      live: { type: "boolean" },
      record: { type: "boolean" },
      replay: { type: "boolean" },
      strict: { type: "boolean" },
    },
  });
  const modes = (["live", "record", "replay"] as const).filter((mode) => values[mode]);
  if (modes.length > 1 || files.length === 0) {
    process.stderr.write(
      modes.length > 1 ? `--${modes.join(" and --")} are two modes\n` : "no file of cases is named\n",
    );
    return 2;
  }
  const simulator = await simulatorOf(values.config, modes[0], values.strict, files);
  const outcomes: Outcome[] = [];
  for (const file of files) {
    let together: (Case | DiagnosticError)[] = [];
    const askTogether = async () => {
      const asked = together;
      together = [];
      outcomes.push(
        ...(await printAnswers(await Promise.all(asked.map((item) => compareCase(item, file, simulator))))),
      );
    };
    try {
      for await (const item of readCases(file)) {
        together.push(item);
        if (together.length === TOGETHER) await askTogether();
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      outcomes.push({ name: file, at: "", result: error as Error });
    }
    await askTogether();
  }
  const { text } = summarize(outcomes, { mode: simulator.mode, ...(await simulator.close()) });
  process.stderr.write(`${process.stderr.isTTY ? "\r\x1b[K" : ""}${text}\n`);
  if (outcomes.some(({ result }) => result instanceof Error)) return 2;
  return outcomes.some(({ result }) => !(result instanceof Error) && result.verdict === "disagree") ? 1 : 0;
}

async function simulatorOf(
  config: string | undefined,
  mode: SimulatorMode | undefined,
  strict: boolean | undefined,
  files: readonly string[],
): Promise<Simulator> {
  const options = await loadConfig(process.cwd(), config);
  const command = `\`npx iam-expect cross-check --record ${files.join(" ")}\``;
  return new Simulator(
    { ...options, ...(mode ? { mode } : {}), ...(strict ? { strict } : {}), onCall: progress() },
    command,
  );
}

interface Asked extends Outcome {
  /** A refusal that the case expects: there is nothing to compare. */
  readonly expected: boolean;
}

async function compareCase(item: Case | DiagnosticError, file: string, simulator: Simulator): Promise<Asked> {
  if (item instanceof DiagnosticError) return { name: "", at: file, result: item, expected: false };
  const outcome = await compareItem({ name: item.id, at: file, question: () => item.question() }, simulator);
  const { result } = outcome;
  const expected =
    result instanceof DiagnosticError && result.diagnostics.some(({ code }) => code === item.expect?.error);
  return { ...outcome, expected };
}

async function printAnswers(outcomes: readonly Asked[]): Promise<Outcome[]> {
  for (const { name, result } of outcomes) {
    if (!process.stdout.write(`${JSON.stringify(line(name, result))}\n`)) await once(process.stdout, "drain");
  }
  return outcomes.filter(({ expected }) => !expected);
}

function line(id: string, result: Outcome["result"]): object {
  if (result instanceof DiagnosticError) return refusal(id, result);
  if (result instanceof Error) return { id, error: { code: "error", message: result.message } };
  const { verdict, reason, remarks, local, aws } = result;
  return { id, verdict, reason, remarks, local, aws };
}
