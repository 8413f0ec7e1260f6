import { nearest } from "../catalog/nearest.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";

/** `live` asks AWS; `record` asks and keeps the answers; `replay` reads them, with no client, credentials or network. */
export type SimulatorMode = "live" | "record" | "replay";

const MODES: readonly SimulatorMode[] = ["live", "record", "replay"];

/** Asks the whole suite's requests of AWS too, and is the mode of a simulator that is given none. */
export const VARIABLE = "IAM_EXPECT_SIMULATOR";

/** The mode that the environment asks for. @throws DiagnosticError `wrong-use` */
export function modeOfEnvironment(): SimulatorMode | undefined {
  const value = process.env[VARIABLE];
  if (value === undefined || value === "") return undefined;
  return checkMode(value, `${VARIABLE} is`);
}

export function checkMode(value: string, what: string): SimulatorMode {
  if (MODES.includes(value as SimulatorMode)) return value as SimulatorMode;
  const near = nearest(value, MODES);
  return refuse("wrong-use", `${what} ${quoted(value)}, which is no mode`, {
    help: near ? `did you mean \`${near}\`?` : `the modes are ${MODES.join(", ")}`,
  });
}
