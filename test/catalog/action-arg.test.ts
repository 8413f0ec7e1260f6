/** Checked by the compiler: `tsc -p tsconfig.json`. */
import { expect, test } from "vitest";
import type { ActionArg } from "../../src/catalog/action-arg.ts";

const take = <A extends string>(action: ActionArg<A>): A => action as A;

test("names of the catalogue, in AWS's spelling", () => {
  const action: "kms:Decrypt" = take("kms:Decrypt");
  take("s3:GetObject");
  take("ec2:RunInstances");
  take("access-analyzer:ListFindings");
  take("KMS:Decrypt");
  take("kms:Encrypt" as "kms:Encrypt" | "kms:Decrypt");
  expect(action).toBe("kms:Decrypt");
});

test("patterns, unknown services and texts the compiler does not know pass", () => {
  const text: string = "kms:Decrypt";
  take("*");
  take("kms:*");
  take("kms:Get*");
  take("k?s:Decrypt");
  take("newservice:DoIt");
  take(text);
  take(`kms:${text}`);
  take(`kms:Get${text}`);
});

test("misspelt names do not", () => {
  // @ts-expect-error a typing error
  take("kms:Decrpt");
  // @ts-expect-error another service's action
  take("s3:Decrypt");
  // @ts-expect-error not AWS's spelling, so that completion can offer it
  take("kms:decrypt");
  // @ts-expect-error one of them is wrong
  take("kms:Decrpt" as "kms:Encrypt" | "kms:Decrpt");
  // @ts-expect-error no service
  take("Decrypt");
  // @ts-expect-error no action
  take("kms:");
  // @ts-expect-error nothing
  take("");
});
