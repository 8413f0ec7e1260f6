/** Services that use a key for their callers: a few steps each. */
import { refuse } from "../diagnostic/diagnostic.ts";
import { quoted } from "../diagnostic/frame.ts";
import { request } from "../request/request.ts";
import { arnOf, type Caller, keyOf, Scenario } from "./scenario.ts";

export const secretsmanager = {
  /** A secret is read that is encrypted under a customer managed key. */
  getSecretValue({
    by,
    key,
    secret,
  }: {
    readonly by: Caller;
    readonly key: string;
    readonly secret: string;
  }): Scenario {
    arnOf(secret, "secretsmanager", /^secret:/, "a secret");
    return new Scenario({
      name: "secretsmanager.getSecretValue",
      page: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html",
      steps: [
        { title: "the caller reads the secret", request: request(by, "secretsmanager:GetSecretValue", secret) },
        {
          title: "Secrets Manager decrypts the secret for the caller",
          request: request(by, "kms:Decrypt", key)
            .viaService(`secretsmanager.${keyOf(key).region}.amazonaws.com`)
            .withEncryptionContext({ SecretARN: secret }),
        },
      ],
    });
  },
};

export const rds = {
  /** A database instance with encrypted storage is made. */
  createEncryptedInstance({
    by,
    key,
    database,
  }: {
    readonly by: Caller;
    readonly key: string;
    readonly database: string;
  }): Scenario {
    arnOf(database, "rds", /^db:/, "a database instance");
    const via = `rds.${keyOf(key).region}.amazonaws.com`;
    return new Scenario({
      name: "rds.createEncryptedInstance",
      page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html",
      steps: [
        { title: "the caller makes the database instance", request: request(by, "rds:CreateDBInstance", database) },
        { title: "RDS looks at the key for the caller", request: request(by, "kms:DescribeKey", key).viaService(via) },
        {
          title: "RDS makes a grant on the key for the caller",
          request: request(by, "kms:CreateGrant", key).viaService(via).forAwsResource(),
        },
      ],
    });
  },
};

export const lambda = {
  /** A function is invoked whose environment variables are encrypted under a customer managed key. `role`: the function's. */
  invoke({
    by,
    key,
    function: arn,
    role,
  }: {
    readonly by: Caller;
    readonly key: string;
    readonly function: string;
    readonly role: Caller;
  }): Scenario {
    arnOf(arn, "lambda", /^function:/, "a function");
    return new Scenario({
      name: "lambda.invoke",
      page: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html",
      steps: [
        { title: "the caller invokes the function", request: request(by, "lambda:InvokeFunction", arn) },
        {
          title: "Lambda decrypts the variables for the function's role",
          request: request(role, "kms:Decrypt", key)
            .viaService(`lambda.${keyOf(key).region}.amazonaws.com`)
            .withEncryptionContext({ "aws:lambda:FunctionArn": arn }),
        },
      ],
    });
  },
};

export const kms = {
  /** Data is decrypted under one key and encrypted under another, inside KMS. */
  reEncrypt({ by, from, to }: { readonly by: Caller; readonly from: string; readonly to: string }): Scenario {
    const same = { "kms:ReEncryptOnSameKey": String(from === to) };
    return new Scenario({
      name: "kms.reEncrypt",
      page: "https://docs.aws.amazon.com/kms/latest/APIReference/API_ReEncrypt.html",
      steps: [
        {
          title: "the caller re-encrypts from the one key",
          request: request(by, "kms:ReEncryptFrom", from).withContext(same),
        },
        {
          title: "the caller re-encrypts to the other key",
          request: request(by, "kms:ReEncryptTo", to).withContext(same),
        },
      ],
    });
  },

  /** An alias is made for a key: authorized on both (semantics F9). `alias`: its name, as in `alias/app`. */
  createAlias({ by, key, alias }: { readonly by: Caller; readonly key: string; readonly alias: string }): Scenario {
    const { partition, region, account } = keyOf(key);
    if (typeof alias !== "string" || !/^alias\/[\w/-]+$/.test(alias))
      refuse("invalid-resource", `${quoted(String(alias))} is not the name of an alias`, { help: "as in `alias/app`" });
    return new Scenario({
      name: "kms.createAlias",
      page: "https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html",
      steps: [
        {
          title: "the caller makes the alias",
          request: request(by, "kms:CreateAlias", `arn:${partition}:kms:${region}:${account}:${alias}`),
        },
        { title: "the caller gives it to the key", request: request(by, "kms:CreateAlias", key) },
      ],
    });
  },

  /** A multi-Region key is replicated to another Region. */
  replicateKey({ by, key, region }: { readonly by: Caller; readonly key: string; readonly region: string }): Scenario {
    return new Scenario({
      name: "kms.replicateKey",
      page: "https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-auth.html",
      steps: [
        {
          title: "the caller replicates the key",
          request: request(by, "kms:ReplicateKey", key).withContext({ "kms:ReplicaRegion": region }),
        },
        {
          title: "the caller makes the replica in its Region",
          request: request(by, "kms:CreateKey", "*").inRegion(region),
        },
      ],
    });
  },
};

export const sts = {
  /** The caller assumes a role, and does something in that session. */
  assumeRole({ by, role: assumed, sessionName = "iam-expect", then }: AssumeInput): Scenario {
    const { partition, account, resource } = arnOf(assumed, "iam", /^role\//, "a role");
    const asked = request(by, "sts:AssumeRole", assumed).withContext({ "sts:RoleSessionName": sessionName });
    const after = then?.(
      `arn:${partition}:sts::${account}:assumed-role/${resource.slice(resource.lastIndexOf("/") + 1)}/${sessionName}`,
    );
    return new Scenario({
      name: after ? `sts.assumeRole, then ${after.name}` : "sts.assumeRole",
      page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_permissions-to-switch.html",
      steps: [{ title: "the caller assumes the role", request: asked }, ...(after?.steps ?? [])],
    });
  },
};

export interface AssumeInput {
  readonly by: Caller;
  /** The ARN of the role. */
  readonly role: string;
  readonly sessionName?: string;
  /** What is done in the session, given its ARN. */
  readonly then?: (session: string) => Scenario;
}
