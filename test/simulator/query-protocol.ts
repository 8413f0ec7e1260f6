/**
 * The IAM Query protocol as a server sees it: a form comes in, XML goes out.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html, "Request Parameters" and "Response Elements"
 */

/** A call of the API, its lists and structures taken apart. */
export interface WireCall {
  readonly Action: string;
  readonly Version: string;
  readonly PolicyInputList: readonly string[];
  readonly PermissionsBoundaryPolicyInputList: readonly string[];
  readonly OrderedOrganizationPolicyInputList: readonly (readonly string[])[];
  readonly PolicyExclusionList: readonly Readonly<Record<string, string>>[];
  readonly ActionNames: readonly string[];
  readonly ResourceArns: readonly string[];
  readonly ContextEntries: readonly {
    readonly ContextKeyName: string;
    readonly ContextKeyType: string;
    readonly ContextKeyValues: readonly string[];
  }[];
  readonly PolicySourceArn?: string;
  readonly ResourcePolicy?: string;
  readonly ResourceOwner?: string;
  readonly CallerArn?: string;
  readonly MaxItems?: string;
  readonly Marker?: string;
  /** Every field as it came, decoded. */
  readonly fields: ReadonlyMap<string, string>;
}

export function readForm(body: string): WireCall {
  const fields = new Map(new URLSearchParams(body));
  const list = (prefix: string): string[] => {
    const items: string[] = [];
    for (let at = 1; fields.has(`${prefix}.member.${at}`); at++) items.push(fields.get(`${prefix}.member.${at}`)!);
    return items;
  };
  const structures = (prefix: string): string[] => {
    const found: string[] = [];
    for (let at = 1; [...fields.keys()].some((key) => key.startsWith(`${prefix}.member.${at}.`)); at++)
      found.push(`${prefix}.member.${at}`);
    return found;
  };
  const plain = (name: string) => (fields.has(name) ? { [name]: fields.get(name)! } : {});
  return {
    Action: fields.get("Action") ?? "",
    Version: fields.get("Version") ?? "",
    PolicyInputList: list("PolicyInputList"),
    PermissionsBoundaryPolicyInputList: list("PermissionsBoundaryPolicyInputList"),
    OrderedOrganizationPolicyInputList: structures("OrderedOrganizationPolicyInputList").map((level) =>
      list(`${level}.ServiceControlPolicyInputList`),
    ),
    PolicyExclusionList: structures("PolicyExclusionList").map((one) =>
      Object.fromEntries(
        [...fields]
          .filter(([key]) => key.startsWith(`${one}.`))
          .map(([key, value]) => [key.slice(one.length + 1), value]),
      ),
    ),
    ActionNames: list("ActionNames"),
    ResourceArns: list("ResourceArns"),
    ContextEntries: structures("ContextEntries").map((entry) => ({
      ContextKeyName: fields.get(`${entry}.ContextKeyName`) ?? "",
      ContextKeyType: fields.get(`${entry}.ContextKeyType`) ?? "",
      ContextKeyValues: list(`${entry}.ContextKeyValues`),
    })),
    ...plain("PolicySourceArn"),
    ...plain("ResourcePolicy"),
    ...plain("ResourceOwner"),
    ...plain("CallerArn"),
    ...plain("MaxItems"),
    ...plain("Marker"),
    fields,
  };
}

export interface Place {
  readonly Line: number;
  readonly Column: number;
}

export interface MatchedRow {
  readonly SourcePolicyId: string;
  readonly StartPosition: Place;
  readonly EndPosition: Place;
}

/** The answer to one action on one resource. */
export interface Cell {
  readonly decision: string;
  readonly matched?: readonly MatchedRow[];
  readonly missing?: readonly string[];
  readonly organizations?: boolean;
  readonly details?: Readonly<Record<string, string>>;
}

const escaped = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const element = (name: string, content: string) => `<${name}>${content}</${name}>`;
const members = (name: string, items: readonly string[]) =>
  items.length === 0 ? `<${name}/>` : element(name, items.map((item) => element("member", item)).join(""));

function common({ matched = [], missing = [], details }: Cell): string {
  const place = (name: string, { Line, Column }: Place) =>
    element(name, element("Line", String(Line)) + element("Column", String(Column)));
  const statements = matched.map(
    ({ SourcePolicyId, StartPosition, EndPosition }) =>
      element("SourcePolicyId", SourcePolicyId) +
      element("SourcePolicyType", "IAM Policy") +
      place("StartPosition", StartPosition) +
      place("EndPosition", EndPosition),
  );
  const entries = Object.entries(details ?? {}).map(([key, value]) =>
    element("entry", element("key", escaped(key)) + element("value", value)),
  );
  return (
    members("MatchedStatements", statements) +
    members("MissingContextValues", missing.map(escaped)) +
    (details ? element("EvalDecisionDetails", entries.join("")) : "")
  );
}

const WORST = ["explicitDeny", "implicitDeny", "allowed"];

/** Since July 2026: a result for each action, in it the results by resource; for `*` the result alone. */
export function resultByAction(action: string, cells: readonly (readonly [string, Cell])[]): string {
  const [[resource, first]] = cells as [readonly [string, Cell]];
  const worst = WORST.find((decision) => cells.some(([, cell]) => cell.decision === decision)) ?? first.decision;
  const template = resource === "*" ? "*" : `arn:\${Partition}:${resource.split(":")[2]}:::\${Name}`;
  const specific =
    resource === "*"
      ? []
      : cells.map(
          ([arn, cell]) =>
            element("EvalResourceName", escaped(arn)) + element("EvalResourceDecision", cell.decision) + common(cell),
        );
  return (
    element("EvalActionName", action) +
    element("EvalResourceName", template) +
    element("EvalDecision", worst) +
    common(resource === "*" ? first : { decision: worst }) +
    element("OrganizationsDecisionDetail", element("AllowedByOrganizations", String(first.organizations ?? true))) +
    (specific.length > 0 ? members("ResourceSpecificResults", specific) : "")
  );
}

/** Before: a result for each action and resource. */
export function resultByResource(action: string, arn: string, cell: Cell): string {
  return (
    element("EvalActionName", action) +
    element("EvalResourceName", escaped(arn)) +
    element("EvalDecision", cell.decision) +
    common(cell) +
    element("OrganizationsDecisionDetail", element("AllowedByOrganizations", String(cell.organizations ?? true)))
  );
}

export function envelope(operation: string, results: readonly string[], marker?: string): string {
  return `<${operation}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/">${element(
    `${operation}Result`,
    element("IsTruncated", String(marker !== undefined)) +
      members("EvaluationResults", results) +
      (marker === undefined ? "" : element("Marker", marker)),
  )}${element("ResponseMetadata", element("RequestId", "7a62c49f-347e-4fc4-9331-6e8eEXAMPLE"))}</${operation}Response>`;
}

export const errorBody = (code: string, message: string): string =>
  `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">${element(
    "Error",
    element("Type", "Sender") + element("Code", code) + element("Message", escaped(message)),
  )}${element("RequestId", "7a62c49f-347e-4fc4-9331-6e8eEXAMPLE")}</ErrorResponse>`;
