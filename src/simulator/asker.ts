import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import type { Answer } from "./answer.ts";
import { type Batch, batches, halves } from "./batch.ts";
import { askAws, type Line, NotSent } from "./call.ts";
import { codeOf } from "./failure.ts";
import { type Question, questionHash } from "./question.ts";
import { cellId, type Rows } from "./read-answer.ts";

interface Waiting {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** After one of these the next call would fail as well. */
const FATAL = ["simulator-credentials", "missing-package", "wrong-use", "simulator-calls"];

/** Asks AWS: the questions of one turn of the event loop together, each once. */
export class Asker {
  readonly #asked = new Map<string, Promise<Answer>>();
  #waiting: Waiting[] = [];
  #fatal: unknown;

  constructor(readonly line: () => Promise<Line>) {}

  ask(question: Question): Promise<Answer> {
    const id = questionHash(question);
    let answer = this.#asked.get(id);
    if (!answer) {
      answer = new Promise<Answer>((resolve, reject) => {
        if (this.#waiting.length === 0) setImmediate(() => void this.#flush());
        this.#waiting.push({ question, resolve, reject });
      });
      this.#asked.set(id, answer);
      answer.catch(() => this.#asked.delete(id));
    }
    return answer;
  }

  async #flush(): Promise<void> {
    const waiting = this.#waiting.splice(0);
    const byQuestion = new Map(waiting.map((one) => [one.question, one]));
    await Promise.all(batches([...byQuestion.keys()]).map((batch) => this.#settle(batch, byQuestion)));
  }

  async #settle(batch: Batch, waiting: ReadonlyMap<Question, Waiting>): Promise<void> {
    try {
      if (this.#fatal) throw this.#fatal;
      const rows = await this.#call(batch);
      const unanswered: Question[] = [];
      for (const question of batch.questions) {
        const answer = rows.get(cellId(question.action, question.resource));
        if (answer) waiting.get(question)!.resolve(answer);
        else unanswered.push(question);
      }
      if (unanswered.length === 0) return;
      if (batch.actions.length * batch.resources.length === 1) throw noAnswer(unanswered[0]!);
      // An older model answers for several resources together: alone, its answer is the resource's.
      await Promise.all(unanswered.map((question) => this.#settle(only(question), waiting)));
    } catch (error) {
      const code = codeOf(error);
      if (code !== undefined && FATAL.includes(code)) this.#fatal = error;
      if (code === "simulator-refused" && batch.questions.length > 1)
        await Promise.all(halves(batch).map((half) => this.#settle(half, waiting)));
      else for (const question of batch.questions) waiting.get(question)!.reject(error);
    }
  }

  async #call({ questions, actions, resources }: Batch): Promise<Rows> {
    const { scope, context } = questions[0]!;
    const line = await this.line();
    try {
      return await askAws({ scope, context, actions, resources }, line);
    } catch (error) {
      // Kinds that could not be left out are told with the answer; a policy that the user named must be left out.
      const kinds = scope.exclude.every((exclusion) => "PolicyType" in exclusion);
      if (!(error instanceof NotSent) || error.parameter !== "PolicyExclusionList" || !kinds) throw error;
      const rows = await askAws({ scope: { ...scope, exclude: [] }, context, actions, resources }, line);
      return new Map([...rows].map(([id, answer]) => [id, { ...answer, unexcluded: true as const }]));
    }
  }
}

const only = (question: Question): Batch => ({
  questions: [question],
  actions: [question.action],
  resources: [question.resource],
});

function noAnswer({ action, resource }: Question): Error {
  try {
    return refuse("simulator-answer", `AWS gave no answer to ${quoted(action)} on ${quoted(resource)}`);
  } catch (error) {
    return error as Error;
  }
}
