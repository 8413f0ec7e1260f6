/** What went wrong with a call, as the SDK tells it: worth another try, or said to the user. */
import { DiagnosticError, refuse } from "../diagnostic/diagnostic.ts";

/** What is read of an error of the SDK. */
interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

export type FailureKind = "throttled" | "passing" | "refused" | "credentials" | "other";

const THROTTLED =
  /^(Throttling|ThrottlingException|ThrottledException|RequestThrottled|RequestThrottledException|TooManyRequestsException|RequestLimitExceeded|SlowDown|PriorRequestNotComplete|BandwidthLimitExceeded)$/;
const CREDENTIALS =
  /^(ExpiredToken|ExpiredTokenException|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|AccessDenied|AccessDeniedException|AuthFailure|OptInRequired|NotAuthorized|CredentialsProviderError|TokenProviderError|RequestExpired)$/;
const NETWORK = /^(ECONNRESET|ECONNREFUSED|ECONNABORTED|EPIPE|ETIMEDOUT|EAI_AGAIN|ENOTFOUND|EHOSTUNREACH|ENETUNREACH)$/;
const PASSING =
  /^(TimeoutError|AbortError|RequestTimeout|RequestTimeoutException|InternalFailure|InternalError|ServiceUnavailable)$/;

/** An answer that is no answer of IAM: cut off, or a proxy's page. */
export class UnreadableAnswer extends Error {}

export function kindOf(error: unknown): FailureKind {
  if (error instanceof UnreadableAnswer) return "passing";
  const { name = "", message = "", code = "", $metadata } = (error ?? {}) as SdkError;
  if (THROTTLED.test(name)) return "throttled";
  if (CREDENTIALS.test(name) || /could not load credentials|credential is missing/i.test(message)) return "credentials";
  const status = $metadata?.httpStatusCode ?? 0;
  if (status >= 500 || NETWORK.test(code) || PASSING.test(name)) return "passing";
  // The body could not be read, although AWS said that all was well.
  if (status >= 200 && status < 300) return "passing";
  if (
    /^(InvalidInput|InvalidInputException|ValidationError|MalformedInput|NoSuchEntity|NoSuchEntityException)$/.test(
      name,
    )
  )
    return "refused";
  return "other";
}

/** @throws DiagnosticError that says what the user can do about it */
export function fail(error: unknown, kind: FailureKind, tries: number): never {
  const { name = "Error", message = String(error) } = (error ?? {}) as SdkError;
  const said = `${name}: ${message.split("\n")[0]}`;
  const often = tries === 1 ? "" : `, ${tries} times`;
  if (kind === "throttled")
    refuse("simulator-throttled", `AWS throttled the call${often} (${said})`, {
      help: "ask less at once, with the option `concurrency`, or later",
    });
  if (kind === "credentials")
    refuse("simulator-credentials", `AWS did not accept the credentials, or there are none (${said})`, {
      help: "the simulator needs `iam:SimulateCustomPolicy` or `iam:SimulatePrincipalPolicy`; a replay needs nothing",
    });
  if (kind === "refused") refuse("simulator-refused", `AWS's simulator refused the question (${said})`);
  const status = (error as SdkError | undefined)?.$metadata?.httpStatusCode ?? 0;
  if (error instanceof UnreadableAnswer || (status >= 200 && status < 300))
    refuse("simulator-answer", `what came back is no answer of IAM${often}: ${message.split("\n")[0]}`, {
      help: "is there a proxy between here and AWS?",
    });
  refuse("simulator-unreachable", `AWS's simulator could not be asked${often} (${said})`);
}

export const codeOf = (error: unknown): string | undefined =>
  error instanceof DiagnosticError ? error.code : undefined;
