/** The link of a test that tells a context key: a row a key. `value` is one that a policy wants, where there is one. */
const ROWS: Readonly<Record<string, (value: string) => string>> = {
  "kms:viaservice": (value) => `.viaService(${text(value, "ec2.us-west-2.amazonaws.com")})`,
  "kms:grantisforawsresource": () => ".forAwsResource()",
  "kms:grantoperations": (value) => `.withGrantOperations([${text(value, "Decrypt")}])`,
  "kms:granteeprincipal": (value) => `.toGrantee(${text(value, "arn:aws:iam::111122223333:role/app")})`,
  "kms:requestalias": (value) => `.withAlias(${text(value, "alias/app")})`,
  "aws:sourceip": (value) => `.fromIp(${text(/[/*]/.test(value) ? "" : value, "203.0.113.7")})`,
  "aws:sourcevpc": (value) => `.fromVpc(${text(value, "vpc-0abc")})`,
  "aws:sourcevpce": (value) => `.fromVpcEndpoint(${text(value, "vpce-0abc")})`,
  "aws:multifactorauthpresent": () => ".withMfa()` or `.withoutMfa()",
  "aws:multifactorauthage": () => ".withMfa(300)",
  "aws:sourcearn": (value) => `.withSourceArn(${text(value, "arn:aws:s3:::bucket")})`,
  "aws:sourceaccount": (value) => `.withSourceAccount(${text(value, "111122223333")})`,
  "aws:sourceorgid": (value) => `.withSourceOrg(${text(value, "o-example")})`,
  "aws:calledvia": (value) => `.calledVia(${text(value, "athena.amazonaws.com")})`,
  "aws:requestedregion": (value) => `.inRegion(${text(value, "us-west-2")})`,
  "aws:currenttime": () => '.at("2026-01-31T12:00:00Z")',
  "aws:epochtime": () => '.at("2026-01-31T12:00:00Z")',
  "sts:rolesessionname": () =>
    'session(role, "its name")` as the caller, or `.withContext({ "sts:RoleSessionName": "…" })',
  "sts:externalid": (value) => `.withExternalId(${text(value, "…")})`,
};

const PREFIXES: readonly (readonly [string, (name: string, value: string) => string])[] = [
  [
    "kms:encryptioncontext:",
    (name, value) => `.withEncryptionContext({ ${JSON.stringify(name)}: ${text(value, "…")} })`,
  ],
  ["aws:principaltag/", (name, value) => `.withPrincipalTags({ ${JSON.stringify(name)}: ${text(value, "…")} })`],
  ["aws:requesttag/", (name, value) => `.withRequestTags({ ${JSON.stringify(name)}: ${text(value, "…")} })`],
  ["aws:resourcetag/", (name, value) => `.withResourceTags({ ${JSON.stringify(name)}: ${text(value, "…")} })`],
];

/** The link that sets a key, as one would write it. */
export function linkFor(key: string, value = ""): string {
  const folded = key.toLowerCase();
  const row = Object.hasOwn(ROWS, folded) ? ROWS[folded] : undefined;
  if (row) return row(value);
  for (const [prefix, link] of PREFIXES) if (folded.startsWith(prefix)) return link(key.slice(prefix.length), value);
  const claim = /:(sub|aud)$/.exec(folded);
  if (claim && !folded.startsWith("saml:")) return `.withClaims({ ${claim[1]}: ${text(value, "…")} })`;
  return `.withContext({ ${JSON.stringify(key)}: ${text(value, "…")} })`;
}

/** A policy's value where it can be a request's, else an example. */
const text = (value: string, example: string) =>
  JSON.stringify(value === "" || /[*?$]/.test(value) || value.length > 80 ? example : value);
