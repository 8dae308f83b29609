import { stringify } from "yaml";
import { HR_AUDIENCE, HR_NATIVE_CLIENT_ID, HR_SERVER_ID, HR_WEB_CLIENT_ID } from "../facts.js";
import type { JsonObject } from "../state/model.js";
import { hrDocument } from "./document.js";
import { HR_SCOPES } from "./operation.js";
import { SCHEMAS } from "./schemas.js";

/** Where the pretend org and the practice API are. */
export interface ExamplePlaces {
  orgUrl: string;
  apiUrl: string;
}

/** The names of the example's files. Settings name the others by these. */
export const EXAMPLE_FILES = {
  settings: "apis.json",
  document: "hr.openapi.yaml",
  policies: "time-off-policies.md",
  employee: "employee.schema.json",
} as const;

/** The role that has the API in a company's server. */
export const STAFF_ROLE = "staff";

const POLICIES = `# Time off

- Everybody has 25 days of vacation a year, from January to December.
- Ask at least two weeks ahead for vacation. Sick leave is entered afterwards.
- More than ten working days in a row need the word of your manager first.
- From 28 to 31 December production stands still; nobody has to ask for these days.
- A request can be taken back until its first day.
`;

/** What of the API becomes a tool, whoever is signed in and however. */
const CHOICE: JsonObject = {
  operations: [
    { match: { method: "GET", path: "/**" } },
    { id: "request_time_off", consent: "always" },
    { id: "withdraw_time_off" },
  ],
  rename: {
    health_check_health_get: "health",
    hello_world_hello_get: "hello",
    get_user_info_user_get: "who_am_i",
    get_employee_information: "my_record",
    get_employee_schedule: "my_schedule",
    get_time_off: "my_time_off",
    get_time_off_request: "my_time_off_request",
  },
  bind: { gpid: ["claim:gpid"] },
};

const RESOURCES: readonly JsonObject[] = [
  {
    uri: "docs://hr/time-off-policies",
    file: EXAMPLE_FILES.policies,
    title: "Time-off policies",
    description: "The rules for vacation and other time off. Read it before asking for time off.",
  },
  {
    template: "schema://employee/{gpid}",
    file: EXAMPLE_FILES.employee,
    title: "Record of an employee",
    description: "The form of an employee's record at HR.",
  },
];

function hr({ orgUrl, apiUrl }: ExamplePlaces, auth: JsonObject): JsonObject {
  return {
    document: `./${EXAMPLE_FILES.document}`,
    base_url: apiUrl,
    auth: {
      kind: "user_grant",
      issuer: `${orgUrl}/oauth2/${HR_SERVER_ID}`,
      ...auth,
      scopes: Object.keys(HR_SCOPES),
      audience: HR_AUDIENCE,
    },
    ...CHOICE,
  };
}

/**
 * The settings of APIs and resources for one person's server.
 * @param redirectPort the port to which a sign-in comes back; undefined for the one that needs no setting
 */
export function personalExample(places: ExamplePlaces, redirectPort?: number): JsonObject {
  const port = redirectPort !== undefined && { redirect_port: redirectPort };
  return { apis: { hr: hr(places, { client_id: HR_NATIVE_CLIENT_ID, ...port }) }, resources: [...RESOURCES] };
}

/**
 * The same members of a serve.json.
 * @param secretFile the file with the secret of the web app, as the settings name it
 */
export function companyExample(
  places: ExamplePlaces,
  secretFile: string,
): { apis: JsonObject; resources: JsonObject[] } {
  const auth = { client_id: HR_WEB_CLIENT_ID, client_secret_file: secretFile };
  return {
    apis: { hr: { ...hr(places, auth), roles: [STAFF_ROLE] } },
    resources: RESOURCES.map((resource) => ({ ...resource, roles: [STAFF_ROLE] })),
  };
}

/** The longest line of a file of settings. */
const LINE = 100;

/** JSON as a person would write it: whatever fits on a line stands on one. */
export function writtenJson(value: unknown, indent = ""): string {
  const line = onOneLine(value);
  if (typeof value !== "object" || value === null || indent.length + line.length <= LINE) return line;
  const inner = `${indent}  `;
  const [open, close, parts] = Array.isArray(value)
    ? ["[", "]", value.map((item) => writtenJson(item, inner))]
    : ["{", "}", Object.entries(value as object).map(([name, one]) => `"${name}": ${writtenJson(one, inner)}`)];
  return `${open}\n${parts.map((part) => inner + part).join(",\n")}\n${indent}${close}`;
}

function onOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, one]) => `"${name}": ${onOneLine(one)}`)
    .join(", ")} }`;
}

/** The texts of the files that the example settings name, by the names of the files. */
export function exampleTexts(issuer: string): Record<string, string> {
  const employee = { $id: "schema://employee/{{gpid}}", ...SCHEMAS.Employee };
  return {
    [EXAMPLE_FILES.document]: stringify(hrDocument(issuer), { lineWidth: 110, aliasDuplicateObjects: false }),
    [EXAMPLE_FILES.policies]: POLICIES,
    [EXAMPLE_FILES.employee]: `${writtenJson(employee)}\n`,
  };
}
