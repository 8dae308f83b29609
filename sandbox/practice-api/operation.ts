import type { SandboxReply } from "../route.js";
import type { JsonObject } from "../state/model.js";
import type { TokenHolder } from "./check-token.js";
import type { SchemaName } from "./schemas.js";
import type { Staff } from "./staff.js";
import type { TimeOffBook } from "./time-off.js";

/** The scopes of the API, in plain words. */
export const HR_SCOPES = {
  "hr.read": "See the staff directory, and your own record, schedule and time off",
  "hr.write": "Ask for time off, and take a request back",
} as const;

/** Who may use an operation: everybody, whoever is signed in, or whoever has a scope. */
export type OperationAccess = "open" | "signed in" | keyof typeof HR_SCOPES;

export interface Parameter {
  name: string;
  in: "path" | "query";
  required: boolean;
  description: string;
  schema: JsonObject;
}

/** One request to an operation, after every check that the document tells of. */
export interface Asked {
  /** The values of path and query by name; undefined where one was not given. */
  values: Readonly<Record<string, string | number | undefined>>;
  /** The checked body; undefined where the operation has none. */
  body: unknown;
  /** Undefined where the operation is open. */
  holder: TokenHolder | undefined;
  staff: Staff;
  timeOff: TimeOffBook;
}

/** One operation of the practice API: what its document says, and what it does. */
export interface Operation {
  method: "GET" | "POST" | "DELETE";
  /** e.g. `/employees/{gpid}` */
  path: string;
  id: string;
  tag: string;
  summary: string;
  description?: string;
  access: OperationAccess;
  parameters?: readonly Parameter[];
  /** The schema of the request's body. */
  body?: SchemaName;
  success: { status: number; description: string; schema?: SchemaName };
  /** Further answers of its own, in words. */
  problems?: Readonly<Record<number, string>>;
  /** @throws Problem */
  handle(asked: Asked): SandboxReply;
}
