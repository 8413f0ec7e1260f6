/** A model of z3 as a request, so that the evaluator can be asked about it. */
import type { ContextValue } from "../../src/request/context.ts";
import {
  anonymous,
  federated,
  federatedUser,
  type Principal,
  rootUser,
  service,
  session,
  user,
} from "../../src/request/principal.ts";
import type { RequestFields } from "../../src/request/request.ts";
import type { Encoded } from "./encode.ts";
import { selector } from "./smt.ts";

/** `name -> value`, a line each; what is not there may be anything. */
function read(model: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name, value] of model.matchAll(/^(\S+) -> (.*)$/gm)) found.set(name!, value!);
  return found;
}

const text = (value: string): string =>
  value
    .slice(1, -1)
    .replaceAll('""', '"')
    .replace(/\\u\{([0-9a-f]+)\}/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)));

function number(value: string): number {
  const negative = /^\(-\s+(.+)\)$/.exec(value);
  if (negative) return -number(negative[1]!);
  const ratio = /^\(\/\s+(\S+)\s+(\S+)\)$/.exec(value);
  if (value === "false") return 0;
  return ratio ? Number(ratio[1]) / Number(ratio[2]) : Number(value);
}

const bits = (value: string): bigint =>
  value === "false" ? 0n : BigInt(value.replace("#x", "0x").replace("#b", "0b"));

function address(six: boolean, v4: bigint, v6: bigint): string {
  if (!six) return [24n, 16n, 8n, 0n].map((shift) => (v4 >> shift) & 255n).join(".");
  return Array.from({ length: 8 }, (_, at) => ((v6 >> BigInt(112 - 16 * at)) & 0xffffn).toString(16)).join(":");
}

/** Texts that nothing asks for. */
const FREE: Readonly<Record<string, string>> = {
  path: "/",
  issuerPath: "/",
  sessionName: "somebody",
  account: "999999999999",
  owner: "999999999999",
  region: "us-west-2",
};

export function decode({ asked, context, among }: Encoded, model: string): { request: RequestFields; owner: string } {
  const values = read(model);
  const get = (name: string) => values.get(name) ?? "false";
  const str = (name: string) => {
    const choices = among.get(name);
    if (choices) return choices[Number(values.get(selector(name)) ?? 0)]!;
    const value = values.get(name);
    return value === undefined ? (FREE[name] ?? "x") : text(value);
  };
  const principal = callerOf(get("kind"), str);
  const owner = str("owner");
  const { fields } = asked.targets[Number(get("target"))]!;
  const resource = fields
    ? fields.map((field) => ("known" in field ? field.known : "term" in field ? str(field.term) : "")).join(":")
    : "*";
  const told: Record<string, ContextValue> = {};
  for (const { name, present, family, values: places, many, typed } of context.keys.values()) {
    if (get(present) !== "true") {
      told[name] = null;
      continue;
    }
    const list = places
      .filter(({ taken }) => taken === "true" || get(taken) === "true")
      .map(({ term }) => {
        if (typed !== "true" && get(typed) !== "true") return "x";
        if (family === "string") return str(term);
        if (family === "numeric") return String(number(get(term)));
        if (family === "date") return new Date(number(get(term))).toISOString();
        const [id, place] = term.split("|");
        return address(
          get(`${id}six${place}`) === "true",
          bits(get(`${id}four${place}`)),
          bits(get(`${id}long${place}`)),
        );
      });
    told[name] = many ? list : list[0]!;
  }
  const account = resource.split(":")[4] ?? "";
  return {
    owner,
    request: {
      principal,
      action: asked.actions[Number(get("action"))]!.name,
      resource,
      resourceAccount: /^\d{12}$/.test(account) || resource === "*" ? null : owner,
      context: told,
      givenIdentity: null,
    },
  };
}

function callerOf(kind: string, str: (name: string) => string): Principal {
  const id = /^A(IDA|ROA)/.test(str("uniqueId")) ? { uniqueId: str("uniqueId") } : {};
  const iam = `arn:aws:iam::${kind === "service" ? "" : str("account")}`;
  switch (kind) {
    case "user":
      return user(`${iam}:user${str("path")}${str("name")}`, id);
    case "session":
      return session(`${iam}:role${str("path")}${str("name")}`, str("sessionName"), id);
    case "root":
      return rootUser(str("account"));
    case "fedUser":
      return federatedUser(`arn:aws:sts::${str("account")}:federated-user/${str("name")}`, {
        issuer: `${iam}:user${str("issuerPath")}${str("issuerName")}`,
      });
    case "service":
      return service(str("title"));
    case "provider":
      return federated(str("title"));
    default:
      return anonymous;
  }
}
