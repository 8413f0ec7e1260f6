import assert from "node:assert/strict";
import fc from "fast-check";
import { HOME, PARTNER } from "../../src/generate/universe.ts";
import { role, user } from "../../src/request/principal.ts";
import { Request, request } from "../../src/request/request.ts";
import { law } from "./law.ts";
import { outcomeOf, type Question } from "./questions.ts";
import { randomOf, recased } from "./random.ts";

/** Where a text stands, and whether its case counts there. */
interface Spot {
  readonly what: string;
  readonly caseCounts: boolean;
  /** A question that is allowed exactly when the policy's text matches the request's. */
  readonly ask: (wanted: string, seen: string) => Question;
}

const BUCKET = "arn:aws:s3:::reports";

/** The caller's one statement: everything, where this condition holds. */
const conditional =
  (operator: string, key: string, wrap: (text: string) => string = (text) => text): Spot["ask"] =>
  (wanted, seen) => ({
    near: "resource",
    request: new Request({
      ...request(user(`arn:aws:iam::${HOME}:user/alice`), "s3:ListBucket", BUCKET).withContext({ [key]: wrap(seen) }),
      resourceAccount: HOME,
    }),
    policies: {
      ...NOTHING,
      identity: [
        {
          Version: "2012-10-17",
          Statement: {
            Effect: "Allow",
            Action: "*",
            Resource: "*",
            Condition: { [operator]: { [key]: wrap(wanted) } },
          },
        },
      ],
      resource: null,
    },
  });

const NOTHING = {
  permissionsBoundary: [],
  session: [],
  grants: [],
  serviceControl: [],
  resourceControl: [],
  vpcEndpoint: [],
};

const topic = (name: string) => `arn:aws:sns:us-west-2:${HOME}:${name}`;
const TAG = "aws:RequestTag/word";

const SPOTS: readonly Spot[] = [
  { what: "StringEquals", caseCounts: true, ask: conditional("StringEquals", TAG) },
  { what: "StringLike", caseCounts: true, ask: conditional("StringLike", TAG) },
  { what: "StringEqualsIgnoreCase", caseCounts: false, ask: conditional("StringEqualsIgnoreCase", TAG) },
  { what: "ArnLike", caseCounts: true, ask: conditional("ArnLike", "aws:SourceArn", topic) },
  { what: "ArnEquals", caseCounts: true, ask: conditional("ArnEquals", "aws:SourceArn", topic) },
  {
    what: "a resource's name (A22)",
    caseCounts: true,
    ask: (wanted, seen) => ({
      near: "resource",
      request: request(role(`arn:aws:iam::${HOME}:role/app`), "sns:Publish", topic(seen)),
      policies: {
        ...NOTHING,
        identity: [{ Version: "2012-10-17", Statement: { Effect: "Allow", Action: "sns:*", Resource: topic(wanted) } }],
        resource: null,
      },
    }),
  },
  {
    what: "a principal's name (A11)",
    caseCounts: true,
    ask: (wanted, seen) => ({
      near: "key",
      request: request(
        user(`arn:aws:iam::${HOME}:user/${seen}`),
        "kms:Decrypt",
        `arn:aws:kms:us-west-2:${HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
      ),
      policies: {
        ...NOTHING,
        identity: [],
        resource: {
          Version: "2012-10-17",
          Statement: {
            Effect: "Allow",
            Principal: { AWS: [PARTNER, `arn:aws:iam::${HOME}:user/${wanted}`] },
            Action: "kms:*",
            Resource: "*",
          },
        },
      },
    }),
  },
];

law(
  "the case of a value matters, but for the operators that ignore it",
  fc.record({
    spot: fc.constantFrom(...SPOTS),
    word: fc.stringMatching(/^[A-Za-z0-9]{1,8}$/),
    seed: fc.nat(),
  }),
  ({ spot, word, seed }, note) => {
    const seen = recased(word, randomOf(seed));
    const outcome = outcomeOf(spot.ask(word, seen));
    note(outcome);
    note(spot.what);
    assert.equal(outcome === "allowed", seen === word || !spot.caseCounts, `${spot.what}: ${word} and ${seen}`);
  },
  { allowed: 0.2, implicitDeny: 0.2, ...Object.fromEntries(SPOTS.map(({ what }) => [what, 0.05])) },
);

law(
  "the case of true and false never matters",
  fc.record({
    operator: fc.constantFrom("Bool", "BoolIfExists", "ForAnyValue:Bool", "Null"),
    wanted: fc.boolean(),
    seen: fc.boolean(),
    seed: fc.nat(),
  }),
  ({ operator, wanted, seen, seed }, note) => {
    const random = randomOf(seed);
    const outcome = outcomeOf(
      conditional(operator, "aws:ViaAWSService")(recased(String(wanted), random), recased(String(seen), random)),
    );
    note(outcome);
    // `Null` asks whether the key is absent, and it is there.
    assert.equal(outcome === "allowed", operator === "Null" ? !wanted : wanted === seen);
  },
  { allowed: 0.2, implicitDeny: 0.2 },
);
