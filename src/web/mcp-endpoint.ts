import { createMcpHandler, type McpHttpHandler } from "@modelcontextprotocol/server";
import { MCP_SCOPE } from "../issuer/provider.js";
import type { Log } from "../log.js";
import type { AdapterOptions } from "../mcp/adapter.js";
import { modernServer } from "../mcp/modern.js";
import { faultFields } from "../mcp/protocol-fault.js";
import type { McpService } from "../mcp/service.js";
import { type Role, rolesOf } from "../people/roles.js";
import type { TokenHolder, TokenVerifier } from "../verify/token-verifier.js";
import type { CallsAtOnce } from "./calls-at-once.js";
import { checkHead, type GateOptions, type RequestHead } from "./gate.js";
import { type ChallengeOptions, challenge, type HttpRefusal, refusal } from "./refusals.js";

/** Whoever a request comes from, with what they may do at this moment. */
export interface WebCaller extends TokenHolder {
  /** At least one. */
  roles: readonly [Role, ...Role[]];
}

export interface McpEndpointOptions extends ChallengeOptions {
  gate: GateOptions;
  verifier: TokenVerifier;
  roles(): readonly Role[];
  atOnce: CallsAtOnce;
  /** The tools of a caller. It is asked for each request. */
  serviceOf(caller: WebCaller): McpService;
  /** What a call of a caller has besides, as the way to a page. */
  adapterFor(caller: WebCaller): AdapterOptions;
  log: Log;
}

/** A request, and how its sender learns that it has ended. */
export interface McpRequest {
  head: RequestHead;
  request: Request;
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
      {
        maxRequestBodySize: options.gate.maxBodyBytes,
        onerror: (error) => options.log.debug("protocol error", faultFields(error)),
      },
    );
  }

  async answer({ head, request, onEnd }: McpRequest): Promise<Response> {
    const checked = checkHead(head, this.#options.gate);
    if ("refused" in checked) return asResponse(checked.refused);
    const found = await this.#callerOf(checked.token);
    if ("refused" in found) return asResponse(found.refused);
    const { caller } = found;
    const place = this.#options.atOnce.take(caller.person.id);
    if ("full" in place) return asResponse(tooMany(place.full));
    onEnd(place.leave);
    const { clientId, expiresAtMs } = caller;
    // The token itself goes no further than here.
    const authInfo = {
      token: "",
      clientId,
      scopes: [MCP_SCOPE],
      expiresAt: Math.floor(expiresAtMs / 1000),
      extra: { caller },
    };
    return this.#handler.fetch(withBothTypes(request), { authInfo });
  }

  /** Ends what runs. */
  close(): Promise<void> {
    return this.#handler.close();
  }

  async #callerOf(token: string): Promise<{ caller: WebCaller } | { refused: HttpRefusal }> {
    const { verifier, roles } = this.#options;
    const holder = await verifier.verify(token);
    if ("refused" in holder) {
      const { refused } = holder;
      if (refused.kind === "invalid") return { refused: challenge(this.#options, "invalid_token", refused.why) };
      if (refused.kind === "no_scope") return { refused: challenge(this.#options, "insufficient_scope", refused.why) };
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

function tooMany(full: "person" | "all"): HttpRefusal {
  const headers = { "retry-after": RETRY_SECONDS };
  return full === "person"
    ? refusal(429, "too_many_requests", "Too many of your calls run at once. Wait for one of them to end.", headers)
    : refusal(503, "busy", "Too many calls run at once on this server.", headers);
}

/** A request that takes any answer, as curl's does, takes both kinds that there are. */
function withBothTypes(request: Request): Request {
  const accept = request.headers.get("accept");
  if (accept !== null && accept !== "*/*") return request;
  const headers = new Headers(request.headers);
  headers.set("accept", "application/json, text/event-stream");
  return new Request(request, { headers });
}

function asResponse({ status, headers, body }: HttpRefusal): Response {
  return Response.json(body, { status, headers });
}
