import { EventEmitter } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import type { RequestOptions } from "@modelcontextprotocol/sdk/shared/protocol.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  type ClientCapabilities,
  type ElicitRequest,
  ElicitRequestSchema,
  type ElicitResult,
  ListRootsRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { expect, onTestFinished } from "vitest";
import type { Authorization } from "../../sandbox/engine.js";
import { ADMIN_LOGIN, DEVICE_CLIENT_ID } from "../../sandbox/facts.js";
import { type RecordedRequest, startSandbox } from "../../sandbox/server.js";
import type { Credential } from "../../src/auth/session-parts.js";
import { type Areas, type Catalogue, createCatalogue } from "../../src/catalogue/catalogue.js";
import type { ToolChoice } from "../../src/catalogue/choice.js";
import { type CallsOptions, compose } from "../../src/cli/compose.js";
import type { ConfirmMode } from "../../src/config/settings.js";
import { DEFAULT_RESULT_CHARS } from "../../src/config/settings.js";
import { type GuardRules, NO_RULES } from "../../src/guard/rules.js";
import type { Journal } from "../../src/journal/change.js";
import { copyJson, parseJson } from "../../src/json/exact-json.js";
import { createLog, type Log } from "../../src/log.js";
import type { Every } from "../../src/mcp/progress.js";
import { createServer } from "../../src/mcp/server.js";
import { ServerClock } from "../../src/net/server-clock.js";
import { SCOPES } from "../../src/okta/scopes.js";
import { areas, notes } from "../../tools/index.js";
import { testAuthorization } from "./authorization.js";
import { catalogue as everyTool } from "./catalogue.js";
import { withItems } from "./result-text.js";

type JsonObject = { [key: string]: unknown };

/** How the person behind the client answers, or what the client does instead. */
export type Person = (request: ElicitRequest["params"]) => ElicitResult | Promise<ElicitResult>;

export const accepts: Person = () => ({ action: "accept", content: { confirm: true } });
export const leavesTheBoxEmpty: Person = () => ({ action: "accept", content: { confirm: false } });
export const declines: Person = () => ({ action: "decline" });
export const closesTheQuestion: Person = () => ({ action: "cancel" });
export const cannotShowIt: Person = () => Promise.reject(new Error("no window for secret-looking text"));

/** Every scope that a tool or a part of one uses. */
export const ALL_SCOPES = Object.keys(SCOPES);

export interface ConnectOptions {
  /** `OKTA_SCOPES`; by default `ALL_SCOPES`. */
  scopes?: readonly string[];
  /** What the token grants; by default all that is configured. */
  granted?: readonly string[];
  /** `token` (default): signed in. `device`: nobody is, and a person could. */
  signIn?: "token" | "device";
  /** The token is a plain name, of which only the org knows what it stands for. */
  opaqueToken?: boolean;
  /** `OKTA_CLIENT_ID`; by default the device app. */
  clientId?: string | undefined;
  /** Answers forms; without it the client cannot show any. */
  person?: Person | undefined;
  /** Answers links; without it the client cannot show any. */
  links?: Person | undefined;
  /** What the client says of itself; by default it follows from `person` and `links`. */
  elicitation?: ClientCapabilities["elicitation"];
  openBrowser?: (url: string) => Promise<boolean>;
  /** By default a person may answer at once. */
  fastestPersonMs?: number | undefined;
  monotonicMs?: () => number;
  every?: Every;
  confirmMode?: ConfirmMode;
  maxResultChars?: number;
  /** By default true: tests read results as a program does, and compare the text with it. */
  structuredContent?: boolean;
  /** What a guard file says; by default there is none. */
  guard?: GuardRules;
  /** Which tools the settings let be; by default all. */
  choice?: ToolChoice;
  /** Where writes are recorded; by default nowhere. */
  journal?: Journal;
  /** `OKTA_MCP_FILE_ROOTS`; by default none. */
  fileRoots?: readonly string[];
  /** Lists the client's roots, as URIs; without it the client has none. */
  roots?: () => string[] | Promise<string[]>;
  /** As for `startSandbox`; by default an org with one admin and the group Everyone. */
  seed?: number | null;
  /** Epoch milliseconds, for the server's own clock. */
  now?: () => number;
  /** By default every tool there is. */
  tools?: Areas;
  /** The tools that may leave a list which is full, the first to leave first; by default those of the product. */
  leaving?: readonly string[];
  /** Loads the tools for calls; by default they are there. */
  load?: (tools: Catalogue) => Promise<Catalogue>;
}

export interface CallOutcome {
  isError: boolean;
  text: string;
  /** The structured content; an empty object for an error. */
  data: JsonObject;
  /** What `error` in the structured content says; undefined for a success. */
  error: { code: string; message: string; fix: string; retry: string; data: JsonObject } | undefined;
}

