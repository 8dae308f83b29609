import type { JsonObject } from "../state/model.js";
import { HR_SCOPES, type Operation } from "./operation.js";
import { OPERATIONS } from "./operations.js";
import { SCHEMAS, type SchemaName } from "./schemas.js";

/** The name of the one way to prove who one is. */
const SCHEME = "okta";

const content = (schema: SchemaName): JsonObject => ({
  "application/json": { schema: { $ref: `#/components/schemas/${schema}` } },
});
const answer = (description: string, schema?: SchemaName): JsonObject => ({
  description,
  ...(schema !== undefined && { content: content(schema) }),
});
const shared = (name: keyof typeof RESPONSES): JsonObject => ({ $ref: `#/components/responses/${name}` });

/** The answers that several operations have. */
const RESPONSES = {
  NotAuthenticated: answer("There is no token, or it does not count here.", "Problem"),
  NotEnough: answer("The token lacks a scope, or the record is somebody else's.", "Problem"),
  WrongValues: answer("Values that the document does not allow.", "ValidationProblem"),
};

/**
 * The API's OpenAPI document.
 * @param issuer the authorization server to which it sends people
 * @param server the address of the API; undefined leaves it out
 */
export function hrDocument(issuer: string, server?: string): JsonObject {
  const paths: Record<string, JsonObject> = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = { ...paths[operation.path], [operation.method.toLowerCase()]: described(operation) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Acme Robotics HR",
      version: "1.0.0",
      description: "Records, schedules and time off of the people of Acme Robotics, a company that does not exist.",
    },
    ...(server !== undefined && { servers: [{ url: server }] }),
    paths,
    components: {
      schemas: SCHEMAS,
      responses: RESPONSES,
      securitySchemes: {
        [SCHEME]: {
          type: "oauth2",
          flows: {
            authorizationCode: {
              authorizationUrl: `${issuer}/v1/authorize`,
              tokenUrl: `${issuer}/v1/token`,
              scopes: HR_SCOPES,
            },
          },
        },
      },
    },
  };
}

function described(operation: Operation): JsonObject {
  const { id, tag, summary, description, access, parameters = [], body, success, problems = {} } = operation;
  const hasInput = parameters.length > 0 || body !== undefined;
  const scope = access === "open" || access === "signed in" ? [] : [access];
  const answers: Record<string, JsonObject> = {
    [success.status]: answer(success.description, success.schema),
    ...(access !== "open" && { 401: shared("NotAuthenticated"), 403: shared("NotEnough") }),
    ...(hasInput && { 422: shared("WrongValues") }),
    ...Object.fromEntries(Object.entries(problems).map(([status, words]) => [status, answer(words, "Problem")])),
  };
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: access === "open" ? [] : [{ [SCHEME]: scope }],
    ...(parameters.length > 0 && { parameters: parameters.map((one): JsonObject => ({ ...one })) }),
    ...(body !== undefined && { requestBody: { required: true, content: content(body) } }),
    responses: answers,
  };
}
