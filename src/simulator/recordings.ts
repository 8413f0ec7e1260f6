/** A folder of recordings: read once, looked up by question, written so that several processes may write at once. */
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import type { DatedAnswer } from "./answer.ts";
import { type Question, questionHash, scopeHash } from "./question.ts";
import { fileName, printRecording, type Recording, readRecording, slug } from "./recording.ts";
import { type Scrubbed, scrubQuestion } from "./scrub.ts";

interface Loaded {
  readonly file: string;
  readonly recording: Recording;
  readonly used: Set<string>;
}

export class Recordings {
  #loaded: Promise<ReadonlyMap<string, Loaded>> | undefined;
  #pending = new Map<string, Recording>();
  #next: Promise<void> | undefined;
  #last: Promise<void> | undefined;
  readonly #written = new Set<string>();

  constructor(
    readonly folder: string,
    /** How to record, for messages. */
    readonly command: string,
  ) {}

  /**
   * The answer to a question; or to the same question with other ids, where `alike` says that the ids do not matter.
   *
   * @throws DiagnosticError `missing-recording`, `stale-recording`, `edited-recording`
   */
  async find(question: Question, alike: (scrubbed: Scrubbed) => boolean): Promise<DatedAnswer> {
    this.#loaded ??= this.#load();
    const loaded = await this.#loaded;
    const exact = this.#lookUp(question, loaded);
    if (exact) return exact;
    const scrubbed = scrubQuestion(question);
    const found = this.#lookUp(scrubbed.question, loaded);
    if (found && alike(scrubbed)) return found;
    return this.#missing(question, [...loaded.values()], scrubbed.question, found !== undefined);
  }

  #lookUp(question: Question, loaded: ReadonlyMap<string, Loaded>): DatedAnswer | undefined {
    const of = loaded.get(scopeHash(question.scope));
    const hash = questionHash(question);
    const found = of?.recording.answers.get(hash);
    if (found) of!.used.add(hash);
    return found?.answer;
  }

  /** Adds an answer to the recording of its policies; it is on disk when this resolves. */
  async add(question: Question, answer: DatedAnswer, scrubbed: boolean): Promise<void> {
    const file = fileName(question.names, question.scope);
    this.#next ??= this.#schedule();
    const answers = new Map(this.#pending.get(file)?.answers);
    answers.set(questionHash(question), { question, answer });
    this.#pending.set(file, { names: question.names, scope: question.scope, scrubbed, answers });
    this.#written.add(file);
    return this.#next;
  }

  /** One writing after the other; what is added while one runs goes with the next. */
  #schedule(): Promise<void> {
    const writing = (this.#last ?? Promise.resolve())
      .catch(() => {})
      .then(() => {
        const pending = this.#pending;
        this.#pending = new Map();
        this.#next = undefined;
        return this.#write(pending);
      });
    this.#last = writing;
    return writing;
  }

  /** Recordings that nothing asked for, and answers of others: `file`, or `file: action on resource`. */
  async unused(): Promise<string[]> {
    if (this.#loaded === undefined) {
      // Of what was recorded now, only whole files can be told to be unused.
      const files = await jsonFiles(this.folder);
      return this.#written.size === 0 ? [] : files.filter((file) => !this.#written.has(file));
    }
    return [...(await this.#loaded).values()].flatMap(({ file, recording, used }) => {
      if (used.size === 0) return [file];
      const rest = [...recording.answers].filter(([hash]) => !used.has(hash));
      return rest.map(([, { question }]) => `${file}: ${question.action} on ${question.resource}`);
    });
  }

  #missing(question: Question, loaded: readonly Loaded[], scrubbed: Question, otherIds: boolean): never {
    const { action, resource, names } = question;
    const what = `${quoted(action)} on ${quoted(resource)}`;
    const help = `record it: ${this.command}`;
    const note = `recordings are read from ${this.folder}`;
    if (otherIds)
      refuse(
        "missing-recording",
        `AWS's answer to ${what} is recorded with other ids alone, and the decision depends on them`,
        {
          help,
          note,
        },
      );
    const of = ({ scope }: Question) => loaded.find(({ recording }) => scopeHash(recording.scope) === scopeHash(scope));
    const same = of(question) ?? of(scrubbed);
    const resources = [resource, scrubbed.resource];
    const rows = [...(same?.recording.answers.values() ?? [])].map(({ question }) => question);
    if (same && rows.some((row) => row.action === action && resources.includes(row.resource)))
      refuse("stale-recording", `${quoted(same.file)} has an answer to ${what}, but in another context`, {
        help,
        note,
      });
    const prefixes = [names, scrubbed.names].map((name) => `${slug(name)}-`);
    const named = same ? undefined : loaded.find(({ file }) => prefixes.some((prefix) => file.startsWith(prefix)));
    if (named)
      refuse("stale-recording", `${quoted(named.file)} was recorded of policies that have changed since`, {
        help: help.replace("record it", "record it again"),
        note,
      });
    return refuse("missing-recording", `AWS's answer to ${what} is not recorded`, { help, note });
  }

  async #load(): Promise<ReadonlyMap<string, Loaded>> {
    const byScope = new Map<string, Loaded>();
    for (const file of await jsonFiles(this.folder)) {
      const recording = readRecording(await readFile(join(this.folder, file), "utf8"), file);
      byScope.set(scopeHash(recording.scope), { file, recording, used: new Set() });
    }
    return byScope;
  }

  async #write(pending: ReadonlyMap<string, Recording>): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    for (const [file, recording] of pending)
      await locked(join(this.folder, file), (path) => merge(path, file, recording));
  }
}

async function jsonFiles(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** What is on disk, with the new answers. The file is replaced as a whole: a reader never sees half of it. */
async function merge(path: string, file: string, recording: Recording): Promise<void> {
  const answers = new Map(await existing(path, file, recording));
  for (const [hash, row] of recording.answers) answers.set(hash, row);
  const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(temporary, printRecording({ ...recording, answers }));
  await rename(temporary, path);
}

async function existing(path: string, file: string, { scope }: Recording): Promise<Recording["answers"]> {
  try {
    const before = readRecording(await readFile(path, "utf8"), file);
    if (scopeHash(before.scope) === scopeHash(scope)) return before.answers;
  } catch (error) {
    // One that cannot be read is recorded anew.
    const { code } = error as { code?: string };
    if (code !== "ENOENT" && code !== "edited-recording") throw error;
  }
  return new Map();
}

/** Milliseconds after which a lock is taken to be left by a process that has died. */
const ABANDONED = 10_000;

/** Runs `task` while no other process does the same for this path. */
async function locked(path: string, task: (path: string) => Promise<void>): Promise<void> {
  const lock = `${path}.lock`;
  for (;;) {
    try {
      await (await open(lock, "wx")).close();
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const age = await stat(lock).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      );
      if (age > ABANDONED) await rm(lock, { force: true });
      await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20));
    }
  }
  try {
    await task(path);
  } finally {
    await rm(lock, { force: true });
  }
}
