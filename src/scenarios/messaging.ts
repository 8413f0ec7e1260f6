/** Encrypted queues and topics, written by callers and by services. */
import { isPrincipal, principalFromArn } from "../request/principal.ts";
import { type Request, request } from "../request/request.ts";
import { arnOf, type Caller, keyOf, Scenario, type Step } from "./scenario.ts";

const SQS_PAGE = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html";
const SNS_PAGE = "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html";

interface MessageInput {
  readonly by: Caller;
  readonly key: string;
  /** For a service that writes: the resource for which it does, and that one's account. */
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
}

/** What a service that writes for a resource tells of it. */
function sourced(asked: Request, { sourceArn, sourceAccount }: MessageInput): Request {
  const withArn = sourceArn === undefined ? asked : asked.withSourceArn(sourceArn);
  return sourceAccount === undefined ? withArn : withArn.withSourceAccount(sourceAccount);
}

/** The key is used by the queue's or topic's service for the caller; a service that writes is named in the key policy itself. */
function useKey(
  action: string,
  title: string,
  through: string,
  context: Record<string, string>,
  input: MessageInput,
): Step {
  const { by, key } = input;
  const principal = isPrincipal(by) ? by : principalFromArn(by);
  const asked = request(principal, action, key).withEncryptionContext(context);
  if (principal.type === "service") return { title, request: sourced(asked, input) };
  return { title, request: asked.viaService(`${through}.${keyOf(key).region}.amazonaws.com`) };
}

const queueOf = (arn: string) => arnOf(arn, "sqs", /^[^:]+$/, "a queue");
const topicOf = (arn: string) => arnOf(arn, "sns", /^[^:]+$/, "a topic");

export const sqs = {
  /** A message is sent to an encrypted queue, by a caller or by a service. */
  sendMessage(input: MessageInput & { readonly queue: string }): Scenario {
    queueOf(input.queue);
    const context = { "aws:sqs:arn": input.queue };
    return new Scenario({
      name: "sqs.sendMessage",
      page: SQS_PAGE,
      steps: [
        {
          title: "the caller sends the message",
          request: sourced(request(input.by, "sqs:SendMessage", input.queue), input),
        },
        useKey("kms:GenerateDataKey", "SQS makes the queue's data key", "sqs", context, input),
        useKey("kms:Decrypt", "SQS checks the queue's data key", "sqs", context, input),
      ],
    });
  },

  /** A message of an encrypted queue is received. */
  receiveMessage(input: MessageInput & { readonly queue: string }): Scenario {
    queueOf(input.queue);
    return new Scenario({
      name: "sqs.receiveMessage",
      page: SQS_PAGE,
      steps: [
        { title: "the caller receives the message", request: request(input.by, "sqs:ReceiveMessage", input.queue) },
        useKey("kms:Decrypt", "SQS decrypts the queue's data key", "sqs", { "aws:sqs:arn": input.queue }, input),
      ],
    });
  },
};

export const sns = {
  /** A message is published to an encrypted topic, by a caller or by a service. */
  publish(input: MessageInput & { readonly topic: string }): Scenario {
    topicOf(input.topic);
    const context = { "aws:sns:topicArn": input.topic };
    return new Scenario({
      name: "sns.publish",
      page: SNS_PAGE,
      steps: [
        {
          title: "the caller publishes the message",
          request: sourced(request(input.by, "sns:Publish", input.topic), input),
        },
        useKey("kms:GenerateDataKey", "SNS makes the topic's data key", "sns", context, input),
        useKey("kms:Decrypt", "SNS checks the topic's data key", "sns", context, input),
      ],
    });
  },
};
