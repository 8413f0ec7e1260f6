/** An answer about all requests, as text or JSON, and the code with which the command ends. */
import type { Asked } from "../analyse/find-access.ts";
import { writeCase } from "../cases/write-case.ts";
import { refutationMessage } from "../report/proof.ts";

/** Of every command that asks about all requests. */
export const ENDS = "Ends with 0: proved; 1: refuted; 2: wrong input; 3: not known.\n";

export interface Words {
  /** The command as it was given. */
  readonly command: string;
  readonly wanted: string;
  /** What a proof says. */
  readonly proved: string;
  /** What all found requests are called. */
  readonly all: string;
  /** `policy` or `policies`. */
  readonly subject: string;
}

export function printAnswer({ found, excess }: Asked, words: Words, json: boolean): number {
  const { verdict, assumptions } = found;
  if (json) {
    const about =
      found.verdict === "refuted"
        ? {
            request: writeCase(found.judgement.set, found.judgement.facts).request,
            outcome: found.judgement.decision.outcome,
            statements: found.judgement.decision.statements,
            needs: found.needs,
            excess: excess().map(({ about, boxes, complete, text }) => ({ about, text, boxes, complete })),
          }
        : found.verdict === "unknown"
          ? { reason: found.reason }
          : {};
    process.stdout.write(`${JSON.stringify({ verdict, ...about, assumptions })}\n`);
  } else if (found.verdict === "refuted") {
    const { command: assertion, wanted, all, subject } = words;
    process.stdout.write(`${refutationMessage({ assertion, wanted, all, subject }, found, excess)}\n`);
  } else if (found.verdict === "proved")
    process.stdout.write(`${[`proved   ${words.proved}`, ...resting(assumptions)].join("\n")}\n`);
  else process.stdout.write(`unknown  ${found.reason}\n`);
  return { proved: 0, refuted: 1, unknown: 3 }[verdict];
}

const resting = (assumptions: readonly string[]): string[] =>
  assumptions.map((assumption, at) => `${at === 0 ? "rests on " : "         "}${assumption}`);
