/**
 * Identity providers that serve many organizations from one URL, and the claims by which their tokens say whose they are.
 * A trust policy that pins none of these lets in everybody who is a customer of the provider.
 * The first ones: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html (read at
 * crowecawcaw/aws-docs-history, commit 11fdc3934a), the last three: …/reference_policies_iam-condition-keys.html#condition-keys-wif
 */

/**
 * How many parts of the claim's value (`repo:my-org/my-repo:…` has more than two) tell whose the token is: wildcards there
 * are wildcards for organizations. `whole`: all of it. `owner`: a part that names a repository or its owner, for GitHub's
 * subjects can be made of other claims as well, which anybody's workflows may have.
 */
export type TellingParts = number | "whole" | "owner";

type Claims = Readonly<Record<string, TellingParts>>;

const SUBJECT: Claims = { sub: 2 };
const AUDIENCE: Claims = { aud: "whole" };
const GITHUB: Claims = {
  sub: "owner",
  repository: 1,
  repository_id: "whole",
  repository_owner_id: "whole",
  enterprise_id: "whole",
};
/** Service accounts of shared clusters: `system:serviceaccount:namespace:name`. */
const CLUSTER: Claims = { sub: 3 };

const PROVIDERS: Readonly<Record<string, Claims>> = {
  "cognito-identity.amazonaws.com": AUDIENCE,
  "agent.buildkite.com": { sub: 2, organization_id: "whole", organization_slug: "whole", pipeline_id: "whole" },
  "oidc.codefresh.io": SUBJECT,
  "studio.datachain.ai/api": SUBJECT,
  "token.actions.githubusercontent.com": GITHUB,
  "vstoken.actions.githubusercontent.com": GITHUB,
  "oidc-configuration.audit-log.githubusercontent.com": { sub: "whole" },
  "gitlab.com": { sub: 2, namespace_id: "whole", project_id: "whole" },
  "rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7": CLUSTER,
  "rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr": CLUSTER,
  "rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg": CLUSTER,
  "rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26": CLUSTER,
  "oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb": CLUSTER,
  "oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu": CLUSTER,
  "api.pulumi.com/oidc": AUDIENCE,
  "sandboxes.cloud": AUDIENCE,
  "scalr.io": SUBJECT,
  "tokens.cloud.shisho.dev": SUBJECT,
  "app.terraform.io": SUBJECT,
  "proidc.upbound.io": SUBJECT,
  "oidc.vercel.com": AUDIENCE,
  "accounts.google.com": { aud: "whole", oaud: "whole", sub: "whole", "google/organization_number": "whole" },
  "graph.facebook.com": { app_id: "whole", id: "whole" },
  "www.amazon.com": { app_id: "whole", user_id: "whole" },
};

/** Its telling claims as condition keys; undefined: it serves one organization, as far as we know. */
export function sharedProviderClaims(host: string): Readonly<Record<string, TellingParts>> | undefined {
  const folded = host.toLowerCase();
  if (folded === AZURE_SENTINEL) return { "sts:RoleSessionName": "whole" };
  if (!Object.hasOwn(PROVIDERS, folded)) return undefined;
  return Object.fromEntries(Object.entries(PROVIDERS[folded]!).map(([claim, parts]) => [`${folded}:${claim}`, parts]));
}

/** Microsoft's tokens for AWS connectors tell their workspace in the name of the session. */
const AZURE_SENTINEL = "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d";
