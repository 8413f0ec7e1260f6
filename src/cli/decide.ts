import { once } from "node:events";
import { refusal, runCase } from "../cases/run-case.ts";
import { DiagnosticError } from "../diagnostic/diagnostic.ts";
import { readCases } from "./read-cases.ts";

/** Decides every case. 0: all decided and as expected; 1: one came out otherwise; 2: one was refused that should not be. */
export async function decideCommand(files: readonly string[]): Promise<number> {
  let missed = false;
  let refused = false;
  for (const file of files) {
    try {
      for await (const item of readCases(file)) {
        if (item instanceof DiagnosticError) {
          refused = true;
          await print(refusal("", item));
          continue;
        }
        const { answer, status, why } = runCase(item);
        if (status === "missed") missed = true;
        if (status === "refused") refused = true;
        await print(answer);
        if (status === "missed") process.stderr.write(`${item.id}: ${why}\n`);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      process.stderr.write(`${file}: ${(error as Error).message}\n`);
      refused = true;
    }
  }
  return refused ? 2 : missed ? 1 : 0;
}

/** Waits when the reader is slower: a million answers must not pile up. */
async function print(answer: unknown): Promise<void> {
  if (!process.stdout.write(`${JSON.stringify(answer)}\n`)) await once(process.stdout, "drain");
}
