/** One word, literal or parenthesis of an expression. */
export interface FilterToken {
  text: string;
  /** The place of its first character, counted from 0. */
  at: number;
}

/** One test of an expression, e.g. `profile.department eq "Sales"`. */
export interface Comparison {
  attribute: string;
  /** The operator in small letters. */
  operator: string;
  /** The text on the right side; undefined where the value is no text. */
  text: string | undefined;
}

const TOKEN = /\s*(?:([()])|("(?:[^"\\]|\\.)*")|([^\s()"]+))/y;

/**
 * Cuts an expression of Okta's `filter` and `search` parameters into its parts. These are the parts of SCIM filters
 * (RFC 7644, section 3.4.2.2).
 * @returns undefined where some part is none of these, such as a text without its end
 */
export function filterTokens(text: string): FilterToken[] | undefined {
  const tokens: FilterToken[] = [];
  const pattern = new RegExp(TOKEN);
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const found = pattern.exec(text);
    if (found === null) return undefined;
    const token = found[0].trimStart();
    tokens.push({ text: token, at: pattern.lastIndex - token.length });
  }
  return tokens;
}

/** The operators of a test (RFC 7644, section 3.4.2.2). `pr` (the attribute is present) alone takes no value. */
export const FILTER_OPERATORS = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr"] as const;
export type FilterOperator = (typeof FILTER_OPERATORS)[number];

/** True for an operator in small letters. Okta accepts capital letters too. */
export function isFilterOperator(word: string): word is FilterOperator {
  return FILTER_OPERATORS.some((operator) => operator === word);
}

/** The form of an attribute's name: words joined by dots. */
export const FILTER_ATTRIBUTE = /^[A-Za-z_$][\w$-]*(?:\.[A-Za-z_$][\w$-]*)*$/;

/**
 * The tests in an expression, as far as they can be recognised. Okta alone decides whether the expression is well
 * formed.
 */
export function comparisonsIn(expression: string): Comparison[] {
  const tokens = (filterTokens(expression) ?? []).map(({ text }) => text);
  return tokens.flatMap((operator, index): Comparison[] => {
    const attribute = tokens[index - 1];
    if (attribute === undefined || !isFilterOperator(operator.toLowerCase()) || !/^[\w$]/.test(attribute)) return [];
    return [{ attribute, operator: operator.toLowerCase(), text: textOf(tokens[index + 1]) }];
  });
}

function textOf(literal: string | undefined): string | undefined {
  if (!literal?.startsWith('"')) return undefined;
  try {
    return String(JSON.parse(literal));
  } catch {
    return undefined;
  }
}
