/**
 * What a set of policies allows, as boxes: `decide` of src/evaluate said of all requests at once (semantics E and F). A
 * request is allowed when it is in no deny, in every cap, and in all groups of one way.
 */
import type { CompiledStatement } from "../evaluate/compile.ts";
import { Evaluation } from "../evaluate/evaluation.ts";
import type { PolicySet } from "../evaluate/policy-set.ts";
import { ACCOUNT, EVERYONE, EXACT, type MatchClass, NO_MATCH, PARENT } from "../evaluate/principal.ts";
import { isImmutable, isReserved } from "../evaluate/services/immutable.ts";
import { isBesideKey, isKey, isRetireGrant, worksAcrossAccounts } from "../evaluate/services/kms.ts";
import { isRcpService } from "../evaluate/services/rcp.ts";
import { mayMendBucketPolicy } from "../evaluate/services/s3.ts";
import { credentialLimit, isTokenCall, isTrusted } from "../evaluate/services/sts.ts";
import type { Policy } from "../policy/policy.ts";
import type { Facts } from "../request/facts.ts";
import type { Principal } from "../request/principal.ts";
import { type Box, EVERYTHING, intersect } from "./box.ts";
import { grantBoxes, onKey, retirers } from "./grants.ts";
import { both, type Model, nonempty } from "./model.ts";
import { statementsOf } from "./statements.ts";

export type Group = readonly Box[];

export interface Access {
  readonly denies: Group;
  readonly caps: readonly Group[];
  readonly ways: readonly (readonly Group[])[];
}

const NEVER: Group = [];
const ALWAYS: Group = [EVERYTHING];
const anyMatch = () => true;
const exactly =
  (...classes: MatchClass[]) =>
  (match: MatchClass) =>
    classes.includes(match);

const isEntity = ({ type }: Principal) =>
  type === "user" || type === "role" || type === "session" || type === "federatedUser";

/** `identityAllows`: identity policies that were not given are taken to allow everything, or nothing. */
export function accessOf(model: Model, set: PolicySet, identityAllows: boolean): Access {
  return new Accessing(model, set, identityAllows).access();
}

class Accessing {
  private readonly owner: string;
  private readonly hasBoundary: boolean;
  private readonly own: Policy | undefined;

  constructor(
    private readonly model: Model,
    private readonly set: PolicySet,
    private readonly open: boolean,
  ) {
    this.owner = model.fields.owner;
    this.hasBoundary = set.permissionsBoundary.length > 0;
    this.own = set.resource ?? undefined;
  }

  access(): Access {
    const { set } = this;
    const scp = set.serviceControl.map((level) => this.allows(level, anyMatch));
    const caps = scp.map((allows): Group => [...this.narrowly(allows, set), ...this.notBound()]);
    const endpoint = this.endpointCap();
    return {
      denies: [...this.limits(), ...this.barred(), ...this.denies()],
      caps: endpoint ? [...caps, endpoint] : caps,
      ways: this.ways(),
    };
  }

  // What each kind of policy says.

  private boxes(
    policies: readonly Policy[],
    allow: boolean,
    fits: (match: MatchClass) => boolean,
    boundary = false,
  ): Box[] {
    return statementsOf(policies)
      .filter(({ allows }) => allows === allow)
      .flatMap((statement) => this.model.boxes(statement, boundary, fits));
  }
  private allows(policies: readonly Policy[], fits: (match: MatchClass) => boolean, boundary = false): Box[] {
    return this.boxes(policies, true, fits, boundary);
  }

  /** The reading that Allow statements of service control policies may not name resources (A7). */
  private narrowly(allows: Box[], { serviceControl }: PolicySet): Box[] {
    const narrow = statementsOf(serviceControl.flat()).some(
      ({ allows: allow, statement }) => allow && isNarrow(statement),
    );
    if (!narrow || this.model.weak("A7", true, false)) return allows;
    const wide = serviceControl
      .flat()
      .flatMap((policy) => statementsOf([policy]))
      .filter((one) => one.allows && !isNarrow(one.statement));
    return wide
      .flatMap((one) => this.model.boxes(one, false, anyMatch))
      .filter((box) => allows.length > 0 && box !== undefined);
  }

