import { resolve } from "node:path";
import { readCase } from "../cases/read-case.ts";
import { writeCase } from "../cases/write-case.ts";
import { nearest } from "../catalog/nearest.ts";
import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { textOf } from "../diagnostic/text-of.ts";
import { judge } from "../evaluate/evaluate.ts";
import { type Question as LocalQuestion, type Subject, toQuestion } from "../evaluate/normalise.ts";
import { parseArn } from "../policy/arn.ts";
import type { Request } from "../request/request.ts";
import { readJson } from "../source/json.ts";
import { Source } from "../source/source.ts";
import type { DatedAnswer } from "./answer.ts";
import { Asker } from "./asker.ts";
import type { Line } from "./call.ts";
import { type ClientSource, type IamSdk, loadSdk, makeClient } from "./client.ts";
import { type CompareOptions, compare } from "./compare.ts";
import type { Comparison } from "./comparison.ts";
import { checkMode, modeOfEnvironment, type SimulatorMode, VARIABLE } from "./mode.ts";
import { Pace } from "./pace.ts";
import type { Posed } from "./pose.ts";
import { type Exclusion, type Question, questionHash } from "./question.ts";
import { Recordings } from "./recordings.ts";
import { scrubQuestion, withIdsOfAws } from "./scrub.ts";

export interface SimulatorOptions {
  /** Of `@aws-sdk/client-iam`, 3.1099.0 or later for service control policies; best a function, which a replay never calls. */
  readonly client?: ClientSource;
  /** The folder of the recordings; a relative path starts at the working directory. */
  readonly recordings?: string;
  /** Left out: the environment variable IAM_EXPECT_SIMULATOR, else `replay` with recordings and `live` without. */
  readonly mode?: SimulatorMode;
  /** Replace account ids, unique ids and access key ids in what is recorded. */
  readonly scrub?: boolean;
  /** Take an explicit deny and an implicit one for two answers. */
  readonly strict?: boolean;
  /** How many calls may be in flight; 4 where left out. */
  readonly concurrency?: number;
  /** How many calls may be made in all, retries among them; 500 where left out. */
  readonly maxCalls?: number;
  /** How often a call is tried when AWS throttles or cannot be reached; 8 where left out. */
  readonly tries?: number;
  /** Milliseconds to wait before the first retry, doubled for each further one; 200 where left out. */
  readonly retryDelay?: number;
  /** Milliseconds to wait for an answer; 30,000 where left out. */
  readonly timeout?: number;
  /** The module `@aws-sdk/client-iam`, where it is not found under that name. */
  readonly sdk?: IamSdk;
  /** Called after each call, with the number of calls made so far. */
  readonly onCall?: (calls: number) => void;
}

const OPTIONS: readonly string[] = [
  "client",
  "recordings",
  "mode",
  "scrub",
  "strict",
  "concurrency",
  "maxCalls",
  "tries",
  "retryDelay",
  "timeout",
  "sdk",
  "onCall",
];

/** Something that can be asked whether AWS says the same. */
export interface SecondOpinion {
  compare(subject: Subject, request: Request, options?: { readonly strict?: boolean }): Promise<Comparison>;
}

export interface Closed {
  /** How many calls were made. */
  readonly calls: number;
  /** Recordings, and answers in them, that nothing asked for. */
  readonly unused: readonly string[];
}

export class Simulator implements SecondOpinion {
  readonly mode: SimulatorMode;
  readonly #options: SimulatorOptions;
  readonly #asker: Asker;
  readonly #recordings: Recordings | undefined;
  readonly #underway = new Set<Promise<unknown>>();
  /** Of scrubbed questions, the originals with their decisions. */
  readonly #originals = new Map<string, { readonly hash: string; readonly decision: string }>();
  #line: Promise<Line> | undefined;
  #calls = 0;

  /** `command`: how recordings are made, for messages. */
  constructor(options: SimulatorOptions, command: string = recordCommand()) {
    this.mode = modeOf(options);
    this.#options = options;
    this.#asker = new Asker(() => (this.#line ??= this.#open()));
    if (this.mode === "live") return;
    if (options.recordings === undefined)
      refuse("wrong-use", `to ${this.mode} takes a folder of recordings`, { help: '`recordings: "test/recordings"`' });
    this.#recordings = new Recordings(resolve(options.recordings), command);
  }

