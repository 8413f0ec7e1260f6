/** What each kind of policy may hold: semantics A6, with its AWS pages. */
export type PolicyKind =
  | "identity"
  | "permissionsBoundary"
  | "session"
  | "resource"
  | "key"
  | "trust"
  | "serviceControl"
  | "resourceControl"
  | "vpcEndpoint";

export interface KindFacts {
  /** As a reader calls it: "a key policy". */
  readonly title: string;
  readonly principal: "required" | "forbidden" | "everyone";
  readonly notAction: boolean;
  readonly resource: "required" | "optional" | "forbidden" | "inert";
  readonly notResource: boolean;
  readonly id: boolean;
  readonly denyOnly: boolean;
  /** A resource with this policy attached is judged by it (identity-type policies follow the caller instead). */
  readonly attachedToResource: boolean;
  /** How an ARN pattern of fewer than six fields is read (semantics A21). */
  readonly shortArn: "filled" | "filledIfWildcard" | "refused" | "refusedUnlessWildcard";
  readonly versionRequired: boolean;
  readonly see: string;
}

const GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide";
const ORGANIZATIONS = "https://docs.aws.amazon.com/organizations/latest/userguide";

const identity: KindFacts = {
  title: "an identity policy",
  principal: "forbidden",
  notAction: true,
  resource: "required",
  notResource: true,
  id: false,
  denyOnly: false,
  attachedToResource: false,
  shortArn: "filled",
  versionRequired: false,
  see: `${GUIDE}/reference_policies_elements_principal.html`,
};

const resource: KindFacts = {
  ...identity,
  title: "a resource policy",
  principal: "required",
  resource: "optional",
  id: true,
  attachedToResource: true,
  shortArn: "filledIfWildcard",
};

export const KINDS: Readonly<Record<PolicyKind, KindFacts>> = {
  identity,
  permissionsBoundary: { ...identity, title: "a permissions boundary" },
  session: { ...identity, title: "a session policy", shortArn: "refused" },
  resource,
  key: {
    ...resource,
    title: "a key policy",
    // A statement without Action or Resource is accepted and has no effect (semantics A8).
    resource: "inert",
    see: "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html",
  },
  trust: { ...resource, title: "a trust policy", resource: "forbidden", notResource: false },
  serviceControl: {
    ...identity,
    title: "a service control policy",
    shortArn: "refusedUnlessWildcard",
    versionRequired: true,
    see: `${ORGANIZATIONS}/orgs_manage_policies_scps_syntax.html`,
  },
  resourceControl: {
    ...identity,
    title: "a resource control policy",
    principal: "everyone",
    notAction: false,
    denyOnly: true,
    shortArn: "refused",
    versionRequired: true,
    see: `${ORGANIZATIONS}/orgs_manage_policies_rcps_syntax.html`,
  },
  vpcEndpoint: {
    ...resource,
    title: "a VPC endpoint policy",
    attachedToResource: false,
    see: "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
  },
};