  private callers(holds: (caller: Principal) => boolean): Box {
    return this.model.callersThat(({ principal }) => holds(principal));
  }
  private clip(boxes: readonly Box[], ...others: (Box | undefined)[]): Box[] {
    let found = [...boxes];
    for (const other of others) {
      if (!other) continue;
      found = found.flatMap((box) => intersect(box, other) ?? []);
    }
    return nonempty(found);
  }

  /** E19. */
  private bound = () =>
    this.callers((caller) => caller.account !== null && !caller.managementAccount && !caller.serviceLinked);
  private notBound = (): Box[] =>
    nonempty([this.callers((caller) => caller.account === null || caller.managementAccount || caller.serviceLinked)]);

  private entities(): Box {
    return this.callers(isEntity);
  }

  /** Entities whose identity policies count: not those that come with a token, where the trust policy is known (E13). */
  private withIdentity(): Box[] {
    const entities = this.entities();
    if (this.set.resource === undefined) return nonempty([entities]);
    return nonempty([
      both(
        entities,
        this.model.actionsThat(({ action }) => !isTokenCall(action)),
      ),
    ]);
  }
  private withoutIdentity(): Box[] {
    const others = this.callers((caller) => !isEntity(caller));
    if (this.set.resource === undefined) return nonempty([others]);
    const tokenCalls = this.model.actionsThat(({ action }) => isTokenCall(action));
    return nonempty([others, both(this.entities(), tokenCalls)]);
  }

  private same(): Box {
    return this.callers(({ account }) => account === null || account === this.owner);
  }
  private foreign(): Box {
    return this.callers(({ account }) => account !== null && account !== this.owner);
  }

  private throughEndpoint(): Box | undefined {
    return this.set.vpcEndpoint.length === 0 ? undefined : this.model.present("aws:sourcevpce", true);
  }

  private endpointCap(): Group | undefined {
    const through = this.throughEndpoint();
    if (!through) return undefined;
    return [...this.allows(this.set.vpcEndpoint, anyMatch), ...nonempty([this.model.present("aws:sourcevpce", false)])];
  }

  /** Where the policy of the resource has a say (F1, F8, F18). */
  private resourceBinds(): Box | undefined {
    if (this.own?.kind !== "key") return undefined;
    const { model } = this;
    return both(
      model.actionsThat(({ action }) => !isRetireGrant(action)),
      model.targetsThat(({ resource }) => !isBesideKey(model.factsOf({ resource, action: "kms:Decrypt" }))),
    );
  }

  private resourceAllows(fits: (match: MatchClass) => boolean): Box[] {
    if (!this.own) return [];
    const boxes = this.allows([this.own], fits, this.hasBoundary);
    const binds = this.resourceBinds();
    return binds ? this.clip(boxes, binds) : boxes;
  }

  /** A Deny anywhere (E1). */
  private denies(): Box[] {
    const { set, model } = this;
    const denying = (policies: readonly Policy[], boundary = false) => this.boxes(policies, false, anyMatch, boundary);
    const own = [...(set.identity ?? []), ...set.permissionsBoundary, ...set.session];
    const identity = denying(own);
    // `NotPrincipal` reads whether the caller has a boundary (A17): callers without identity policies have none.
    const resource = this.own
      ? [
          ...this.withIdentity().flatMap((box) => this.clip(denying([this.own!], this.hasBoundary), box)),
          ...this.withoutIdentity().flatMap((box) => this.clip(denying([this.own!]), box)),
        ]
      : [];
    const mended = this.own ? this.mended() : undefined;
    const bound = resource.flatMap((box) => this.clip([box], this.resourceBinds() ?? EVERYTHING));
    return [
      ...this.withIdentity().flatMap((box) => this.clip(identity, box)),
      ...(mended ? bound.flatMap((box) => mended.flatMap((other) => this.clip([box], other))) : bound),
      ...this.clip(denying(set.serviceControl.flat()), this.bound()),
      ...this.resourceControl().flatMap((box) => this.clip(denying(set.resourceControl.flat()), box)),
      ...this.clip(
        denying(set.vpcEndpoint),
        this.throughEndpoint() ?? (set.vpcEndpoint.length > 0 ? { sides: [] } : EVERYTHING),
      ),
      ...nonempty([model.valued("kms:requestalias", ownedByAws), model.valued("kms:resourcealiases", ownedByAws)]),
    ];
  }

