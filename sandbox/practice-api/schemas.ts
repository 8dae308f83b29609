import type { JsonObject } from "../state/model.js";
import { GPID_PATTERN } from "./staff.js";

/** The longest span of a question about schedules, in days. */
export const LONGEST_SCHEDULE_DAYS = 62;

/** The kinds of time off. */
export const TIME_OFF_KINDS = ["vacation", "sick", "parental", "unpaid"] as const;

export const gpid: JsonObject = { type: "string", pattern: GPID_PATTERN, examples: ["GP010042"] };
export const requestId: JsonObject = { type: "string", pattern: "^TO-[0-9]{1,9}$", examples: ["TO-1001"] };
export const date: JsonObject = { type: "string", format: "date" };

const text: JsonObject = { type: "string" };
const textOrNothing: JsonObject = { type: ["string", "null"] };
const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
const list = (items: JsonObject): JsonObject => ({ type: "array", items });

/** An object all of whose members are there, but for the `optional`. */
function object(title: string, properties: JsonObject, optional: readonly string[] = []): JsonObject {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { title, type: "object", properties, required };
}

const colleagueMembers: JsonObject = {
  gpid,
  name: text,
  email: { type: "string", format: "email" },
  title: textOrNothing,
  department: textOrNothing,
};

const timeOffMembers: JsonObject = {
  kind: { type: "string", enum: [...TIME_OFF_KINDS], description: "What the time off is for." },
  start_date: { ...date, description: "The first day off." },
  end_date: { ...date, description: "The last day off." },
  note: { type: ["string", "null"], maxLength: 500, description: "Words for whoever decides." },
};

/** The schemas of the API's document by name (JSON Schema 2020-12, as OpenAPI 3.1 has it). */
export const SCHEMAS = {
  Health: object("Health", { status: { type: "string", const: "healthy" } }),
  Greeting: object("Greeting", { message: text, user_id: text }),
  UserInfo: object("UserInfo", {
    user_id: text,
    client_id: text,
    scopes: list(text),
    gpid: textOrNothing,
    employee_number: textOrNothing,
  }),
  Colleague: object("Colleague", colleagueMembers),
  ColleaguePage: object("ColleaguePage", { items: list(ref("Colleague")), next_cursor: textOrNothing }),
  Employee: object("Employee", {
    ...colleagueMembers,
    employee_number: textOrNothing,
    location: textOrNothing,
    manager: textOrNothing,
    start_date: { type: ["string", "null"], format: "date" },
    works_remotely: { type: "boolean" },
    timezone: text,
  }),
  Shift: object("Shift", { date, start: text, end: text, place: text }),
  Schedule: object("Schedule", { gpid, timezone: text, shifts: list(ref("Shift")) }),
  NewTimeOffRequest: { ...object("NewTimeOffRequest", timeOffMembers, ["note"]), additionalProperties: false },
  TimeOffRequest: object("TimeOffRequest", {
    request_id: requestId,
    gpid,
    status: { type: "string", enum: ["pending", "approved"] },
    ...timeOffMembers,
    days: { type: "integer", description: "Working days." },
    requested_at: { type: "string", format: "date-time" },
  }),
  TimeOff: object("TimeOff", {
    gpid,
    vacation_days_left: { type: "integer" },
    requests: list(ref("TimeOffRequest")),
  }),
  WrongValue: object(
    "WrongValue",
    { type: text, loc: list({ anyOf: [text, { type: "integer" }] }), msg: text, input: {} },
    ["input"],
  ),
  ValidationProblem: object("ValidationProblem", { detail: list(ref("WrongValue")) }),
  Problem: object("Problem", { detail: text }),
} satisfies Record<string, JsonObject>;

export type SchemaName = keyof typeof SCHEMAS;