  /**
   * Does AWS's policy simulator say the same of this request?
   *
   * @param subject a policy, a list of them, or an environment
   * @param request made by `request(principal, action, resource?)` and its links
   * @returns `agree`, `disagree`, `notModelled` or `needsContext` with the reason, and both answers where AWS was asked
   * @throws DiagnosticError as `evaluate` does; asking: `simulator-credentials`, `simulator-refused`, `simulator-throttled`,
   *   `simulator-unreachable`, `simulator-answer`, `simulator-calls`, `missing-package`; replaying: `missing-recording`,
   *   `stale-recording`, `edited-recording`; recording: `scrub-changes-decision`
   * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html
   */
  compare(subject: Subject, request: Request, options: { readonly strict?: boolean } = {}): Promise<Comparison> {
    return this.compareQuestion(() => toQuestion(subject, request), this.#compareOptions(options, undefined));
  }

  /**
   * The same of the policies that are attached to a user, group or role in the account, as `SimulatePrincipalPolicy` finds
   * them. Our side decides on the subject's policies, which should be the ones attached.
   *
   * @param arn of the user, group or role
   * @param options `exclude`: which attached policies AWS leaves out, as its `PolicyExclusionList` takes them; left out: resource
   *   control policies, and service control policies and the boundary where the subject has none
   * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
   */
  simulatePrincipal(arn: string, { exclude }: { readonly exclude?: readonly Exclusion[] } = {}): SecondOpinion {
    const parsed = typeof arn === "string" ? parseArn(arn) : undefined;
    if (parsed?.service !== "iam" || !/^(user|group|role)\/./.test(parsed.resource))
      refuse("invalid-principal", `${quoted(textOf(arn))} is not the ARN of a user, a group or a role`);
    return {
      compare: (subject, request, options = {}) =>
        this.compareQuestion(() => toQuestion(subject, request), this.#compareOptions(options, { arn, exclude })),
    };
  }

  /** @internal Of a question that was read elsewhere. */
  compareQuestion(question: () => LocalQuestion, options?: CompareOptions): Promise<Comparison> {
    const asked = (async () =>
      compare(
        question(),
        (posed, { local }) => this.#ask(posed, local),
        options ?? this.#compareOptions({}, undefined),
      ))();
    this.#underway.add(asked);
    const done = () => this.#underway.delete(asked);
    asked.then(done, done);
    return asked;
  }

  /** Waits for what is underway; recordings are on disk then. */
  async close(): Promise<Closed> {
    await Promise.allSettled(this.#underway);
    return { calls: this.#calls, unused: (await this.#recordings?.unused()) ?? [] };
  }

  #compareOptions({ strict }: { readonly strict?: boolean }, principal: CompareOptions["principal"]): CompareOptions {
    return { strict: strict ?? this.#options.strict ?? false, principal };
  }

  async #ask(question: Question, local: Posed["local"]): Promise<DatedAnswer> {
    if (this.mode === "replay")
      return this.#recordings!.find(question, ({ text }) => scrubbedOutcome(text, local) === local.decision.outcome);
    const answer: DatedAnswer = { ...(await this.#asker.ask(question)), date: new Date().toISOString().slice(0, 10) };
    if (this.mode === "record") await this.#record(question, answer, local);
    return answer;
  }

  async #record(question: Question, answer: DatedAnswer, local: Posed["local"]): Promise<void> {
    if (this.#options.scrub !== true) return this.#recordings!.add(question, answer, false);
    const scrubbed = scrubQuestion(question);
    const keep = (why: string) =>
      refuse(
        "scrub-changes-decision",
        `the ids of ${quoted(question.action)} on ${quoted(question.resource)} cannot be replaced: ${why}`,
        {
          help: "record it without `scrub`, or write the policy's patterns around ids, not through them",
        },
      );
    if (scrubbedOutcome(scrubbed.text, local) !== local.decision.outcome) keep("the decision would be another");
    const [hash, original] = [questionHash(scrubbed.question), questionHash(question)];
    const other = this.#originals.get(hash);
    if (other && other.hash !== original && other.decision !== answer.decision)
      keep("another request becomes the same, and AWS answers it otherwise");
    this.#originals.set(hash, { hash: original, decision: answer.decision });
    return this.#recordings!.add(scrubbed.question, answer, true);
  }

  async #open(): Promise<Line> {
    const {
      client,
      sdk,
      concurrency = 4,
      tries = 8,
      retryDelay = 200,
      timeout = 30_000,
      maxCalls = 500,
    } = this.#options;
    return {
      client: await makeClient(client),
      sdk: sdk ?? loadSdk(),
      pace: new Pace(concurrency, retryDelay),
      tries,
      timeout,
      count: () => {
        if (this.#calls >= maxCalls)
          refuse("simulator-calls", `${maxCalls} calls have been made, and more are not allowed`, {
            help: "raise `maxCalls`, or ask less",
          });
        this.#calls++;
        this.#options.onCall?.(this.#calls);
      },
    };
  }
}

/**
 * AWS's policy simulator as a second opinion.
 *
 * @param options the client, the folder of recordings, the mode
 * @throws DiagnosticError `wrong-use`
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
 * @example
 * const simulator = iamSimulator({ mode: "replay", recordings: "examples/cross-check/recordings" });
 * simulator.mode; // "replay"
 */
export function iamSimulator(options: SimulatorOptions): Simulator {
  return new Simulator(options);
}

function modeOf(options: SimulatorOptions): SimulatorMode {
  if (typeof options !== "object" || options === null)
    refuse("wrong-use", "`iamSimulator` takes options", { help: "as in `iamSimulator({ client, recordings })`" });
  for (const option of Object.keys(options)) {
    if (OPTIONS.includes(option)) continue;
    const near = nearest(option, OPTIONS);
    refuse("wrong-use", `${quoted(option)} is not an option of the simulator`, {
      help: near ? `did you mean \`${near}\`?` : `its options are ${OPTIONS.join(", ")}`,
    });
  }
  for (const option of ["concurrency", "maxCalls", "tries", "timeout"] as const) {
    const value = options[option];
    if (value !== undefined && !(Number.isFinite(value) && value >= 1))
      refuse("wrong-use", `\`${option}\` is a number from 1 on`);
  }
  if (options.mode !== undefined) return checkMode(textOf(options.mode), "the mode is");
  return modeOfEnvironment() ?? (options.recordings === undefined ? "live" : "replay");
}

function recordCommand(): string {
  const runner = process.env.VITEST ? "npx vitest run" : process.env.JEST_WORKER_ID ? "npx jest" : "<your tests>";
  return `\`${VARIABLE}=record ${runner}\``;
}

/** Our decision on the case after its ids were replaced. */
function scrubbedOutcome(text: (text: string) => string, { set, facts }: Posed["local"]): string {
  const source = new Source("scrubbed", withIdsOfAws(text(JSON.stringify(writeCase(set, facts)))));
  const question = readCase(source, readJson(source.text).root!).question();
  return judge(question.set, question.facts).decision.outcome;
}
