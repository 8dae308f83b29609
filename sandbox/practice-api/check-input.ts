import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { parseJson } from "../../src/json/exact-json.js";
import type { Operation } from "./operation.js";
import { Problem, type WrongValue, wrongValues } from "./problem.js";
import { SCHEMAS } from "./schemas.js";

/** The checked values of a request. */
export interface CheckedInput {
  values: Record<string, string | number | undefined>;
  body: unknown;
}

/**
 * Checks requests of one operation by its schemas, as a FastAPI service does.
 * @returns a function that throws Problem 422 with every wrong value
 */
export function inputCheck({ parameters = [], body }: Operation) {
  const ajv = new Ajv2020({ allErrors: true, coerceTypes: true, strict: false });
  // The package is CommonJS, whose default export stands in a member of the same name where types are concerned.
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  const places = new Map(
    (["path", "query"] as const).map((place) => {
      const own = parameters.filter((one) => one.in === place);
      const properties = Object.fromEntries(own.map(({ name, schema }) => [name, schema]));
      const required = own.filter((one) => one.required).map(({ name }) => name);
      return [place, ajv.compile({ type: "object", properties, required })];
    }),
  );
  const checkBody = body && new Ajv2020({ allErrors: true, strict: false });
  if (checkBody) (addFormats as unknown as (ajv: Ajv2020) => void)(checkBody);
  const ofBody = body && checkBody?.compile(SCHEMAS[body]);

  return (path: Record<string, string>, query: URLSearchParams, request: { type: string; rawBody: Buffer }) => {
    const given = { path: { ...path }, query: Object.fromEntries(query) };
    const wrong: WrongValue[] = [];
    for (const place of ["path", "query"] as const) {
      // The schema turns texts into numbers where it says so.
      wrong.push(...problemsOf(places.get(place), given[place], place));
    }
    const content = ofBody === undefined ? undefined : bodyOf(request);
    if (ofBody !== undefined) wrong.push(...problemsOf(ofBody, content, "body"));
    if (wrong.length > 0) throw wrongValues(wrong);
    const names = parameters.map(({ name }) => name);
    const all: CheckedInput["values"] = { ...given.query, ...given.path };
    const values = Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
    return { values, body: content } satisfies CheckedInput;
  };
}

/** The JSON of a request. @throws Problem 415, 422 */
function bodyOf({ type, rawBody }: { type: string; rawBody: Buffer }): unknown {
  if (rawBody.length === 0) throw wrongValues([{ type: "missing", loc: ["body"], msg: "Field required", input: null }]);
  if (type !== "application/json") throw new Problem(415, "The body has to be application/json");
  try {
    return parseJson(rawBody.toString("utf8"));
  } catch {
    throw wrongValues([{ type: "json_invalid", loc: ["body", 0], msg: "JSON decode error", input: {} }]);
  }
}

function problemsOf(check: ValidateFunction | undefined, value: unknown, place: string): WrongValue[] {
  if (check === undefined || check(value)) return [];
  return (check.errors ?? []).map((error) => wrongValue(error, value, place));
}

function wrongValue(
  { instancePath, keyword, params, message }: ErrorObject,
  value: unknown,
  place: string,
): WrongValue {
  const steps = instancePath.split("/").slice(1);
  const named = keyword === "required" ? params.missingProperty : params.additionalProperty;
  const loc = [place, ...steps, ...(named === undefined ? [] : [String(named)])];
  const input = steps.reduce<unknown>((inner, step) => (inner as Record<string, unknown>)?.[step], value);
  if (keyword === "required") return { type: "missing", loc, msg: "Field required", input };
  if (keyword === "additionalProperties") {
    return { type: "extra_forbidden", loc, msg: "Extra inputs are not permitted", input };
  }
  return { type: `${keyword}_error`, loc, msg: `Value ${message}`, input };
}
