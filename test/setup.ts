/** The matchers from the source; the examples have them from the built package. */
import "../matchers/vitest.ts";
