import { OktaMcpError } from "../errors/index.js";

/** What would end a path segment, start an escape, or is no character that an id has. */
const LEAVES_SEGMENT = /[/\\?#%\p{Cc}\p{Cs}]/u;

/**
 * Fills the `{parameters}` of a path template, each escaped so that it stays one path segment.
 *
 * A last line of defence behind the schemas of the tools: `.` and `..` would be resolved away by
 * every URL parser, so that an operation on one object would reach its collection.
 * @throws OktaMcpError bad_input for a value that is missing, empty, `.`, `..` or would leave its segment
 */
export function fillPath(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined || value === "" || value === "." || value === ".." || LEAVES_SEGMENT.test(value)) {
      throw new OktaMcpError(
        "bad_input",
        `The value of ${name} cannot be an id: it is empty, "." or "..", or has one of / \\ ? # % or a control character in it.`,
        { data: { argument: name } },
      );
    }
    return encodeURIComponent(value);
  });
}
