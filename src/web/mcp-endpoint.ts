import type { IncomingMessage } from "node:http";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { createMcpHandler, type McpHttpHandler } from "@modelcontextprotocol/server";
import type { McpScopes } from "../issuer/own-scopes.js";
import type { Log } from "../log.js";
import type { AdapterOptions } from "../mcp/adapter.js";
import { readMessage } from "../mcp/json-rpc.js";
import { modernServer } from "../mcp/modern.js";
import { faultFields } from "../mcp/protocol-fault.js";
import type { McpService } from "../mcp/service.js";
import { type Role, rolesOf } from "../people/roles.js";
import type { TokenHolder, TokenVerifier } from "../verify/token-verifier.js";
import type { CallsAtOnce } from "./calls-at-once.js";
import { checkHead, type GateOptions, type RequestHead, tooLarge } from "./gate.js";
import { readBody } from "./mcp-body.js";
import { challenge, type HttpRefusal, MCP_PATH, refusal } from "./refusals.js";

/** Whoever a request comes from, with what they may do at this moment. */
export interface WebCaller extends TokenHolder {
  /** At least one. */
  roles: readonly [Role, ...Role[]];
}

export interface McpEndpointOptions {
  gate: GateOptions;
  /** Undefined where scopes of tokens do not decide on reading and writing. */
  scopes: McpScopes | undefined;
  verifier: TokenVerifier;
  roles(): readonly Role[];
  atOnce: CallsAtOnce;
  /** True for the name of a tool that does more than read. */
  writes(tool: string): boolean;
  /** The tools of a caller. It is asked for each request. */
  serviceOf(caller: WebCaller): McpService;
  /** What a call of a caller has besides, as the way to a page. */
  adapterFor(caller: WebCaller): AdapterOptions;
  log: Log;
}

/** A request, and how its sender learns that it has ended. */
export interface McpRequest {
  head: RequestHead;
  /** The request as it came. Its body is read here. */
  incoming: IncomingMessage;
  /** Calls back when the answer was sent or its receiver has gone. */
  onEnd(listener: () => void): void;
}

const RETRY_SECONDS = "2";

/** The endpoint of MCP over HTTP, for both revisions and without sessions: any request may reach any instance. */
export class McpEndpoint {
  readonly #options: McpEndpointOptions;
  readonly #handler: McpHttpHandler;

