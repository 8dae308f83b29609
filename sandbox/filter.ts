import { FILTER_ATTRIBUTE, type FilterOperator, filterTokens, isFilterOperator } from "../src/text/filter-words.js";
import { refusal } from "./okta-error.js";

type Literal = string | number | boolean | null;

type Expression =
  | { kind: "and" | "or"; left: Expression; right: Expression }
  | { kind: "not"; inner: Expression }
  | { kind: "test"; path: string[]; operator: FilterOperator; value: Literal };

/** The rules of one operation's `filter` or `search`. */
export interface FilterRules {
  /** `search` ignores the case of strings, `filter` does not. */
  caseSensitive: boolean;
  /** True when the attribute may be used with the operator; `not` comes without an attribute. Default: all may. */
  allows?: (operator: FilterOperator | "not", attribute: string) => boolean;
}

/** The deepest nesting of an expression. No person writes a deeper one. */
const MAX_DEPTH = 50;

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const DATE = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * Reads an expression of Okta's `filter` and `search` parameters, which is that of SCIM (RFC 7644,
 * section 3.4.2.2) without brackets.
 * @returns whether an object meets the expression
 * @throws OktaRefusal 400 E0000031 for an expression that is malformed or that the operation does not understand
 */
export function compileFilter(text: string, rules: FilterRules): (object: unknown) => boolean {
  const expression = parse(tokenize(text), rules);
  return (object) => meets(object, expression, rules.caseSensitive);
}

/** All values at a dotted path. A list on the way stands for its elements. */
export function valuesAt(object: unknown, path: readonly string[]): unknown[] {
  let values = elements(object);
  for (const name of path) {
    values = values.flatMap((value) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, name)
        ? elements(Reflect.get(value, name))
        : [],
    );
  }
  return values.filter((value) => value !== null && value !== undefined);
}

function elements(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function malformed(): Error {
  return refusal(400, "E0000031", "Invalid search criteria.");
}

function tokenize(text: string): string[] {
  const tokens = filterTokens(text);
  if (tokens === undefined) throw malformed();
  return tokens.map(({ text: token }) => token);
}

/** Recursive descent: `or` binds loosest, then `and`, then `not`. */
function parse(tokens: string[], { allows = () => true }: FilterRules): Expression {
  let at = 0;
  let depth = 0;
  const peek = () => tokens[at]?.toLowerCase();
  const take = () => {
    const token = tokens[at++];
    if (token === undefined) throw malformed();
    return token;
  };

  function chain(kind: "and" | "or", part: () => Expression): Expression {
    let left = part();
    while (peek() === kind) {
      at += 1;
      left = { kind, left, right: part() };
    }
    return left;
  }
  const disjunction = (): Expression => chain("or", () => chain("and", term));

  function term(): Expression {
    if (peek() === "not") {
      at += 1;
      if (peek() !== "(" || !allows("not", "")) throw malformed();
      return { kind: "not", inner: term() };
    }
    if (peek() === "(") {
      at += 1;
      depth += 1;
      if (depth > MAX_DEPTH) throw malformed();
      const inner = disjunction();
      if (take() !== ")") throw malformed();
      depth -= 1;
      return inner;
    }
    return test();
  }

  function test(): Expression {
    const attribute = take();
    const operator = take().toLowerCase();
    if (!FILTER_ATTRIBUTE.test(attribute) || !isFilterOperator(operator) || !allows(operator, attribute))
      throw malformed();
    const value = operator === "pr" ? null : literal(take());
    if (
      operator !== "eq" &&
      operator !== "ne" &&
      operator !== "pr" &&
      typeof value !== "string" &&
      typeof value !== "number"
    )
      throw malformed();
    return { kind: "test", path: attribute.split("."), operator, value };
  }

  const whole = disjunction();
  if (at < tokens.length) throw malformed();
  return whole;
}

function literal(token: string): Literal {
  if (token.startsWith('"')) {
    try {
      return String(JSON.parse(token));
    } catch {
      throw malformed();
    }
  }
  if (token === "true" || token === "false") return token === "true";
  if (token === "null") return null;
  if (NUMBER.test(token)) return Number(token);
  throw malformed();
}

function meets(object: unknown, expression: Expression, caseSensitive: boolean): boolean {
  switch (expression.kind) {
    case "and":
      return meets(object, expression.left, caseSensitive) && meets(object, expression.right, caseSensitive);
    case "or":
      return meets(object, expression.left, caseSensitive) || meets(object, expression.right, caseSensitive);
    case "not":
      return !meets(object, expression.inner, caseSensitive);
    case "test": {
      const values = valuesAt(object, expression.path);
      const { operator, value } = expression;
      if (operator === "pr") return values.some((found) => found !== "");
      if (operator === "ne") return !values.some((found) => holds(found, "eq", value, caseSensitive));
      if (value === null) return operator === "eq" && values.length === 0;
      return values.some((found) => holds(found, operator, value, caseSensitive));
    }
  }
}

function holds(found: unknown, operator: FilterOperator, value: Literal, caseSensitive: boolean): boolean {
  if (typeof found === "string" && typeof value === "string") {
    if (DATE.test(found) && DATE.test(value)) return ordered(Date.parse(found), operator, Date.parse(value));
    const fold = (text: string) => (caseSensitive ? text : text.toLowerCase());
    const [a, b] = [fold(found), fold(value)];
    if (operator === "sw") return a.startsWith(b);
    if (operator === "ew") return a.endsWith(b);
    if (operator === "co") return a.includes(b);
    return ordered(a, operator, b);
  }
  if (typeof found === "number" && typeof value === "number") return ordered(found, operator, value);
  return operator === "eq" && found === value;
}

function ordered<T extends string | number>(a: T, operator: FilterOperator, b: T): boolean {
  switch (operator) {
    case "eq":
      return a === b;
    case "gt":
      return a > b;
    case "ge":
      return a >= b;
    case "lt":
      return a < b;
    case "le":
      return a <= b;
    default:
      return false;
  }
}
