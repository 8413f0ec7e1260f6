/** The questions: generated policy sets, and the policies of the corpus and of test/data. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { type PolicyDocuments, policyDocuments } from "../../src/generate/policy-sets.ts";
import { type Attached, HOME, KEY, PARTNER, ROLE, USER } from "../../src/generate/universe.ts";
import { pick, type Random, random } from "../analyse/possible-requests.ts";
import { casesOf, corpusFiles } from "../conformance/corpus.ts";
import { realPolicies } from "../input/real-policies.ts";
import type { Document } from "./documents.ts";
import { NO_POLICIES, policySetOf, type Question, type RawSet, type Requested } from "./question.ts";

const ACTIONS: Readonly<Record<Attached, readonly (readonly string[])[]>> = {
  key: [["kms:*"], ["kms:Decrypt"], ["kms:CreateGrant", "kms:DescribeKey"], ["kms:De*"]],
  trust: [["sts:*"], ["sts:AssumeRole"], ["sts:AssumeRole*"]],
  resource: [["s3:*"], ["s3:GetObject"], ["sqs:SendMessage", "sns:Publish"], ["s3:Put*"], ["s3:ListBucket"]],
};

const ATTACHED: Readonly<Record<Attached, readonly (string | null)[]>> = {
  key: [null, KEY],
  trust: [null, ROLE],
  resource: [null, "arn:aws:s3:::home", "arn:aws:s3:::reports", `arn:aws:sqs:us-west-2:${HOME}:jobs`],
};

function rawOf(documents: PolicyDocuments, near: Attached, arn: string | null): RawSet {
  const { grants: _, ...rest } = documents;
  const account = arn?.startsWith("arn:aws:s3") ? HOME : null;
  return { ...(rest as unknown as RawSet), kind: near, arn: rest.resource ? arn : null, account };
}

/** Most generated policies use variables: those are put to the analyser by the fuzzers. */
const withoutVariables = (documents: unknown): boolean => !/\$\{[^*?$]/.test(JSON.stringify(documents));

function drawAsked(draw: Random, near: Attached): { asked: Requested; except: readonly Requested[] } {
  const actions = pick(draw, ACTIONS[near]);
  const who = ["anonymous", "ec2.amazonaws.com", "arn:aws:iam::*:role/*", HOME, PARTNER, ROLE, USER];
  const by = draw() < 0.3 ? { by: pick(draw, who) } : {};
  const except: Requested[] = [];
  for (const one of [HOME, PARTNER, ROLE, USER, "anonymous"])
    if (draw() < 0.12) except.push({ actions: ["*"], by: one });
  if (near === "key" && draw() < 0.25)
    except.push({ actions: ["*"], when: { Null: { "kms:ViaService": draw() < 0.5 ? "true" : "false" } } });
  return { asked: { actions, ...by }, except };
}

export function generated(count: number, seed: number): Question[] {
  const found: Question[] = [];
  for (const near of ["key", "resource", "trust"] as const) {
    const wanted = Math.ceil(count / 3);
    const drawn = fc
      .sample(policyDocuments(near), { numRuns: wanted * 8, seed })
      .filter(withoutVariables)
      .slice(0, wanted);
    for (const [at, documents] of drawn.entries()) {
      const draw = random(seed + at);
      const set = rawOf(documents, near, pick(draw, ATTACHED[near]));
      found.push({ name: `generated ${near} ${at}`, set, ...drawAsked(draw, near) });
    }
  }
  return found;
}

/** Two versions that differ in one kind of policy. */
export function comparisons(count: number, seed: number): Question[] {
  const found: Question[] = [];
  for (const near of ["key", "resource"] as const) {
    const wanted = Math.ceil(count / 2);
    const drawn = fc
      .sample(fc.tuple(policyDocuments(near), policyDocuments(near)), { numRuns: wanted * 20, seed })
      .filter(([first, second]) => withoutVariables([first, second]) && !!first.identity && !!first.resource)
      .slice(0, wanted);
    for (const [at, [first, second]] of drawn.entries()) {
      const draw = random(seed + at);
      const arn = pick(draw, ATTACHED[near]);
      const set = rawOf(first, near, arn);
      const other = rawOf(second, near, arn);
      const changed = pick<Partial<RawSet>>(draw, [
        { identity: other.identity ?? [] },
        ...(other.resource ? [{ resource: other.resource }, { resource: other.resource }] : []),
        { permissionsBoundary: other.permissionsBoundary, session: other.session },
        { serviceControl: other.serviceControl, resourceControl: other.resourceControl },
      ]);
      const [next, previous] = draw() < 0.5 ? [set, { ...set, ...changed }] : [{ ...set, ...changed }, set];
      found.push({
        name: `comparison ${near} ${at}`,
        set: next,
        previous,
        asked: { actions: pick(draw, ACTIONS[near]) },
        except: [],
      });
    }
  }
  return found;
}

interface RawCase {
  readonly request: { readonly principal?: unknown; readonly action: string; readonly resource?: string };
  readonly policies: Readonly<Record<string, unknown>>;
}

/** What key policies are asked: who else, without the service that they name, who from outside, and everybody. */
export function keyQuestions(name: string, set: RawSet, who: string, home: string): Question[] {
  const actions = ["kms:*"];
  const use = ["kms:Decrypt", "kms:GenerateDataKey*", "kms:CreateGrant"];
  const meant = { actions: ["*"], by: who };
  const direct = { Null: { "kms:ViaService": "true" } };
  return [
    { name: `${name}: anybody`, set, asked: { actions }, except: [] },
    { name: `${name}: anybody but ${who}`, set, asked: { actions: use }, except: [meant] },
    { name: `${name}: directly`, set, asked: { actions: use, when: direct }, except: [meant] },
    { name: `${name}: public`, set, asked: { actions, by: "anonymous" }, except: [] },
    { name: `${name}: strangers`, set, asked: { actions: use }, except: [{ actions: ["*"], by: home }] },
  ];
}

/** Every set of policies of the corpus with a key's policy, once. */
export function ofCorpus(): Question[] {
  const found: Question[] = [];
  const seen = new Set<string>();
  for (const file of corpusFiles) {
    const raw = JSON.parse(readFileSync(file, "utf8")) as RawCase[];
    for (const [at, { id }] of casesOf(file).entries()) {
      const { request, policies } = raw[at]!;
      if (!request.action.toLowerCase().startsWith("kms:") || !policies.resource) continue;
      if (JSON.stringify(policies).includes("GrantConstraint") || policies.grants) continue;
      const arn = request.resource?.includes(":key/") ? request.resource : null;
      const text = JSON.stringify([policies, arn]);
      if (seen.has(text) || !withoutVariables(policies)) continue;
      seen.add(text);
      const set = { ...NO_POLICIES, ...(policies as Partial<RawSet>), kind: "key", arn } as RawSet;
      try {
        policySetOf(set);
      } catch {
        continue;
      }
      const named = /arn:aws:iam::\d{12}:(role|user)\/[\w/-]+/.exec(JSON.stringify(policies.resource))?.[0] ?? ROLE;
      const home = arn?.split(":")[4] ?? HOME;
      const all = keyQuestions(`corpus ${id}`, set, named, home);
      // Two of the questions each, in turn.
      found.push(all[seen.size % all.length]!, all[(seen.size + 2) % all.length]!);
    }
  }
  return found;
}

/** Real policies that parse: key policies as above, others by themselves. */
export function ofData(): Question[] {
  const found: Question[] = [];
  const samples: { name: string; document: Document }[] = [];
  for (const { name, kind, text } of realPolicies()) {
    const filled = text.replaceAll("<ACCOUNT ID>", "111111111111").replaceAll("${ACCOUNT_ID}", "111111111111");
    const document = JSON.parse(filled) as Document;
    const ask = (set: RawSet, questions: () => Question[]) => {
      try {
        policySetOf(set);
      } catch {
        return;
      }
      found.push(...questions());
    };
    if (kind === "keyPolicy") {
      const set: RawSet = { ...NO_POLICIES, resource: document, kind: "key", arn: null };
      ask(set, () => keyQuestions(name, set, ROLE, "111111111111"));
    } else if (kind === "identityPolicy" && withoutVariables(document)) {
      const set: RawSet = { ...NO_POLICIES, identity: [document] };
      ask(set, () =>
        ["s3:*", "kms:*", "ec2:RunInstances", "iam:*"].map((action) => ({
          name: `${name}: ${action}`,
          set,
          asked: { actions: [action] },
          except: [],
        })),
      );
      samples.push({ name, document });
    } else if (kind === "trustPolicy") {
      const set: RawSet = { ...NO_POLICIES, resource: document, kind: "trust", arn: null };
      ask(set, () => [
        { name: `${name}: anybody`, set, asked: { actions: ["sts:*"] }, except: [] },
        { name: `${name}: public`, set, asked: { actions: ["sts:*"], by: "anonymous" }, except: [] },
      ]);
    }
  }
  for (const { name, document } of samples)
    for (const action of ["s3:Get*", "s3:*", "kms:*"]) {
      const wide: Document = {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: action, Resource: "*" }],
      };
      found.push({
        name: `${name} within ${action}`,
        set: { ...NO_POLICIES, identity: [document] },
        previous: { ...NO_POLICIES, identity: [wide] },
        asked: { actions: [`${action.split(":")[0]}:*`] },
        except: [],
      });
    }
  return found;
}
