/** What the Service Authorization Reference, as iam-data has it, lacks or says otherwise than `semantics.md`. */

/** A title is the name messages use; `page` is the reference's page where it is not that of iam-data's title. */
export const TITLES: Readonly<Record<string, { readonly title: string; readonly page?: string }>> = {
  // The name of the house style's messages.
  kms: { title: "AWS KMS" },
  // iam-data merges several pages under one prefix and keeps the last page's title.
  apigateway: { title: "Amazon API Gateway Management", page: "amazonapigatewaymanagement" },
  "aws-marketplace": { title: "AWS Marketplace", page: "awsmarketplace" },
  cloudformation: { title: "AWS CloudFormation", page: "awscloudformation" },
  ses: { title: "Amazon SES", page: "amazonsimpleemailservicev2" },
  // The reference's index links to this page.
  appstream: { title: "Amazon AppStream 2.0", page: "amazonappstream2" },
};

/** Keys added to a service, or given another type, in iam-data's words. */
export const KEYS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  sts: {
    // B4: every provider's claims. iam-data has only the claims that single providers define.
    "${OidcProvider}:amr": "ArrayOfString",
    "${OidcProvider}:aud": "String",
    "${OidcProvider}:email": "String",
    "${OidcProvider}:oaud": "String",
    "${OidcProvider}:sub": "String",
    // B4: amr is multi-valued; the reference says String, the IAM and STS key page "multivalued".
    "cognito-identity.amazonaws.com:amr": "ArrayOfString",
  },
};

/** Keys that an action carries though iam-data does not list them with it. */
export const CARRIED: Readonly<Record<string, readonly string[]>> = {
  "sts:AssumeRoleWithWebIdentity": Object.keys(KEYS.sts!),
  // F23: deprecated aliases of kms:KeySpec and kms:KeyUsage, listed with no action at all.
  "kms:CreateKey": ["kms:CustomerMasterKeySpec", "kms:CustomerMasterKeyUsage"],
  // F23: a replica is created with tags of its own.
  "kms:ReplicateKey": ["aws:RequestTag/${TagKey}", "aws:TagKeys"],
};

/** The same for the keys that describe a resource type. */
export const RESOURCE_KEYS: Readonly<Record<string, readonly string[]>> = {
  "kms:key": CARRIED["kms:CreateKey"]!,
};
