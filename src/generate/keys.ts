import type { OperatorFamily } from "../catalog/operators.ts";
import { HOME, PARTNER, PATH_ROLE, ROLE } from "./universe.ts";

/** A condition key with the values that policies ask for and those that requests bring. */
export interface KeyRow {
  readonly key: string;
  readonly family: OperatorFamily;
  readonly wanted: readonly string[];
  readonly seen: readonly string[];
  /** Requests bring a list (C16). */
  readonly many?: true;
}

/** Every type, both numbers of values, keys that AWS sends always, sometimes, and that the evaluator derives. */
export const KEY_ROWS: readonly KeyRow[] = [
  {
    key: "aws:PrincipalTag/team",
    family: "string",
    wanted: ["red", "blue", "r*", "${aws:RequestTag/team}", "Red", ""],
    seen: ["red", "blue", "RED", "", "r*"],
  },
  {
    key: "aws:RequestTag/team",
    family: "string",
    wanted: ["red", "${aws:PrincipalTag/team, 'red'}", "?ed", "${*}"],
    seen: ["red", "blue", "*"],
  },
  {
    key: "aws:username",
    family: "string",
    wanted: ["alice", "a*", "${aws:PrincipalTag/team}"],
    seen: ["alice", "bob"],
  },
  {
    key: "aws:PrincipalOrgID",
    family: "string",
    wanted: ["o-aaaa1111", "o-bbbb2222"],
    seen: ["o-aaaa1111", "o-bbbb2222"],
  },
  { key: "aws:PrincipalAccount", family: "string", wanted: [HOME, PARTNER, "1111*"], seen: [HOME, PARTNER] },
  { key: "aws:SourceVpce", family: "string", wanted: ["vpce-1", "vpce-*"], seen: ["vpce-1", "vpce-2"] },
  {
    key: "kms:ViaService",
    family: "string",
    wanted: ["ec2.us-west-2.amazonaws.com", "ec2.*", "s3.us-west-2.amazonaws.com"],
    seen: ["ec2.us-west-2.amazonaws.com", "s3.us-west-2.amazonaws.com"],
  },
  {
    key: "kms:EncryptionContext:app",
    family: "string",
    wanted: ["orders", "Orders", "o*"],
    seen: ["orders", "ORDERS"],
  },
  {
    key: "aws:TagKeys",
    family: "string",
    wanted: ["team", "cost", "t*", "TEAM"],
    seen: ["team", "cost", ""],
    many: true,
  },
  {
    key: "kms:GrantOperations",
    family: "string",
    wanted: ["Decrypt", "Encrypt", "De*"],
    seen: ["Decrypt", "Encrypt"],
    many: true,
  },
  { key: "aws:MultiFactorAuthPresent", family: "bool", wanted: ["true", "false", "True"], seen: ["true", "false"] },
  { key: "aws:SecureTransport", family: "bool", wanted: ["true", "false"], seen: ["true", "false"] },
  {
    key: "aws:MultiFactorAuthAge",
    family: "numeric",
    wanted: ["3600", "-1", "60.5", "soon"],
    seen: ["0", "60.5", "3600", "7200"],
  },
  {
    key: "aws:CurrentTime",
    family: "date",
    wanted: ["2026-01-01T00:00:00Z", "2026-06-30", "1767225600", "2026"],
    seen: ["2026-01-01T00:00:00Z", "2026-05-01T02:00:00+02:00", "2027-01-01T00:00:00.5Z"],
  },
  {
    key: "aws:SourceIp",
    family: "ip",
    wanted: ["203.0.113.0/24", "198.51.100.7", "2001:db8::/32", "0.0.0.0/0"],
    seen: ["203.0.113.9", "198.51.100.7", "2001:db8:0::1", "10.0.0.1"],
  },
  {
    key: "aws:PrincipalArn",
    family: "arn",
    wanted: [ROLE, "arn:aws:iam::*:role/*", PATH_ROLE, "arn:aws:iam::*:user/${aws:username}", "*"],
    seen: [ROLE, PATH_ROLE],
  },
  {
    key: "aws:SourceArn",
    family: "arn",
    wanted: ["arn:aws:s3:::reports", "arn:aws:s3:::*", "arn:aws:*"],
    seen: ["arn:aws:s3:::reports", `arn:aws:sns:us-west-2:${HOME}:news`],
  },
  { key: "aws:RequestTag/blob", family: "binary", wanted: ["aGk=", "QUJD"], seen: ["aGk=", "QUI="] },
];
