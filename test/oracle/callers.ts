/** Who calls, as variables of z3, and how closely an element names the caller (semantics A12, A13, A17, B2). */
import { LeftOut, type PrincipalList } from "./documents.ts";
import { globs, type Piece, piecesOf } from "./glob.ts";
import {
  and,
  begins,
  choice,
  DIGIT,
  either,
  ends,
  FALSE,
  type Formula,
  inRegex,
  joined,
  known,
  many,
  not,
  oneOf,
  or,
  regex,
  same,
  sequence,
  some,
  type Text,
  TRUE,
  term,
  times,
  when,
} from "./smt.ts";

const NAME = oneOf("a-zA-Z0-9_+=,.@-");
const ACCOUNT = times(12, DIGIT);

export const is = (kind: string): Formula => `(= kind ${kind})`;
export const USER = is("user");
export const SESSION = is("session");
export const ROOT = is("root");
export const FEDERATED_USER = is("fedUser");
export const SERVICE = is("service");
export const PROVIDER = is("provider");
export const ANONYMOUS = is("anonymous");
export const ENTITY = or(USER, SESSION, FEDERATED_USER);
export const OF_ACCOUNT = or(USER, SESSION, FEDERATED_USER, ROOT);
/** A session of a service-linked role. */
export const SERVICE_LINKED: Formula = and(SESSION, "serviceLinked");

export const account = term("account");
export const path = term("path");
export const name = term("name");
/** Service principals and identity providers. */
export const title = term("title");

export const CALLER_TEXTS = ["account", "path", "name", "sessionName", "issuerPath", "issuerName", "title", "uniqueId"];

export const CALLER_DECLARATIONS = [
  "(declare-datatypes ((Kind 0)) (((user) (session) (root) (fedUser) (service) (provider) (anonymous))))",
  "(declare-const kind Kind)",
  "(declare-const serviceLinked Bool)",
];

const pathForm = sequence(regex("/"), many(sequence(some(NAME), regex("/"))));

/** What names look like. A role's or user's name stands at the end of its path. */
export const callerForms = (): readonly Formula[] => [
  inRegex(account, ACCOUNT),
  inRegex(path, pathForm),
  inRegex(name, some(NAME)),
  inRegex(term("sessionName"), sequence(NAME, some(NAME))),
  inRegex(term("issuerPath"), pathForm),
  inRegex(term("issuerName"), some(NAME)),
  when(SERVICE, inRegex(title, sequence(some(oneOf("a-z0-9-")), some(sequence(regex("."), some(oneOf("a-z0-9-"))))))),
  when(
    PROVIDER,
    or(
      inRegex(title, sequence(some(oneOf("a-z0-9-")), some(sequence(regex("."), some(oneOf("a-z0-9-")))))),
      inRegex(
        title,
        sequence(
          regex("arn:aws:iam::"),
          ACCOUNT,
          regex(":"),
          choice(regex("oidc"), regex("saml")),
          regex("-provider/"),
          some(oneOf("a-zA-Z0-9./_-")),
        ),
      ),
    ),
  ),
];

/** Service-linked roles have paths and names of their own, which only services make: asked for where it matters. */
export const serviceLinkedForms = (): readonly Formula[] => [
  when(
    "serviceLinked",
    and(
      inRegex(path, sequence(regex("/aws-service-role/"), some(oneOf("a-z0-9-")), regex(".amazonaws.com/"))),
      inRegex(name, sequence(regex("AWSServiceRoleFor"), many(NAME))),
    ),
  ),
  or("serviceLinked", not(begins(path, "/aws-service-role/"))),
];

/** The value of `aws:PrincipalArn`, for one kind of caller: absent for those that are not here. */
export const ARNS: readonly { readonly of: Formula; readonly service: string; readonly rest: Text }[] = [
  { of: USER, service: "iam", rest: joined(known("user"), path, name) },
  // The role's ARN with its path, not the session's.
  { of: SESSION, service: "iam", rest: joined(known("role"), path, name) },
  { of: ROOT, service: "iam", rest: known("root") },
  { of: FEDERATED_USER, service: "sts", rest: joined(known("federated-user/"), name) },
];

export const wholeArn = (service: string, rest: Text): Text =>
  joined(known(`arn:aws:${service}::`), account, known(":"), rest);

/** Whether the rest of a caller's ARN, which is made of known and unknown parts, is matched by a pattern. */
export function restGlobs(of: Formula, rest: Text, pieces: readonly Piece[]): Formula {
  const text = pieces.length === 1 && "text" in pieces[0]! ? pieces[0].text : undefined;
  if (text === undefined) return globs(rest, pieces);
  const whole = /^(user|role)\/(.*\/)?([^/]+)$/.exec(text);
  const wanted = of === USER ? "user" : of === SESSION ? "role" : undefined;
  if (wanted) return whole?.[1] === wanted ? and(same(path, `/${whole[2] ?? ""}`), same(name, whole[3]!)) : FALSE;
  return globs(rest, pieces);
}

const ARN = /^arn:(aws[a-z-]*):(iam|sts)::(\d{12}):(.+)$/;

export interface Named {
  readonly exact: Formula;
  readonly parent: Formula;
  readonly account: Formula;
  readonly everyone: Formula;
}
const NONE: Named = { exact: FALSE, parent: FALSE, account: FALSE, everyone: FALSE };

function isUser(of: string, rest: string, parts: readonly [string, string]): Formula {
  const [, folder = "", last = ""] = /^user\/(.*\/)?([^/]+)$/.exec(rest) ?? [];
  return and(same(account, of), same(term(parts[0]), `/${folder}`), same(term(parts[1]), last));
}

