import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { BUGS } from "./bugs.ts";
import { ENGINE_BUGS } from "./engine-bugs.ts";

/** `npm run test:seeded` takes long and is run by hand: that a change of the code leaves it something to plant is seen here. */
test.each([...BUGS, ...ENGINE_BUGS])("there is a place for the bug: $name", ({ file, from, to }) => {
  expect(readFileSync(file, "utf8").split(from)).toHaveLength(2);
  expect(to).not.toBe(from);
});
