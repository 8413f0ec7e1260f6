/** AWS's words for an action, its resources and its condition keys, as the Service Authorization Reference has them. */

export interface ActionFacts {
  readonly service: string;
  /** As AWS spells it: `Decrypt`. */
  readonly name: string;
  /** `List`, `Read`, `Write`, `Tagging` or `Permissions management`. */
  readonly access: string;
  /** Empty: no resource-level support, only `*` names what it acts on (semantics A23). */
  readonly resources: readonly ActionResource[];
  /** The keys every request of the action may carry, whatever its resource. */
  readonly conditionKeys: readonly string[];
}

export interface ActionResource {
  readonly type: string;
  readonly required: boolean;
  /** The keys carried only with this resource. Those of the resource type itself come on top. */
  readonly conditionKeys: readonly string[];
}

export interface ResourceTypeFacts {
  readonly type: string;
  /** `arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}`; the first of `arns`. */
  readonly arn: string;
  /** Several for a few types of apigateway, greengrass and lex. */
  readonly arns: readonly string[];
  readonly conditionKeys: readonly string[];
}

export type KeyType = "String" | "ARN" | "Bool" | "Numeric" | "Date" | "IPAddress" | "Binary";

export interface KeyFacts {
  /** As AWS spells it; a part that the policy chooses is `${…}`, as in `aws:ResourceTag/${TagKey}`. */
  readonly name: string;
  readonly type: KeyType;
  /** A property of the key, however many values a request has (semantics C16). */
  readonly multiValued: boolean;
}

export interface ServiceFacts {
  readonly prefix: string;
  readonly title: string;
  /** Its page of the Service Authorization Reference. */
  readonly url: string;
  /** By folded name. */
  readonly actions: ReadonlyMap<string, ActionFacts>;
  readonly resourceTypes: ReadonlyMap<string, ResourceTypeFacts>;
  /** By folded name; a key that ends in a variable part by what stands before it: `kms:encryptioncontext:`. */
  readonly keys: ReadonlyMap<string, KeyFacts>;
}
