/**
 * Policy variables: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html (semantics D1-D7).
 */
export type TemplatePart =
  | { readonly text: string }
  /** `${*}`, `${?}`, `${$}`: the character itself. */
  | { readonly literal: string }
  | { readonly key: string; readonly fallback: string | undefined };

export interface Template {
  readonly parts: readonly TemplatePart[];
  /** Set where `${…}` is malformed (semantics A27). */
  readonly problem: string | undefined;
}

/** Splits a text at its `${…}`. */
export function parseTemplate(text: string): Template {
  const parts: TemplatePart[] = [];
  let from = 0;
  for (;;) {
    const open = text.indexOf("${", from);
    if (open === -1) break;
    if (open > from) parts.push({ text: text.slice(from, open) });
    const close = text.indexOf("}", open);
    if (close === -1) return { parts, problem: "`${` has no closing `}`" };
    const body = text.slice(open + 2, close);
    const part = variable(body);
    if (typeof part === "string") return { parts, problem: part };
    parts.push(part);
    from = close + 1;
  }
  if (from < text.length || parts.length === 0) parts.push({ text: text.slice(from) });
  return { parts, problem: undefined };
}

function variable(body: string): TemplatePart | string {
  if (body === "*" || body === "?" || body === "$") return { literal: body };
  if (body === "") return "`${}` names no key";
  const comma = body.indexOf(",");
  const key = comma === -1 ? body : body.slice(0, comma);
  if (/\s/.test(key) || key === "") return "the key in `${…}` has no name or holds spaces";
  if (comma === -1) return { key, fallback: undefined };
  const fallback = /^\s*'([^']*)'\s*$/.exec(body.slice(comma + 1))?.[1];
  if (fallback === undefined) return "the default in `${key, 'text'}` needs single quotes";
  return { key, fallback };
}

/** Whether what stands in `${…}` is of the form of a condition key; `${BUCKET}` and `${AWS::Region}` were not filled in. */
export const isKeyForm = (key: string): boolean => /^[^:]+:[^:]/.test(key);

/** Whether some `${…}` of a text is the placeholder of a template or a script. */
export const hasPlaceholder = (text: string): boolean =>
  [...text.matchAll(/\$\{([^},]*)/g)].some(([, key = ""]) => !/^[*?$]?$/.test(key) && !isKeyForm(key));

/** The six fields of an ARN pattern; a colon inside `${…}` does not split (semantics D7). */
export function splitArnPattern(text: string): string[] {
  const fields: string[] = [];
  let from = 0;
  let closed = true;
  for (let at = 0; at < text.length && fields.length < 5; at++) {
    if (closed && text[at] === "$" && text[at + 1] === "{") {
      const close = text.indexOf("}", at);
      // Where one is not closed, none after it is: looking again from each would be quadratic.
      closed = close !== -1;
      if (closed) at = close;
    } else if (text[at] === ":") {
      fields.push(text.slice(from, at));
      from = at + 1;
    }
  }
  fields.push(text.slice(from));
  return fields;
}
