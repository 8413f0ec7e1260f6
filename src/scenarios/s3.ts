/** Amazon S3 with SSE-KMS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html */
import { request } from "../request/request.ts";
import { arnOf, type Caller, keyOf, Scenario, type Step } from "./scenario.ts";

export interface ObjectInput {
  readonly by: Caller;
  readonly key: string;
  /** The ARN of the object. */
  readonly object: string;
  /** With an S3 Bucket Key the encryption context is the bucket's ARN, else the object's. */
  readonly bucketKey?: boolean;
}

const PAGE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html";

function throughS3(action: string, title: string, { by, key, object, bucketKey = false }: ObjectInput): Step {
  const { resource } = arnOf(object, "s3", /^[^/]+\/./, "an object");
  const bucket = object.slice(0, object.length - resource.length) + resource.split("/")[0];
  return {
    title,
    request: request(by, action, key)
      .viaService(`s3.${keyOf(key).region}.amazonaws.com`)
      .withEncryptionContext({ "aws:s3:arn": bucketKey ? bucket : object }),
  };
}

export const s3 = {
  /** An object is written under SSE-KMS. */
  putObject(input: ObjectInput): Scenario {
    const put = request(input.by, "s3:PutObject", input.object).inRegion(keyOf(input.key).region).withContext({
      "s3:x-amz-server-side-encryption": "aws:kms",
      "s3:x-amz-server-side-encryption-aws-kms-key-id": input.key,
    });
    return new Scenario({
      name: "s3.putObject",
      page: PAGE,
      steps: [
        { title: "the caller writes the object", request: put },
        throughS3("kms:GenerateDataKey", "S3 makes the object's data key for the caller", input),
      ],
    });
  },

  /** An object that was written under SSE-KMS is read. */
  getObject(input: ObjectInput): Scenario {
    return new Scenario({
      name: "s3.getObject",
      page: PAGE,
      steps: [
        {
          title: "the caller reads the object",
          request: request(input.by, "s3:GetObject", input.object).inRegion(keyOf(input.key).region),
        },
        throughS3("kms:Decrypt", "S3 decrypts the object's data key for the caller", input),
      ],
    });
  },
};