/** Sends every message as text, as every real transport does. */
function asText(transport: InMemoryTransport): Transport {
  const send = transport.send.bind(transport);
  transport.send = (message, options) => send(copyJson(message), options);
  return transport;
}

/** A sandbox org: the company of this number, or with `null` one that has an admin and the group Everyone. */
export async function openOrg(seed: number | null) {
  const sandbox = await startSandbox({ seed, authorization: testAuthorization({ deviceIntervalSeconds: 0 }) });
  const { org } = sandbox;
  if (seed === null) {
    org.groups.add({ type: "BUILT_IN", profile: { name: "Everyone", description: "All users in your organization" } });
    org.addUser({ profile: { login: ADMIN_LOGIN, email: ADMIN_LOGIN, firstName: "Ada", lastName: "Admin" } });
  }
  return sandbox;
}

const OPAQUE_TOKEN = "00opaque-token-of-an-app";

/** From now on the org takes a name for one of its tokens, as an org does whose tokens are references. */
function knowByName(authorization: Authorization, name: string, token: string): void {
  const authenticate = authorization.authenticate.bind(authorization);
  authorization.authenticate = (request) => {
    const headers = new Headers(request.headers);
    if (headers.get("authorization") === `Bearer ${name}`) headers.set("authorization", `Bearer ${token}`);
    return authenticate({ ...request, headers });
  };
}

/** A log, what was written to it, and how to wait for what it says. */
function createTestLog() {
  const logged: string[] = [];
  const lines = new EventEmitter();
  const write = (line: string | Uint8Array) => {
    logged.push(String(line));
    return lines.emit("line", line);
  };
  const log = createLog({ level: "trace", stderr: { write } });
  /** Resolves when the log says what matches; at once where it has. */
  const logSays = (what: RegExp) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!logged.some((line) => what.test(line))) return;
        lines.off("line", look);
        resolve();
      };
      lines.on("line", look);
      look();
    });
  return { log, logged, logSays };
}

/** A client that can do what the options say; `asked` gets what it is asked. */
function createTestClient(options: ConnectOptions, asked: ElicitRequest["params"][]): Client {
  const { person, links } = options;
  const modes = { ...(person && { form: {} }), ...(links && { url: {} }) };
  const elicitation = options.elicitation ?? (person || links ? modes : undefined);
  const { roots } = options;
  const capabilities: ClientCapabilities = {
    ...(elicitation && { elicitation }),
    ...(roots && { roots: {} }),
  };
  const client = new Client({ name: "test", version: "0.0.0" }, { capabilities });
  if (roots) {
    client.setRequestHandler(ListRootsRequestSchema, async () => ({
      roots: (await roots()).map((uri) => ({ uri })),
    }));
  }
  if (elicitation) {
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      asked.push(params);
      const answer = params.mode === "url" ? links : person;
      if (!answer) throw new Error("The client was asked for what it cannot do.");
      return answer(params);
    });
  }
  return client;
}

/** Ways to look at the requests that have reached an org. */
function lookingAt(requests: readonly RecordedRequest[]) {
  /** The requests to the Management API so far, e.g. `GET /api/v1/users?limit=2`. */
  const sent = () =>
    requests.filter(({ path }) => path.startsWith("/api/")).map(({ method, path }) => `${method} ${path}`);
  /** Those among them that may change something. */
  const writes = () => sent().filter((line) => !line.startsWith("GET "));
  /** The body of the last request. */
  const lastBody = (): unknown => parseJson(requests.at(-1)?.body || "null");
  return { sent, writes, lastBody };
}

/** Puts a session, its calls and its servers together, whose waits take hardly any time. */
function composeFor(options: ConnectOptions, orgUrl: string, log: Log, credential: Credential) {
  // A person is waited for in steps of five seconds; here a few milliseconds do.
  const sleep = (_ms: number, signal?: AbortSignal) => delay(5, undefined, { signal });
  // The transport's waits take no time, and its clock tells as if they had.
  let waitedMs = 0;
  const transportNow = () => Date.now() + waitedMs;
  return compose({
    settings: {
      orgUrl,
      clientId: "clientId" in options ? options.clientId : DEVICE_CLIENT_ID,
      scopes: [...(options.scopes ?? ALL_SCOPES)],
      credential,
      tokenStore: "memory",
      confirm: options.confirmMode ?? "ask",
      maxResultChars: options.maxResultChars ?? DEFAULT_RESULT_CHARS,
      guard: options.guard ?? NO_RULES,
      fileRoots: [...(options.fileRoots ?? [])],
    },
    journal: options.journal,
    version: "0.0.0",
    log,
    now: options.now ?? Date.now,
    session: { now: Date.now, clock: new ServerClock(), sleep },
    transport: {
      now: transportNow,
      clock: new ServerClock(transportNow),
      sleep: async (ms, signal) => {
        waitedMs += ms;
        await delay(1, undefined, { signal });
      },
    },
  });
}

