/** The whole text that an assertion fails with; an assertion that passes is an error of the test. */
export async function messageOf(assertion: () => unknown): Promise<string> {
  try {
    await assertion();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the assertion passed");
}
