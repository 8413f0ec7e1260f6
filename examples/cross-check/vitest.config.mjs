export default {
  test: {
    setupFiles: ["iam-expect/vitest"],
    // With IAM_EXPECT_SIMULATOR=live|record|replay it asks AWS all that the tests asked; without, it does nothing.
    reporters: ["default", "iam-expect/vitest-reporter"],
  },
};
