import { OktaMcpError } from "../errors/index.js";
import type { OktaRequest } from "./request.js";

/** Characters that end a path segment, or are none at all. */
const LEAVES_SEGMENT = /[/\\\p{Cc}\p{Cs}]/u;

/** Segments that URL parsers take for the folder itself or its parent. Some servers ignore the part after a `;`. */
const DOTS = /^\.{0,2}(?:;|$)/;

/** Characters that a login may have and an id of Okta's may not: `jo_acme.com#EXT#@corp.onmicrosoft.com`. */
const NOT_IN_ID = /[?#%]/;

/** The parameter of a path template for which Okta also accepts a login. */
const LOGIN_PARAMETER = /\/users\/\{(\w+)\}/;

/**
 * True for a value that, escaped, is one path segment, also for a server that removes escapes repeatedly: `%2e%2e`
 * would become `..` there, and an operation on one object reach its collection.
 */
export function isPathSegment(value: string): boolean {
  let form = value;
  for (;;) {
    if (DOTS.test(form) || LEAVES_SEGMENT.test(form)) return false;
    const unescaped = form.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    // Each round makes the text shorter.
    if (unescaped === form) return true;
    form = unescaped;
  }
}

/**
 * Fills the `{parameters}` of a path template. Each is escaped and stays one path segment. This is the last line of
 * defence behind the schemas of the tools.
 * @throws OktaMcpError bad_input for a value that is missing or would leave its segment, and for one with `?`, `#` or
 * `%` where Okta accepts ids alone
 */
export function fillPath(template: string, values: Readonly<Record<string, string>>): string {
  const login = LOGIN_PARAMETER.exec(template)?.[1];
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? (values[name] ?? "") : "";
    if (!isPathSegment(value) || (name !== login && NOT_IN_ID.test(value))) {
      throw new OktaMcpError(
        "bad_input",
        `The value of ${name} cannot stand in a path: it is empty, "." or "..", or has one of / \\ ${name === login ? "" : "? # % "}or a control character in it.`,
        { data: { argument: name } },
      );
    }
    return encodeURIComponent(value);
  });
}

/** An id in the path of a request. */
export interface IdInPath {
  /** The path up to the id, with `{}` in place of each id in it: `/api/v1/policies/{}/rules`. */
  before: string;
  id: string;
}

/** The ids in the path of a request, in their order. */
export function idsInPath({ template, path }: Pick<OktaRequest, "template" | "path">): IdInPath[] {
  const segments = template.split("/").map((segment) => (segment.startsWith("{") ? "{}" : segment));
  const values = path.split("/");
  return segments.flatMap((segment, index) =>
    segment === "{}"
      ? [{ before: segments.slice(0, index).join("/"), id: decodeURIComponent(values[index] ?? "") }]
      : [],
  );
}
