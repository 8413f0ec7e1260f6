/** API operations that policies know under another action (semantics F11, H4), by folded name. */
export const ACTION_OF_OPERATION: ReadonlyMap<string, string> = new Map([
  ["kms:reencrypt", "kms:ReEncryptFrom"],
  ["lambda:invoke", "lambda:InvokeFunction"],
  ["s3:listbuckets", "s3:ListAllMyBuckets"],
  ["s3:listobjects", "s3:ListBucket"],
  ["s3:listobjectsv2", "s3:ListBucket"],
  ["s3:headbucket", "s3:ListBucket"],
  ["s3:headobject", "s3:GetObject"],
  ["s3:copyobject", "s3:PutObject"],
  ["s3:deleteobjects", "s3:DeleteObject"],
  ["s3:createmultipartupload", "s3:PutObject"],
  ["s3:uploadpart", "s3:PutObject"],
  ["s3:uploadpartcopy", "s3:PutObject"],
  ["s3:completemultipartupload", "s3:PutObject"],
]);
