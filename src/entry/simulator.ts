/** `iam-expect/simulator`. */
export type { ClientSource, IamClient, IamSdk } from "../simulator/client.ts";
export type { AwsAnswer, Comparison, LocalAnswer, SimulatorVerdict } from "../simulator/comparison.ts";
export type { SimulatorMode } from "../simulator/mode.ts";
export type { Exclusion } from "../simulator/question.ts";
export {
  type Closed,
  iamSimulator,
  type SecondOpinion,
  type Simulator,
  type SimulatorOptions,
} from "../simulator/simulator.ts";
