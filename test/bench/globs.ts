import { glob } from "../../src/policy/glob.ts";

/** Patterns that stall a matcher with backtracking, against values of growing length: the time must grow no faster. */
export function measureGlobs(): void {
  console.log("\na pattern that matches nothing, by length of the value");
  const patterns: Record<string, string> = {
    "200 stars, `a*a*…b*`": `${"a*".repeat(200)}b*`,
    "200 stars with holes, `a?*a?*…b*`": `${"a?*".repeat(200)}b*`,
    "200 stars, then holes, `a*a*…b?*`": `${"a*".repeat(200)}b?*`,
    "one run of 200 holes, `*a?a?…b*`": `*${"a?".repeat(200)}b*`,
  };
  for (const [name, pattern] of Object.entries(patterns)) {
    const compiled = glob(pattern);
    const times = [1000, 10_000, 100_000].map((length) => {
      const value = "a".repeat(length);
      const seen: number[] = [];
      for (let run = 0; run < 15; run++) {
        const start = performance.now();
        if (compiled.matches(value)) throw new Error("it matches");
        seen.push(performance.now() - start);
      }
      return `${length}: ${(seen.sort((a, b) => a - b)[7]! * 1000).toFixed(0)} µs`;
    });
    console.log(`  ${name.padEnd(38)} ${times.join("   ")}`);
  }
}
