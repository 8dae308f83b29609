import type { TokenHolder } from "./check-token.js";
import { daysOf } from "./dates.js";
import type { Asked, Operation, Parameter } from "./operation.js";
import { Problem, type WrongValue, wrongValues } from "./problem.js";
import { shiftsOf } from "./schedule.js";
import { date, gpid, LONGEST_SCHEDULE_DAYS, requestId } from "./schemas.js";
import { colleague, type Employee } from "./staff.js";
import type { NewTimeOffRequest } from "./time-off.js";

/** The largest page of the directory. */
const MAX_PAGE = 100;

const GPID = "The global person id of the employee. Everybody may name their own alone.";
const inPath = (name: string, description: string, schema = gpid): Parameter => ({
  name,
  in: "path",
  required: true,
  description,
  schema,
});
const inQuery = (name: string, description: string, schema: Parameter["schema"], required = false): Parameter => ({
  name,
  in: "query",
  required,
  description,
  schema,
});

/** The operations of the practice API, in the order of its document. */
export const OPERATIONS: readonly Operation[] = [
  {
    method: "GET",
    path: "/health",
    id: "health_check_health_get",
    tag: "service",
    summary: "Health Check",
    access: "open",
    success: { status: 200, description: "The service runs.", schema: "Health" },
    handle: () => ({ status: 200, json: { status: "healthy" } }),
  },
  {
    method: "GET",
    path: "/hello",
    id: "hello_world_hello_get",
    tag: "service",
    summary: "Hello World",
    access: "signed in",
    success: { status: 200, description: "A greeting for whoever is signed in.", schema: "Greeting" },
    handle(asked) {
      const { subject } = person(asked);
      return { status: 200, json: { message: `Hello, ${subject}!`, user_id: subject } };
    },
  },
  {
    method: "GET",
    path: "/user",
    id: "get_user_info_user_get",
    tag: "service",
    summary: "Get User Info",
    access: "signed in",
    success: { status: 200, description: "What the token says of whoever is signed in.", schema: "UserInfo" },
    handle(asked) {
      const { subject, clientId, scopes, gpid: own = null, employeeNumber = null } = person(asked);
      const info = { user_id: subject, client_id: clientId, scopes, gpid: own, employee_number: employeeNumber };
      return { status: 200, json: info };
    },
  },
  {
    method: "GET",
    path: "/employees",
    id: "list_employees",
    tag: "employees",
    summary: "List the staff directory",
    description: "Name, address, title and department of everybody, page by page.",
    access: "hr.read",
    parameters: [
      inQuery("department", "Only the people of this department.", { type: "string", minLength: 1, maxLength: 100 }),
      inQuery("limit", "The most people on a page.", { type: "integer", minimum: 1, maximum: MAX_PAGE, default: 20 }),
      inQuery("cursor", "The `next_cursor` of the page before.", gpid),
    ],
    success: { status: 200, description: "One page of the directory.", schema: "ColleaguePage" },
    handle: listEmployees,
  },
  {
    method: "GET",
    path: "/employees/{gpid}",
    id: "get_employee_information",
    tag: "employees",
    summary: "Get the record of an employee",
    access: "hr.read",
    parameters: [inPath("gpid", GPID)],
    success: { status: 200, description: "The record.", schema: "Employee" },
    problems: { 404: "There is no such employee." },
    handle: (asked) => ({ status: 200, json: ownRecord(asked) }),
  },
  {
    method: "GET",
    path: "/schedules",
    id: "get_employee_schedule",
    tag: "schedules",
    summary: "Get the shifts of an employee",
    description: `The shifts from the first day to the last, both included, at most ${LONGEST_SCHEDULE_DAYS} days.`,
    access: "hr.read",
    parameters: [
      inQuery("gpid", GPID, gpid, true),
      inQuery("start_date", "The first day (YYYY-MM-DD).", date, true),
      inQuery("end_date", "The last day (YYYY-MM-DD).", date, true),
    ],
    success: { status: 200, description: "The shifts.", schema: "Schedule" },
    problems: { 404: "There is no such employee." },
    handle: getSchedule,
  },
  {
    method: "GET",
    path: "/time-off/{gpid}",
    id: "get_time_off",
    tag: "time-off",
    summary: "Get the time off of an employee",
    access: "hr.read",
    parameters: [inPath("gpid", GPID)],
    success: { status: 200, description: "The requests, and the vacation that is left.", schema: "TimeOff" },
    problems: { 404: "There is no such employee." },
    handle: (asked) => ({ status: 200, json: asked.timeOff.of(ownRecord(asked).gpid) }),
  },
  {
    method: "POST",
    path: "/time-off",
    id: "request_time_off",
    tag: "time-off",
    summary: "Ask for time off",
    description: "The request is for whoever is signed in.",
    access: "hr.write",
    body: "NewTimeOffRequest",
    success: { status: 201, description: "The request, as it was entered.", schema: "TimeOffRequest" },
    problems: { 409: "The days overlap with another request, or there is not enough vacation left." },
    handle: requestTimeOff,
  },
  {
    method: "GET",
    path: "/time-off/{gpid}/{request_id}",
    id: "get_time_off_request",
    tag: "time-off",
    summary: "Get one request for time off",
    access: "hr.read",
    parameters: [inPath("gpid", GPID), inPath("request_id", "The id of the request.", requestId)],
    success: { status: 200, description: "The request.", schema: "TimeOffRequest" },
    problems: { 404: "There is no such request." },
    handle: (asked) => ({ status: 200, json: asked.timeOff.get(ownRecord(asked).gpid, requestIdOf(asked)) }),
  },
  {
    method: "DELETE",
    path: "/time-off/{gpid}/{request_id}",
    id: "withdraw_time_off",
    tag: "time-off",
    summary: "Take a request for time off back",
    access: "hr.write",
    parameters: [inPath("gpid", GPID), inPath("request_id", "The id of the request.", requestId)],
    success: { status: 204, description: "The request is gone." },
    problems: { 404: "There is no such request." },
    handle(asked) {
      asked.timeOff.remove(ownRecord(asked).gpid, requestIdOf(asked));
      return { status: 204 };
    },
  },
];

