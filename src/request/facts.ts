import type { ActionFacts } from "../catalog/catalog.ts";
import type { Arn } from "../policy/arn.ts";
import type { Principal } from "./principal.ts";
import type { RequestFields } from "./request.ts";

/** A request with everything that deciding reads more than once. */
export interface Facts {
  readonly request: RequestFields;
  readonly principal: Principal;
  /** Folded: action names do not depend on case (semantics A19). */
  readonly action: string;
  readonly service: string;
  readonly actionFacts: ActionFacts | undefined;
  /** `*` for an action without a resource; undefined: the resource of the policy under test, ARN unknown. */
  readonly resource: string | undefined;
  readonly arn: Arn | undefined;
  /** Where the last of the six fields of the resource's text begins; -1 where there are fewer. */
  readonly lastField: number;
  /** The resource's text in small letters. */
  readonly foldedResource: string;
  /** The account that owns the resource. */
  readonly owner: string | undefined;
  /** The request's own context, by folded key. */
  readonly context: ReadonlyMap<string, readonly string[] | null>;
  /** A service calls on the caller's behalf (forward access session, semantics B5). */
  readonly viaService: boolean;
}
