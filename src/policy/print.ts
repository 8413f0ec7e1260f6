import { type Element, type Policy, type PrincipalValue, type Statement, sourceOf, spanOf } from "./policy.ts";

/** The policy as it was written, without the rest of its file. */
export function documentOf(policy: Policy): string {
  const span = spanOf(policy);
  return span ? sourceOf(policy).text.slice(span.start, span.end) : printPolicy(policy);
}

/** The policy as JSON text, with every list written as a list. Reading it again gives the same policy. */
export function printPolicy(policy: Policy): string {
  return JSON.stringify(
    {
      ...(policy.version === null ? {} : { Version: policy.version }),
      ...(policy.id === null ? {} : { Id: policy.id }),
      Statement: policy.statements.map(printStatement),
    },
    null,
    2,
  );
}

function printStatement({ sid, effect, principal, action, resource, conditions }: Statement): object {
  return {
    ...(sid === undefined ? {} : { Sid: sid }),
    Effect: effect,
    ...(principal ? { [name("Principal", principal)]: printPrincipal(principal) } : {}),
    ...(action ? { [name("Action", action)]: texts(action) } : {}),
    ...(resource ? { [name("Resource", resource)]: texts(resource) } : {}),
    ...(conditions.length > 0 ? { Condition: printConditions(conditions) } : {}),
  };
}

const name = (element: string, { not }: Element) => (not ? `Not${element}` : element);
const texts = ({ values }: { values: readonly { value: string }[] }) => values.map(({ value }) => value);

function printPrincipal({ values }: Element<PrincipalValue>): object {
  if (values.length === 0) return [];
  const byType: Record<string, string[]> = {};
  for (const { type, value } of values) {
    byType[type] ??= [];
    byType[type].push(value);
  }
  return byType;
}

function printConditions(conditions: Statement["conditions"]): object {
  const byOperator: Record<string, Record<string, string[]>> = {};
  for (const { operator, key, values } of conditions) {
    byOperator[operator] ??= {};
    byOperator[operator][key] = values.map(({ value }) => value);
  }
  return byOperator;
}
