import { OktaMcpError, reworded } from "../errors/index.js";
import {
  comparisonsIn,
  FILTER_ATTRIBUTE,
  FILTER_OPERATORS,
  type FilterToken,
  filterTokens,
  isFilterOperator,
} from "../text/filter-words.js";
import { nearest } from "../text/nearest.js";
import { visibleStart } from "../text/quote.js";

const HOW_TO_WRITE = `Write attribute operator "value", joined by and, or, not (…), e.g. eventType eq "user.session.start" and outcome.result eq "FAILURE". Operators: ${FILTER_OPERATORS.join(", ")}; pr takes no value; brackets are not taken.`;

const LITERAL = /^(?:"|true$|false$|null$|-?\d)/;

/** The part that stands at a place of the filter, in words; places count from 1. */
function found(token: FilterToken | undefined, end: number): string {
  return token === undefined
    ? `at its end (character ${end + 1})`
    : `at character ${token.at + 1} (${visibleStart(token.text)})`;
}

/**
 * The first fault in a filter of the system log (SCIM, RFC 7644, section 3.4.2.2, without brackets).
 * @returns a sentence; undefined where no fault is seen
 */
function whereWrong(filter: string): string | undefined {
  const tokens = filterTokens(filter);
  if (tokens === undefined) {
    const quote = filter.lastIndexOf('"');
    return `The filter has a text without its closing quotation mark at character ${quote + 1}.`;
  }
  const end = filter.trimEnd().length;
  let open = 0;
  /**
   * The part that may come next: a test (or a sign that opens one), an operator, a value, or a word that joins two
   * tests.
   */
  let state: "test" | "operator" | "value" | "join" = "test";
  const said = (index: number, wanted: string) => `The filter goes wrong ${found(tokens[index], end)}: ${wanted}.`;
  for (const [index, { text }] of tokens.entries()) {
    const word = text.toLowerCase();
    if (state === "test") {
      if (word === "(") open += 1;
      else if (word === "not") {
        if (tokens[index + 1]?.text !== "(") return said(index + 1, "after not comes an expression in parentheses");
      } else if (FILTER_ATTRIBUTE.test(text)) state = "operator";
      else return said(index, /[[\]]/.test(text) ? "brackets are not taken" : "the name of an attribute is missing");
    } else if (state === "operator") {
      if (!isFilterOperator(word)) return said(index, `an operator has to be here: ${FILTER_OPERATORS.join(", ")}`);
      state = word === "pr" ? "join" : "value";
    } else if (state === "value") {
      if (!LITERAL.test(text)) return said(index, "a value has to be here, a text in double quotes");
      state = "join";
    } else if (word === ")" && open > 0) open -= 1;
    else if (word === "and" || word === "or") state = "test";
    else return said(index, word === ")" ? "this parenthesis was never opened" : "and or or is missing before it");
  }
  const missing = {
    test: "a test",
    operator: `an operator (${FILTER_OPERATORS.join(", ")})`,
    value: "a value",
    join: undefined,
  };
  if (missing[state] !== undefined) return said(tokens.length, `${missing[state]} is missing`);
  return open > 0 ? said(tokens.length, "a parenthesis is not closed") : undefined;
}

/**
 * The answer to a question with a filter of the system log. Where Okta refuses the filter, the error tells the place of
 * the fault and the operators.
 * @throws OktaMcpError of the answer, with more words where the filter was refused
 */
export function withFilterHelp<T>(answer: Promise<T>, filter: string | undefined): Promise<T> {
  return answer.catch((error: unknown) => {
    const isRefusal = error instanceof OktaMcpError && error.code === "bad_input" && error.data?.status === 400;
    if (!isRefusal || !filter) throw error;
    const place = whereWrong(filter);
    throw reworded(error, {
      message: place === undefined ? error.message : `${error.message} ${place}`,
      fix: HOW_TO_WRITE,
      cause: error,
    });
  });
}

/** All event types that Okta published before this was built. They are loaded when a filter first names one. */
async function knownEventTypes(): Promise<ReadonlySet<string>> {
  const { EVENT_TYPE_IDS } = await import("./event-type-ids.js");
  const ids = EVENT_TYPE_IDS.trim()
    .split("\n")
    .flatMap((line) => {
      const [first = "", rest = ""] = line.split(": ");
      return rest.split(" ").map((part) => `${first}.${part}`);
    });
  return new Set(ids);
}

const MAX_TYPES = 5;

/**
 * Tells the event types of a filter that Okta's list lacks. The filter is sent all the same, since Okta adds types.
 * @returns a sentence for each; undefined where all are known
 */
export async function unknownEventTypes(filter: string): Promise<string | undefined> {
  const compared = comparisonsIn(filter).filter(
    ({ attribute, operator, text }) =>
      attribute.toLowerCase() === "eventtype" && text && /^(?:eq|sw|co|ew)$/.test(operator),
  );
  if (compared.length === 0) return undefined;
  const known = await knownEventTypes();
  const all = [...known];
  const sentences = compared.slice(0, MAX_TYPES).flatMap(({ operator, text = "" }) => {
    const type = text.toLowerCase();
    const isKnown = {
      eq: known.has(type),
      sw: all.some((id) => id.startsWith(type)),
      co: all.some((id) => id.includes(type)),
      ew: all.some((id) => id.endsWith(type)),
    }[operator];
    if (isKnown) return [];
    const guess = nearestType(type, all);
    return `No event type that Okta has published ${operator === "eq" ? "is called" : "fits"} ${visibleStart(JSON.stringify(text))}${guess === undefined ? "." : `; did you mean ${guess}?`}`;
  });
  return sentences.length > 0 ? sentences.join(" ") : undefined;
}

/**
 * The event type with nearly the same spelling. Only types of about the same length are compared, since there are many.
 */
function nearestType(type: string, all: readonly string[]): string | undefined {
  return nearest(
    type,
    all.filter((id) => Math.abs(id.length - type.length) <= 8),
  );
}