  /** All but the owner's root user mending a bucket's policy (E1); undefined where none could. */
  private mended(): Box[] | undefined {
    const { model, owner } = this;
    const root = (caller: Principal) => caller.type === "root" && caller.account === owner;
    const mends = (facts: Facts) =>
      facts.service === "s3" &&
      mayMendBucketPolicy({
        ...plain(facts),
        principal: { ...facts.principal, type: "root", account: owner } as Principal,
        owner,
      });
    const mending = model.actionsThat(mends);
    if (nonempty([mending]).length === 0 || nonempty([this.callers(root)]).length === 0) return undefined;
    return nonempty([
      model.actionsThat((facts) => !mends(facts)),
      both(
        mending,
        this.callers((caller) => !root(caller)),
      ),
    ]);
  }

  /** E20. */
  private resourceControl(): Box[] {
    const { model, set, owner } = this;
    if (set.resourceControl.length === 0) return [];
    const services = model.actionsThat((facts) => {
      if (isRetireGrant(facts.action)) return false;
      const run = new Evaluation(facts, undefined, model.reading);
      const binds = isRcpService(run);
      for (const rule of run.touched) model.touched.add(rule);
      return binds;
    });
    const callers = this.callers(
      (caller) => !caller.serviceLinked && !(caller.managementAccount && caller.account === owner),
    );
    const targets = model.targetsThat(({ resource }) => resource !== "*" || model.weak("E22", true, false));
    return nonempty([both(both(services, callers), targets)]);
  }

  /** Credentials that no policy governs (B7): those that never get through, and those that always do are left out. */
  private limits(): Box[] {
    const { model } = this;
    const types = new Map<string, Facts>();
    for (const facts of model.callerFacts) if (!types.has(facts.principal.type)) types.set(facts.principal.type, facts);
    const found: Box[] = [];
    for (const [type, { principal }] of types) {
      const limited = model.actionsThat(
        (facts) =>
          (facts.service === "sts" || facts.service === "iam") &&
          credentialLimit({ ...plain(facts), principal, context: NO_CONTEXT }) !== undefined,
      );
      found.push(
        ...nonempty([
          both(
            this.callers((caller) => caller.type === type),
            limited,
          ),
        ]),
      );
    }
    // Users with session credentials.
    const issued = model.present("aws:tokenissuetime", true);
    if (issued) {
      const users = both(
        issued,
        this.callers(({ type }) => type === "user"),
      );
      const sts = model.actionsThat(({ service, action }) => service === "sts" && action !== "sts:assumerole");
      const iam = model.actionsThat(({ service }) => service === "iam");
      const secondFactor = model.keyVariable("aws:multifactorauthpresent");
      const without =
        secondFactor === undefined
          ? EVERYTHING
          : model.valued("aws:multifactorauthpresent", (value) => value !== "true");
      found.push(...nonempty([both(users, sts), both(both(users, iam), without)]));
    }
    return found;
  }

  /** What fails whatever the policies say (E17, F12). */
  private barred(): Box[] {
    const { model } = this;
    const found: (Box | undefined)[] = [];
    const { targets } = model.fields;
    const foreign = this.foreign();
    for (const target of targets ?? []) {
      const { resource } = target;
      if (!isReserved(resource)) continue;
      const immutable = model.actionsThat((facts) => isImmutable(placed(facts, model.factsOf({ resource }))));
      if (nonempty([immutable]).length > 0 && model.weak("E17", true, false))
        found.push(
          both(
            model.targetsThat((other) => other === target),
            immutable,
          ),
        );
    }
    const local = model.actionsThat(({ service, action }) => service === "kms" && !worksAcrossAccounts(action));
    if (targets && nonempty([local]).length > 0) {
      const onKeys = model.targetsThat(
        ({ resource }) => !isBesideKey(model.factsOf({ resource, action: "kms:Decrypt" })),
      );
      found.push(both(both(onKeys, local), foreign));
    }
    return nonempty(found);
  }

  // The ways to be allowed.

