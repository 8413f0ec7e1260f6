/** How AWS's policy simulator is asked. The client is made only to ask: a replay needs neither it nor credentials. */
export default {
  client: async () => {
    const { IAMClient } = await import("@aws-sdk/client-iam");
    return new IAMClient({ region: "us-east-1" });
  },
  recordings: "recordings",
  // Account ids and the like are replaced in what is kept.
  scrub: true,
};
