/**
 * `@cloud-copilot/iam-simulate` beside us, as its README and its declarations say to call it. It is AGPL: installed by hand in
 * `peers/`, loaded by path, never linked.
 */
import { existsSync } from "node:fs";
import type { Ask, Scenario } from "./scenarios.ts";
import { ACCOUNT } from "./scenarios.ts";

const MODULES = new URL("./peers/node_modules/@cloud-copilot/", import.meta.url);

type Analysis = { readonly result: string };
type Run = (simulation: object, options: object) => Promise<{ readonly overallResult: string }>;
type Authorize = (request: object) => Analysis;
type Constructor = new (...args: unknown[]) => object;

export interface Peer {
  /** Everything that its public function does: the checks of policies and request, and the decision. */
  runSimulation(scenario: Scenario): () => Promise<number>;
  /** The decision alone, from policies that are loaded and requests that are made. */
  authorize(scenario: Scenario): () => number;
}

export async function loadPeer(): Promise<Peer> {
  if (!existsSync(MODULES)) throw new Error("first: npm install --prefix test/bench/peers");
  const from = (path: string) => import(new URL(path, MODULES).href);
  const simulate = "iam-simulate/dist/esm/";
  const { runSimulation } = (await from(`${simulate}index.js`)) as { runSimulation: Run };
  const { authorize } = (await from(`${simulate}core_engine/CoreSimulatorEngine.js`)) as { authorize: Authorize };
  const { AwsRequestImpl } = (await from(`${simulate}request/request.js`)) as { AwsRequestImpl: Constructor };
  const { RequestContextImpl } = (await from(`${simulate}requestContext.js`)) as { RequestContextImpl: Constructor };
  const { DiscoveryContextKeyConstraints } = (await from(
    `${simulate}context_keys/discoveryContextKeyConstraints.js`,
  )) as { DiscoveryContextKeyConstraints: Constructor };
  const { loadPolicy } = (await from("iam-policy/dist/esm/index.js")) as {
    loadPolicy: (document: object, metadata: object) => object;
  };

  return {
    runSimulation({ identity, key, asks }) {
      const simulations = asks.map((ask) => ({
        request: {
          principal: ask.principal,
          action: ask.action,
          resource: { resource: ask.resource, accountId: ACCOUNT },
          contextVariables: contextOf(ask),
        },
        identityPolicies: identity.map((policy, at) => ({ name: `identity ${at}`, policy })),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        resourcePolicy: key,
      }));
      return async () => {
        let allowed = 0;
        for (const simulation of simulations)
          if ((await runSimulation(simulation, {})).overallResult === "Allowed") allowed++;
        return allowed;
      };
    },
    authorize({ identity, key, asks }) {
      const identityPolicies = identity.map((document, at) => loadPolicy(document, { name: `identity ${at}` }));
      const resourcePolicy = key && loadPolicy(key, { name: "key policy" });
      const simulationParameters = {
        simulationMode: "Strict",
        discoveryContextKeyConstraints: new DiscoveryContextKeyConstraints(),
      };
      const questions = asks.map((ask) => ({
        request: new AwsRequestImpl(
          ask.principal,
          { resource: ask.resource, accountId: ACCOUNT },
          ask.action,
          new RequestContextImpl(contextOf(ask)),
        ),
        sessionPolicy: undefined,
        identityPolicies,
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        resourcePolicy,
        permissionBoundaries: undefined,
        vpcEndpointPolicies: undefined,
        simulationParameters,
      }));
      return () => {
        let allowed = 0;
        for (const question of questions) if (authorize(question).result === "Allowed") allowed++;
        return allowed;
      };
    },
  };
}

/** It derives no keys: the ones that AWS fills in are given. */
const contextOf = ({ principal, context }: Ask) => ({
  "aws:PrincipalArn": principal,
  "aws:PrincipalAccount": ACCOUNT,
  ...context,
});