/** The person who is signed in. @throws Problem 403 for a service */
function person({ holder }: Asked): TokenHolder {
  if (holder?.userId === undefined) throw new Problem(403, "This is for people who are signed in, not for services");
  return holder;
}

const requestIdOf = ({ values }: Asked) => String(values.request_id);

/** The record that a request names. @throws Problem 403 for another person's, 404 for one that there is not */
function ownRecord(asked: Asked, named = asked.values.gpid): Employee {
  const { gpid: own } = person(asked);
  if (own === undefined) throw new Problem(403, "The token does not tell who you are at HR: it has no claim gpid");
  if (named !== own) throw new Problem(403, "Everybody may see their own record alone");
  const found = asked.staff.get(own);
  if (found === undefined) throw new Problem(404, "There is no such employee");
  return found;
}

function listEmployees({ values, staff }: Asked) {
  const { department, limit = 20, cursor } = values;
  const all = staff.all().filter((one) => department === undefined || one.department === department);
  const rest = all.filter((one) => cursor === undefined || one.gpid > String(cursor));
  const items = rest.slice(0, Number(limit));
  const next = rest.length > items.length ? (items.at(-1)?.gpid ?? null) : null;
  return { status: 200, json: { items: items.map(colleague), next_cursor: next } };
}

function getSchedule(asked: Asked) {
  const first = String(asked.values.start_date);
  const last = String(asked.values.end_date);
  checkSpan(first, last, ["query"]);
  if (daysOf(first, last).length > LONGEST_SCHEDULE_DAYS) {
    throw wrongValues([tooLate(["query"], `The span is longer than ${LONGEST_SCHEDULE_DAYS} days`, last)]);
  }
  const employee = ownRecord(asked);
  const { gpid: of, timezone } = employee;
  return { status: 200, json: { gpid: of, timezone, shifts: shiftsOf(employee, first, last) } };
}

function requestTimeOff(asked: Asked) {
  const wish = asked.body as NewTimeOffRequest;
  checkSpan(wish.start_date, wish.end_date, ["body"]);
  const request = asked.timeOff.add(ownRecord(asked, asked.holder?.gpid).gpid, wish);
  return { status: 201, headers: { Location: `/time-off/${request.gpid}/${request.request_id}` }, json: request };
}

/** @throws Problem 422 where the last day comes before the first, or the span is longer than a year */
function checkSpan(first: string, last: string, place: string[]): void {
  if (last < first) throw wrongValues([tooLate(place, "end_date comes before start_date", last)]);
  // Days are counted one by one. Nobody asks for more than a year.
  if (Number(last.slice(0, 4)) - Number(first.slice(0, 4)) > 1) {
    throw wrongValues([tooLate(place, "end_date is more than a year after start_date", last)]);
  }
}

function tooLate(place: string[], msg: string, input: string): WrongValue {
  return { type: "value_error", loc: [...place, "end_date"], msg, input };
}
