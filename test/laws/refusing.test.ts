import assert from "node:assert/strict";
import fc from "fast-check";
import { DiagnosticError } from "../../src/diagnostic/diagnostic.ts";
import { evaluate, judge } from "../../src/evaluate/evaluate.ts";
import { account, explain } from "../../src/evaluate/explain.ts";
import { callers } from "../../src/generate/callers.ts";
import { documents } from "../../src/generate/documents.ts";
import { policies } from "../../src/generate/policies.ts";
import { requests } from "../../src/generate/requests.ts";
import { ROLE } from "../../src/generate/universe.ts";
import { KINDS, type PolicyKind } from "../../src/policy/kinds.ts";
import { parsePolicy } from "../../src/policy/parse.ts";
import { printPolicy } from "../../src/policy/print.ts";
import { type GrantInput, grant } from "../../src/request/grant.ts";
import { federated, federatedUser, role, rootUser, service, session, user } from "../../src/request/principal.ts";
import { type Request, request } from "../../src/request/request.ts";
import { Source } from "../../src/source/source.ts";
import { law, type Note } from "./law.ts";
import { damaged, oddTexts, oddValues } from "./odd.ts";
import { questions, toQuestion } from "./questions.ts";
import { randomOf } from "./random.ts";

/** What is asked, or the code of its refusal; any other exception goes through. */
function attempt<T>(note: Note, ask: () => T): T | undefined {
  try {
    const answer = ask();
    note("accepted");
    return answer;
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    note("refused");
    assert.ok(error.code && error.message && error.diagnostics.length > 0);
    return undefined;
  }
}

const OPTIONS = { name: "policy", resource: null, account: null, endpoint: null };

law(
  "any document is read or refused with a Diagnostic, and what is read can be printed, judged and explained",
  fc
    .record({
      kind: fc.constantFrom(...(Object.keys(KINDS) as PolicyKind[])),
      near: fc.constantFrom("key", "resource" as const),
    })
    .chain(({ kind, near }) =>
      fc.record({
        kind: fc.constant(kind),
        document: documents({ kind, near: near as "key" | "resource" }),
        odd: oddValues,
        seed: fc.nat(),
        request: requests({ near: near as "key" | "resource" }),
      }),
    ),
  ({ kind, document, odd, seed, request }, note) => {
    const text = JSON.stringify(seed % 4 === 0 ? document : damaged(document, odd, randomOf(seed)));
    const policy = attempt(note, () => parsePolicy(new Source("policy", text), kind, OPTIONS));
    if (!policy) return;
    note("a policy");
    parsePolicy(new Source("policy", printPolicy(policy)), kind, OPTIONS);
    attempt(note, () => JSON.stringify(evaluate(policy, request)));
    attempt(note, () => JSON.stringify(explain(policy, request)));
  },
  { "a policy": 0.1, refused: 0.2 },
);

law(
  "any text is read or refused with a Diagnostic",
  fc.record({
    kind: fc.constantFrom(...(Object.keys(KINDS) as PolicyKind[])),
    document: documents({ kind: "identity", near: "key" }),
    odd: fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("{", "}", "[", "]", ",", '"', "\\", "//", "\n", "\ufeff"),
    ),
    from: fc.nat(400),
    length: fc.nat(8),
  }),
  ({ kind, document, odd, from, length }, note) => {
    const text = JSON.stringify(document);
    const broken = text.slice(0, from) + odd + text.slice(from + length);
    attempt(note, () => parsePolicy(new Source("policy", broken), kind, OPTIONS));
  },
  { refused: 0.5 },
);