  private ways(): Group[][] {
    const { same, foreign } = { same: this.same(), foreign: this.foreign() };
    const entities = this.withIdentity();
    const sameEntities = entities.flatMap((box) => nonempty([both(box, same)]));
    const foreignEntities = entities.flatMap((box) => nonempty([both(box, foreign)]));
    const ways: Group[][] = [...this.waysWithoutIdentity()];
    if (sameEntities.length > 0) ways.push(...this.waysWithin().map((groups) => [sameEntities, ...groups]));
    if (foreignEntities.length > 0) ways.push(...this.waysAcross().map((groups) => [foreignEntities, ...groups]));
    // Retiring grants has rules of its own (F18).
    const other = nonempty([this.model.actionsThat(({ action }) => !isRetireGrant(action))]);
    return [...ways.map((groups) => [other, ...groups]), ...this.waysToRetire()]
      .map((groups) => groups.filter((group) => !isAll(group)))
      .filter((groups) => groups.every((group) => group.length > 0));
  }

  private identity(): Group {
    const { set, open } = this;
    if (set.identity === undefined) return open ? ALWAYS : NEVER;
    return this.allows(set.identity, anyMatch);
  }

  private grants(...classes: MatchClass[]): Box[] {
    return this.set.grants.flatMap((grant) => grantBoxes(this.model, grant, exactly(...classes)));
  }

  /** F18: whom a grant names, and the account of the key or of those whom it names, whose identity policies decide. */
  private waysToRetire(): Group[][] {
    const { model, set } = this;
    const retiring = nonempty([model.actionsThat(({ action }) => isRetireGrant(action))]);
    if (set.grants.length === 0 || retiring.length === 0) return [];
    const closely = (fits: (match: MatchClass) => boolean) =>
      set.grants.flatMap((grant) => retirers(model, grant, fits));
    const own = this.callers(({ account }) => account !== null && account === this.owner);
    const keys = set.grants.map((grant) => onKey(model, grant));
    const ofAccount = [...closely(exactly(ACCOUNT)), ...this.clip(keys, own)];
    const roots = this.callers(({ type }) => type === "root");
    return [
      [retiring, closely((match) => match !== NO_MATCH && match >= PARENT)],
      [retiring, ofAccount, nonempty([roots])],
      [retiring, ofAccount, this.withIdentity(), this.identity(), ...this.capped()],
    ];
  }

  /** Permissions boundary and session policies (E3, E7). */
  private capped(): Group[] {
    const { set, model } = this;
    const groups: Group[] = [];
    if (this.hasBoundary) groups.push(this.allows(set.permissionsBoundary, anyMatch));
    if (set.session.length > 0) groups.push(this.allows(set.session, anyMatch));
    else if (!this.open && !model.weak("E7", false, true))
      groups.push(nonempty([this.callers(({ type }) => type !== "federatedUser")]));
    return groups;
  }

  /** E3. */
  private waysWithin(): Group[][] {
    const { model } = this;
    const capped = this.capped();
    const everyone = this.resourceAllows(exactly(EVERYONE));
    const named = this.resourceAllows(exactly(EXACT));
    const bypass = model.weak("E4", true, false);
    const pinned = bypass ? everyone : this.pinnedToCaller();
    const granted = this.grants(EXACT, EVERYONE);
    const ofParent = this.grants(PARENT);
    // Whether boundaries bind a grantee is not documented: we read a grant like the policy's own naming (F17).
    const free = granted.length === 0 || model.weak("F17", true, false);
    const freely = ofParent.length > 0 && model.weak("F17", false, true);
    const ways: Group[][] = [
      [[...named, ...pinned, ...(free ? granted : []), ...(freely ? ofParent : [])]],
      [[...this.resourceAllows(exactly(PARENT)), ...ofParent, ...granted], ...capped],
      ...this.delegations().map((delegated) => [delegated, this.identity(), ...capped]),
    ];
    if (!bypass) ways.push([everyone, ...capped]);
    return ways;
  }

  /** `"*"` with a condition on the caller's ARN (E4). */
  private pinnedToCaller(): Box[] {
    if (!this.own) return [];
    const pins = ({ conditions }: CompiledStatement) => conditions.some(({ key }) => key.folded === "aws:principalarn");
    return statementsOf([this.own])
      .filter((one) => one.allows && pins(one))
      .flatMap((one) =>
        this.clip(this.model.boxes(one, this.hasBoundary, exactly(EVERYONE)), this.resourceBinds() ?? EVERYTHING),
      );
  }

