import { type ToolFor, withTool } from "../../okta/purpose.js";
import { FILTER_OPERATORS, type FilterOperator } from "../../text/filter-words.js";
import { REFERENCE } from "./reference-uri.js";
import { SEARCHED_OBJECTS, type SearchExample } from "./search-objects.js";
import { code, page } from "./text-parts.js";

const MEANINGS: Readonly<Record<FilterOperator, string>> = {
  eq: "equal",
  ne: "not equal; many lists do not have it",
  co: "contains; few attributes have it",
  sw: "starts with",
  ew: "ends with; most lists do not have it",
  gt: "greater, or later",
  ge: "greater or equal, or not before",
  lt: "less, or earlier",
  le: "less or equal, or not after",
  pr: "is present; it stands after the attribute and takes no value",
};

/** What all of Okta's searches have in common. */
export function searchPage(): string {
  return page(
    "Okta's search and filter grammar",
    'An expression is a row of tests such as `profile.department eq "Sales"`, joined by `and`, `or`, `not (…)` and parentheses. It is the filter grammar of SCIM (RFC 7644), without brackets.',
    "## Operators",
    FILTER_OPERATORS.map((operator) => `${code(operator)}: ${MEANINGS[operator]}`),
    "## Writing values",
    [
      'Texts stand in double quotes: `status eq "ACTIVE"`. A quote within the text is `\\"`, a backslash `\\\\`. Single quotes are no quotes.',
      "true, false, null and numbers stand without quotes.",
      'Times are texts of ISO 8601 with a zone: `created gt "2026-03-01T00:00:00.000Z"`. A word such as today is none.',
      "Names of attributes regard case (`firstName`, not `firstname`); operators do not.",
      "What belongs to the profile is written with `profile.` in front; `id`, `status`, `created` and `lastUpdated` are not.",
      "`and` binds more tightly than `or`: set parentheses where both occur.",
      "Do not percent-encode: tools encode what they are given.",
    ],
    "## The three parameters",
    [
      "`search` looks in an index: most attributes, pages, sorting; a change of the last seconds may be missing.",
      "`filter` looks at the objects themselves: few attributes, and exact.",
      "`q` takes the beginning of a name, for picking from a list; mostly without pages.",
    ],
    "An unknown attribute often gives an empty list and no error: this server looks names up before it asks, and says where one was probably misspelled. A value of the wrong case gives nothing with `filter`.",
    "## By kind of object",
    Object.entries(SEARCHED_OBJECTS).map(([name, { title }]) => `${title}: ${REFERENCE}/search/${name}`),
    "Groups' rules, brands and email domains have no expression; a list of them is short, and `q` finds names where it is taken.",
  );
}

function shown({ what, query }: SearchExample): string {
  const parts = Object.entries(query).map(([name, value]) => code(`${name}: ${value}`));
  return `${what}: ${parts.join(", ")}`;
}

/** How one kind of object is searched; undefined for a name that is none. */
export function searchObjectPage(name: string, toolFor: ToolFor): string | undefined {
  const object = Object.hasOwn(SEARCHED_OBJECTS, name) ? SEARCHED_OBJECTS[name] : undefined;
  if (object === undefined) return undefined;
  const { title, path, kind, facts, examples } = object;
  const tool = kind === undefined ? "" : withTool(toolFor, `find ${kind}`);
  return page(
    title,
    `Okta lists them at ${code(`GET ${path}`)}${tool === "" ? "" : `; here${tool}, whose arguments have these names with _ between the words`}. What all expressions have in common: ${REFERENCE}/search.`,
    facts,
    examples.length === 0 ? "" : "## Examples",
    examples.map(shown),
  );
}
