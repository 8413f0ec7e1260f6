import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Maker } from "./malformed.ts";

export interface RealPolicy {
  /** File and, inside it, the way to the document: `iamspy/a.json#Policies.0.Document`. */
  readonly name: string;
  readonly kind: Maker;
  /** The file's text where the file is the document; else the document printed again. */
  readonly text: string;
}

const ROOT = "test/data";

/** Which kind a document is of, by where it lies: the first row that matches. */
const KINDS: readonly (readonly [RegExp, Maker])[] = [
  [/#.*AssumeRolePolicyDocument$|^access-analyzer-samples\/resource-policies__role-trust/, "trustPolicy"],
  [/^access-analyzer-samples\/resource|^k9-cdk|(s3-bucket|secrets-manager)-policy/, "resourcePolicy"],
  [/^data-perimeter\/.*_rcp|^rcp-examples/, "resourceControlPolicy"],
  [/^data-perimeter\/.*_scp|^scp-examples|require-mfa|quarantine/, "serviceControlPolicy"],
  [/_endpoint_policy/, "vpcEndpointPolicy"],
  [/^kms-best-practices|^landing-zone-accelerator/, "keyPolicy"],
  [/(?:)/, "identityPolicy"],
];

/** Every policy document of `test/data`. */
export function realPolicies(): RealPolicy[] {
  const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  return files.sort().flatMap((file) => {
    const text = readFileSync(join(ROOT, file), "utf8");
    const whole = JSON.parse(text) as unknown;
    // The one file that holds statements alone.
    if (file.startsWith("kms-best-practices/"))
      return [policy(file, JSON.stringify({ Version: "2012-10-17", Statement: whole }, null, 2))];
    if (isPolicy(whole)) return [policy(file, text)];
    return inside(whole, []).map(([path, document]) =>
      policy(`${file}#${path.join(".")}`, JSON.stringify(document, null, 2)),
    );
  });
}

function policy(name: string, text: string): RealPolicy {
  return { name, kind: KINDS.find(([place]) => place.test(name))![1], text };
}

function inside(value: unknown, path: readonly string[]): [readonly string[], object][] {
  if (typeof value !== "object" || value === null) return [];
  if (isPolicy(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, part]) => inside(part, [...path, key]));
}

const isPolicy = (value: unknown): value is object =>
  typeof value === "object" && value !== null && "Statement" in value;
