/** The baked catalogue says what iam-data says, plus the corrections, and nothing else. */
import { readFileSync, statSync } from "node:fs";
import { expect, test } from "vitest";
import { actionFacts, actionNames, rcpSupports, serviceFacts, servicePrefixes } from "../../src/catalog/catalog.ts";
import { CARRIED, KEYS, RESOURCE_KEYS, TITLES } from "../../src/catalog/corrections.ts";
import {
  dataActions,
  dataKeyName,
  dataKeys,
  dataRcpServices,
  dataResourceTypes,
  dataServices,
  dataTitles,
} from "../../src/catalog/iam-data.ts";

const source = (name: string) => new URL(`../../src/catalog/${name}`, import.meta.url);
/** Lists of keys are sets: order and repetition mean nothing. */
const keySet = (names: readonly string[], corrected: readonly string[] = []) =>
  new Set([...names.map(dataKeyName), ...corrected]);

test("the services are iam-data's", () => {
  const prefixes = dataServices();
  const titles = dataTitles();
  expect([...servicePrefixes()].sort()).toEqual([...prefixes].sort());
  for (const prefix of prefixes) expect(serviceFacts(prefix)!.title).toBe(TITLES[prefix]?.title ?? titles[prefix]);
});

test("the services that RCPs apply to are iam-data's", () => {
  expect(dataServices().filter(rcpSupports).sort()).toEqual(dataRcpServices().sort());
});

test("every action of iam-data is found, with its access level, resources and keys", () => {
  let count = 0;
  for (const prefix of dataServices())
    for (const action of dataActions(prefix)) {
      count++;
      const name = `${prefix}:${action.name}`;
      const facts = actionFacts(name.toUpperCase());
      const found = facts && {
        ...facts,
        resources: facts.resources.map((resource) => ({ ...resource, conditionKeys: keySet(resource.conditionKeys) })),
        conditionKeys: keySet(facts.conditionKeys),
      };
      expect(found, name).toEqual({
        service: prefix,
        name: action.name,
        access: action.accessLevel.replace(/, Write$/, ""),
        resources: action.resourceTypes.map(({ name: type, required, conditionKeys }) => ({
          type,
          required,
          conditionKeys: keySet(conditionKeys),
        })),
        conditionKeys: keySet(action.conditionKeys, CARRIED[name]),
      });
    }
  expect([...actionNames()]).toHaveLength(count);
});

test("every resource type of iam-data is found", () => {
  for (const prefix of dataServices()) {
    const found = [...serviceFacts(prefix)!.resourceTypes.values()];
    const expected = dataResourceTypes(prefix).map(({ key, arn, conditionKeys = [] }) => ({
      type: key,
      arns: arn.split(", "),
      conditionKeys: keySet(conditionKeys, RESOURCE_KEYS[`${prefix}:${key}`]),
    }));
    const type = (facts: { type: string }) => facts.type;
    expect(found.map(type).sort()).toEqual(expected.map(type).sort());
    for (const one of expected) {
      const { arn, ...facts } = found.find((other) => other.type === one.type)!;
      expect({ ...facts, conditionKeys: keySet(facts.conditionKeys) }).toEqual(one);
      expect(arn).toBe(one.arns[0]);
    }
  }
});

test("every condition key of iam-data is found, with its type", () => {
  for (const prefix of dataServices()) {
    const expected = new Map(dataKeys(prefix).map(({ key, type }) => [dataKeyName(key), type]));
    for (const [key, type] of Object.entries(KEYS[prefix] ?? {})) expected.set(key, type);
    const found = [...serviceFacts(prefix)!.keys.values()];
    expect(new Map(found.map(({ name, type, multiValued }) => [name, (multiValued ? "ArrayOf" : "") + type]))).toEqual(
      expected,
    );
  }
});

test("the names for completion are the catalogue's", () => {
  const written = readFileSync(source("action-names.ts"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith('"'))
    .flatMap((line) => {
      const [prefix, ...names] = [...line.matchAll(/"([^"]+)"/g)].map((match) => match[1]);
      return names.map((name) => `${prefix}:${name}`);
    });
  expect(written.sort()).toEqual([...actionNames()].sort());
});

test("the catalogue stays under a megabyte", () => {
  expect(statSync(source("catalog.txt")).size).toBeLessThan(1_000_000);
});
