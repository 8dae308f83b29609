import { EventEmitter } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { ElicitRequest, ElicitResult, JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { expect, onTestFinished } from "vitest";
import type { Authorization } from "../../sandbox/engine.js";
import { ADMIN_LOGIN, DEVICE_CLIENT_ID } from "../../sandbox/facts.js";
import type { RecordedRequest } from "../../sandbox/recorder.js";
import { startSandbox } from "../../sandbox/server.js";
import type { Credential } from "../../src/auth/session-parts.js";
import type { OperatorApis } from "../../src/call/operator.js";
import { type Areas, type Catalogue, createCatalogue } from "../../src/catalogue/catalogue.js";
import type { ToolChoice } from "../../src/catalogue/choice.js";
import { type CallsOptions, compose } from "../../src/cli/compose.js";
import { type ConfirmMode, DEFAULT_RESULT_CHARS } from "../../src/config/settings.js";
import { type GuardRules, NO_RULES } from "../../src/guard/rules.js";
import type { Journal } from "../../src/journal/change.js";
import { copyJson, parseJson } from "../../src/json/exact-json.js";
import { createLog, type Log } from "../../src/log.js";
import type { Every } from "../../src/mcp/progress.js";
import { createServer } from "../../src/mcp/server.js";
import { ServerClock } from "../../src/net/server-clock.js";
import { SCOPES } from "../../src/okta/scopes.js";
import type { ResourceSource } from "../../src/resources/resource-source.js";
import { areas, notes } from "../../tools/index.js";
import { testAuthorization } from "./authorization.js";
import { catalogue as everyTool } from "./catalogue.js";
import { type Called, type CallHow, createPeer, type Elicitation, type Peer, type PeerKind } from "./peers.js";
import { withItems } from "./result-text.js";

type JsonObject = { [key: string]: unknown };

/**
 * Answers a question as the person behind the client does, or rejects as a client does if it cannot show the question.
 * The signal aborts once nobody waits for the answer.
 */
export type Person = (request: ElicitRequest["params"], signal?: AbortSignal) => ElicitResult | Promise<ElicitResult>;

export const accepts: Person = () => ({ action: "accept", content: { confirm: true } });
export const leavesTheBoxEmpty: Person = () => ({ action: "accept", content: { confirm: false } });
export const declines: Person = () => ({ action: "decline" });
export const closesTheQuestion: Person = () => ({ action: "cancel" });
export const cannotShowIt: Person = () => Promise.reject(new Error("no window for secret-looking text"));

/** Every scope that a tool or a part of a tool uses. */
export const ALL_SCOPES = Object.keys(SCOPES);

export interface ConnectOptions {
  /** The sort of client. By default it begins with a handshake. */
  peer?: PeerKind;
  /** The value of `OKTA_SCOPES`. The default is `ALL_SCOPES`. */
  scopes?: readonly string[];
  /** The scopes that the token grants. The default is all configured scopes. */
  granted?: readonly string[];
  /** With `token` (default) the client is signed in. With `device` it is not, and a person could sign in. */
  signIn?: "token" | "device";
  /** True makes the token a plain name, and only the org knows its meaning. */
  opaqueToken?: boolean;
  /** The value of `OKTA_CLIENT_ID`. The default is the device app. */
  clientId?: string | undefined;
  /** Answers forms. Without it the client cannot show any. */
  person?: Person | undefined;
  /** Answers links. Without it the client cannot show any. */
  links?: Person | undefined;
  /** The capability that the client declares. By default it follows from `person` and `links`. */
  elicitation?: Elicitation;
  openBrowser?: (url: string) => Promise<boolean>;
  /** The shortest time in which a person can answer, in milliseconds. The default is 0. */
  fastestPersonMs?: number | undefined;
  monotonicMs?: () => number;
  /** The time that a repeated call waits for a sign-in, in milliseconds. The default is the product's own. */
  signInWaitMs?: number;
  every?: Every;
  confirmMode?: ConfirmMode;
  maxResultChars?: number;
  /** The default is true: tests read results as a program does, and compare the text with them. */
  structuredContent?: boolean;
  /** The rules of the guard file. By default there are none. */
  guard?: GuardRules;
  /** The texts of the settings. By default there are none. */
  resources?: ResourceSource;
  /** The choice of tools in the settings. The default is all tools. */
  choice?: ToolChoice;
  /** The journal that records writes. By default there is none. */
  journal?: Journal;
  /** The value of `OKTA_MCP_FILE_ROOTS`. The default is no folder. */
  fileRoots?: readonly string[];
  /** Returns the client's roots as URIs. Without it the client has no roots. */
  roots?: () => string[] | Promise<string[]>;
  /** The same option as for `startSandbox`. The default is an org with one admin and the group Everyone. */
  seed?: number | null;
  /** The server's clock, in epoch milliseconds. */
  now?: () => number;
  /** The tools of the server. The default is every tool. */
  tools?: Areas;
  /**
   * The tools that may leave a list that is full. The first entry leaves first. The default is the product's own order.
   */
  leaving?: readonly string[];
  /** The company's APIs. By default there are none. */
  apis?: OperatorApis;
  /** Loads the tools for calls. By default they are loaded already. */
  load?: (tools: Catalogue) => Promise<Catalogue>;
}

export interface CallOutcome {
  isError: boolean;
  text: string;
  /** The structured content. It is an empty object for an error. */
  data: JsonObject;
  /** The member `error` of the structured content. Undefined for a success. */
  error: { code: string; message: string; fix: string; retry: string; data: JsonObject } | undefined;
}

/** Returns the transport with every message sent as text, as real transports do. It adds each message to `messages`. */
function asText(transport: InMemoryTransport, messages: JSONRPCMessage[]): Transport {
  const send = transport.send.bind(transport);
  transport.send = (message, options) => {
    messages.push(message);
    return send(copyJson(message), options);
  };
  return transport;
}

/** Opens a sandbox org: the company with this seed, or with `null` only an admin and the group Everyone. */
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

/** Makes the org accept a name in place of one of its tokens. Orgs with reference tokens do the same. */
function knowByName(authorization: Authorization, name: string, token: string): void {
  const authenticate = authorization.authenticate.bind(authorization);
  authorization.authenticate = (request) => {
    const headers = new Headers(request.headers);
    if (headers.get("authorization") === `Bearer ${name}`) headers.set("authorization", `Bearer ${token}`);
    return authenticate({ ...request, headers });
  };
}

/** Returns a log, the lines written to it, and a function that waits for a line. */
function createTestLog() {
  const logged: string[] = [];
  const lines = new EventEmitter();
  const write = (line: string | Uint8Array) => {
    logged.push(String(line));
    return lines.emit("line", line);
  };
  const log = createLog({ level: "trace", stderr: { write } });
  /** Resolves when a line of the log matches, at once if one already does. */
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

/** Returns a client with the abilities in the options. It adds each question that it gets to `asked`. */
function createTestClient(options: ConnectOptions, asked: ElicitRequest["params"][]): Peer {
  const { person, links, roots, peer = "handshake" } = options;
  const modes = { ...(person && { form: {} }), ...(links && { url: {} }) };
  return createPeer(peer, {
    elicitation: options.elicitation ?? (person || links ? modes : undefined),
    roots,
    answer(question, signal) {
      asked.push(question);
      const answer = question.mode === "url" ? links : person;
      if (!answer) throw new Error("The client was asked for what it cannot do.");
      return answer(question, signal);
    },
  });
}

/** Returns functions that read the requests so far. */
function lookingAt(requests: readonly RecordedRequest[]) {
  /** Returns the requests to the Management API so far, e.g. `GET /api/v1/users?limit=2`. */
  const sent = () =>
    requests.filter(({ path }) => path.startsWith("/api/")).map(({ method, path }) => `${method} ${path}`);
  /** Returns those of `sent` that may change something. */
  const writes = () => sent().filter((line) => !line.startsWith("GET "));
  /** Returns the body of the last request. */
  const lastBody = (): unknown => parseJson(requests.at(-1)?.body || "null");
  return { sent, writes, lastBody };
}

/** Composes a session with its calls and servers. Their waits take hardly any time. */
function composeFor(options: ConnectOptions, orgUrl: string, log: Log, credential: Credential) {
  // The session waits for a person in steps of five seconds. Here a few milliseconds are enough.
  const sleep = (_ms: number, signal?: AbortSignal) => delay(5, undefined, { signal });
  // The transport's waits take no time, but its clock advances by their length.
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
    apis: options.apis,
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

/** Returns the tools that remain after the options' choice. */
function catalogueOf(options: ConnectOptions) {
  const { tools = areas, choice, leaving = notes.leaving } = options;
  const isOther = options.tools || choice || options.leaving;
  const chosen = isOther ? createCatalogue(tools, choice, { ...notes, leaving }) : everyTool;
  const { load } = options;
  return load ? { ...chosen, load: () => load(chosen) } : chosen;
}

/** Connects a real client to a real server with a real session and a sandbox org. All end when the test is over. */
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
      resources: options.resources,
      structuredContent: options.structuredContent ?? true,
      openBrowser: options.openBrowser,
      fastestPersonMs: "fastestPersonMs" in options ? options.fastestPersonMs : 0,
      monotonicMs: options.monotonicMs,
      signInWaitMs: options.signInWaitMs,
      every: options.every,
    });

  /** Returns the path of calls without a client, which an adapter of another protocol uses. */
  const openCalls = (how?: CallsOptions) => calls(catalogue, how).ready();
  /** Returns the path of calls for another caller of the same org. Its token does not tell who the caller is. */
  const openCallsOfAnother = (how?: CallsOptions) => {
    const token = `${OPAQUE_TOKEN}-of-another`;
    knowByName(sandbox.authorization, token, issued);
    return composed({ method: "access-token", token }).calls(catalogue, how).ready();
  };

  /** The questions that the client got, in order. */
  const asked: ElicitRequest["params"][] = [];

  /** Connects one more client to a server of its own. `meanwhile` runs before the two connect. */
  async function newClient(meanwhile: () => Promise<void> = () => Promise.resolve()) {
    const client = createTestClient(options, asked);
    const server = newServer();
    await meanwhile();
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    /** The messages so far, in order. */
    const wire = { toServer: [] as JSONRPCMessage[], toClient: [] as JSONRPCMessage[] };
    await server.connect(asText(theirs, wire.toClient));
    await client.connect(asText(ours, wire.toServer));
    const { call, get } = callsOf(client);
    const listed = async () => (await client.listTools()).tools.map((tool) => tool.name);
    return { client, server, call, get, listed, wire };
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
  return { ...first, ...paths, newServer, newClient, sandbox, org, session, control, ...seen };
}

/** Returns the functions with which tests call the tools of a client's server. */
export function callsOf(client: Pick<Peer, "callTool">) {
  const call = async (name: string, args: JsonObject = {}, how: CallHow = {}): Promise<CallOutcome> =>
    outcomeOf(await client.callTool({ name, arguments: args }, how));
  /** Calls a tool and returns its data. Fails if the call does not succeed. */
  const get = async (name: string, args: JsonObject = {}, how: CallHow = {}): Promise<JsonObject> => {
    const { isError, text, data } = await call(name, args, how);
    expect(isError, text).toBe(false);
    return data;
  };
  return { call, get };
}

function outcomeOf(result: Called): CallOutcome {
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
