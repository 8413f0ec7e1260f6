import { describe, expect, test } from "vitest";
import { DiagnosticError } from "../../src/diagnostic/diagnostic.ts";
import { Refused, WRONG_USE } from "./wrong-use.ts";

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof DiagnosticError || error instanceof Refused) return error.message;
    throw error;
  }
  throw new Error("this is taken");
}

describe("wrong use", () => {
  for (const { name, act, message, bug } of WRONG_USE)
    test(name, { fails: bug !== undefined }, () =>
      expect(messageOf(act).replaceAll(process.cwd(), "<cwd>")).toBe(message.join("\n")),
    );
});

test("no two rows have one name", () => {
  const names = WRONG_USE.map(({ name }) => name);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});
