/** Ways to write the same policies otherwise, and to add to them. */
import type { Document } from "../../src/generate/documents.ts";
import type { EndpointDocument, PolicyDocuments } from "../../src/generate/policy-sets.ts";
import type { StatementDocument } from "../../src/generate/statements.ts";
import type { PolicyKind } from "../../src/policy/kinds.ts";
import type { Question } from "./questions.ts";

/** What a change sees of a policy: its document, and the endpoint it belongs to. */
type Entry = Document | EndpointDocument;
const documentOf = (entry: Entry): Document => ("document" in entry ? entry.document : entry);

/** Every list of policies changed; a resource's one policy is left alone. */
export function changeLists(
  question: Question,
  change: <T extends Entry>(list: readonly T[]) => readonly T[],
): Question {
  const { policies } = question;
  const { identity } = policies;
  const changed: PolicyDocuments = {
    ...policies,
    ...(identity ? { identity: change(identity) } : {}),
    permissionsBoundary: change(policies.permissionsBoundary),
    session: change(policies.session),
    serviceControl: policies.serviceControl.map((level) => change(level)),
    resourceControl: policies.resourceControl.map((level) => change(level)),
    vpcEndpoint: change(policies.vpcEndpoint),
  };
  return { ...question, policies: changed };
}

/** Every document changed. */
export function changeDocuments(question: Question, change: (document: Document) => Document): Question {
  const changeEntry = <T extends Entry>(entry: T): T =>
    "document" in entry ? { ...entry, document: change(documentOf(entry)) } : (change(documentOf(entry)) as T);
  const changed = changeLists(question, (list) => list.map(changeEntry));
  const { resource } = changed.policies;
  return resource ? { ...changed, policies: { ...changed.policies, resource: change(resource) } } : changed;
}

export const statementsOf = ({ Statement }: Document): readonly StatementDocument[] =>
  Array.isArray(Statement) ? Statement : [Statement as StatementDocument];

export function changeStatements(
  question: Question,
  change: (list: readonly StatementDocument[]) => readonly StatementDocument[],
): Question {
  return changeDocuments(question, (document) => ({ ...document, Statement: change(statementsOf(document)) }));
}

/** Every statement with a Sid of its own, by which it is known after a change. */
export function marked(question: Question): Question {
  let count = 0;
  return changeStatements(question, (list) => list.map((statement) => ({ ...statement, Sid: `M${count++}` })));
}

/**
 * The statement beside those of its kind. Undefined where there is no policy of that kind that it could be added to:
 * a first boundary, say, is no addition but a new limit.
 */
export function addStatement(question: Question, kind: PolicyKind, statement: StatementDocument): Question | undefined {
  const { policies, near } = question;
  const add = (document: Document): Document => ({ ...document, Statement: [...statementsOf(document), statement] });
  const first = (list: readonly Document[]) => list.map((document, at) => (at === 0 ? add(document) : document));
  const changed = (some: Partial<PolicyDocuments>): Question => ({ ...question, policies: { ...policies, ...some } });
  const alone: Document = { Version: "2012-10-17", Statement: [statement] };

  if (kind === "identity" && policies.identity)
    return changed({ identity: policies.identity.length > 0 ? first(policies.identity) : [alone] });
  if (kind === near && policies.resource !== undefined)
    return changed({ resource: policies.resource ? add(policies.resource) : alone });
  if ((kind === "permissionsBoundary" || kind === "session") && policies[kind].length > 0)
    return changed({ [kind]: first(policies[kind]) });
  if ((kind === "serviceControl" || kind === "resourceControl") && policies[kind].length > 0)
    return changed({ [kind]: policies[kind].map((level, at) => (at === 0 ? first(level) : level)) });
  if (kind === "vpcEndpoint" && policies.vpcEndpoint.length > 0)
    return changed({
      vpcEndpoint: policies.vpcEndpoint.map((entry, at) =>
        at === 0 ? { ...entry, document: add(entry.document) } : entry,
      ),
    });
  return undefined;
}
