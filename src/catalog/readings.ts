/**
 * The rules that AWS does not settle, as we read them: each in a sentence, by its number in our notes on the semantics (the
 * decision's `unverified`). Where a decision turns on one it says so.
 */
const READINGS = {
  A7: "an Allow of a service control policy may name resources and conditions",
  A9: "an operator without values never matches, not even a negated one",
  A16: 'a trust policy\'s `"Principal": "*"` lets everybody in',
  A17: "a Deny with NotPrincipal spares only those whom it lists together with their account",
  A20: "a `*` at the end of a field of an ARN reaches over the colons that follow",
  A21: "an ARN of fewer than six fields matches only where its kind of policy fills up the rest",
  A22: "upper and lower case count in the names of resources",
  A23: "an action that is done on no resource is matched by `*` only",
  A28: "an account as the principal of a gateway endpoint's policy is its root user",
  B3: "a service that calls with its own name has no `aws:PrincipalAccount` and no `aws:PrincipalArn`",
  B6: "where a service calls for somebody, `aws:SourceIp` is the address of the one it calls for",
  C6: "a date that could be a year is seconds since 1970",
  C7: "upper and lower case do not count in the values of Bool",
  C9: "an IPv6 address without a prefix length is that one address",
  C10: "a bare `*` is no ARN: `ArnLike` never matches it",
  C12: "ForAllValues matches where all values of the key are empty texts",
  C13: "ForAnyValue with IfExists does not match where the key is absent",
  C15: "a key of several values never matches where the operator has no ForAnyValue or ForAllValues",
  C17: "a value that cannot be read as the operator's type matches a negated operator only",
  D1: "variables are replaced in the values of Bool, too",
  D2: "a variable of a key that may have several values has none",
  D5: "a NotResource whose variable has no value leaves nothing out",
  D6: "a `*` in the value of a variable is no wildcard",
  E4: 'a bare `"Principal": "*"` passes over permissions boundaries and session policies',
  E7: "GetFederationToken without a session policy has none of the user's own permissions",
  E17: "AWS keeps what is its own, its managed policies, reserved roles and aliases, from change whatever policies say",
  E21: "resource control policies bind the services on AWS's machine-readable list, which is longer than the page",
  E22: "an action that is done on no resource is bound by the resource control policies of its caller's account",
  F15: "upper and lower case do not count in the names of an encryption context that a grant asks for",
  F17: "a grant to the very caller passes over permissions boundaries and session policies, one to its role does not",
  F23: "AWS fills in 30 days for a key's deletion and 365 for its rotation where the request does not say how many",
} as const;

export type UnsettledRule = keyof typeof READINGS;

/** The rule in words, with its number. */
export const readingText = (rule: string): string => `${READINGS[rule as UnsettledRule]} (${rule})`;