/** The tools that the options leave. */
function catalogueOf(options: ConnectOptions) {
  const { tools = areas, choice, leaving = notes.leaving } = options;
  const isOther = options.tools || choice || options.leaving;
  const chosen = isOther ? createCatalogue(tools, choice, { ...notes, leaving }) : everyTool;
  const { load } = options;
  return load ? { ...chosen, load: () => load(chosen) } : chosen;
}

/** A real client, a real server, a real session and a sandbox org, all of them gone when the test is over. */
export async function connect(options: ConnectOptions = {}) {
  const { scopes = ALL_SCOPES, granted = scopes, signIn = "token", seed = null } = options;
  const sandbox = await openOrg(seed);
  const { org, origin, requests } = sandbox;
  const { control } = sandbox.authorization;
  const issued = signIn === "device" ? "" : await control.issueAccessToken(granted);
  if (options.opaqueToken) knowByName(sandbox.authorization, OPAQUE_TOKEN, issued);
  const credential: Credential =
    signIn === "device"
      ? { method: "device" }
      : { method: "access-token", token: options.opaqueToken ? OPAQUE_TOKEN : issued };
  const { log, logged, logSays } = createTestLog();
  const composed = (signedInBy: Credential) => composeFor(options, origin, log, signedInBy);
  const { session, calls, server } = composed(credential);
  const catalogue = catalogueOf(options);
  const newServer = () =>
    createServer({
      ...server,
      catalogue,
      calls: calls(catalogue),
      structuredContent: options.structuredContent ?? true,
      openBrowser: options.openBrowser,
      fastestPersonMs: "fastestPersonMs" in options ? options.fastestPersonMs : 0,
      monotonicMs: options.monotonicMs,
      every: options.every,
    });

  /** The path of calls without a client, as an adapter of another protocol has it. */
  const openCalls = (how?: CallsOptions) => calls(catalogue, how).ready();
  /** The same for somebody else: a session with the same org whose token does not tell who it is. */
  const openCallsOfAnother = (how?: CallsOptions) => {
    const token = `${OPAQUE_TOKEN}-of-another`;
    knowByName(sandbox.authorization, token, issued);
    return composed({ method: "access-token", token }).calls(catalogue, how).ready();
  };

  /** What the client was asked, in order. */
  const asked: ElicitRequest["params"][] = [];

  /** One more client with a server of its own; `meanwhile` happens before the two of them meet. */
  async function newClient(meanwhile: () => Promise<void> = () => Promise.resolve()) {
    const client = createTestClient(options, asked);
    const server = newServer();
    await meanwhile();
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    await server.connect(asText(theirs));
    await client.connect(asText(ours));
    const { call, get } = callsOf(client);
    const listed = async () => (await client.listTools()).tools.map((tool) => tool.name);
    return { client, server, call, get, listed };
  }

  const first = await newClient();
  onTestFinished(async () => {
    await first.server.close();
    session.close();
    await sandbox.close();
    expect(sandbox.unknownRoutes).toEqual([]);
  });

  const paths = { openCalls, openCallsOfAnother };
  const seen = { asked, ...lookingAt(requests), logged, logSays };
  return { ...first, ...paths, newClient, sandbox, org, session, control, ...seen };
}

/** How tests call the tools of a client's server. */
export function callsOf(client: Client) {
  const call = async (name: string, args: JsonObject = {}, how: RequestOptions = {}): Promise<CallOutcome> => {
    const result = await client.callTool({ name, arguments: args }, undefined, how);
    return outcomeOf(result);
  };
  /** The result of a call that must succeed. */
  const get = async (name: string, args: JsonObject = {}, how: RequestOptions = {}): Promise<JsonObject> => {
    const { isError, text, data } = await call(name, args, how);
    expect(isError, text).toBe(false);
    return data;
  };
  return { call, get };
}

function outcomeOf(result: Awaited<ReturnType<Client["callTool"]>>): CallOutcome {
  const content = Array.isArray(result.content) ? result.content : [];
  expect(content).toHaveLength(1);
  const text = String(content[0]?.text);
  const data = result.structuredContent as JsonObject;
  if (result.isError !== true) {
    expect(
      withItems(parseJson(text) as Parameters<typeof withItems>[0]),
      "text and structured content are the same",
    ).toEqual(data);
    return { isError: false, text, data, error: undefined };
  }
  return { isError: true, text, data: {}, error: data.error as NonNullable<CallOutcome["error"]> };
}
