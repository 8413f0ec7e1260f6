import { IAMClient } from "@aws-sdk/client-iam";

/** The real client, at a server of the tests. The SDK's own retries are off where a test counts calls. */
export const clientAt = (endpoint: string, maxAttempts = 1): IAMClient =>
  new IAMClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts,
  });
