import { createRequire } from "node:module";
import { refuse } from "../diagnostic/diagnostic.ts";

/**
 * What is used of a client of `@aws-sdk/client-iam`. Declared here, so that nobody needs the SDK to compile; any
 * `IAMClient` fits.
 */
export interface IamClient {
  // biome-ignore lint/suspicious/noExplicitAny: the SDK's `send` is overloaded for each of its commands
  send(command: any, options?: any): Promise<any>;
}

/** A client, or what makes one when AWS is first asked; a replay never makes it. */
export type ClientSource = IamClient | (() => IamClient | Promise<IamClient>);

/** What is used of the module `@aws-sdk/client-iam`: the commands of the two operations. */
export interface IamSdk {
  readonly SimulateCustomPolicyCommand: CommandClass;
  readonly SimulatePrincipalPolicyCommand: CommandClass;
}

// biome-ignore lint/suspicious/noExplicitAny: the inputs and commands are the SDK's own
type CommandClass = new (input: any) => any;

/** Loaded only to ask AWS. Node gives `import` and `require` the same module of this package. */
export function loadSdk(): IamSdk {
  try {
    return createRequire(import.meta.url)("@aws-sdk/client-iam") as IamSdk;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    return refuse("missing-package", "to ask AWS takes the package `@aws-sdk/client-iam`, which is not installed", {
      help: "npm install --save-dev @aws-sdk/client-iam, or replay recordings",
    });
  }
}

export async function makeClient(source: ClientSource | undefined): Promise<IamClient> {
  const client = typeof source === "function" ? await source() : source;
  if (typeof client?.send === "function") return client;
  return refuse("wrong-use", "to ask AWS takes a client, and none was given", {
    help: '`client: () => new IAMClient({ region: "us-east-1" })`, of `@aws-sdk/client-iam`',
  });
}
