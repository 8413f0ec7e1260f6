/** How fast AWS is asked: so many calls in flight, and the more time between them the more AWS throttles. */
export class Pace {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  /** Milliseconds between the starts of two calls. */
  #interval = 0;
  #next = 0;

  constructor(
    readonly atOnce: number,
    /** Milliseconds: the wait before the first retry, doubled for each further one. */
    readonly firstWait: number,
  ) {}

  async run<T>(task: () => Promise<T>): Promise<T> {
    while (this.#running >= this.atOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running++;
    try {
      await this.#turn();
      return await task();
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  /** AWS throttled: every call slows down. */
  throttled(): void {
    this.#interval = Math.min(LONGEST, Math.max(this.firstWait, this.#interval * 2));
  }

  succeeded(): void {
    this.#interval = this.#interval < 1 ? 0 : this.#interval * 0.8;
  }

  /** Waits before try number `tries + 1`, for a random part of a time that doubles. */
  async beforeRetry(tries: number): Promise<void> {
    const most = Math.min(LONGEST, this.firstWait * 2 ** (tries - 1));
    await pause(most / 2 + (Math.random() * most) / 2);
  }

  async #turn(): Promise<void> {
    const now = Date.now();
    const start = Math.max(now, this.#next);
    this.#next = start + this.#interval;
    if (start > now) await pause(start - now);
  }
}

const LONGEST = 20_000;

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
