/** What the analyser's speed is measured on, by group. */
import { readdirSync, readFileSync } from "node:fs";
import type { Document } from "../oracle/documents.ts";
import { NO_POLICIES, type Question, type RawSet } from "../oracle/question.ts";
import { keyQuestions, ofCorpus, ofData } from "../oracle/questions.ts";
import { ACCOUNT, keyArn, roleArn, sequence } from "./scenarios.ts";

export interface Group {
  readonly name: string;
  readonly questions: readonly Question[];
}

const MANAGED = "test/data/aws-managed-policies";
const statementsOf = ({ Statement }: Document): readonly object[] =>
  (Array.isArray(Statement) ? Statement : [Statement]) as readonly object[];
const document = (Statement: readonly object[]): Document => ({ Version: "2012-10-17", Statement });
const identity = (document: Document): RawSet => ({ ...NO_POLICIES, identity: [document] });
const key = (document: Document): RawSet => ({ ...NO_POLICIES, resource: document, kind: "key", arn: keyArn(1) });

/** The same key policies: no new access without the last statement, and with it. */
function newAccess(questions: readonly Question[]): Question[] {
  const found: Question[] = [];
  const seen = new Set<string>();
  for (const { set } of questions) {
    if (!set.resource || set.kind !== "key" || seen.has(JSON.stringify(set))) continue;
    seen.add(JSON.stringify(set));
    const fewer = { ...set, resource: document(statementsOf(set.resource).slice(0, -1)) };
    const asked = { actions: ["kms:*"] };
    found.push({ name: "fewer statements", set: fewer, previous: set, asked, except: [] });
    found.push({ name: "one more statement", set, previous: fewer, asked, except: [] });
  }
  return found;
}

export function keyPolicies(): Group {
  const questions = [...ofCorpus(), ...ofData()].filter(({ set }) => set.resource && set.kind === "key");
  return { name: "key policies of the corpus and test/data", questions: [...questions, ...newAccess(questions)] };
}

export function managedPolicies(): Group {
  const questions = readdirSync(MANAGED)
    .filter((name) => name.endsWith(".json"))
    .flatMap((file): Question[] => {
      const { document: policy } = JSON.parse(readFileSync(`${MANAGED}/${file}`, "utf8")) as { document: Document };
      const services = [...new Set(JSON.stringify(policy).match(/(?<=")[a-z0-9-]+(?=:[A-Z*])/g) ?? [])];
      const whole = { asked: { actions: ["*"] }, except: [] };
      const wide = document([{ Effect: "Allow", Action: services.map((service) => `${service}:*`), Resource: "*" }]);
      const fewer = document(statementsOf(policy).slice(0, -1));
      return [
        { name: `${file}: anything`, set: identity(policy), ...whole },
        { name: `${file}: iam:PassRole`, set: identity(policy), asked: { actions: ["iam:PassRole"] }, except: [] },
        { name: `${file}: outside its services`, set: identity(policy), previous: identity(wide), ...whole },
        { name: `${file}: within itself`, set: identity(policy), previous: identity(policy), ...whole },
        { name: `${file}: its last statement`, set: identity(policy), previous: identity(fewer), ...whole },
      ];
    });
  return { name: "AWS's managed policies", questions };
}

/** As many statements: some of all callers with a condition, some of named roles, a Deny in ten. */
function statement(at: number, next: (limit: number) => number): object {
  const actions = ["kms:Decrypt", "kms:GenerateDataKey*", "kms:Encrypt", "kms:Describe*", "kms:CreateGrant"];
  const service = ["s3", "ec2", "sqs", "rds"][next(4)];
  const conditions = [
    { StringEquals: { "kms:ViaService": `${service}.eu-west-1.amazonaws.com` } },
    { StringLike: { "kms:EncryptionContext:app": `team-${at}-*` } },
    { StringEquals: { "aws:PrincipalTag/team": `team-${at % 40}` } },
    { IpAddress: { "aws:SourceIp": `10.${at % 250}.0.0/16` } },
  ];
  return {
    Effect: at % 10 === 9 ? "Deny" : "Allow",
    Principal: { AWS: roleArn(at) },
    Action: [actions[next(5)], actions[next(5)]],
    Resource: "*",
    ...(next(3) > 0 ? { Condition: conditions[next(4)] } : {}),
  };
}

export function synthetic(count: number): Group {
  const next = sequence(count);
  const statements = Array.from({ length: count }, (_, at) => statement(at, next));
  const set = key(document(statements));
  const own = identity(
    document(
      statements.map(({ Principal: _, ...rest }: { Principal?: unknown }, at) => ({
        ...rest,
        Resource: at % 3 === 0 ? "*" : keyArn(at),
      })),
    ),
  );
  const fewer = { ...set, resource: document(statements.filter((_, at) => at !== count >> 1)) };
  const asked = { actions: ["kms:*"] };
  return {
    name: `synthetic, ${count} statements`,
    questions: [
      ...keyQuestions("key policy", set, roleArn(3), ACCOUNT),
      { name: "fewer", set: fewer, previous: set, asked, except: [] },
      { name: "more", set, previous: fewer, asked, except: [] },
      { name: "identity policy: anything", set: own, asked, except: [] },
      {
        name: "identity policy: directly",
        set: own,
        asked: { actions: ["kms:Decrypt"], when: { Null: { "kms:ViaService": "true" } } },
        except: [],
      },
    ],
  };
}
