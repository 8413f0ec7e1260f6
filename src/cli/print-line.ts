import { once } from "node:events";

/** Waits when the reader is slower: a million lines must not pile up. */
export async function printLine(text: string): Promise<void> {
  if (!process.stdout.write(`${text}\n`)) await once(process.stdout, "drain");
}