function named(type: string, value: string): Named {
  if (type === "Service") return { ...NONE, exact: and(SERVICE, same(title, value)) };
  if (type === "Federated") return { ...NONE, exact: and(PROVIDER, same(title, value)) };
  if (type !== "AWS") throw new LeftOut(`a principal of type ${type}`);
  if (value === "*") return { ...NONE, everyone: TRUE };
  if (/^\d{12}$/.test(value)) return ofAccount(value);
  // An id that AWS wrote in place of an ARN matches by the id alone (A14).
  if (/^AIDA\w+$/.test(value)) return { ...NONE, exact: and(USER, same(term("uniqueId"), value)) };
  if (/^AROA\w+$/.test(value)) return { ...NONE, parent: and(SESSION, same(term("uniqueId"), value)) };
  const match = ARN.exec(value);
  if (!match) throw new LeftOut("a principal that is neither an ARN nor an account");
  const [, partition, service, of = "", rest = ""] = match;
  if (partition !== "aws") return NONE;
  if (service === "iam" && rest === "root") return ofAccount(of);
  if (service === "iam" && rest.startsWith("user/"))
    return {
      ...NONE,
      exact: and(USER, isUser(of, rest, ["path", "name"])),
      parent: and(FEDERATED_USER, isUser(of, rest, ["issuerPath", "issuerName"])),
    };
  if (service === "iam" && rest.startsWith("role/")) {
    const [, folder = "", last = ""] = /^role\/(.*\/)?([^/]+)$/.exec(rest) ?? [];
    return { ...NONE, parent: and(SESSION, same(account, of), same(path, `/${folder}`), same(name, last)) };
  }
  const session = /^assumed-role\/([^/]+)\/([^/]+)$/.exec(rest);
  if (service === "sts" && session)
    return {
      ...NONE,
      exact: and(SESSION, same(account, of), same(name, session[1]!), same(term("sessionName"), session[2]!)),
    };
  if (service === "sts" && rest.startsWith("federated-user/"))
    return {
      ...NONE,
      exact: and(FEDERATED_USER, same(account, of), same(name, rest.slice("federated-user/".length))),
    };
  throw new LeftOut(`a principal such as ${value}`);
}

/** Delegates to the account; its root user is named directly (A12). */
const ofAccount = (of: string): Named => ({
  ...NONE,
  exact: and(ROOT, same(account, of)),
  account: and(ENTITY, same(account, of)),
});

/** `hasBoundary`: the caller has a permissions boundary (A17). */
export function principalMatch(element: PrincipalList | undefined, hasBoundary: boolean): Named {
  if (!element) return { ...NONE, everyone: TRUE };
  const all = element.values.map(({ type, value }) => named(type, value));
  if (!element.not)
    return {
      exact: or(...all.map(({ exact }) => exact)),
      parent: or(...all.map(({ parent }) => parent)),
      account: or(...all.map((one) => one.account)),
      everyone: or(...all.map(({ everyone }) => everyone)),
    };
  // Covered: the caller's own ARN or its role's or issuer's is listed, and its account is too.
  const itself = or(...all.map(({ exact, parent }) => or(exact, parent)));
  const itsAccount = or(...all.map((one) => one.account));
  const covered = or(
    ...all.map(({ everyone }) => everyone),
    and(itself, not(ENTITY)),
    and(ENTITY, itself, itsAccount, either(!hasBoundary)),
  );
  return { ...NONE, everyone: not(covered) };
}

export const anyMatch = ({ exact, parent, account: of, everyone }: Named): Formula => or(exact, parent, of, everyone);

/** Keys that the caller alone decides (B2): each value it may have, with the callers that have it. */
export function callerKey(folded: string): readonly { readonly of: Formula; readonly value: Text }[] | undefined {
  switch (folded) {
    case "aws:principalarn":
      return ARNS.map(({ of, service, rest }) => ({ of, value: wholeArn(service, rest) }));
    case "aws:principalaccount":
      return [
        { of: OF_ACCOUNT, value: account },
        { of: ANONYMOUS, value: known("anonymous") },
      ];
    case "aws:username":
      return [{ of: USER, value: name }];
    case "aws:principalisawsservice":
      return [
        { of: OF_ACCOUNT, value: known("false") },
        { of: SERVICE, value: known("true") },
      ];
    case "aws:principalservicename":
      return [{ of: SERVICE, value: title }];
    default:
      return undefined;
  }
}

/** `by` of a question: callers in the words of the question (a role stands for its sessions). */
export function askedCaller(who: string): Formula {
  if (who === "*") return TRUE;
  if (who === "anonymous") return ANONYMOUS;
  if (/^\d{12}$/.test(who)) return and(OF_ACCOUNT, same(account, who));
  if (who.startsWith("arn:") && /[*?]/.test(who)) {
    const fields = who.split(":");
    const [of, rest] = [fields[4]!, fields.slice(5).join(":")];
    return or(
      ...ARNS.map((arn) =>
        and(
          arn.of,
          globs(known(arn.service), piecesOf(fields[2]!, false), true),
          globs(account, piecesOf(of, false), true),
          restGlobs(arn.of, arn.rest, piecesOf(rest, false)),
        ),
      ),
    );
  }
  if (who.startsWith("arn:")) return anyMatch(named("AWS", who));
  if (who.endsWith(".amazonaws.com")) return and(SERVICE, same(title, who));
  throw new LeftOut(`a question about ${who}`);
}

/** The bearer of a token of this provider, by the prefix of its claims. */
export const bearerOf = (prefix: string): Formula =>
  and(PROVIDER, or(same(title, prefix), ends(title, `:oidc-provider/${prefix}`)));