  /** Where identity policies decide: everywhere but on keys and roles whose own policy does not let them (E12, F2). */
  private delegations(): Group[] {
    const { set } = this;
    if (set.resource === undefined) return [ALWAYS];
    const delegated = [...this.resourceAllows(exactly(ACCOUNT)), ...this.grants(ACCOUNT)];
    const free = this.notMandatory();
    return [delegated, free].filter((group) => group.length > 0);
  }

  /** Resources that need no policy of their own (E12). */
  private notMandatory(): Box[] {
    const { model, own } = this;
    if (own?.kind === "trust") return [];
    const keys = model.targetsThat(({ resource }) => !isKey(model.factsOf({ resource, action: "kms:Decrypt" })));
    const other = model.actionsThat(({ service }) => service !== "kms" && service !== "sts");
    const roles = both(
      model.targetsThat(({ resource }) => !isTrusted(model.factsOf({ resource, action: "sts:AssumeRole" }))),
      model.actionsThat(({ service }) => service === "sts"),
    );
    return nonempty([
      other,
      both(
        keys,
        model.actionsThat(({ service }) => service === "kms"),
      ),
      roles,
    ]);
  }

  /** E8. A resource's policy that was not given lets no stranger in. */
  private waysAcross(): Group[][] {
    const allows = this.resourceAllows(anyMatch);
    const granted = this.grants(EXACT, EVERYONE, PARENT, ACCOUNT);
    const capped = this.capped();
    // A grant stands for both sides (F17).
    const stands = granted.length === 0 || this.model.weak("F17", true, false);
    return [
      [allows, this.identity(), ...capped],
      [granted, ...(stands ? [] : [this.identity()]), ...capped],
    ];
  }

  /** E14-E16. */
  private waysWithoutIdentity(): Group[][] {
    const { set } = this;
    const callers = this.withoutIdentity();
    if (callers.length === 0) return [];
    const named = [...this.ofNobody(exactly(EXACT, EVERYONE)), ...this.grants(EXACT, EVERYONE, ACCOUNT)];
    const ways: Group[][] = [[callers, named]];
    const root = this.callers(({ type }) => type === "root");
    const home = both(root, this.same());
    const ofRoots = nonempty([root]);
    if (ofRoots.length > 0) ways.push([ofRoots, this.ofNobody(exactly(ACCOUNT))]);
    if (home && set.resource === undefined) ways.push([[home]]);
    else if (home) ways.push([[home], this.notMandatory()]);
    return ways;
  }

  private ofNobody(fits: (match: MatchClass) => boolean): Box[] {
    if (!this.own) return [];
    const boxes = this.allows([this.own], fits);
    const binds = this.resourceBinds();
    return binds ? this.clip(boxes, binds) : boxes;
  }
}

const NO_CONTEXT: Facts["context"] = new Map();
const isAll = (group: Group) => group.some(({ sides }) => sides.length === 0);
const isNarrow = (statement: CompiledStatement["statement"]) =>
  statement.resource?.not === true || !statement.resource?.values.some(({ value }) => value === "*");
/** A key that AWS manages has rules of its own (F6): the key under test is a customer's. */
const ownedByAws = (value: unknown): boolean =>
  (Array.isArray(value) ? value : [value]).some((alias) => typeof alias === "string" && alias.startsWith("alias/aws/"));

/** The facts' parts as plain data: some are made when they are read. */
const plain = (facts: Facts): Facts => ({
  request: facts.request,
  principal: facts.principal,
  action: facts.action,
  service: facts.service,
  actionFacts: facts.actionFacts,
  resource: facts.resource,
  arn: facts.arn,
  lastField: facts.lastField,
  foldedResource: facts.foldedResource,
  owner: facts.owner,
  context: facts.context,
  viaService: facts.viaService,
});
const placed = (facts: Facts, there: Facts): Facts => ({
  ...plain(facts),
  resource: there.resource,
  arn: there.arn,
  lastField: there.lastField,
  foldedResource: there.foldedResource,
});