  constructor(options: McpEndpointOptions) {
    this.#options = options;
    this.#handler = createMcpHandler(
      ({ authInfo }) => {
        const caller = authInfo?.extra?.caller as WebCaller | undefined;
        if (caller === undefined) throw new Error("A request came past the gate.");
        return modernServer(options.serviceOf(caller), options.adapterFor(caller));
      },
      { onerror: (error) => options.log.debug("protocol error", faultFields(error)) },
    );
  }

  async answer({ head, incoming, onEnd }: McpRequest): Promise<Response> {
    const { gate, atOnce } = this.#options;
    const checked = checkHead(head, gate);
    if ("refused" in checked) return asResponse(checked.refused);
    const found = await this.#callerOf(checked.token);
    if ("refused" in found) return asResponse(found.refused);
    const { caller } = found;
    const place = atOnce.take(caller.person.id);
    if ("full" in place) return asResponse(tooMany(place.full));
    const gone = new AbortController();
    onEnd(() => {
      place.leave();
      gone.abort();
    });
    const body = await readBody(incoming, gate.maxBodyBytes);
    if ("problem" in body) return asResponse(body.problem === "too_large" ? tooLarge(gate.maxBodyBytes) : brokenOff());
    const received = readMessage(body.text);
    if (!("message" in received)) {
      this.#options.log.debug("protocol error", { problem: received.problem });
      const { id, error } = received.refusals[0] ?? INVALID_MESSAGE;
      // A batch has an answer for each of its requests, but this answer is to all of it.
      return Response.json(
        { jsonrpc: "2.0", id: received.refusals.length > 1 ? null : id, error },
        { status: 400, headers: NO_STORE },
      );
    }
    return this.#lacksScope(received.message, caller) ?? this.#serve(head, received.message, caller, gone.signal);
  }

  /** Ends what runs. */
  close(): Promise<void> {
    return this.#handler.close();
  }

  /** The refusal of a call that writes, for a token that may only read (RFC 6750, section 3.1). */
  #lacksScope(message: JSONRPCMessage, { mayWrite }: WebCaller): Response | undefined {
    const { gate, scopes, writes } = this.#options;
    if (mayWrite || scopes === undefined || !("method" in message) || message.method !== "tools/call") return undefined;
    const name = message.params?.name;
    if (typeof name !== "string" || !writes(name)) return undefined;
    const description = `${name} does more than read, and the token lacks ${scopes.write}. Nothing was done.`;
    return asResponse(challenge(gate, "insufficient_scope", description));
  }

  #serve({ headers }: RequestHead, message: JSONRPCMessage, caller: WebCaller, signal: AbortSignal) {
    const { gate, scopes } = this.#options;
    const { clientId, expiresAtMs, mayWrite } = caller;
    // The token itself goes no further than the gate.
    const authInfo = {
      token: "",
      clientId,
      scopes: scopes === undefined ? [] : mayWrite ? [scopes.read, scopes.write] : [scopes.read],
      expiresAt: Math.floor(expiresAtMs / 1000),
      extra: { caller },
    };
    const request = new Request(`${gate.publicUrl}${MCP_PATH}`, {
      method: "POST",
      headers: withBothTypes(headers),
      signal,
    });
    return this.#handler.fetch(request, { authInfo, parsedBody: message });
  }

  async #callerOf(token: string): Promise<{ caller: WebCaller } | { refused: HttpRefusal }> {
    const { verifier, roles, gate, scopes } = this.#options;
    const holder = await verifier.verify(token);
    if ("refused" in holder) {
      const { refused } = holder;
      if (refused.kind === "invalid") return { refused: challenge(gate, "invalid_token", refused.why) };
      if (refused.kind === "no_scope") {
        return {
          refused: challenge(
            { ...gate, scopes: scopes === undefined ? [] : [scopes.read] },
            "insufficient_scope",
            refused.why,
          ),
        };
      }
      if (refused.kind === "forbidden") return { refused: refusal(403, "forbidden", refused.why) };
      const headers = { "retry-after": String(refused.retryAfterSeconds) };
      return { refused: refusal(503, "temporarily_unavailable", refused.why, headers) };
    }
    const { person, machineRole } = holder;
    const held =
      machineRole === undefined ? rolesOf(roles(), person.groups) : roles().filter(({ name }) => name === machineRole);
    const [first, ...more] = held;
    if (first === undefined) {
      return { refused: refusal(403, "no_role", "None of your groups has a role here. Ask who runs this server.") };
    }
    return { caller: { ...holder, roles: [first, ...more] } };
  }
}

const NO_STORE = { "cache-control": "no-store" };

/** The answer to an answer or notification that is none. Over HTTP every message has one. */
const INVALID_MESSAGE = {
  id: null,
  error: { code: -32600, message: "Invalid request: it is no valid answer or notification." },
};

function brokenOff(): HttpRefusal {
  return refusal(400, "invalid_request", "The body ended before its end.", { connection: "close" });
}

function tooMany(full: "person" | "all"): HttpRefusal {
  const headers = { "retry-after": RETRY_SECONDS };
  return full === "person"
    ? refusal(429, "too_many_requests", "Too many of your calls run at once. Wait for one of them to end.", headers)
    : refusal(503, "busy", "Too many calls run at once on this server.", headers);
}

/** The headers of a request, which takes both kinds of answers where it takes any, as curl's does. */
function withBothTypes(headers: Headers): Headers {
  const accept = headers.get("accept");
  const taken = new Headers(headers);
  if (accept === null || accept.trim() === "*/*") taken.set("accept", "application/json, text/event-stream");
  // The token goes no further than the gate.
  taken.delete("authorization");
  taken.delete("cookie");
  return taken;
}

function asResponse({ status, headers, body }: HttpRefusal): Response {
  return Response.json(body, { status, headers });
}
