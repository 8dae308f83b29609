import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { apiAreas } from "../../src/apis/api-areas.js";
import { ApiClient, apiCalls } from "../../src/apis/api-client.js";
import type { ApiIdentity } from "../../src/apis/api-identity.js";
import { apisSchema } from "../../src/apis/apis-schema.js";
import { loadApis } from "../../src/apis/load-apis.js";
import type { LoadedApi } from "../../src/apis/loaded-api.js";
import { SharedIdentities } from "../../src/apis/shared-identities.js";
import type { OperatorApis } from "../../src/call/operator.js";
import { parseStrictJson } from "../../src/files/strict-json.js";
import { MemoryLimitStore } from "../../src/guard/limit-store.js";
import { createLog } from "../../src/log.js";
import type { SendHttp } from "../../src/net/http-client.js";
import { areas } from "../../tools/index.js";
import { type ConnectOptions, connect } from "../support/client.js";

/** A request as it arrived at the API. */
export interface Arrived {
  method: string;
  /** The path with its query. */
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}

export type Answer = (request: Arrived, response: ServerResponse) => void;

/** Starts an API on loopback that records requests and answers as the test says; by default 404. */
export async function startApi(answer: Answer = (_, response) => response.writeHead(404).end()) {
  const arrived: Arrived[] = [];
  const state = { answer };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const one = { method, url, headers, body: Buffer.concat(chunks).toString() };
      arrived.push(one);
      state.answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  /** The requests so far, e.g. `GET /v1/employees/7`. */
  const sent = () => arrived.map(({ method, url }) => `${method} ${url}`);
  return { origin, arrived, sent, answerWith: (next: Answer) => Object.assign(state, { answer: next }) };
}

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  };

/** A folder for one test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "okta-mcp-apis-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const id = { name: "id", in: "path", required: true, schema: { type: "string" } };
const ok = { responses: { 200: { description: "Fine" } } };
const note = {
  required: true,
  content: {
    "application/json": {
      schema: {
        type: "object",
        required: ["text"],
        additionalProperties: false,
        properties: { text: { type: "string" }, stars: { type: "integer", minimum: 1, maximum: 5 } },
      },
    },
  },
};

/** The document of a service for notes. */
export const NOTES = {
  openapi: "3.1.0",
  info: { title: "Notes", version: "1" },
  paths: {
    "/notes": {
      get: {
        operationId: "listNotes",
        summary: "List notes",
        tags: ["notes"],
        parameters: [
          { name: "limit", in: "query", schema: { type: "integer", maximum: 100 } },
          { name: "offset", in: "query", schema: { type: "integer" } },
          { name: "author", in: "query", schema: { type: "string" } },
        ],
        ...ok,
      },
      post: { operationId: "createNote", summary: "Create a note", requestBody: note, ...ok },
    },
    "/notes/{id}": {
      get: { operationId: "getNote", summary: "Show a note", parameters: [id], tags: ["notes"], ...ok },
      put: { operationId: "putNote", summary: "Replace a note", parameters: [id], requestBody: note, ...ok },
      patch: { operationId: "patchNote", summary: "Change a note", parameters: [id], requestBody: note, ...ok },
      delete: { operationId: "deleteNote", summary: "Delete a note", parameters: [id], ...ok },
    },
    "/mine/{owner}": {
      get: {
        operationId: "getMine",
        parameters: [{ name: "owner", in: "path", required: true, schema: { type: "string", maxLength: 40 } }],
        ...ok,
      },
    },
  },
};

export const EVERY_OPERATION = [
  "listNotes",
  "createNote",
  "getNote",
  "putNote",
  "patchNote",
  "deleteNote",
  "getMine",
].map((operation) => ({ id: operation }));

/** The settings of the service for notes. */
export const notesSettings = (origin: string, more: object = {}) => ({
  document: "./notes.json",
  base_url: `${origin}/v1`,
  auth: { kind: "none" },
  operations: EVERY_OPERATION,
  ...more,
});

/** Loads APIs as a file of settings has them. @param files further files beside it */
export async function load(settings: object, files: Readonly<Record<string, string>> = {}) {
  const at = folder();
  for (const [name, text] of Object.entries({ "notes.json": JSON.stringify(NOTES), ...files })) {
    writeFileSync(join(at, name), text, { mode: 0o600 });
  }
  const parsed = parseStrictJson(JSON.stringify(settings), apisSchema);
  if ("problems" in parsed) throw new Error(parsed.problems.join(" "));
  const toolNames = Object.values(areas).flatMap((area) => Object.values(area).map((tool) => tool.name));
  return loadApis(parsed.content, join(at, "apis.json"), { areas: Object.keys(areas), toolNames });
}

/** As `load`, for settings without a mistake. */
export async function loaded(
  settings: object,
  files?: Readonly<Record<string, string>>,
): Promise<readonly LoadedApi[]> {
  const result = await load(settings, files);
  if ("problems" in result) throw new Error(result.problems.join("\n"));
  return result.apis;
}

export interface CallingOptions {
  /** The identity of the caller at each API; by default that of the settings. */
  identity?: ApiIdentity;
  now?: () => number;
  /** The way to the APIs; by default the product's own. */
  fetch?: SendHttp;
}

/** The APIs for an operator, as a composition makes them. */
export function operatorApis(
  apis: readonly LoadedApi[],
  { identity, now = Date.now, fetch }: CallingOptions = {},
): OperatorApis {
  const limits = new MemoryLimitStore();
  const clients = new Map(
    apis.map((api) => [api.name, new ApiClient({ api, limits, now, sleep: async () => {}, ...(fetch && { fetch }) })]),
  );
  const shared = new SharedIdentities({ apis, log: createLog({ level: "error", stderr: { write: () => true } }), now });
  const identityOf = (api: string) => {
    const found = identity ?? shared.of(api);
    if (found === undefined) throw new Error(`The test gives no identity for ${api}.`);
    return found;
  };
  return { calls: (options) => apiCalls({ clients, identityOf, key: async () => "somebody" }, options) };
}

/** Connects a real client to a server with our own tools and those of APIs. */
export async function connectApis(apis: readonly LoadedApi[], options: ConnectOptions & CallingOptions = {}) {
  const { identity, fetch, ...others } = options;
  const how = { ...(identity && { identity }), ...(fetch && { fetch }), ...(others.now && { now: others.now }) };
  return connect({ tools: { ...areas, ...apiAreas(apis) }, apis: operatorApis(apis, how), ...others });
}