law(
  "any request and any grant is taken or refused with a Diagnostic",
  fc.record({
    policy: policies(),
    principal: fc.oneof(callers(), oddValues),
    action: fc.oneof(fc.constantFrom("kms:Decrypt", "s3:GetObject", "sts:AssumeRole", "kms:Decript"), oddValues),
    resource: fc.oneof(
      fc.constantFrom(undefined, "*", "arn:aws:s3:::home/a", "arn:aws:kms:us-west-2:111122223333:key/1"),
      oddValues,
    ),
    key: fc.oneof(fc.constantFrom("aws:SourceIp", "aws:CurrentTime", "aws:TagKeys", "kms:ViaService"), oddTexts),
    value: oddValues,
  }),
  ({ policy, principal, action, resource, key, value }, note) => {
    attempt(note, () => grant({ key: resource, granteePrincipal: principal, operations: value } as GrantInput));
    const plain = attempt(note, () => request(principal as string, action as string, resource as string));
    if (!plain) return;
    note("a request");
    const asked = attempt(note, () => plain.withContext({ [key]: value as string }));
    if (asked) attempt(note, () => JSON.stringify(explain(policy, asked)));
  },
  { "a request": 0.03, refused: 0.2 },
);

const MAKERS: readonly ((value: string, other: string) => unknown)[] = [
  (value) => role(value),
  (value) => user(value),
  (value) => rootUser(value),
  (value) => service(value),
  (value) => federated(value),
  (value) => federatedUser(value),
  (value, other) => session(value, other),
  (value, other) => session(ROLE, other || value),
];

const LINKS: readonly ((asked: Request, value: string) => Request)[] = [
  (asked, value) => asked.on(value),
  (asked, value) => asked.viaService(value),
  (asked, value) => asked.calledVia(value),
  (asked, value) => asked.withEncryptionContext(value as unknown as Record<string, string>),
  (asked, value) => asked.withGrantOperations(value as unknown as string[]),
  (asked, value) => asked.toGrantee(value),
  (asked, value) => asked.withAlias(value),
  (asked, value) => asked.withMfa(value as unknown as number),
  (asked, value) => asked.fromIp(value),
  (asked, value) => asked.fromVpc(value),
  (asked, value) => asked.fromVpcEndpoint(value),
  (asked, value) => asked.withSourceArn(value),
  (asked, value) => asked.withSourceAccount(value),
  (asked, value) => asked.withExternalId(value),
  (asked, value) => asked.withClaims(value as unknown as Record<string, string>),
  (asked, value) => asked.inRegion(value),
  (asked, value) => asked.at(value),
  (asked, value) => asked.withPrincipalTags(value as unknown as Record<string, string>),
  (asked, value) => asked.withRequestTags(value as unknown as Record<string, string>),
  (asked, value) => asked.withResourceTags(value as unknown as Record<string, string>),
  (asked, value) => asked.withoutContext(value),
];

law(
  "any caller and any link is taken or refused with a Diagnostic, and what is taken can be decided",
  fc.record({
    maker: fc.constantFrom(...MAKERS),
    first: fc.constantFrom(...LINKS),
    second: fc.constantFrom(...LINKS),
    plain: requests(),
    policy: policies(),
    value: fc.oneof(fc.constantFrom(ROLE, "111122223333", "ec2.amazonaws.com", "alias/app", "203.0.113.7"), oddValues),
    other: fc.oneof(fc.constantFrom("vpce-1", "o-aaaa1111", "2026-01-01", { app: "1" }, ["Decrypt"]), oddValues),
  }),
  ({ maker, first, second, plain, policy, value, other }, note) => {
    attempt(note, () => maker(value as string, other as string));
    const linked = attempt(note, () => second(first(plain, value as string), other as string));
    if (linked) attempt(note, () => JSON.stringify(explain(policy, linked)));
  },
  { accepted: 0.05, refused: 0.2 },
);

law(
  "generated policies and requests are always accepted, and their decisions are plain data",
  questions(),
  (question, note) => {
    const { set, facts } = toQuestion(question);
    const explanation = account(judge(set, facts));
    note(explanation.decision.outcome);
    assert.deepEqual(JSON.parse(JSON.stringify(explanation.decision)), {
      ...explanation.decision,
      findings: JSON.parse(JSON.stringify(explanation.decision.findings)),
    });
  },
  { allowed: 0.05, explicitDeny: 0.05, implicitDeny: 0.1 },
);
