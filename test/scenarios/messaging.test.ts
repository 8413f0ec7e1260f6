import { service, sns, sqs } from "../../src/index.ts";
import { describeScenario, row, same } from "./table.ts";
import {
  ACCOUNT,
  allow,
  allowTo,
  changed,
  denying,
  equals,
  REGION,
  rcpDenies,
  scpDenies,
  scpLacks,
  via,
  type World,
  without,
} from "./world.ts";

const app = `arn:aws:iam::${ACCOUNT}:role/Orders`;
const root = `arn:aws:iam::${ACCOUNT}:root`;
const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/messages`;
const queue = `arn:aws:sqs:${REGION}:${ACCOUNT}:orders`;
const topic = `arn:aws:sns:${REGION}:${ACCOUNT}:shipped`;
const bucket = "arn:aws:s3:::uploads-111122223333";
const SNS = { Service: "sns.amazonaws.com" };
const S3 = { Service: "s3.amazonaws.com" };
const mine = ["an identity policy of role/Orders"];
const ofKey = ["key/messages"];

/** The queue's key by identity policies, the topic's by the key policy. */
const world: World = {
  identity: {
    [app]: {
      Send: allow(["sqs:SendMessage"], { Resource: queue }),
      Receive: allow(["sqs:ReceiveMessage"], { Resource: queue }),
      MakeDataKeys: allow("kms:GenerateDataKey", { Resource: key }),
      Decrypt: allow("kms:Decrypt", { Resource: key }),
    },
  },
  attached: {
    [key]: { EnableIam: allowTo(root, ["kms:GenerateDataKey", "kms:Decrypt"], via("sqs")) },
    [queue]: { Nobody: allowTo(root, "sqs:DeleteQueue", { Resource: queue }) },
  },
};
const delegated = ['"EnableIam" applies, but does not suffice'];

describeScenario("sqs.sendMessage", {
  scenario: sqs.sendMessage({ by: app, key, queue }),
  world,
  rows: [
    row("the role may not send", without("Send"), 1, "role/Orders sqs:SendMessage", {
      short: [...mine, "orders"],
      shows: [],
    }),
    row(
      "the queue denies it",
      denying("attached", queue, "sqs:*", { Resource: queue }),
      1,
      "role/Orders sqs:SendMessage",
      {
        denies: "No",
      },
    ),
    row("no data keys", without("MakeDataKeys"), 2, "role/Orders kms:GenerateDataKey", {
      short: [...mine, ...ofKey],
      shows: delegated,
    }),
    row("the key is for S3", changed("EnableIam", via("s3")), 2, "role/Orders kms:GenerateDataKey", {
      short: ofKey,
      shows: ['"MakeDataKeys" applies, but does not suffice', '"EnableIam" misses by one condition'],
    }),
    row("no decryption", without("Decrypt"), 3, "role/Orders kms:Decrypt", {
      short: [...mine, ...ofKey],
      shows: delegated,
    }),
    row(
      "decryption for another queue",
      changed("Decrypt", equals({ "kms:EncryptionContext:aws:sqs:arn": `${queue}-2` })),
      3,
      "role/Orders kms:Decrypt",
      { short: [...mine, ...ofKey], shows: [...delegated, '"Decrypt" misses by one condition'] },
    ),
  ],
});

describeScenario("sqs.receiveMessage", {
  scenario: sqs.receiveMessage({ by: app, key, queue }),
  world,
  rows: [
    row("the role may not receive", without("Receive"), 1, "role/Orders sqs:ReceiveMessage", {
      short: [...mine, "orders"],
      shows: [],
    }),
    row("an SCP does not allow SQS", scpLacks("sqs:*"), 1, "role/Orders sqs:ReceiveMessage", {
      short: ["a service control policy"],
    }),
    row("no decryption", without("Decrypt"), 2, "role/Orders kms:Decrypt", {
      short: [...mine, ...ofKey],
      shows: delegated,
    }),
    row("an SCP denies decryption", scpDenies("kms:Decrypt"), 2, "role/Orders kms:Decrypt", { denies: "NoByScp" }),
  ],
});

/** SNS writes into the queue for a topic: the queue's and the key's policies name the service. */
const byService: World = {
  identity: {},
  attached: {
    [queue]: {
      FromTopic: allowTo(SNS, "sqs:SendMessage", {
        Resource: queue,
        Condition: { ArnEquals: { "aws:SourceArn": topic } },
      }),
    },
    [key]: {
      MakeForSns: allowTo(SNS, "kms:GenerateDataKey", equals({ "aws:SourceAccount": ACCOUNT })),
      DecryptForSns: allowTo(SNS, "kms:Decrypt", equals({ "aws:SourceAccount": ACCOUNT })),
    },
    // No service control policy binds a service.
  },
  serviceControl: { NothingForPrincipals: allow("iam:*") },
};
const written = { by: service("sns.amazonaws.com"), key, queue, sourceArn: topic, sourceAccount: ACCOUNT };
const foreign = { ...written, sourceArn: topic.replace(ACCOUNT, "999999999999"), sourceAccount: "999999999999" };

describeScenario("sqs.sendMessage, by a service", {
  scenario: sqs.sendMessage(written),
  world: byService,
  rows: [
    row("the queue does not name the service", without("FromTopic"), 1, "sns.amazonaws.com sqs:SendMessage", {
      short: ["orders"],
      shows: [],
    }),
    row(
      "for a topic of somebody else",
      same,
      1,
      "sns.amazonaws.com sqs:SendMessage",
      { short: ["orders"], shows: ['"FromTopic" misses by one condition'] },
      sqs.sendMessage(foreign),
    ),
    row("the key does not name the service", without("MakeForSns"), 2, "sns.amazonaws.com kms:GenerateDataKey", {
      short: ofKey,
      shows: [],
    }),
    row(
      "for a topic of somebody else, where the queue does not ask",
      changed("FromTopic", { Condition: {} }),
      2,
      "sns.amazonaws.com kms:GenerateDataKey",
      { short: ofKey, shows: ['"MakeForSns" misses by one condition'] },
      sqs.sendMessage(foreign),
    ),
    row(
      "the key wants SNS to act through SQS",
      changed("MakeForSns", via("sqs")),
      2,
      "sns.amazonaws.com kms:GenerateDataKey",
      {
        short: ofKey,
        shows: ['"MakeForSns" misses by one condition'],
      },
    ),
    row("no decryption", without("DecryptForSns"), 3, "sns.amazonaws.com kms:Decrypt", { short: ofKey, shows: [] }),
    row("an RCP denies services of other accounts", rcpDenies("kms:Decrypt"), 3, "sns.amazonaws.com kms:Decrypt", {
      denies: "NoByRcp",
    }),
  ],
});

const publishing: World = {
  identity: { [app]: { Publish: allow("sns:Publish", { Resource: topic }) } },
  attached: {
    [topic]: {
      FromBucket: allowTo(S3, "sns:Publish", { Resource: topic, Condition: { ArnLike: { "aws:SourceArn": bucket } } }),
    },
    [key]: {
      MakeForOrders: allowTo(app, "kms:GenerateDataKey*", via("sns")),
      DecryptForOrders: allowTo(app, "kms:Decrypt", via("sns")),
      MakeForS3: allowTo(S3, "kms:GenerateDataKey*", equals({ "aws:SourceAccount": ACCOUNT })),
      DecryptForS3: allowTo(S3, "kms:Decrypt", equals({ "aws:SourceAccount": ACCOUNT })),
    },
  },
};

describeScenario("sns.publish", {
  scenario: sns.publish({ by: app, key, topic }),
  world: publishing,
  rows: [
    row("the role may not publish", without("Publish"), 1, "role/Orders sns:Publish", {
      short: [...mine, "shipped"],
      shows: ['"FromBucket" misses by 2 elements'],
    }),
    row("no data keys", without("MakeForOrders"), 2, "role/Orders kms:GenerateDataKey", {
      short: ofKey,
      shows: ['"MakeForS3" misses by 2 elements'],
    }),
    row("data keys through SQS", changed("MakeForOrders", via("sqs")), 2, "role/Orders kms:GenerateDataKey", {
      short: ofKey,
      shows: ['"MakeForOrders" misses by one condition'],
    }),
    row(
      "decryption for another topic",
      changed("DecryptForOrders", equals({ "kms:EncryptionContext:aws:sns:topicArn": `${topic}-2` })),
      3,
      "role/Orders kms:Decrypt",
      { short: ofKey, shows: ['"DecryptForOrders" misses by one condition'] },
    ),
  ],
});

const notified = { by: service("s3.amazonaws.com"), key, topic, sourceArn: bucket, sourceAccount: ACCOUNT };

describeScenario("sns.publish, by a service", {
  scenario: sns.publish(notified),
  world: publishing,
  rows: [
    row("the topic does not name the service", without("FromBucket"), 1, "s3.amazonaws.com sns:Publish", {
      short: ["shipped"],
      shows: [],
    }),
    row(
      "for another bucket",
      same,
      1,
      "s3.amazonaws.com sns:Publish",
      { short: ["shipped"], shows: ['"FromBucket" misses by one condition'] },
      sns.publish({ ...notified, sourceArn: "arn:aws:s3:::somebody-elses" }),
    ),
    row("no data keys", without("MakeForS3"), 2, "s3.amazonaws.com kms:GenerateDataKey", {
      short: ofKey,
      shows: ['"MakeForOrders" misses by 2 elements'],
    }),
    row("no decryption", without("DecryptForS3"), 3, "s3.amazonaws.com kms:Decrypt", {
      short: ofKey,
      shows: ['"DecryptForOrders" misses by 2 elements'],
    }),
    row(
      "decryption for another account",
      changed("DecryptForS3", equals({ "aws:SourceAccount": "999999999999" })),
      3,
      "s3.amazonaws.com kms:Decrypt",
      { short: ofKey, shows: ['"DecryptForS3" misses by one condition'] },
    ),
  ],
});
