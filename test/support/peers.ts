import { Client as StatelessClient } from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  type ElicitRequest,
  ElicitRequestSchema,
  type ElicitResult,
  type Implementation,
  ListRootsRequestSchema,
  ToolListChangedNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { STATELESS_VERSION } from "../../src/mcp/envelope.js";

/**
 * The sorts of clients, by how they come to a revision of MCP. `handshake`: one that begins with `initialize`, up to
 * 2025-11-25. `stateless`: one that speaks 2026-07-28 alone. `auto`: one that looks for 2026-07-28 and would otherwise
 * begin with `initialize`.
 */
export const PEERS = ["handshake", "stateless", "auto"] as const;

export type PeerKind = (typeof PEERS)[number];

/**
 * The sorts of clients for a long table of cases. The two that speak 2026-07-28 differ in how they begin alone, and
 * shorter tests run with both.
 */
export const ONE_PEER_OF_EACH_ERA = PEERS.filter((kind) => kind !== "auto");

/**
 * True for a client that is told to ask by the end of its call, and makes the call again with the answer. The others
 * are asked while the server holds their call.
 */
export const repeatsCalls = (kind: PeerKind): boolean => kind !== "handshake";

/** How a client makes a call. */
export interface CallHow {
  signal?: AbortSignal;
  /** In milliseconds. */
  timeout?: number;
  onprogress?: (step: { progress: number; message?: string | undefined }) => void;
}

/** The answer to a call (MCP, `CallToolResult`), as either library gives it. */
export interface Called {
  [member: string]: unknown;
  _meta?: { [key: string]: unknown } | undefined;
}

/** The ways to ask a person that a client declares. */
export type Elicitation = { form?: Record<string, never>; url?: Record<string, never> };

/** An entry of a list, as either library gives it. */
export type Listed = { [member: string]: unknown };

/** A client, whatever library it is made with. */
export interface Peer {
  connect(transport: Transport): Promise<void>;
  /** Rejects with the error of JSON-RPC that the server answers with. */
  callTool(params: { name: string; arguments?: { [key: string]: unknown } }, how?: CallHow): Promise<Called>;
  /** Asks the server anew, however long an earlier list would do. */
  listTools(): Promise<{ tools: { name: string; [key: string]: unknown }[] }>;
  /** Ask the server anew, as `listTools`. */
  listResources(): Promise<{ resources: Listed[] }>;
  listResourceTemplates(): Promise<{ resourceTemplates: Listed[] }>;
  /** Rejects with the error of JSON-RPC that the server answers with. */
  readResource(uri: string): Promise<{ contents: Listed[] }>;
  /** The values for a variable of a template. */
  complete(template: string, variable: string, beginning: string): Promise<{ completion: { values: string[] } }>;
  getServerVersion(): Implementation | undefined;
  getServerCapabilities(): object | undefined;
  getInstructions(): string | undefined;
  /** Calls back whenever the server tells that other tools are on. Resolves once the server does so. */
  onToolsChanged(listener: () => void): Promise<void>;
  close(): Promise<void>;
}

/** The abilities of a client that a server may use. */
export interface Abilities {
  elicitation: Elicitation | undefined;
  /** Answers a question. The signal aborts once nobody waits for the answer. */
  answer(question: ElicitRequest["params"], signal: AbortSignal): ElicitResult | Promise<ElicitResult>;
  /** Returns the roots as URIs. Without it the client has none. */
  roots: (() => string[] | Promise<string[]>) | undefined;
}

interface Capabilities {
  elicitation?: Elicitation;
  roots?: Record<string, never>;
}

const ME = { name: "test", version: "0.0.0" };

/** Makes a client with these abilities. */
export function createPeer(kind: PeerKind, abilities: Abilities): Peer {
  const { elicitation, roots } = abilities;
  const capabilities = { ...(elicitation && { elicitation }), ...(roots && { roots: {} }) };
  return kind === "handshake"
    ? handshakePeer(capabilities, abilities)
    : statelessPeer(kind === "auto" ? "auto" : { pin: STATELESS_VERSION }, capabilities, abilities);
}

const completionOf = (uri: string, name: string, value: string) => ({
  ref: { type: "ref/resource" as const, uri },
  argument: { name, value },
});

const asRoots = (uris: string[]) => ({ roots: uris.map((uri) => ({ uri })) });

function handshakePeer(capabilities: Capabilities, { elicitation, answer, roots }: Abilities): Peer {
  const client = new Client(ME, { capabilities });
  if (roots) client.setRequestHandler(ListRootsRequestSchema, async () => asRoots(await roots()));
  if (elicitation) client.setRequestHandler(ElicitRequestSchema, ({ params }, { signal }) => answer(params, signal));
  return {
    connect: (transport) => client.connect(transport),
    callTool: (params, how) => client.callTool(params, undefined, how),
    listTools: () => client.listTools(),
    listResources: () => client.listResources(),
    listResourceTemplates: () => client.listResourceTemplates(),
    readResource: (uri) => client.readResource({ uri }),
    complete: (...what) => client.complete(completionOf(...what)),
    getServerVersion: () => client.getServerVersion(),
    getServerCapabilities: () => client.getServerCapabilities(),
    getInstructions: () => client.getInstructions(),
    async onToolsChanged(listener) {
      client.setNotificationHandler(ToolListChangedNotificationSchema, listener);
    },
    close: () => client.close(),
  };
}

function statelessPeer(
  mode: "auto" | { pin: string },
  capabilities: Capabilities,
  { elicitation, answer, roots }: Abilities,
): Peer {
  const client = new StatelessClient(ME, { versionNegotiation: { mode }, capabilities });
  if (roots) client.setRequestHandler("roots/list", async () => asRoots(await roots()));
  if (elicitation)
    client.setRequestHandler("elicitation/create", ({ params }, { mcpReq }) => answer(params, mcpReq.signal));
  return {
    connect: (transport) => client.connect(transport),
    callTool: (params, how) => client.callTool(params, withoutOwnReports(how)),
    // Otherwise the library answers by itself as long as the list lives.
    listTools: () => client.listTools(undefined, { cacheMode: "refresh" }),
    listResources: () => client.listResources(undefined, { cacheMode: "refresh" }),
    listResourceTemplates: () => client.listResourceTemplates(undefined, { cacheMode: "refresh" }),
    readResource: (uri) => client.readResource({ uri }, { cacheMode: "refresh" }),
    complete: (...what) => client.complete(completionOf(...what)),
    getServerVersion: () => client.getServerVersion(),
    getServerCapabilities: () => client.getServerCapabilities(),
    getInstructions: () => client.getInstructions(),
    async onToolsChanged(listener) {
      client.setNotificationHandler("notifications/tools/list_changed", listener);
      await client.listen({ toolsListChanged: true });
    },
    close: () => client.close(),
  };
}

/** The library reports to its user, in the server's place, that it answers a question. */
function withoutOwnReports({ onprogress, ...how }: CallHow = {}): CallHow {
  if (onprogress === undefined) return how;
  return {
    ...how,
    onprogress: (step) => {
      if (!step.message?.startsWith("Fulfilling input required")) onprogress(step);
    },
  };
}
