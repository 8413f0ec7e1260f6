/** Asks z3 in a child process, which is ended when it does not answer, and made anew now and then. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

const CHILD = fileURLToPath(new URL("./z3-child.mjs", import.meta.url));
/** z3 keeps memory: a fresh process after so many questions. */
const MOST_QUESTIONS = 60;

export interface Said {
  readonly answer: "sat" | "unsat" | "undecided";
  /** Why it is undecided. */
  readonly reason: string;
  readonly took: number;
  readonly model: string | undefined;
}

export class Z3 {
  private child: ChildProcess | undefined;
  private questions = 0;

  constructor(
    /** Milliseconds a question may take. */
    readonly timeout: number,
  ) {}

  async ask(script: string): Promise<Said> {
    if (this.questions++ % MOST_QUESTIONS === 0) this.end();
    const child = await this.started();
    return new Promise((resolve) => {
      const done = (said: Said) => {
        clearTimeout(timer);
        child.removeAllListeners("message").removeAllListeners("exit");
        resolve(said);
      };
      const undecided = (reason: string): Said => ({
        answer: "undecided",
        reason,
        took: this.timeout,
        model: undefined,
      });
      // Its own limit does not always hold.
      const timer = setTimeout(() => {
        this.end();
        done(undecided("it did not answer in time, and was ended"));
      }, this.timeout * 2);
      child.on("exit", () => {
        this.child = undefined;
        done(undecided("it crashed"));
      });
      child.on("message", ({ said, took, model }: { said: string; took: number; model?: string }) =>
        done(
          said === "sat" || said === "unsat"
            ? { answer: said, reason: "", took, model }
            : { answer: "undecided", reason: said, took, model },
        ),
      );
      child.send({ script, timeout: this.timeout });
    });
  }

  private started(): Promise<ChildProcess> {
    if (this.child) return Promise.resolve(this.child);
    const child = fork(CHILD, { execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
    this.child = child;
    return new Promise((resolve, reject) => {
      child.once("message", () => {
        child.removeAllListeners("exit");
        resolve(child);
      });
      child.once("exit", (code) => reject(new Error(`z3 did not start (${code})`)));
    });
  }

  end(): void {
    this.child?.removeAllListeners("exit");
    this.child?.kill("SIGKILL");
    this.child = undefined;
  }
}
