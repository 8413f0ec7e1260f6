/** Callers of whom too many patterns overlap to list all classes: one for each kind and account, with the ARNs that it may have. */
import type { Principal } from "../request/principal.ts";
import { distinctSets, type OpenClass, type OpenTexts } from "./open-texts.ts";
import { TextSets, type TextSetsOptions } from "./text-sets.ts";
import type { Pattern } from "./tokens.ts";

export class OpenCallers {
  private readonly classes = new Map<Principal, OpenClass>();
  private readonly sets: readonly (readonly Pattern[])[];
  private readonly setOf: ReadonlyMap<object, number>;

  /** What conditions ask of callers, as sets of their ARNs. */
  constructor(tested: readonly (readonly [object, readonly Pattern[]])[]) {
    const { sets, setOf } = distinctSets(tested);
    this.sets = sets;
    this.setOf = setOf;
  }

  /** A caller that stands for all of the class; none where there is no such ARN. */
  add(among: Pick<TextSetsOptions, "within" | "without">, make: (arn: string) => Principal): Principal[] {
    const texts = new TextSets("aws:PrincipalArn", this.sets, { ...among, nonempty: true });
    const arn = texts.find({ inside: [], outside: [] });
    if (arn === undefined) return [];
    const caller = make(arn);
    this.classes.set(caller, { texts, part: (text) => ({ principal: make(text) }) });
    return [caller];
  }

  textsAmong(callers: readonly Principal[]): OpenTexts {
    return {
      count: this.sets.length,
      setOf: (element) => this.setOf.get(element),
      classAt: (index) => this.classes.get(callers[index]!),
    };
  }
}
