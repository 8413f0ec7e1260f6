import { expect, test } from "vitest";
import { runners } from "./columns.ts";

const LIMIT = 180_000;

test.for(runners)("every situation in $name", { timeout: LIMIT }, async (runner, { skip }) => {
  const column = await runner.run();
  if (!("cells" in column)) return skip(`${column.name} was not run: ${column.reason}`);
  const problems = [...column.cells].filter(([, cell]) => cell.problems.length > 0);
  expect(Object.fromEntries(problems.map(([situation, cell]) => [situation, cell.problems]))).toEqual({});
});
